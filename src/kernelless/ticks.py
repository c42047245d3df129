"""Which values an axis may tick, and in which words.

Python decides both: sets of ticks from dense to sparse, each a list of values and texts. Whoever draws takes the first
set whose words do not touch in the room that there is: `chosen` for matplotlib and the built page, `pick` of
`static/frame.js` for the width that the page has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .units import SECONDS_PER_YEAR, text

if TYPE_CHECKING:
    from .axis import Axis

MOST, FEWEST = 14, 3  # labels of an axis
_ON_TICKS = ("B", "iB", "s", "%", "×", "°", "W", "B/s", "FLOP/s", "B/token", "Wh", "J", "bit/s", "date")
_ONE_TIMES = re.compile(r"(?<![\d.])1×(?=10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])")  # 10²⁴ rather than 1×10²⁴
_MINOR_DECADES = 7  # on a longer axis the steps within a decade are a smear

_LOG_STEPS = ((1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0), (1.0, 2.0, 5.0), (1.0, 3.0))
# Round in the units in which durations are written: 2, 5, 10, 20 min, 1 h is 60 min, 2 h, 10 h, 2 days.
_LONG = (120.0, 300.0, 600.0, 1200.0, 3600.0, 7200.0, 18000.0, 36000.0, 86400.0, 172800.0, 432000.0, 864000.0,
         1728000.0, 4320000.0, 8640000.0, 17280000.0)
_LONG_SPARSE = (100.0, 1200.0, 10800.0, 86400.0, 864000.0, 8640000.0)
_CALENDAR = (1 / 12, 1 / 4, 1 / 2, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_ANGLES = (1.0, 5.0, 15.0, 30.0, 45.0, 90.0, 180.0)

Tick = tuple[float, str]


def tick_text(value: float, unit: str, digits: int = 3) -> str:
    """Return a tick's words: money, dates and prefixes in full, other units left to the axis label."""
    if unit == "date" and value % 1 == 0:
        return f"{value:.0f}"
    written = "USD" if unit.startswith("USD") else unit if unit in _ON_TICKS else ""
    return _ONE_TIMES.sub("", text(value, written, digits))


def axis_text(axis: Axis) -> str:
    """Return an axis label with its unit, where the ticks do not carry it."""
    if axis.unit.startswith("USD/"):
        return f"{axis.label} (USD per {axis.unit[4:]})"
    carried = not axis.unit or axis.unit in _ON_TICKS or axis.unit == "USD"
    return axis.label if carried else f"{axis.label} ({axis.unit})"


def _round(value: float) -> float:
    return float(f"{value:.12g}")


def _log(low: float, high: float, steps: Iterable[float], every: int = 1) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [value for decade in decades if decade % every == 0 for step in steps
            if low <= (value := _round(step * 10.0**decade)) <= high]


def _linear(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = (_round(k * step) for k in range(first, last + 1)) if last - first < 1000 else ()
    return [value for value in values if low <= value <= high]


def _steps(axis: Axis) -> list[float]:
    """Return steps between the ticks of a linear axis, from fine to coarse."""
    low, high = axis.span
    if axis.unit == "date":
        return list(_CALENDAR)
    if axis.unit == "°" and 15 <= high - low <= 1080:
        return list(_ANGLES)
    size = math.floor(math.log10((high - low) / 40))
    steps = [_round(step * 10.0**power) for power in range(size, size + 4) for step in (1, 2, 5)]
    return [step for step in steps if step >= 1 or not axis.whole]


def _durations(low: float, high: float, steps: Iterable[float], sparse: bool, every: int = 1) -> list[float]:
    """Return the ticks of a log axis of seconds: decades up to 100 s, then what is round in minutes, hours, days."""
    long = _LONG_SPARSE if sparse else _LONG
    years = [_round(value * SECONDS_PER_YEAR) for value in _log(1.0, max(high / SECONDS_PER_YEAR, 1.0), steps, every)]
    return [*_log(low, min(high, 60.0), steps, every), *(value for value in (*long, *years) if low <= value <= high)]


def _candidates(axis: Axis) -> list[list[float]]:
    """Return sets of values, from dense to sparse."""
    low, high = axis.span
    if axis.ticks is not None:
        return [list(axis.ticks[::every]) for every in (1, 2, 3, 4, 6, 8)]
    if axis.scale == "linear":
        return [_linear(low, high, step) for step in _steps(axis)]
    if axis.unit == "iB":
        powers = range(math.ceil(math.log2(low) - 1e-9), math.floor(math.log2(high) + 1e-9) + 1)
        return [[2.0**power for power in powers if power % every == 0] for every in (1, 2, 5, 10, 20)]
    size = math.floor(math.log10((high - low) / 40))
    fine = [_linear(low, high, step * 10.0**power) for power in (size, size + 1) for step in (1, 2, 5)]
    close = fine if high / low < 5 else []
    if axis.unit == "s" and high >= 1000:
        sets = [_durations(low, high, steps, False) for steps in _LOG_STEPS[1:]]
        return [*close, *sets, *(_durations(low, high, (1.0,), True, every) for every in (1, 2, 3, 6, 9))]
    return [*close, *(_log(low, high, steps) for steps in _LOG_STEPS),
            *(_log(low, high, (1.0,), every) for every in (1, 2, 3, 4, 6, 9, 12))]


def tick_sets(axis: Axis) -> list[list[Tick]]:
    """Return the sets of ticks of an axis, from dense to sparse; none for an axis of categories.

    Every set has at least three, and each fewer than the one before it, unless the axis has room for less: whole
    numbers from 0 to 1 are two.
    """
    if axis.categories:
        return []
    candidates = [[value for value in values if not axis.whole or value % 1 == 0] for values in _candidates(axis)]
    most = max(map(len, candidates))
    candidates = [values for values in candidates if len(values) >= min(FEWEST, most)]
    if axis.ticks is None:
        candidates = [values for values in candidates if len(values) <= MOST] or [min(candidates, key=len)]
    sets: list[list[Tick]] = []
    for ticks in (_named(values, axis.unit) for values in candidates):
        if not sets or len(ticks) < len(sets[-1]):
            sets.append(ticks)
    # Words have an end to their digits: $57,402.74 and $57,402.76 are both $57,403.
    told = [ticks for ticks in sets if len({words for _, words in ticks}) == len(ticks)]
    return told or [list({words: (value, words) for value, words in sets[-1]}.values())]


def _named(values: Iterable[float], unit: str) -> list[Tick]:
    """Give ticks their words, with as many digits as tell them apart."""
    for digits in range(3, 13):
        named = [(value, tick_text(value, unit, digits)) for value in values]
        if len({words for _, words in named}) == len(named):
            break
    return named


def minor_ticks(axis: Axis) -> list[float]:
    """Return the values that get a short stroke without words: the steps within a decade, or between linear ticks."""
    if axis.categories:
        return []
    low, high = axis.span
    if axis.ticks is not None:
        return list(axis.ticks)
    if axis.scale == "log":
        decades = math.log10(high / low)
        if axis.unit == "iB":
            return [2.0**power for power in range(math.ceil(math.log2(low)), math.floor(math.log2(high)) + 1)]
        within = _log(low, high, range(1, 10) if decades <= _MINOR_DECADES else (1.0,))
        if len(within) >= FEWEST:
            return within
    return next((values for step in _steps(axis) if FEWEST <= len(values := _linear(low, high, step)) <= 50), [])


def chosen(axis: Axis, place: Callable[[float], float], size: Callable[[str], float], gap: float) -> list[Tick]:
    """Return the first set of ticks whose words leave a gap between them; where none does, of the last what fits.

    Parameters
    ----------
    axis : Axis
    place : callable
        From a value to its place along the axis.
    size : callable
        From words to their length along the axis, in the same measure.
    gap : float
        Least room between two words.
    """
    kept: list[Tick] = []
    for ticks in tick_sets(axis):
        kept = []
        for value, words in ticks:
            needed = (size(words) + size(kept[-1][1])) / 2 + gap if kept else 0.0
            if not kept or abs(place(value) - place(kept[-1][0])) >= needed:
                kept.append((value, words))
        if len(kept) == len(ticks):
            break
    return kept
