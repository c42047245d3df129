"""What the slowest twentieth waits: percentiles of a plan's latencies, from the serving simulator's tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .. import serving
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from ..serving import Layout, Load, calibration, step
from ..serving.batching import prefill_tok
from ..serving.constants import Constants
from ..serving.cut import heads_divided
from ..serving.queueing import column
from ..serving.replica import LAYOUTS
from ..serving.setups import Setup
from ..serving.simulation.percentiles import Means, Tail, Unevenness, means_by, tail_of
from .cases import Case, machine_of, model_of
from .fleet import machines, waits_s
from .measured import in_flight
from .offers import precision_of
from .plan import Plan
from .prefixes import with_cached_prefix

SLOWEST = 1e-3  # a load that feeds itself is followed no further
FULLEST = 0.95  # the simulator's table ends at so many places in use


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
        As from `plan_tail`.
    """
    model, chip = model_of(case), machine_of(case).chip
    s = serving.setup(model, chip, case.precision or precision_of(model))
    return plan_tail(s, calibration.constants(chip), plan, uneven, percent)


def _in_flight_at(service_s: Callable[[Numeric], Numeric], request_per_s: Numeric, start: Numeric,
                 most: Numeric) -> Numeric:
    """Return requests in flight at a rate of arrivals: rate times the time that one of them takes.

    Parameters
    ----------
    service_s : callable
        From requests in flight to the time of one; nearly a straight line. [s]
    request_per_s : numeric
        Requests that arrive. [1/s]
    start, most : numeric
        A guess, and the number that is not exceeded; at least 1. [1]

    Returns
    -------
    numeric
        By one step of the secant method from the guess and from where it leads; undefined times lead to the most. [1]
    """
    def led_to(flying: Numeric) -> Numeric:
        asked = request_per_s * service_s(flying)
        return np.clip(np.where(np.isnan(asked), most, asked), 1.0, most)

    leads = led_to(start)
    further = led_to(leads)
    moved = leads - start
    slope = (further - leads) / np.where(np.abs(moved) > 1e-9 * leads, moved, np.inf)
    return np.clip(leads + (further - leads) / np.maximum(1 - slope, SLOWEST), 1.0, most)


@checked
def plan_tail(s: Setup, c: Constants, plan: Plan, uneven: Unevenness | None = None, percent: int = 95,
              speed: Numeric = 1.0) -> Tail:
    """Return the same from the plain numbers of model and chip, in arithmetic that a page can run.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    plan : Plan
        With the copy that serves it.
    uneven, percent : Unevenness, int
        As in `tail`. [%]
    speed : numeric
        Speed of the reader's machines over this model's. [1]

    Returns
    -------
    Tail
        Undefined (NaN) where no copy meets the targets.

    Notes
    -----
    The plan counts a place as held for as long as in a full copy, which a copy that is not full gives back sooner. The
    table is asked at the requests in flight that the same arrivals leave on it (`_in_flight_at`), not more than
    `FULLEST` of the places. It is of one copy by itself. Several that share their requests wait less: with more than
    one in use, the wait is that of `fleet.waits_s`. What a cache of one's own holds of each prompt is not read again.
    """
    uneven, copy, need = uneven or Unevenness(), plan.copy, plan.need
    runs = copy.batch > 0
    s = with_cached_prefix(s, need.prompt_tok, need.answer_tok, need.own_cached_fraction)
    places, prompts, answers = (column(x) for x in (np.maximum(copy.batch, 1.0), prefill_tok(
        need.prompt_tok, need.own_cached_fraction), need.answer_tok))
    chips, groups = (np.array(column_of) for column_of in zip(*LAYOUTS, strict=True))
    layout = Layout.of(chips, groups)
    fits = np.logical_and(step.capacity(s, c, prompts + answers, layout) >= places, heads_divided(s.q_heads, layout))
    fits = np.logical_and(fits, np.logical_and(chips == column(copy.n_chips), column(runs)))

    def among(flying: Numeric) -> tuple[Load, Means]:
        load = Load(flying, prompts, answers)
        return load, means_by(lambda asked: step.serve(s, c, asked, layout),
                              lambda batch, context_tok: step.decode_step(s, c, batch, context_tok, layout), load,
                              uneven.length_cv)

    most = np.maximum(FULLEST * places, 1.0)
    per_s = column(in_flight(plan) / (np.where(runs, copy.service_s, 1.0) * speed))
    flying = _in_flight_at(lambda flying: among(flying)[1].service_s, per_s, np.minimum(column(in_flight(plan)), most),
                          most)
    load, mean = among(flying)
    late = tail_of(mean, load, places, np.minimum(flying / places, FULLEST), uneven, percent)
    first = np.min(np.where(fits, late.ttft_s, np.inf), axis=-1)
    # of two ways of cutting, the one whose first token comes sooner
    chosen = np.logical_and(fits, late.ttft_s <= column(first))
    first, tpot, wait = (np.where(np.isfinite(first), np.min(np.where(chosen, x, np.inf), axis=-1), np.nan)
                         for x in (late.ttft_s, late.tpot_s, late.wait_s))
    alone = machines(plan).used_copies[..., 0] <= 1
    stays = np.where(alone, wait / speed, waits_s(plan, percent / 100) + 0 * wait)
    return Tail((first - wait)[()] / speed + stays[()], tpot[()] / speed, stays[()])
