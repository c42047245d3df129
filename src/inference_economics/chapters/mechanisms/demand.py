"""A day of demand, and the fleet that follows it."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from kernelless import Axis, Choice, Explorer, Figure, Line, Play, Readout, Slider, explore, tabulate

from ...quantities.limits import SECONDS_PER_HOUR
from ...serving import Deployment
from ...serving.simulation import Autoscale, Lengths, calibrated_service
from ...serving.simulation.sizing import BIN_S, Arrivals, Day, follow_a_day

# A small service of long, reasoned answers on one kind of server; its replicas are few enough to see.
REQUEST_PER_S, PROMPT_TOK, OUTPUT_TOK = 0.12, 2000.0, 4000.0
PEAK_TO_MEAN, IN_FLIGHT, MOST, CHIPS = 2.5, 4.0, 12, 8
BIN_H = BIN_S / SECONDS_PER_HOUR
COLD_STARTS = {"2 minutes": 120.0, "10 minutes": 600.0, "30 minutes": 1800.0}
TARGET_S = 2.0


@functools.cache
def day(cold_start_s: float) -> Day:
    """Return the simulated day of the figure for one cold start; requests are the same in all of them.

    Parameters
    ----------
    cold_start_s : float
        From the order of a replica until it serves. [s]

    Returns
    -------
    Day
    """
    service = calibrated_service(Deployment("llama-3.1-70b", "h100-sxm", CHIPS, "fp8", "vllm"))
    return follow_a_day(service, Arrivals(REQUEST_PER_S, Lengths(PROMPT_TOK, OUTPUT_TOK)),
                        Autoscale(MOST, IN_FLIGHT, cold_start_s=cold_start_s), peak_to_mean=PEAK_TO_MEAN)


def fleet_follows_a_day() -> Explorer:
    """Show one day of requests, the replicas that follow, and those that a fixed fleet would pay for.

    The day is one run of `serving.simulation.sizing.follow_a_day`: 70B on servers of eight H100 that are ordered when
    more than four requests are in flight for each of them.

    Returns
    -------
    Explorer
    """
    hour = day(120.0).hour

    def figure(t: Any, cold_start: Any, price_usd_per_hour: Any) -> Figure:
        def of(read: Any) -> Any:
            return tabulate(lambda seconds: read(day(float(seconds))), cold_start)

        replicas, requests = of(lambda d: d.replicas), of(lambda d: d.request_per_s * 15)
        peak = np.ceil(of(lambda d: np.max(d.replicas)))
        seen = hour <= t
        past = np.sum(np.where(seen, 1.0, 0.0))
        usd = BIN_H * CHIPS * price_usd_per_hour  # of a replica, from one point to the next
        paid = np.sum(np.where(seen, replicas, 0.0)) * usd
        slow = of(lambda d: np.where(d.ttft_s > TARGET_S, 1.0, 0.0))
        late = np.sum(np.where(seen, slow, 0.0))
        return Figure(
            x=Axis("hour of the day", (0, 24), "h"), y=Axis("replicas; requests in 15 seconds", (0, 8)),
            marks=[
                Line(np.where(seen, hour, np.nan), requests, "requests in 15 seconds", color=1),
                Line(np.where(seen, hour, np.nan), replicas, "replicas that follow", color=0),
                Line(np.where(seen, hour, np.nan), peak + 0 * hour, "a fleet for the peak", color=5),
            ],
            readouts=[
                Readout("Paid so far, following", paid, "USD"),
                Readout("Paid so far, for the peak", past * peak * usd, "USD"),
                Readout("Quarters of an hour with late answers", late),
            ],
        )

    return explore(
        figure, name="fleet-follows-a-day", title="A day of demand and the fleet that follows it",
        watch="Play the day. Then let a server take half an hour to start: who pays for the morning?",
        t=Play(0, 24, step=BIN_H, unit="h", label="Time of day", seconds=12),
        cold_start=Choice(COLD_STARTS, value="2 minutes", label="A new replica takes"),
        price_usd_per_hour=Slider(1.0, 6.0, value=2.5, unit="USD/h", label="Rent of a chip"),
    )
