"""The constants of time and memory, and that numbers become text in one place."""

from __future__ import annotations

import kernelless
from inference_economics.quantities import units


def test_the_constants_agree_with_one_another():
    assert units.SECONDS_PER_DAY == 24 * units.SECONDS_PER_HOUR == 24 * 60 * 60
    assert units.HOURS_PER_YEAR == 24 * units.DAYS_PER_YEAR
    assert units.SECONDS_PER_YEAR == units.HOURS_PER_YEAR * units.SECONDS_PER_HOUR
    assert 0 < units.DAYS_PER_CALENDAR_YEAR - units.DAYS_PER_YEAR < 1
    assert units.GIB == 1024**3
    assert units.text(units.GIB, "iB") == "1 GiB"
    assert units.text(units.SECONDS_PER_YEAR * 3, "s") == "3 years"


def test_the_house_and_the_library_write_numbers_with_one_function():
    assert units.text is kernelless.text
