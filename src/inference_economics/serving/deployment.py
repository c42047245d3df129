"""One deployment: a model on machines, cut and stored in some way, under some engine. Everything else follows from it.

Memory, fit, capacity, arithmetic, bytes read, step times, bounds and dollars are methods of `Deployment`. They ask the
same plain-number formulas (`step`, `token_cost`, `roofline`) that figures trace, through `Deployment.setup`,
`Deployment.constants` and `Deployment.layout`.

What cannot run has no latency and no price: NaN, read as "undefined". Its throughput is 0, and a capacity is never
negative. `Deployment.verdict` says which constraint fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..hardware import roofline
from ..hardware.accelerators import Accelerator
from ..models.flop import decode_flop_per_token, prefill_flop_per_token
from ..models.spec import Model
from ..quantities.checks import is_traced, require, shown
from ..quantities.numeric import Numeric
from . import calibration, step, token_cost
from .formats import TYPICAL, Formats, UnsupportedFormatError
from .layout import Layout
from .load import Load, check_joined
from .setups import BYTES_PER_PARAM, EMBEDDING_BYTES, Setup, chip_of, model_of, setup, setup_with_kv_heads
from .step import Truth
from .token_cost import TokenCost

__all__ = ["BYTES_PER_PARAM", "CONSTRAINTS", "EMBEDDING_BYTES", "Deployment", "Feasibility", "Setup", "setup",
           "setup_with_kv_heads"]

# what can fail, in the order in which it is looked at, and what to say then
CONSTRAINTS = {
    "format": "the chip multiplies neither in this format nor in 16 bits",
    "topology": "no link joins so many of these chips",
    "weights": "the weights do not fit into the memory",
    "cache": "no room is left for the cache of one sequence",
    "ttft": "the first token comes later than its target",
    "tpot": "tokens follow more slowly than their target",
}


class Feasibility(NamedTuple):
    """Whether a deployment can serve a load within its targets; and if not, which constraint fails.

    Parameters
    ----------
    format, topology, weights, cache, ttft, tpot : bool or array
        Whether each constraint of `CONSTRAINTS` holds. A latency without a target holds where anything runs; one of a
        deployment that cannot run does not.
    """

    format: Truth
    topology: Truth
    weights: Truth
    cache: Truth
    ttft: Truth
    tpot: Truth

    @property
    def runs(self) -> Truth:
        """Whether anything is served, late or not."""
        return np.logical_and(np.logical_and(self.format, self.topology), np.logical_and(self.weights, self.cache))

    @property
    def feasible(self) -> Truth:
        """Whether every constraint holds."""
        return np.logical_and(self.runs, np.logical_and(self.ttft, self.tpot))

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


@dataclass(frozen=True)
class Deployment:
    """A model on machines, cut and stored in some way, under some engine.

    Parameters
    ----------
    model : Model or str
        What runs; a slug of the catalogue, or a model of your own.
    chip : Accelerator or str
        What it runs on, with its links.
    layout : Layout or int
        How one copy is cut; a whole number of chips cuts every layer over them.
    formats : Formats or str
        What weights, cache, state and arithmetic are in; a text names the weights'.
    engine : str
        Whose defaults and fitted constants hold: ``vllm``, ``sglang``, ``trtllm`` or ``typical``. Other rows of
        ``catalog/engines.toml`` have defaults only and take the typical constants.
    link_bytes_per_s : float, optional
        Link of one chip, one direction, to any number of others, in place of the catalogue's. [B/s]
    name : str
        What a reader calls it.

    Raises
    ------
    ValueError
        For names that are not known.
    """

    model: Model | str
    chip: Accelerator | str
    layout: Layout | int | float = field(default_factory=Layout)
    formats: Formats | str = "fp8"
    engine: str = TYPICAL
    link_bytes_per_s: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Look the parts up by their names."""
        changes = {"model": model_of(self.model), "chip": chip_of(self.chip)}
        for name, value in changes.items():
            object.__setattr__(self, name, value)
        if not isinstance(self.layout, Layout):
            object.__setattr__(self, "layout", Layout.of(self.layout))
        if not isinstance(self.formats, Formats):
            object.__setattr__(self, "formats", Formats(self.formats))
        _check_cut(self._model, self._layout)

    # -- the plain numbers --------------------------------------------------------------------------------------------

    @cached_property
    def setup(self) -> Setup:
        """The plain numbers of model, formats and chip."""
        return setup(self.model, self.chip, self._formats, None, self.link_bytes_per_s, self.engine)

    @cached_property
    def constants(self) -> step.Constants:
        """The fitted constants of the chip's generation and the engine."""
        measured = self.engine if self.engine in calibration.ENGINES else TYPICAL
        return calibration.constants(self._chip, measured)

    @property
    def _formats(self) -> Formats:
        return self.formats if isinstance(self.formats, Formats) else Formats(self.formats)

    @property
    def _layout(self) -> Layout:
        return self.layout if isinstance(self.layout, Layout) else Layout.of(self.layout)

    @property
    def _model(self) -> Model:
        return model_of(self.model)

    @property
    def _chip(self) -> Accelerator:
        return chip_of(self.chip)

    @property
    def n_chips(self) -> Numeric:
        """Chips that hold one copy of the model [1]."""
        return self._layout.n_chips

    # -- memory -------------------------------------------------------------------------------------------------------

    @property
    def weight_bytes(self) -> Numeric:
        """The checkpoint: every weight once [B]."""
        s = self.setup
        experts = s.experts * s.expert_params * s.expert_bytes_per_param
        return s.resident_bytes + experts

    @property
    def weight_bytes_per_chip(self) -> Numeric:
        """Weights that one chip holds, copies of its group included [B]."""
        return step.weight_bytes_per_chip(self.setup, layout=self._layout)

    def cache_bytes(self, context_tok: Numeric) -> Numeric:
        """Cache of one sequence, once [B]."""
        return step.cached_bytes(self.setup, context_tok)

    def capacity(self, load: Load) -> Numeric:
        """Sequences of the load's whole length that fit over all chips, not rounded; never negative [1]."""
        _check_asked(load)
        return step.capacity(self.setup, self.constants, load.prompt_tok, load.output_tok, layout=self._layout)

    def sequences_that_fit(self, load: Load) -> Numeric:
        """Whole sequences that fit, in as many places as hold whole ones [1]."""
        holders = self._layout.holders
        return holders * np.floor(self.capacity(load) / holders)

    # -- arithmetic and bytes -----------------------------------------------------------------------------------------

    def prefill_flop(self, prompt_tok: Numeric) -> Numeric:
        """Arithmetic of one prompt [FLOP]."""
        return prompt_tok * prefill_flop_per_token(self._model, prompt_tok)

    def decode_flop(self, context_tok: Numeric) -> Numeric:
        """Arithmetic of one more token [FLOP]."""
        return decode_flop_per_token(self._model, context_tok)

    @property
    def ridge_flop_per_byte(self) -> Numeric:
        """Intensity at which arithmetic in this format and reading take equally long [FLOP/B]."""
        return roofline.ridge_flop_per_byte(self.setup.expert_flop_per_s, self.setup.hbm_bytes_per_s)

    @property
    def critical_batch(self) -> Numeric:
        """Sequences at which matrices take as long as reading their weights, as stored [1]."""
        s = self.setup
        dense = roofline.critical_batch(s.expert_flop_per_s, s.hbm_bytes_per_s, self._formats.stored.bytes_per_value)
        return dense * s.experts / np.maximum(s.experts_active, 1)

    # -- time ---------------------------------------------------------------------------------------------------------

    def serve(self, load: Load) -> step.Serving:
        """Evaluate the service with the fitted constants."""
        return self._at(self.constants, load)

    def in_turn(self, load: Load) -> step.Serving:
        """Evaluate the service without losses or latencies, its parts in turn: an estimate, no bound."""
        return self._at(self.constants.bound(), load)

    def _at(self, constants: step.Constants, load: Load) -> step.Serving:
        _check_asked(load)
        return step.serve(self.setup, constants, load.concurrency, load.prompt_tok, load.output_tok,
                          layout=self._layout)

    def floor_tpot_s(self, load: Load) -> Numeric:
        """Time per output token that no machine of this kind beats: all reading under all arithmetic [s]."""
        _check_asked(load)
        return step.serving_floor_s(self.setup, self.constants, load.concurrency, load.prompt_tok, load.output_tok,
                                    layout=self._layout)

    def decode_step(self, batch: Numeric, context_tok: Numeric) -> step.DecodeStep:
        """One decode step by its causes."""
        return step.decode_step(self.setup, self.constants, batch, context_tok, layout=self._layout)

    def decode_floor_s(self, batch: Numeric, context_tok: Numeric) -> Numeric:
        """Least time of one decode step [s]."""
        return step.decode_floor_s(self.setup, batch, context_tok, layout=self._layout)

    def prefill_time_s(self, prompt_tok: Numeric) -> Numeric:
        """Machine time of one prompt; NaN where the weights do not fit, or no link joins the chips [s]."""
        s, c = self.setup, self.constants
        stands = np.logical_and(step.joined(s, self.n_chips), self.weight_bytes_per_chip < c.memory_share * s.hbm_bytes)
        return np.where(stands, step.prefill_time_s(s, c, prompt_tok, layout=self._layout)[0], np.nan)[()]

    # -- dollars ------------------------------------------------------------------------------------------------------

    def usd_per_output_token(self, load: Load, price_usd_per_hour: Numeric, utilisation: Numeric = 1.0) -> Numeric:
        """All cost on the output tokens; undefined where nothing runs [USD/token]."""
        return token_cost.usd_per_output_token(price_usd_per_hour, self.n_chips, self.serve(load).output_tok_per_s,
                                               utilisation)

    def token_cost(self, load: Load, price_usd_per_hour: Numeric, utilisation: Numeric = 1.0,
                   cached_fraction: Numeric = 0.0) -> TokenCost:
        """Cost of input and output tokens, by the machine time that each takes."""
        return token_cost.served_token_cost(self.serve(load), load, price_usd_per_hour, self.n_chips, utilisation,
                                            cached_fraction)

    # -- feasible or not ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise `ValueError` where the format or the links rule the deployment out."""
        check_joined(self.setup, self.n_chips, "n_chips")

    def verdict(self, load: Load, ttft_limit_s: Numeric = np.inf, tpot_limit_s: Numeric = np.inf) -> Feasibility:
        """Say whether the deployment can serve a load within latency targets, and if not, which constraint fails.

        Parameters
        ----------
        load : Load
            What is asked.
        ttft_limit_s, tpot_limit_s : numeric
            Longest acceptable mean time to the first token, and per further token. [s]

        Returns
        -------
        Feasibility
            One truth per constraint, each broadcast over the load.
        """
        _check_asked(load)
        require(0, np.inf, open_low=True, ttft_limit_s=ttft_limit_s, tpot_limit_s=tpot_limit_s)
        try:
            s = self.setup
        except UnsupportedFormatError:
            return Feasibility(*(np.zeros_like(load.concurrency * load.context_tok, dtype=bool)[()],) * 6)
        point = self.serve(load)
        return verdict(s, self.constants, point, self._layout, ttft_limit_s, tpot_limit_s)


def _check_asked(load: object) -> None:
    if not isinstance(load, Load):
        raise ValueError(f"load={shown(load)} is no Load; give Load(concurrency, prompt_tok, output_tok).")


def _check_cut(model: Model, layout: Layout) -> None:
    """Refuse a layout that cuts a model into more parts than it has."""
    if is_traced(model) or is_traced(model.layers) or is_traced(model.experts):
        return
    experts = np.maximum(model.experts, 1)
    if not is_traced(layout.pp) and np.any(layout.pp > np.asarray(model.layers)):
        raise ValueError(f"pp={shown(layout.pp)}: a model of {shown(model.layers)} layers has no more stages.")
    if not is_traced(layout.ep) and np.any(layout.ep > experts):
        has = "no experts to spread" if np.all(experts == 1) else f"{shown(model.experts)} experts in a layer"
        raise ValueError(f"ep={shown(layout.ep)}: this model has {has}; use "
                         f"{'ep=1' if np.all(experts == 1) else 'fewer chips'}.")


def verdict(s: Setup, c: step.Constants, point: step.Serving, layout: Layout, ttft_limit_s: Numeric = np.inf,
            tpot_limit_s: Numeric = np.inf) -> Feasibility:
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

    Returns
    -------
    Feasibility
    """
    joins = step.joined(s, layout.n_chips)
    weights = step.weight_bytes_per_chip(s, layout=layout) < c.memory_share * s.hbm_bytes
    cache = point.capacity >= 1  # less than one where no group, or chip, has room for a whole one
    everywhere = point.capacity == point.capacity
    return Feasibility(everywhere, np.logical_and(everywhere, joins), np.logical_and(everywhere, weights), cache,
                       point.ttft_s <= ttft_limit_s, point.tpot_s <= tpot_limit_s)
