"""Rent against own as cash: what has left the account, month by month."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Axis, Explorer, Figure, Line, Play, Readout, Rule, Slider, State, explore

from ...buying.ownership import owned_usd_per_year
from ...buying.reference import GPUS, h100_server, site
from ...quantities.units import HOURS_PER_YEAR

MONTHS = 60


def rent_against_own() -> Explorer:
    """Show the cash that eight rented GPUs and one bought server have taken, month by month.

    The server and its site are those of `buying.reference`; what it costs to run is of
    `buying.ownership.owned_usd_per_year`, without its capital, which is paid on the first day. Nothing is discounted:
    this is the account, not the value.

    Returns
    -------
    Explorer
    """
    server = h100_server()
    month = np.arange(MONTHS + 1)

    def figure(t: Any, rent_usd_per_hour: Any, decline: Any, used: Any, resale: Any) -> Figure:
        year = owned_usd_per_year(server, site(), 0.0, load_fraction=used)
        running = year.facility_usd + year.electricity_usd + year.operations_usd
        own = server.equipment_usd + running * month / 12
        monthly = rent_usd_per_hour * GPUS * used * HOURS_PER_YEAR / 12 * np.power(1 - decline, month[:-1] / 12)
        rent = np.concatenate([np.zeros(1), np.cumsum(monthly)])
        left = server.equipment_usd * resale * np.power(0.5, month / 24)
        sold = own - left
        seen = np.where(month <= t, month, np.nan)
        ahead = np.where((sold < rent) & (month > 0), month, np.inf)
        even = np.min(ahead)
        now = np.where(month == t, 1.0, 0.0)
        return Figure(
            x=Axis("months since the start", (0, MONTHS), ""), y=Axis("cash paid", (0, 1e6), "USD"),
            marks=[
                Line(seen, rent, "rented", color=1), Line(seen, own, "bought", color=0),
                Line(seen, sold, "bought, if sold that month", color=2),
                Rule("even", x=np.where(even <= t, even, np.nan)),
            ],
            readouts=[
                Readout("Rented, so far", np.sum(now * rent), "USD"),
                Readout("Bought, so far", np.sum(now * own), "USD"),
                Readout("The server would still fetch", np.sum(now * left), "USD"),
                Readout("Even after", np.where(np.isfinite(even), even, np.nan), "months"),
            ],
            states=[State(np.isfinite(even), "Buying has paid within five years, if you then sell.",
                          "Renting stays ahead for all of five years.")],
        )

    return explore(
        figure, name="rent-against-own", title="Rent against own, as cash",
        watch="Play the months. Then let rents fall by a third a year: what happens to the month in which buying pays?",
        t=Play(0, MONTHS, unit="", label="Months since the start", seconds=10),
        rent_usd_per_hour=Slider(1.0, 6.0, value=2.5, unit="USD/h", label="Rent of a GPU"),
        decline=Slider(0.0, 0.6, value=0.15, unit="%", label="Fall of rents in a year"),
        used=Slider(0.05, 1.0, value=0.9, unit="%", label="Share of the hours used"),
        resale=Slider(0.0, 0.9, value=0.5, unit="%", label="Resale on the first day"),
        presets={"Rents fall by a third": {"decline": 0.33}, "Used one hour in five": {"used": 0.2}},
    )
