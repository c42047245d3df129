"""Continuous batching, request by request: what averages hide.

`simulate` serves `Requests` (from a `process`, a `burst`, a `closed_loop` or a `trace`) on replicas of a `Service`
under a `Policy`, and gives a `Result` with the latencies of every request. What takes many runs stands in modules of
its own: `sizing` (fleets for a promise, over a day), `percentiles` (a table that figures can ask), `formulas` (how
wrong averages are), `benchmark` (MLPerf's two numbers), `timeline` and `paging` (runs to draw) and `report` (the
page's tables).
"""

from .fleet import simulate
from .requests import Lengths, Requests, burst, changing, closed_loop, process
from .result import EVENT, PHASES, STEPS, Result
from .service import Autoscale, Policy, Service, calibrated_service
from .steps import StepTime, from_parts, step_time
from .targets import Targets
from .traces import TRACES, read, trace

__all__ = [
    "EVENT", "PHASES", "STEPS", "TRACES", "Autoscale", "Lengths", "Policy", "Requests", "Result", "Service", "StepTime",
    "Targets", "burst", "calibrated_service", "changing", "closed_loop", "from_parts", "process", "read", "simulate",
    "step_time", "trace",
]
