"""Steps that no program can hold: they are taken for every thing that a reader may choose, and looked up."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def tabulated(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function of specs be called with a spec that the reader will choose.

    A value whose type has ``__tabulate__`` stands for one of several things (`kernelless.options.Options` does). It
    calls the function on each of them and returns the table; on anything else the function is called as it is.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for value in (*args, *kwargs.values()):
            tabulate = getattr(type(value), "__tabulate__", None)
            if tabulate is not None:
                table: R = tabulate(function, *args, **kwargs)
                return table
        return function(*args, **kwargs)

    return wrapper
