"""The shapes that chapters repeat: choices, marks, an engine at hand, the table that halves and doubles.

Each is here because three chapters or more spell it in the same way. What the figure of one chapter alone needs stays
in that chapter.
"""

from __future__ import annotations

from .choices import CHIPS_OF_A_COPY, PRECISIONS, chip_choice, chips_slider, model_choice, precision_choice
from .halving import sensitivity
from .machine import Engine, Room, engine, fitted_and_sheet, rent_usd_per_hour, room_of
from .marks import level, you_are_here
from .measured import find_measurement, find_measurements

__all__ = [
    "CHIPS_OF_A_COPY",
    "PRECISIONS",
    "Engine",
    "Room",
    "chip_choice",
    "chips_slider",
    "engine",
    "find_measurement",
    "find_measurements",
    "fitted_and_sheet",
    "level",
    "model_choice",
    "precision_choice",
    "rent_usd_per_hour",
    "room_of",
    "sensitivity",
    "you_are_here",
]
