"""Everything that the cost of one workload depends on, in one record whose fields are taken by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..buying.ownership import Site
from ..quantities.checks import lookup
from ..quantities.numeric import Numeric
from .workload import Demand, Finance, Fleet, Offer, Programme, Server


@dataclass(frozen=True, eq=False)
class Inputs:
    """One workload, and everything that its cost depends on.

    Parameters
    ----------
    demand, offer, fleet, server : Demand, Offer, Fleet, Server
        What is asked for, and with what it may be met.
    site : ownership.Site
        Where owned servers stand.
    programme, finance : Programme, Finance
        A chip of one's own, and the worth of later dollars.

    Notes
    -----
    No two parts have a field of the same name, so `of` and `changed` take fields by name alone.
    """

    demand: Demand
    offer: Offer
    fleet: Fleet
    server: Server
    site: Site = field(default_factory=lambda: Site(**_SITE))
    programme: Programme = field(default_factory=Programme)
    finance: Finance = field(default_factory=Finance)

    @classmethod
    def of(cls, **values: Numeric) -> Inputs:
        """Return the inputs from the fields of all parts, by name.

        Parameters
        ----------
        **values
            Fields, such as ``users=5000``. Those that are left out keep their defaults.

        Returns
        -------
        Inputs

        Raises
        ------
        ValueError
            For a name that no part has, a field without a default that is missing, or a value outside its limits.
        """
        by_part = _by_part(values)
        parts: dict[str, Any] = {}
        for name, kind in _KINDS.items():
            given = _SITE | by_part[name] if name == "site" else by_part[name]
            missing = [one.name for one in fields(kind) if one.name not in given and one.name in _NEEDED]
            if missing:
                raise ValueError(f"{name} lacks {', '.join(missing)}; give a number for each.")
            parts[name] = kind(**given)
        return cls(**parts)

    def changed(self, **values: Numeric) -> Inputs:
        """Return the inputs with some fields replaced, by name.

        Parameters
        ----------
        **values
            Fields of any part, such as ``users=5000``.

        Returns
        -------
        Inputs

        Raises
        ------
        ValueError
            For a name that no part has, or a value outside its limits.
        """
        parts = {name: replace(getattr(self, name), **given) for name, given in _by_part(values).items() if given}
        return replace(self, **parts)

    def value(self, name: str) -> Numeric:
        """Return one field of any part.

        Parameters
        ----------
        name : str
            Such as ``users``.

        Returns
        -------
        numeric

        Raises
        ------
        ValueError
            For a name that no part has.
        """
        found: Numeric = getattr(getattr(self, lookup("input", name, PARTS)), name)
        return found


_SITE: dict[str, Numeric] = {"electricity_usd_per_kwh": 0.08, "pue": 1.3, "colocation_usd_per_kw_month": 150.0}
_KINDS: dict[str, Any] = {"demand": Demand, "offer": Offer, "fleet": Fleet, "server": Server, "site": Site,
                          "programme": Programme, "finance": Finance}
# field: the part that it belongs to
PARTS = {one.name: part for part, kind in _KINDS.items() for one in fields(kind)}
_NEEDED = ("users", "queries_per_day", "prompt_tok", "output_tok", "input_usd_per_token", "output_usd_per_token",
           "service_s", "batch", "n_chips", "price_usd_per_hour", "capex_usd", "power_w")


def _by_part(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    parts: dict[str, dict[str, Any]] = {name: {} for name in _KINDS}
    for name, value in values.items():
        parts[lookup("input", name, PARTS)][name] = value
    return parts
