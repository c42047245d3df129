"""What a formula takes and gives: a number, or an array of numbers that broadcasts."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

# A value that is traced into a page's program stands for either: it has the same operators and no type here.
Numeric: TypeAlias = float | np.floating[Any] | npt.NDArray[Any]
# whether something holds, for each of the numbers that decide it
Truth: TypeAlias = bool | np.bool_ | npt.NDArray[Any]
