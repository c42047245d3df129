"""What a formula takes and gives: a number, or an array of numbers that broadcasts."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

# A value that is traced into a page's program stands for either: it has the same operators and no type here. numpy's
# float64, to which every formula takes its numbers, is a float; naming more of numpy's kinds here would say nothing
# that a formula does, and a type checker tries each kind at each step of a product.
Numeric: TypeAlias = float | npt.NDArray[Any]
# whether something holds, for each of the numbers that decide it
Truth: TypeAlias = bool | np.bool_ | npt.NDArray[Any]
