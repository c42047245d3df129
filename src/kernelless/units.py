"""Numbers as text, once for Python and the page.

A figure's numbers are in base units (bytes, seconds, watts, US dollars); a prefix appears only here.
`static/format.js` gives the same text for the same number. Rounding is half away from zero on the exact binary value,
because that is what JavaScript's `toExponential` and `toFixed` do.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = 86400.0
SECONDS_PER_YEAR = 365.0 * SECONDS_PER_DAY

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SI = {-9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_IEC = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_COUNT = {6: "M", 9: "B", 12: "T"}
# Below a second the second number multiplies, because 1e-3 is not a double; from a second on it divides.
_DURATION = ((1e-6, 1e9, "ns"), (1e-3, 1e6, "µs"), (1, 1e3, "ms"), (120, 1, "s"), (7200, 60, "min"),
             (172800, SECONDS_PER_HOUR, "h"), (63072000, SECONDS_PER_DAY, "days"),
             (math.inf, SECONDS_PER_YEAR, "years"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLURAL = re.compile(r"[A-Za-z]{3,}s$")
_PREFIXED = {"B", "B/s", "B/token", "FLOP/s", "W", "Wh", "J", "bit/s"}


def _scientific(magnitude: float, digits: int) -> tuple[str, int, bool]:
    """Return the significant digits, the decimal exponent, and whether rounding lost nothing to speak of."""
    exact = Decimal(magnitude)
    exponent = exact.adjusted()
    rounded = exact.quantize(Decimal((0, (1,), exponent - digits + 1)), ROUND_HALF_UP)
    text = "".join(map(str, rounded.as_tuple().digits))[:digits]
    return text, rounded.adjusted(), abs(float(rounded) - magnitude) <= 1e-12 * magnitude


def _place(digits: str, exponent: int, exact: bool) -> str:
    """Write significant digits with the point after position `exponent`; drop zeros that say nothing."""
    if exponent < 0:
        whole, part = "0", "0" * (-exponent - 1) + digits
    else:
        whole, part = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    if exact:
        part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def _power(digits: str, exponent: int, exact: bool) -> str:
    return f"{_place(digits, 0, exact)}×10{str(exponent).translate(_SUPERSCRIPT)}"


def _thousands(magnitude: float) -> str:
    return f"{Decimal(magnitude).quantize(Decimal(1), ROUND_HALF_UP):,}"


def _prefixed(magnitude: float, unit: str, digits: int) -> str:
    if magnitude == 0:
        return f"0 {unit}"
    text, exponent, exact = _scientific(magnitude, digits)
    step = 3 * (exponent // 3)
    if step not in _SI:
        return f"{_power(text, exponent, exact)} {unit}"
    return f"{_place(text, exponent - step, exact)} {_SI[step]}{unit}"


def _iec(magnitude: float, unit: str, digits: int) -> str:
    step = 0
    while magnitude >= 1024 and step < len(_IEC) - 1:
        magnitude /= 1024
        step += 1
    return f"{_number(magnitude, digits)} {_IEC[step]}{unit}"


def _number(magnitude: float, digits: int) -> str:
    """A plain count: grouped to a million, then M, B, T as the field writes them, then powers of ten."""
    if magnitude == 0:
        return "0"
    if math.isinf(magnitude):  # a percentage beyond the largest double
        return "∞"
    text, exponent, exact = _scientific(magnitude, digits)
    if exponent < -3:
        return _power(text, exponent, exact)
    if exponent < 3:
        return _place(text, exponent, exact)
    if exponent < 6:
        return _thousands(magnitude)
    step = 3 * (exponent // 3)
    if step not in _COUNT:
        return _power(text, exponent, exact)
    return f"{_place(text, exponent - step, exact)}{_COUNT[step]}"


def _money(magnitude: float, digits: int) -> str:
    if 1 <= magnitude < 999.995:
        cents = str(Decimal(magnitude).quantize(Decimal("0.01"), ROUND_HALF_UP))
        return f"${cents.removesuffix('.00')}"
    number = _number(magnitude, digits)
    # $0.50, as prices are written, not $0.5
    return f"${number}0" if re.fullmatch(r"0\.\d", number) else f"${number}"


def _duration(magnitude: float, digits: int) -> str:
    if magnitude == 0:
        return "0 s"
    size, name = next((size, name) for limit, size, name in _DURATION if magnitude < limit)
    return _counted(_number(magnitude * size if magnitude < 1 else magnitude / size, digits), name)


def _counted(number: str, name: str) -> str:
    """Put a name after a count: ``2 days``, ``1 day``. Units that end in s for another reason stay: ``1 ms``."""
    return f"{number} {name[:-1] if number == '1' and _PLURAL.match(name) else name}"


def _month(year: float) -> str:
    """A date to the month. A month's start is not a double, so it counts a little before it."""
    months = math.floor(year * 12 + 1e-6)
    return f"{_MONTHS[months % 12]} {months // 12}"


def text(value: Any, unit: str = "", digits: int = 3) -> str:
    """Return `value` as a reader sees it.

    Parameters
    ----------
    value : float
        One number, numpy's included, in the base unit named by `unit`. A fraction where the unit is ``%``.
    unit : str
        ``B``, ``B/s``, ``B/token``, ``FLOP/s``, ``W``, ``Wh``, ``J``, ``bit/s``: SI prefixes.
        ``iB``: bytes with binary prefixes. ``s``: durations. ``USD`` or ``USD/…``: money. ``%``: a fraction as percent.
        ``×``: a ratio. ``°``: an angle. ``date``: a year and its fraction, to the month: 2025.5 is ``Jul 2025``.
        Anything else: a plain number followed by the unit.
    digits : int
        Significant digits. [1]

    Returns
    -------
    str
        For example ``6.71 GB``, ``6.25 GiB``, ``21.1 ms``, ``$0.42/Mtok``, ``34.5%``, ``15.6T tokens``. NaN is ``n/a``.
    """
    _check(value, unit, digits)
    number = float(value)
    if math.isnan(number):
        return "n/a"
    sign = "−" if number < 0 else ""
    return sign + ("∞" if math.isinf(number) else _magnitude(abs(number), unit, digits))


def _check(value: Any, unit: Any, digits: Any) -> None:
    if isinstance(value, (str, bytes, bool)) or np.asarray(value).dtype.kind not in "fiu" or np.ndim(value):
        raise ValueError(f"value={value!r} is not a number.")
    if not isinstance(unit, str):
        raise ValueError(f"unit={unit!r} must be text, such as 'B', 's' or 'USD/Mtok'.")
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= 17:
        raise ValueError(f"digits={digits!r} must be a whole number in 1..17.")


def _magnitude(magnitude: float, unit: str, digits: int) -> str:
    if unit in _PREFIXED:
        return _prefixed(magnitude, unit, digits)
    if unit == "iB":
        return _iec(magnitude, "B", digits)
    if unit == "s":
        return _duration(magnitude, digits)
    if unit == "USD" or unit.startswith("USD/"):
        return _money(magnitude, digits) + unit[3:]
    if unit == "%":
        return _number(magnitude * 100, digits) + "%"
    if unit == "date":
        return _month(magnitude)
    if unit in ("×", "°"):
        return _number(magnitude, digits) + unit
    return _counted(_number(magnitude, digits), unit) if unit else _number(magnitude, digits)
