"""What the slowest twentieth waits: percentiles of a plan's latencies, from the serving simulator's tables."""

from __future__ import annotations

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
from ..serving.simulation.percentiles import Tail, Unevenness, means_by, tail_of
from .cases import Case, machine_of, model_of
from .fleet import machines, waits_s
from .measured import in_flight
from .offers import precision_of
from .plan import Plan
from .prefixes import with_cached_prefix

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
    The simulator's table is of one copy by itself. Several that share their requests wait less: with more than one in
    use, the wait is that of `fleet.waits_s`. What a cache of one's own holds of each prompt is not read again.
    """
    uneven, copy, need = uneven or Unevenness(), plan.copy, plan.need
    runs = copy.batch > 0
    s = with_cached_prefix(s, need.prompt_tok, need.answer_tok, need.own_cached_fraction)
    places, prompts, answers = (column(x) for x in (np.maximum(copy.batch, 1.0), prefill_tok(
        need.prompt_tok, need.own_cached_fraction), need.answer_tok))
    full = np.minimum(column(in_flight(plan)) / places, FULLEST)
    load = Load(np.maximum(full * places, 1.0), prompts, answers)
    chips, groups = (np.array(column_of) for column_of in zip(*LAYOUTS, strict=True))
    layout = Layout.of(chips, groups)
    fits = np.logical_and(step.capacity(s, c, load.context_tok, layout) >= places, heads_divided(s.q_heads, layout))
    fits = np.logical_and(fits, np.logical_and(chips == column(copy.n_chips), column(runs)))
    mean = means_by(lambda asked: step.serve(s, c, asked, layout),
                    lambda batch, context_tok: step.decode_step(s, c, batch, context_tok, layout), load,
                    uneven.length_cv)
    late = tail_of(mean, load, places, full, uneven, percent)
    first = np.min(np.where(fits, late.ttft_s, np.inf), axis=-1)
    # of two ways of cutting, the one whose first token comes sooner
    chosen = np.logical_and(fits, late.ttft_s <= column(first))
    first, tpot, wait = (np.where(np.isfinite(first), np.min(np.where(chosen, x, np.inf), axis=-1), np.nan)
                         for x in (late.ttft_s, late.tpot_s, late.wait_s))
    alone = machines(plan).used_copies[..., 0] <= 1
    stays = np.where(alone, wait / speed, waits_s(plan, percent / 100) + 0 * wait)
    return Tail((first - wait)[()] / speed + stays[()], tpot[()] / speed, stays[()])
