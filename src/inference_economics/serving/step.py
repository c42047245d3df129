"""One step of a serving engine in plain numbers: the formulas behind `calibration`.

`Setup` holds what is known of a model on a chip, `Constants` what has to be measured; both may hold arrays, one entry
per configuration. Every function here is a few lines of arithmetic in base units, and traces.

Each step of a batch that decodes costs, on a chip that holds 1/n of the model:

* reading the shared weights or doing their arithmetic, whichever is slower; the same for the experts that the batch
  touches; reading each sequence's cache;
* for each layer a fixed time to launch it, more in a layer of experts, and two all-reduces when n > 1; what other
  layouts send instead (see `layout`);
* a fixed time per sequence for scheduling and sampling.

Other requests' prefill takes its turn: per token generated, (batch − 1) / output of a prompt. Where more requests are
in flight than the cache holds, the batch stops growing and the rest wait: Little's law gives for how long.

The parts stand in modules of their own, and can be had from here: `constants`, `memory`, `communication`, `decode`,
`prefill`.

What cannot run has no latency and no price: those are NaN, which stands for "undefined" throughout (`units.text` writes
"n/a", a line has a gap there), while its capacity and its throughput are 0. `Deployment.verdict` names the
constraint that fails; a figure shows it as a State.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import check_records
from ..quantities.numeric import Numeric, Truth
from .communication import ACTIVATION_BYTES, check_joined, communication_time_s, joined, link_bytes_per_s
from .constants import IDEAL, Constants
from .decode import (
    DecodeStep,
    attention_flop,
    cache_time_s,
    check_over_plain,
    checking_step,
    decode_floor_s,
    decode_step,
    floor_parts_s,
    launch_time_s,
    reading_time_s,
    weights_time_s,
)
from .layout import ONE_CHIP, Layout
from .load import Load
from .memory import cached_bytes, capacity, read_bytes, weight_bytes_per_chip
from .prefill import fixed_prefill_s, prefill_flop, prefill_time_s
from .setups import Setup
from .speculative import Drafts

__all__ = [
    "ACTIVATION_BYTES", "IDEAL", "Constants", "DecodeStep", "Serving", "attention_flop", "cache_time_s",
    "cached_bytes", "capacity", "check_joined", "check_over_plain", "checking_step", "communication_time_s",
    "decode_floor_s", "decode_step", "joined", "launch_time_s", "link_bytes_per_s", "prefill_flop",
    "prefill_time_s", "read_bytes", "reading_time_s", "serve", "serving_floor_s", "weight_bytes_per_chip",
    "weights_time_s",
]


class Serving(NamedTuple):
    """A service at one load.

    Parameters
    ----------
    tpot_s, ttft_s : numeric
        Mean time per output token, and to the first one; NaN where nothing can run. [s]
    batch, capacity : numeric
        Sequences that run, and the most that the cache holds at their whole length; both 0 where the weights alone do
        not fit, and the batch where not one sequence does. More run at once where the cache grows with the answers
        (`Constants.held_share`). [1]
    weights_s, cache_s, communication_s, launch_s, sequences_s, prefill_s : numeric
        The parts of `tpot_s`. [s]
    prompt_s : numeric
        Machine time of one prompt's prefill. [s]
    wait_s : numeric
        The part of `ttft_s` spent waiting for room in the cache. [s]
    output_tok_per_s, input_tok_per_s : numeric
        Throughput of all the chips together; 0 where nothing can run. [token/s]
    """

    tpot_s: Numeric
    ttft_s: Numeric
    batch: Numeric
    capacity: Numeric
    weights_s: Numeric
    cache_s: Numeric
    communication_s: Numeric
    launch_s: Numeric
    sequences_s: Numeric
    prefill_s: Numeric
    prompt_s: Numeric
    wait_s: Numeric
    output_tok_per_s: Numeric
    input_tok_per_s: Numeric

    @property
    def runs(self) -> Truth:
        """Whether anything is served."""
        return self.output_tok_per_s > 0


def serve(s: Setup, c: Constants, load: Load, layout: Layout = ONE_CHIP, drafts: Drafts | None = None) -> Serving:
    """Evaluate a service in plain numbers: see the module's description.

    Parameters
    ----------
    s : Setup
        A model in some format on some chip.
    c : Constants
        What has to be measured; `IDEAL`, or `Constants.bound` of them, leaves only the hardware.
    load : Load
        What is asked of one copy.
    layout : Layout
        How the copy is cut.
    drafts : Drafts, optional
        How speculative decoding turns out; without, each step yields one token.

    Returns
    -------
    Serving
    """
    check_records(s=(s, Setup), c=(c, Constants), load=(load, Load), layout=(layout, Layout))
    if drafts is not None:
        check_records(drafts=(drafts, Drafts))
    room = capacity(s, c, load.context_tok, layout)
    runs = np.logical_and(room >= 1, joined(s, layout.n_chips))
    batch = _running(s, c, load, layout, room)
    taken, alone = prefill_time_s(s, c, load.prompt_tok, layout)
    parts = _steps(s, c, batch, load, layout, drafts)
    step, others = parts.total_s, np.maximum(batch - 1, 0.0)
    # of a burst, every prompt is read before the first answer goes on, and half of them are ahead
    prefill = (1 - load.burst) * c.interference * others / load.output_tok * taken
    tpot = step + prefill
    layers = fixed_prefill_s(s, c)
    ahead = (c.queue_share + load.burst * (0.5 - c.queue_share)) * others
    own = c.request_s + layers + (1 + c.held_steps) * step + alone + ahead * (taken + c.queue_launch_share * layers)
    # Little's law: whoever finds no room waits for one of `batch` places, each held for a whole request
    wait = (load.concurrency - batch) / batch * (own + load.output_tok * tpot)
    rate = np.where(runs, load.concurrency / (wait + own + load.output_tok * tpot), 0.0)

    def defined(time_s: Numeric) -> Numeric:
        return np.where(runs, time_s, np.nan)[()]

    return Serving(
        tpot_s=defined(tpot), ttft_s=defined(wait + own), batch=np.where(runs, batch, 0.0)[()], capacity=room,
        weights_s=defined(parts.weights_s), cache_s=defined(parts.cache_s),
        communication_s=defined(parts.communication_s), launch_s=defined(parts.launch_s),
        sequences_s=defined(parts.sequences_s), prefill_s=defined(prefill), prompt_s=defined(taken),
        wait_s=defined(wait), output_tok_per_s=rate[()] * load.output_tok, input_tok_per_s=rate[()] * load.prompt_tok)


def _running(s: Setup, c: Constants, load: Load, layout: Layout, room: Numeric) -> Numeric:
    """Sequences that run: all, or as many as have room, at the length for which the engine keeps it for each.

    What does not run is worked out for one sequence, and left out by the caller.
    """
    at_once = capacity(s, c, load.prompt_tok + c.held_share * load.output_tok, layout)
    return np.minimum(load.concurrency, np.maximum(np.where(room >= 1, at_once, room), 1.0))


def _steps(s: Setup, c: Constants, batch: Numeric, load: Load, layout: Layout, drafts: Drafts | None) -> DecodeStep:
    """One decode step halfway through the answers; with drafts, its share of one token."""
    halfway_tok = load.prompt_tok + load.output_tok / 2
    if drafts is None:
        return decode_step(s, c, batch, halfway_tok, layout)
    parts = checking_step(s, c, batch, halfway_tok, drafts.draft_tok, layout)
    guessing = drafts.draft_tok * drafts.draft_cost * decode_step(s, c, batch, halfway_tok, layout).total_s
    parts = parts._replace(weights_s=parts.weights_s + guessing)  # a small model reads its weights
    return DecodeStep(*(part / drafts.tokens_per_step for part in parts))


def serving_floor_s(s: Setup, c: Constants, load: Load, layout: Layout = ONE_CHIP) -> Numeric:
    """Least time per output token, at one token a step and with experts chosen evenly.

    Parameters
    ----------
    s, c : Setup, Constants
        As in `serve`; of the constants only the share of memory counts, which says how many can run.
    load : Load
        What is asked of one copy.
    layout : Layout
        How the copy is cut.

    Returns
    -------
    numeric
        All reading of a decode step, or all arithmetic of it and of the prefill that falls to it, whichever takes
        longer; NaN where nothing can run. [s]
    """
    check_records(s=(s, Setup), c=(c, Constants), load=(load, Load), layout=(layout, Layout))
    # whoever finds no room waits, and costs the others nothing
    room = capacity(s, c, load.context_tok, layout)
    batch = _running(s, c, load, layout, room)
    read, compute = floor_parts_s(s, batch, load.prompt_tok + load.output_tok / 2, layout)
    shared, expert = prefill_flop(s, load.prompt_tok)
    prompt = (shared / s.shared_flop_per_s + expert / s.expert_flop_per_s) / layout.n_chips
    floor: Numeric = np.maximum(read, compute + np.maximum(batch - 1, 0.0) / load.output_tok * prompt)
    return np.where(np.logical_and(room >= 1, joined(s, layout.n_chips)), floor, np.nan)[()]
