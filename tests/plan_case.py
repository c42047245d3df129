"""One plan of the tests, in plain numbers that do not move with any calibration."""

from __future__ import annotations

from typing import Any

from inference_economics.buying.contracts import Contract
from inference_economics.decision.plan import Copy, Need, Plan, Rent, Running
from inference_economics.decision.workload import Finance, Programme, Server


def plan(**changes: Any) -> Plan:
    """Return the plan with some fields changed; an address is written with two underscores for its point."""
    base = Plan(Need(400_000.0, 1500.0, 400.0, growth_per_year=0.2), Copy(20.0, 64.0, 2.0, 0.8, 0.048),
                Contract(1e-6, 5e-6), Contract(7e-7, 7e-7), Rent(4.0), Server(3e5, 10_200.0),
                programme=Programme(3e8, 3e7, 1.8, 2.0), running=Running(), finance=Finance(5.0, 0.1))
    return base.changed({name.replace("__", "."): value for name, value in changes.items()})
