"""What the slowest twentieth waits: percentiles of a plan's latencies, from the serving simulator's tables."""

from __future__ import annotations

import numpy as np

from ..serving import Deployment, Layout, Load
from ..serving.replica import LAYOUTS
from ..serving.simulation.percentiles import Tail, Unevenness, tail_latency
from .cases import Case, machine_of, model_of
from .fleet import machines, waits_s
from .measured import in_flight
from .offers import precision_of
from .plan import Plan

FULLEST = 0.95  # the simulator's table ends at so many places in use
_NONE = Tail(np.nan, np.nan, np.nan)


def tail(case: Case, plan: Plan, uneven: Unevenness | None = None, percent: int = 95) -> Tail:
    """Return a percentile of the latencies in the busiest hour of the first year.

    Parameters
    ----------
    case, plan : Case, Plan
        A case by names, and its plan.
    uneven : Unevenness, optional
        How irregular requests are; see `asks.of_trace`, whose variations are cut off at the table's ends.
    percent : int
        50, 95 or 99. [%]

    Returns
    -------
    Tail
        Undefined (NaN) where no copy meets the targets, or the whole prompts do not fit that many at once.

    Notes
    -----
    The simulator's table is of one copy by itself. Several that share their requests wait less: with more than one in
    use, the wait is that of `fleet.waits_s`. Prompts are read whole, as if no cache held a part of them.
    """
    copy = plan.copy
    if not np.all(copy.batch > 0):
        return _NONE
    model, places = model_of(case), float(copy.batch)
    formats = case.precision or precision_of(model)
    load = Load(min(float(in_flight(plan)), FULLEST * places), plan.need.prompt_tok, plan.need.answer_tok)
    found = _NONE
    for chips, groups in LAYOUTS:
        if chips != copy.n_chips:
            continue
        one = Deployment(model, machine_of(case).chip, Layout.of(chips, groups), formats)
        if one.capacity(load) >= places:
            late = tail_latency(one, load, places, uneven, percent)
            found = late if not found.ttft_s <= late.ttft_s else found
    if machines(plan).used_copies[..., 0] <= 1:
        return found
    shared = waits_s(plan, percent / 100)
    return Tail(found.ttft_s - found.wait_s + shared, found.tpot_s, shared + 0 * found.wait_s)
