"""Whether a deployment can serve a load; and if not, which constraint fails."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import checked
from ..quantities.numeric import Numeric, Truth
from .communication import joined
from .constants import Constants
from .layout import Layout
from .memory import budget_bytes, weight_bytes_per_chip
from .setups import Setup
from .step import Serving

# what can fail, in the order in which it is looked at, and what to say then
CONSTRAINTS = {
    "format": "the chip multiplies neither in this format nor in 16 bits",
    "topology": "no link joins so many of these chips",
    "weights": "the weights do not fit into the memory",
    "cache": "no room is left for the cache of one sequence",
    "context": "prompt and answer are longer than the model's context",
    "ttft": "the first token comes later than its target",
    "tpot": "tokens follow more slowly than their target",
}


class Feasibility(NamedTuple):
    """Whether a deployment can serve a load within its targets; and if not, which constraint fails.

    Parameters
    ----------
    format, topology, weights, cache, context, ttft, tpot : bool or array
        Whether each constraint of `CONSTRAINTS` holds. A latency without a target holds where anything runs; one of a
        deployment that cannot run does not. Machines take more tokens than a model's context: the answers would be of
        no use.
    """

    format: Truth
    topology: Truth
    weights: Truth
    cache: Truth
    context: Truth
    ttft: Truth
    tpot: Truth

    @property
    def runs(self) -> Truth:
        """Whether the machines serve anything, late or not, of use or not."""
        return np.logical_and(np.logical_and(self.format, self.topology), np.logical_and(self.weights, self.cache))

    @property
    def feasible(self) -> Truth:
        """Whether every constraint holds."""
        return np.logical_and(np.logical_and(self.runs, self.context), np.logical_and(self.ttft, self.tpot))

    @property
    def fails(self) -> str:
        """The first constraint that fails, by name; empty where none does. `ValueError` over several loads."""
        if any(np.ndim(holds) for holds in self):
            raise ValueError("fails and reason are those of one load and one layout, not of arrays; look at the "
                             f"constraints one by one: {', '.join(self._fields)}.")
        return next((name for name, holds in zip(self._fields, self, strict=True) if not holds), "")

    @property
    def reason(self) -> str:
        """The same in words."""
        return CONSTRAINTS.get(self.fails, "")


@checked(ttft_limit_s="(0, inf]", tpot_limit_s="(0, inf]")
def verdict(s: Setup, c: Constants, point: Serving, layout: Layout, ttft_limit_s: Numeric = np.inf,
            tpot_limit_s: Numeric = np.inf, holds_context: Truth = True) -> Feasibility:
    """Say which constraints a service meets, in plain numbers.

    Parameters
    ----------
    s, c : Setup, Constants
        Model and chip, and what was measured of them.
    point : Serving
        What `step.serve` gives for them and the layout.
    layout : Layout
        How a copy is cut.
    ttft_limit_s, tpot_limit_s : numeric
        Targets. [s]
    holds_context : bool or array
        Whether the model's context holds prompt and answer, which plain numbers do not know.

    Returns
    -------
    Feasibility
    """
    weights = weight_bytes_per_chip(s, layout) < budget_bytes(s, c, layout)
    cache = point.capacity >= 1  # less than one where no group, or chip, has room for a whole one
    everywhere = point.capacity == point.capacity
    topology, weights, context = (np.logical_and(everywhere, truth)
                                  for truth in (joined(s, layout.n_chips), weights, holds_context))
    return Feasibility(everywhere, topology, weights, cache, context,
                       point.ttft_s <= ttft_limit_s, point.tpot_s <= tpot_limit_s)
