"""Units of the formulas: bytes, seconds, FLOP, watts, US dollars, tokens, without a prefix.

A prefix appears only where `text` writes a number for a reader.
"""

from __future__ import annotations

from kernelless.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR, text

__all__ = ["DAYS_PER_CALENDAR_YEAR", "DAYS_PER_YEAR", "GIB", "HOURS_PER_WEEK", "HOURS_PER_YEAR", "SECONDS_PER_DAY",
           "SECONDS_PER_HOUR", "SECONDS_PER_YEAR", "text"]

GIB = 2**30
HOURS_PER_YEAR = 8760.0
HOURS_PER_WEEK = 168.0
DAYS_PER_YEAR = 365.0
DAYS_PER_CALENDAR_YEAR = 365.25  # leap years included, to date events; money and energy go by years of 365 days
