"""Accelerators as specs: dense peaks, memory, links, power and dated prices.

A data sheet speaks in TFLOP/s, GB and GB/s; a spec holds base units. The catalogue may use the vendor's unit where the
key says so (``hbm_gb = 80``), and loading converts it once. Peaks are dense: headline figures "with sparsity" are twice
as high and no serving engine reaches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .. import catalog
from ..quantities.checks import is_traced, lookup, shown
from ..quantities.numeric import Numeric
from .fields import KEYS, Link, check_usable, group_bytes_per_s, link_fields, memory_fields

# the key in TOML: (the field, and what one unit of it is in base units)
UNITS = {
    "hbm_tb_per_s": ("hbm_bytes_per_s", 1e12),
    "hbm_gb_per_s": ("hbm_bytes_per_s", 1e9),
    "bf16_tflops": ("bf16_flop_per_s", 1e12),
    "fp8_tflops": ("fp8_flop_per_s", 1e12),
    "int8_tflops": ("int8_flop_per_s", 1e12),
    "fp4_tflops": ("fp4_flop_per_s", 1e12),
    "sram_mb": ("sram_bytes", 1e6),
    "sram_tb_per_s": ("sram_bytes_per_s", 1e12),
}
# the field: (lowest and highest plausible value, base unit, the likely slip)
PLAUSIBLE = {
    "hbm_bytes": (1e8, 1e14, "bytes", "was it given in GB?"),
    "hbm_bytes_per_s": (1e10, 1e17, "bytes/s", "was it given in GB/s or TB/s?"),
    "bf16_flop_per_s": (1e12, 1e18, "FLOP/s", "was it given in TFLOP/s?"),
    "fp8_flop_per_s": (1e12, 1e18, "FLOP/s", "was it given in TFLOP/s?"),
    "int8_flop_per_s": (1e12, 1e18, "operations/s", "was it given in TOPS?"),
    "fp4_flop_per_s": (1e12, 1e18, "FLOP/s", "was it given in TFLOP/s?"),
    "link_bytes_per_s": (1e9, 1e14, "bytes/s", "was it given in GB/s?"),
    "sram_bytes": (1e5, 1e12, "bytes", "was it given in MB?"),
    "sram_bytes_per_s": (1e10, 1e18, "bytes/s", "was it given in TB/s?"),
    "power_w": (5, 1e5, "W", "was it given in kW?"),
    "die_area_mm2": (10, 1e5, "mm2", "was it given in cm2?"),
    "dies": (1, 64, "dies", "count compute dies only."),
    "nominal_bytes": (1e8, 1e14, "bytes", "was it given in GB?"),
}
# a format falls back to the wider ones after it, never to a narrower one
WIDER: dict[str, tuple[str, ...]] = {"fp4": ("fp8", "bf16"), "fp8": ("bf16",), "int8": ("bf16",), "bf16": ()}


@dataclass(frozen=True)
class PricePoint:
    """What one accelerator cost, on one date.

    Parameters
    ----------
    low_usd, high_usd : float
        The ends of a quoted range; equal for a single price. [USD]
    date : str
        When it was asked or paid.
    note : str
        What kind of price it is.
    """

    low_usd: float
    high_usd: float
    date: str
    note: str

    def __post_init__(self) -> None:
        """Refuse an implausible price."""
        if not 100 <= self.low_usd <= self.high_usd <= 1e7:
            raise ValueError(f"price {self.low_usd}..{self.high_usd} is outside 100..1e7 USD, or its ends are swapped.")

    @property
    def usd(self) -> float:
        """The middle of the range [USD]."""
        return (self.low_usd + self.high_usd) / 2


@dataclass(frozen=True)
class Accelerator(catalog.Recorded):
    """One chip (or one GPU of a rack), as its vendor or a measured paper states it; or one of your own.

    Parameters
    ----------
    name, title, vendor, segment : str
        Slug; name for readers; who sells it; ``merchant``, ``cloud``, ``internal``, ``consumer``,
        ``desktop`` or ``own``. A chip of your own needs a name and the numbers that a formula asks for.
    hbm_bytes : float
        Main memory as shipped: HBM, GDDR, LPDDR or unified; on-chip memory for a chip that has no other. [B]
    nominal_bytes : float
        The capacity that the vendor names. [B]
    usable_basis, usable_source, usable_date, usable_confidence : str
        Who counted ``hbm_bytes`` (see `fields.BASES`), and where that was read.
    links : tuple of Link
        Tiers of links, fastest first.
    links_source, links_date, links_confidence : str
        Where the links were read.
    hbm_bytes_per_s : float
        Its bandwidth. [B/s]
    bf16_flop_per_s, fp8_flop_per_s, int8_flop_per_s, fp4_flop_per_s : float or None
        Dense matrix peak by format; None where the chip lacks the format or no figure was found. [FLOP/s]
    link_bytes_per_s : float or None
        The fastest tier of `links`, one direction, all ports together. [B/s]
    sram_bytes, sram_bytes_per_s : float or None
        Shared on-chip memory or last-level cache. [B], [B/s]
    power_w : float or None
        Rated power of the chip or module. [W]
    die_area_mm2, dies : float, int
        Area of one compute die, and how many there are. [mm2], [1]
    process, launch, memory : str
        How and when it is made, and what its memory is.
    prices : tuple of PricePoint
        Dated prices, oldest first.

    Raises
    ------
    ValueError
        When a value is implausible (a unit slip, most often) or a field is unknown.
    """

    name: str
    title: str = ""
    vendor: str = ""
    segment: str = "own"
    hbm_bytes: float | None = None
    hbm_bytes_per_s: float | None = None
    bf16_flop_per_s: float | None = None
    fp8_flop_per_s: float | None = None
    int8_flop_per_s: float | None = None
    fp4_flop_per_s: float | None = None
    link_bytes_per_s: float | None = None
    sram_bytes: float | None = None
    sram_bytes_per_s: float | None = None
    power_w: float | None = None
    die_area_mm2: float | None = None
    dies: int = 1
    process: str = ""
    launch: str = ""
    memory: str = ""
    prices: tuple[PricePoint, ...] = ()
    nominal_bytes: float | None = None
    usable_basis: str = "nominal"
    usable_source: str = ""
    usable_date: str = ""
    usable_confidence: str = ""
    links: tuple[Link, ...] = ()
    links_source: str = ""
    links_date: str = ""
    links_confidence: str = ""

    def __post_init__(self) -> None:
        """Refuse an implausible row."""
        super().__post_init__()
        object.__setattr__(self, "title", self.title or self.name)
        lookup("segment", self.segment, SEGMENTS)
        for field, (low, high, unit, hint) in PLAUSIBLE.items():
            value = getattr(self, field)
            if value is None or is_traced(value):
                continue
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not low <= value <= high:
                written = f"{value:g}" if number and abs(value) < 1e300 else shown(value)
                span = f"{_short(low)}..{_short(high)} {unit}"
                raise ValueError(f"{self.title}: {field}={written} is outside {span}; {hint}")
        if self.hbm_bytes is not None and self.nominal_bytes is not None:
            check_usable(self.hbm_bytes, self.nominal_bytes, least=0.0)

    def provenance_of(self, field: str) -> catalog.Provenance:
        """Return where a number was read: memory and links have sources of their own where the vendor's is another."""
        own = {"hbm_bytes": "usable", "link_bytes_per_s": "links"}.get(field)
        if own and getattr(self, f"{own}_source"):
            return catalog.Provenance(*(getattr(self, f"{own}_{name}") for name in catalog.Provenance._fields))
        return super().provenance_of(field)

    def flop_per_s(self, precision: str) -> float:
        """Dense peak for a number format, or for the next wider one the chip has.

        Parameters
        ----------
        precision : str
            ``bf16``, ``fp8``, ``int8`` or ``fp4``.

        Returns
        -------
        float
            Peak. [FLOP/s]

        Raises
        ------
        ValueError
            For an unknown format, or when the row has no peak as wide as that.
        """
        for wide in (precision, *lookup("precision", precision, WIDER)):
            peak = getattr(self, f"{wide}_flop_per_s")
            if peak is not None:
                return peak if is_traced(peak) else float(peak)
        have = [p for p in WIDER if getattr(self, f"{p}_flop_per_s") is not None]
        raise ValueError(f"{self.title} has no {precision} peak in the catalogue; known: {', '.join(have) or 'none'}.")

    def group_bytes_per_s(self, n_chips: Numeric) -> Numeric:
        """Link speed of one chip in a group of `n_chips`; see `fields.group_bytes_per_s` [B/s]."""
        return group_bytes_per_s(self.tiers, n_chips, self.title)

    @property
    def tiers(self) -> tuple[Link, ...]:
        """Tiers of links, fastest first; one speed given without a topology is one tier that joins any number."""
        one = self.link_bytes_per_s
        return self.links or (() if one is None else (Link("unstated", "link", one),))

    @property
    def price_usd(self) -> float | None:
        """The most recent purchase price in the row, the middle of a range; None without one [USD]."""
        if not self.prices:
            return None
        last = self.prices[-1]
        quoted = last.low_usd == last.high_usd and self.source  # the middle of a range is nobody's price
        return catalog.sourced(last.usd, self.provenance_of("prices")._replace(date=last.date)) if quoted else last.usd

    @property
    def ridge_flop_per_byte(self) -> float | None:
        """Arithmetic intensity at which bf16 compute and main memory take equally long [FLOP/B]."""
        if self.bf16_flop_per_s is None or self.hbm_bytes_per_s is None:
            return None
        return self.bf16_flop_per_s / self.hbm_bytes_per_s


SEGMENTS = {
    "merchant": "sold to anyone",
    "cloud": "rented by its maker's cloud only",
    "internal": "used by its maker only",
    "consumer": "graphics card",
    "desktop": "part of a personal computer",
    "own": "not of the catalogue",
}


def _short(value: float) -> str:
    """Write a limit as one writes it in code: 1e14, 5."""
    return f"{value:.0e}".replace("e+", "e").replace("e0", "e") if value >= 1e4 else f"{value:g}"


def _base_units(row: dict[str, Any]) -> dict[str, Any]:
    """Convert vendor units to base units; refuse a field given twice."""
    spec: dict[str, Any] = {**memory_fields(row), **link_fields(row)}
    for key, value in row.items():
        if key in KEYS:
            continue
        field, unit = UNITS.get(key, (key, None))
        if field in spec:
            raise ValueError(f"{field} is given twice (as {key} the second time).")
        if unit is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise ValueError(f"{key}={value!r} is not a number.")
        # whole base units: 2.039 TB/s is 2039000000000 B/s, without the float product's tail
        spec[field] = value if unit is None else float(round(value * unit))
    spec["prices"] = tuple(sorted((_price(p) for p in row.get("prices", ())), key=lambda p: p.date))
    return spec


def _price(point: dict[str, Any]) -> PricePoint:
    try:
        ends = point["usd"] if isinstance(point["usd"], list) else [point["usd"]]
        low, high = ends[0], ends[-1]
        return PricePoint(float(low), float(high), str(point["date"]), str(point["note"]))
    except (KeyError, TypeError, IndexError):
        raise ValueError(f"price {point!r} needs usd (a number or [low, high]), date and note.") from None


def load(path: str | Path | None = None) -> dict[str, Accelerator]:
    """Read accelerators from a TOML file, one table per chip.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        Your own file; the default is the package's catalogue.

    Returns
    -------
    dict
        Slug to `Accelerator`.

    Raises
    ------
    ValueError
        Naming the file, the row and the field at fault.
    """
    return dict(_shipped()) if path is None else catalog.build_all(Accelerator, path, _base_units)


@cache
def _shipped() -> dict[str, Accelerator]:
    return load(catalog.path("accelerators.toml"))


def get(name: str) -> Accelerator:
    """Return one accelerator of the package's catalogue.

    Parameters
    ----------
    name : str
        Slug, such as ``h100-sxm``.

    Returns
    -------
    Accelerator
    """
    found: Accelerator = lookup("accelerator", name, _shipped())
    return found
