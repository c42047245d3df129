"""Every formula that a golden case may name: adapters that call what the chapters call."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from ..quantities.numeric import Numeric
from . import golden_money, golden_physics

FORMULAS: dict[str, Callable[..., Numeric]] = {
    name: function for module in (golden_physics, golden_money) for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"}
