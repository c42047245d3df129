"""The cheapest way to run one copy of a model within its latency targets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric, Truth
from .constants import Constants
from .cut import heads_divided
from .feasibility import Feasibility, verdict
from .layout import Layout
from .load import Load
from .memory import capacity
from .queueing import column
from .setups import Setup
from .step import serve

# chips that share one copy, within one server, and groups of them that hold whole attention layers
LAYOUTS = ((1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (8.0, 1.0), (4.0, 4.0), (8.0, 8.0))
BATCHES = np.unique(np.round(np.geomspace(1, 2048, 34)))


class Replica(NamedTuple):
    """The cheapest way to run one copy of a model within its latency targets.

    Parameters
    ----------
    batch, n_chips : numeric
        Requests served at once, and chips that share the copy. Batch 0 where no setting meets the targets. [1]
    service_s, tpot_s, ttft_s : numeric
        Time that a request keeps its place, per output token, and to the first one; undefined (NaN) where no setting
        meets the targets. [s]
    requests_per_s_per_chip : numeric
        Requests that one chip finishes, at full load; 0 where no setting meets the targets. [1/s]
    verdict : Feasibility
        Which constraints some setting meets together with all constraints before it: the first that fails is the one
        that rules the model out on these chips.
    """

    batch: Numeric
    n_chips: Numeric
    service_s: Numeric
    tpot_s: Numeric
    ttft_s: Numeric
    requests_per_s_per_chip: Numeric
    verdict: Feasibility

    @property
    def feasible(self) -> Truth:
        """Whether the model fits and the targets are met."""
        return self.requests_per_s_per_chip > 0


# -- one copy of a model ----------------------------------------------------------------------------------------------


@checked
def best_replica(s: Setup, c: Constants, prompt_tok: Numeric, output_tok: Numeric, ttft_limit_s: Numeric,
                 tpot_limit_s: Numeric) -> Replica:
    """Search batches and ways of cutting the model for the most requests per chip within the latency targets.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them; see `step.serve`.
    prompt_tok, output_tok : numeric
        Mean lengths of prompts and answers. [token]
    ttft_limit_s, tpot_limit_s : numeric
        Longest acceptable mean time to the first token, and per further token. [s]

    Returns
    -------
    Replica

    Notes
    -----
    Every layer cut over 1, 2, 4 or 8 chips where they divide its query heads, or whole attention layers on each of 4 or
    8, which suits a latent cache;
    batches from 1 to 2,048 in steps of about a quarter, never more than fit. Targets are held by the mean; a target for
    the slowest twentieth needs a smaller batch.
    """
    chips = np.repeat([n for n, _ in LAYOUTS], BATCHES.size)
    groups = np.repeat([dp for _, dp in LAYOUTS], BATCHES.size)
    # a batch of one at least: whether there is room for it is asked of the capacity
    layout, prompts, answers = Layout.of(chips, groups), column(prompt_tok), column(output_tok)
    room = np.maximum(np.floor(capacity(s, c, prompts + answers, layout)), 1.0)
    batch = np.minimum(np.tile(BATCHES, len(LAYOUTS)), room)
    point = serve(s, c, Load(batch, prompts, answers), layout)
    truths = verdict(s, c, point, layout, column(ttft_limit_s), column(tpot_limit_s))
    meets = heads_divided(s.q_heads, layout)
    some: list[Truth] = []
    for truth in truths:
        meets = np.logical_and(meets, truth)
        some.append(np.max(np.where(meets, 1.0, 0.0), axis=-1) > 0)
    rate = np.where(meets, point.output_tok_per_s / answers / chips, 0.0)
    most = np.max(rate, axis=-1)
    chosen = np.logical_and(rate >= column(most), meets)
    # among equals the first degree: the same batch may stand in the grid twice where memory cuts it off
    n_chips = np.min(np.where(chosen, chips, LAYOUTS[-1][0]), axis=-1)
    chosen = np.logical_and(chosen, chips == column(n_chips))
    batch = np.max(np.where(chosen, batch, 0.0), axis=-1)
    least = (np.min(np.where(chosen, x, np.inf), axis=-1) for x in (point.tpot_s, point.ttft_s))
    tpot, ttft = (np.where(some[-1], x, np.nan) for x in least)
    return Replica(batch, n_chips, ttft + output_tok * tpot, tpot, ttft, most, Feasibility(*some))
