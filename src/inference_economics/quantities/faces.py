"""The face of a room: its modules are loaded when they are asked for, so that a room costs nothing to enter."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from types import ModuleType


def handing_on(room: str) -> tuple[Callable[[str], ModuleType], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a room's face, which hand its modules on.

    Parameters
    ----------
    room : str
        The face's ``__name__``.

    Returns
    -------
    tuple of callable
        ``__getattr__, __dir__ = handing_on(__name__)`` makes ``room.module`` work without an import of the module.
    """
    def modules() -> set[str]:
        found = pkgutil.iter_modules(sys.modules[room].__path__)
        return {module.name for module in found if not module.name.startswith("_")}

    def hand_on(name: str) -> ModuleType:
        if not name.startswith("_") and name in modules():
            return importlib.import_module(f"{room}.{name}")
        raise AttributeError(f"module {room!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted({*vars(sys.modules[room]), *modules()})

    return hand_on, names
