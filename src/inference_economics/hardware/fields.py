"""Memory as shipped and links with a topology: the parts of an accelerator's row that need more than a unit.

`accelerators` reads a row through `memory_fields` and `link_fields` and keeps what they return; a deployment asks
`group_bytes_per_s` how fast its chips can talk.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .. import catalog
from ..quantities.checks import is_traced, lookup, require_whole
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from . import links as links_

# the key in TOML: bytes in one unit of it
NOMINAL: dict[str, float] = {"hbm_gb": 1e9, "hbm_gib": 2**30}
USABLE: dict[str, float] = {"usable_mib": 2**20, "usable_gib": 2**30, "usable_bytes": 1}
SEEN = ("usable_source", "usable_date", "usable_confidence")
READ = ("links_source", "links_date", "links_confidence")
# every key that `memory_fields` and `link_fields` consume
KEYS = {*NOMINAL, *USABLE, "usable_basis", *SEEN, "link_gb_per_s", "links", *READ}
BASES = {
    "driver": "a management tool's total (nvidia-smi, rocm-smi)",
    "runtime": "what a process on the chip is shown",
    "compiler": "the limit that a compiler works to",
    "kin": "nobody counted: the share that was counted on machines of its kind",
    "nominal": "nobody counted: the vendor's figure stands",
}
KINDS = {
    "switch": "any chip to any other at full speed",
    "mesh": "a wire between every two chips",
    "bridge": "pairs",
    "torus2d": "a ring along each of two axes",
    "torus3d": "a ring along each of three axes",
    "pcie": "through the host's PCIe lanes",
    "network": "between hosts",
    "unstated": "one speed given without a topology",
}
# least counted memory as a share of the vendor's figure: error correction may take a sixteenth, GB for GiB another 7%,
# and an operating system that shares the memory a quarter
LEAST_SHARE = 0.7


@dataclass(frozen=True)
class Link:
    """One tier of a chip's links.

    Parameters
    ----------
    kind : str
        A key of `KINDS`.
    name : str
        What it is called.
    bytes_per_s : float
        One direction, all ports of one chip together. [B/s]
    chips : int or None
        How many chips one domain joins; None where no source says.
    measured_bytes_per_s : float or None
        Bus bandwidth that a collective reached. [B/s]

    Raises
    ------
    ValueError
        For an unknown kind, a speed outside 1e9..1e14 B/s, or a domain of fewer than two chips.
    """

    kind: str
    name: str
    bytes_per_s: float
    chips: int | None = None
    measured_bytes_per_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse an implausible tier."""
        lookup("link kind", self.kind, KINDS)
        for field in ("bytes_per_s", "measured_bytes_per_s"):
            value = getattr(self, field)
            if value is not None and not is_traced(value) and not 1e9 <= value <= 1e14:
                raise ValueError(f"link {self.name}: {field}={value:g} is outside 1e9..1e14 bytes/s; "
                                 "was it given in GB/s?")
        if self.chips is not None:
            require_whole(2, hint="a link joins two chips at least.", chips=self.chips)
        if self.kind in ("bridge", "mesh") and self.chips is None:
            raise ValueError(f"link {self.name}: a {self.kind} needs chips, the number it joins.")


def memory_fields(row: dict[str, Any]) -> dict[str, Any]:
    """Return nominal and usable memory from the keys of one TOML row.

    Parameters
    ----------
    row : dict
        Raw keys and values of an accelerator.

    Returns
    -------
    dict
        ``nominal_bytes`` and ``hbm_bytes`` (the usable ones) [B], and ``usable_basis``, ``usable_source``,
        ``usable_date``, ``usable_confidence``. Empty where the row gives no memory.

    Raises
    ------
    ValueError
        When a quantity is given twice, is no number, contradicts the vendor's figure, or lacks its source in a row that
        has one.
    """
    nominal, usable = _one(row, NOMINAL), _one(row, USABLE)
    basis = row.get("usable_basis", "nominal")
    lookup("usable_basis", basis, BASES)
    provenance = {key: row.get(key, "") for key in SEEN}
    if (usable is None) != (basis == "nominal"):
        given = "no" if usable is None else "a"
        raise ValueError(f"usable_basis={basis!r} does not go with {given} usable figure.")
    if usable is None:
        if any(provenance.values()):
            raise ValueError("usable_source, usable_date and usable_confidence need a usable figure beside them.")
        return {} if nominal is None else {"nominal_bytes": nominal, "hbm_bytes": nominal, "usable_basis": basis}
    if nominal is None:
        raise ValueError("a usable figure needs the vendor's beside it: give hbm_gib or hbm_gb.")
    _check_read(row, provenance)
    check_usable(usable, nominal)
    return {"nominal_bytes": nominal, "hbm_bytes": usable, "usable_basis": basis, **provenance}


def check_usable(usable_bytes: float, nominal_bytes: float, least: float = LEAST_SHARE) -> None:
    """Refuse usable memory that the vendor's figure cannot hold, or that is a small part of it.

    Parameters
    ----------
    usable_bytes, nominal_bytes : float
        What was counted, and what the vendor names. [B]
    least : float
        Least share of it that is believed. [1]

    Raises
    ------
    ValueError
        When the first is more than the second, or less than `least` of it.
    """
    share = usable_bytes / nominal_bytes
    if not least <= share <= 1:
        raise ValueError(f"usable memory ({usable_bytes:.6g} B) is {share:.4g} of the vendor's figure "
                         f"({nominal_bytes:.6g} B), outside {least:g}..1; check the units, and change both.")


def link_fields(row: dict[str, Any]) -> dict[str, Any]:
    """Return the tiers of links from the keys of one TOML row, fastest first.

    Parameters
    ----------
    row : dict
        Raw keys and values of an accelerator. ``link_gb_per_s`` alone is accepted too: one speed, topology unstated.

    Returns
    -------
    dict
        ``links`` (tuple of `Link`), ``link_bytes_per_s`` (the fastest tier's) [B/s], and ``links_source``,
        ``links_date``, ``links_confidence``. Empty where the row gives no link.

    Raises
    ------
    ValueError
        When a tier is malformed, the tiers are out of order, or their source is missing in a row that has one.
    """
    if "links" not in row:
        stray = [key for key in READ if key in row]
        if stray:
            raise ValueError(f"{', '.join(stray)} without links.")
        if "link_gb_per_s" not in row:
            return {}
        only = Link("unstated", "link", _scaled("link_gb_per_s", row["link_gb_per_s"], 1e9))
        return {"links": (only,), "link_bytes_per_s": only.bytes_per_s}
    if "link_gb_per_s" in row:
        raise ValueError("link_bytes_per_s is given twice: by links and by link_gb_per_s.")
    provenance = {key: row.get(key, "") for key in READ}
    _check_read(row, provenance)
    if not isinstance(row["links"], list) or not row["links"]:
        raise ValueError(f"links={row['links']!r} is not a list of tiers.")
    tiers = tuple(_tier(tier) for tier in row["links"])
    for near, far in pairwise(tiers):
        if far.bytes_per_s >= near.bytes_per_s or (near.chips or 0) >= (far.chips or np.inf):
            raise ValueError(f"links: {far.name} must be slower than {near.name} and join more chips.")
    return {"links": tiers, "link_bytes_per_s": tiers[0].bytes_per_s, **provenance}


@checked
def group_bytes_per_s(links: tuple[Link, ...], n_chips: Numeric, title: str = "this chip") -> Numeric:
    """Link speed of one chip in a group of equals: that of the fastest tier which joins the whole group.

    Parameters
    ----------
    links : tuple of Link
        Fastest first.
    n_chips : numeric
        Size of the group. [1]
    title : str
        The chip, for the message.

    Returns
    -------
    numeric
        One direction, all ports that reach the group together. [B/s]

    Raises
    ------
    ValueError
        When there is no link, or none joins as many chips.

    Notes
    -----
    A ring through a slower tier moves at that tier's speed, so four H100 PCIe cards in two bridged pairs go at PCIe's.
    In a full mesh of ``m`` chips a group of ``n`` uses ``n - 1`` of the ``m - 1`` wires of each chip. A torus counts
    all its axes: a group laid along one axis only gets its share.
    """
    if not links:
        raise ValueError(f"{title} has no link in the catalogue; use one chip or give link_bytes_per_s.")
    speed: Numeric = np.nan
    for link in reversed(links):
        chips = np.inf if link.chips is None else float(link.chips)
        speed = links_.tier_bytes_per_s(n_chips, link.bytes_per_s, chips, float(link.kind == "mesh"), speed)
    if not is_traced(n_chips) and np.any(np.isnan(speed)):
        widest = links[-1].chips
        raise ValueError(f"n_chips={np.max(n_chips):g}: the links of {title} join at most {widest} chips "
                         f"({links[-1].name}); use fewer or give link_bytes_per_s.")
    return speed


def _check_read(row: dict[str, Any], provenance: dict[str, Any]) -> None:
    """Refuse a part of a recorded row without its source; a row of the reader's own claims none, and needs none."""
    if any(provenance.values()) or any(row.get(key) for key in ("source", "date", "confidence")):
        catalog.check_provenance(*provenance.values())


def _scaled(key: str, value: Any, unit: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise ValueError(f"{key}={value!r} is not a number.")
    # whole base units, without the float product's tail
    return float(round(value * unit))


def _one(row: dict[str, Any], units: dict[str, float]) -> float | None:
    given = [key for key in units if key in row]
    if len(given) > 1:
        raise ValueError(f"hbm_bytes is given twice (as {given[1]} the second time).")
    return _scaled(given[0], row[given[0]], units[given[0]]) if given else None


def _tier(tier: Any) -> Link:
    known = {"kind", "name", "gb_per_s", "chips", "measured_gb_per_s"}
    if not isinstance(tier, dict) or not {"kind", "name", "gb_per_s"} <= tier.keys() <= known:
        raise ValueError(f"link {tier!r} needs kind, name and gb_per_s, and may have chips and measured_gb_per_s.")
    measured = tier.get("measured_gb_per_s")
    return Link(tier["kind"], tier["name"], _scaled("gb_per_s", tier["gb_per_s"], 1e9), tier.get("chips"),
                None if measured is None else _scaled("measured_gb_per_s", measured, 1e9))
