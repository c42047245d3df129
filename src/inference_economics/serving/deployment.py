"""One deployment: a model on machines, cut and stored in some way, under some engine. Everything else follows from it.

Memory, fit, capacity, arithmetic, bytes read, step times, bounds and dollars are methods of `Deployment`. They ask the
same plain-number formulas (`step`, `token_cost`, `roofline`) that figures trace, through `Deployment.setup`,
`Deployment.constants` and `Deployment.layout`.

What cannot run has no latency and no price: NaN, read as "undefined". Its throughput is 0, and a capacity is never
negative. `Deployment.verdict` says which constraint fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..hardware import roofline
from ..hardware.accelerators import Accelerator
from ..models.flop import decode_flop_per_token, prefill_flop_per_token
from ..models.spec import Model, longest_context_tok
from ..quantities.checks import is_traced, lookup, require
from ..quantities.limits import check, check_records
from ..quantities.numeric import Numeric, Truth
from . import calibration, step, token_cost
from .arrivals import OpenService, serve_open
from .constants import Constants
from .cut import check_cut
from .engines import TYPICAL, load_engines
from .feasibility import Feasibility, verdict
from .formats import Formats, UnsupportedFormatError
from .layout import Layout
from .load import Load
from .memory import budget_bytes
from .setups import Setup, setup
from .token_cost import TokenCost
from .unpacked import chip_of, model_of


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
    link_bytes_per_s : numeric, optional
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
    link_bytes_per_s: Numeric | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Look the parts up by their names."""
        if self.engine != TYPICAL:
            lookup("engine", self.engine, load_engines())
        for name, value in (("model", model_of(self.model)), ("chip", chip_of(self.chip))):
            object.__setattr__(self, name, value)
        if self.link_bytes_per_s is not None:
            object.__setattr__(self, "link_bytes_per_s", check(link_bytes_per_s=self.link_bytes_per_s))
        if not isinstance(self.layout, Layout):
            object.__setattr__(self, "layout", Layout.of(self.layout))
        if not isinstance(self.formats, Formats):
            object.__setattr__(self, "formats", Formats(self.formats))
        check_cut(self._model, self._layout)

    # -- the plain numbers --------------------------------------------------------------------------------------------

    @cached_property
    def setup(self) -> Setup:
        """The plain numbers of model, formats and chip."""
        return setup(self.model, self.chip, self._formats, None, self.link_bytes_per_s, self.engine)

    @cached_property
    def _stored(self) -> Setup:
        """The same for what needs only bytes: a chip without a peak in this format still holds the model."""
        try:
            return self.setup
        except UnsupportedFormatError:
            any_peak = replace(self._chip, bf16_flop_per_s=1e15)
            held = setup(self.model, any_peak, self._formats, None, self.link_bytes_per_s, self.engine)
            return replace(held, shared_flop_per_s=np.nan, expert_flop_per_s=np.nan)

    @cached_property
    def constants(self) -> Constants:
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
        s = self._stored
        experts = s.experts * s.expert_params * s.expert_bytes_per_param
        return s.resident_bytes + experts

    @property
    def weight_bytes_per_chip(self) -> Numeric:
        """Weights that one chip holds, copies of its group included [B]."""
        return step.weight_bytes_per_chip(self._stored, self._layout)

    def cache_bytes(self, context_tok: Numeric) -> Numeric:
        """Cache of one sequence, once [B]."""
        return step.cached_bytes(self._stored, context_tok)

    def capacity(self, load: Load) -> Numeric:
        """Sequences of the load's whole length that fit over all chips, not rounded; never negative [1].

        Notes
        -----
        What the engine gives its cache unless told otherwise (``catalog/engines.toml``): a share of the memory, or what
        its reserve leaves, less the weights. The reserve's size is measured for one model or assumed, as its row says.
        Engines without a rule get the mean of the others.
        """
        check_records(load=(load, Load))
        return step.capacity(self._stored, self.constants, load.context_tok, self._layout)

    def sequences_that_fit(self, load: Load) -> Numeric:
        """Whole sequences that fit, in as many places as hold whole ones [1]."""
        holders = self._layout.holders
        return holders * np.floor(self.capacity(load) / holders)

    # -- arithmetic and bytes -----------------------------------------------------------------------------------------

    def prefill_flop(self, prompt_tok: Numeric) -> Numeric:
        """Arithmetic of one prompt [FLOP]."""
        prompt_tok = check(prompt_tok=prompt_tok)
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

    def serve(self, load: Load, constants: Constants | None = None) -> step.Serving:
        """Evaluate the service with the fitted constants, or with others, such as those of another date or harness.

        Notes
        -----
        ===================================  =============================================================
        assumed                              if false
        ===================================  =============================================================
        prefill and decode share the chips   see `serve_pools`
        closed loop: a fixed number of       open arrivals queue; see `serve_open`
        requests in flight
        one token per step                   drafting decodes more; see `speculative.Drafts`
        no prefix cache                      less prefill; see `serving.prefill_tok`
        ===================================  =============================================================
        """
        check_records(load=(load, Load))
        c = self.constants if constants is None else constants
        point = step.serve(self._stored, c, load, self._layout)
        peak = self._stored.expert_flop_per_s
        if is_traced(peak) or np.all(peak > 0):
            return point
        # no peak in this format: nothing runs, whatever fits
        never, none = np.nan * point.capacity, 0.0 * point.capacity
        served = dict.fromkeys(step.Serving._fields, never) | {"capacity": point.capacity, "batch": none}
        return step.Serving(**served | {"output_tok_per_s": none, "input_tok_per_s": none})

    def serve_open(self, request_per_s: Numeric, prompt_tok: Numeric, output_tok: Numeric,
                   output_cv: Numeric = 0.0) -> OpenService:
        """Evaluate the service where requests come at a rate, not as a fixed number in flight; see `arrivals`."""
        return serve_open(self.setup, self.constants, request_per_s, prompt_tok, output_tok, self._layout, output_cv)

    def in_turn(self, load: Load) -> step.Serving:
        """Evaluate the service without losses or latencies, its parts in turn: an estimate, no bound."""
        return self.serve(load, self.constants.bound())

    def floor_tpot_s(self, load: Load) -> Numeric:
        """Least time per output token, at one token a step, experts chosen evenly; see `serving_floor_s` [s]."""
        check_records(load=(load, Load))
        return step.serving_floor_s(self._stored, self.constants, load, self._layout)

    def decode_step(self, batch: Numeric, context_tok: Numeric) -> step.DecodeStep:
        """One decode step by its causes; undefined where the batch does not fit, or no link joins the chips."""
        batch, context_tok = check(batch=batch, context_tok=context_tok)
        stands = self._holds(batch, context_tok)
        parts = step.decode_step(self._stored, self.constants, batch, context_tok, self._layout)
        return step.DecodeStep(*(np.where(stands, part, np.nan)[()] for part in parts))

    def _holds(self, batch: Numeric, context_tok: Numeric) -> Truth:
        room = step.capacity(self._stored, self.constants, context_tok, self._layout)
        stands = np.logical_and(step.joined(self._stored, self.n_chips), room >= np.maximum(batch, 1.0))
        return np.logical_and(stands, self._stored.expert_flop_per_s > 0)

    def decode_floor_s(self, batch: Numeric, context_tok: Numeric) -> Numeric:
        """Least time of one decode step; undefined where `decode_step` is [s]."""
        batch, context_tok = check(batch=batch, context_tok=context_tok)
        floor = step.decode_floor_s(self._stored, batch, context_tok, self._layout)
        return np.where(self._holds(batch, context_tok), floor, np.nan)[()]

    def prefill_time_s(self, prompt_tok: Numeric) -> Numeric:
        """Machine time of one prompt; NaN where the weights do not fit, or no link joins the chips [s]."""
        s, c = self._stored, self.constants
        fits = self.weight_bytes_per_chip < budget_bytes(s, c, self._layout)
        stands = np.logical_and(step.joined(s, self.n_chips), fits)
        return np.where(stands, step.prefill_time_s(s, c, prompt_tok, self._layout)[0], np.nan)[()]

    # -- dollars ------------------------------------------------------------------------------------------------------

    def usd_per_output_token(self, load: Load, price_usd_per_hour: Numeric, utilisation: Numeric = 1.0) -> Numeric:
        """All cost on the output tokens; undefined where nothing runs [USD/token]."""
        return token_cost.usd_per_output_token(price_usd_per_hour, self.n_chips, self.serve(load).output_tok_per_s,
                                               utilisation)

    def token_cost(self, load: Load, price_usd_per_hour: Numeric, utilisation: Numeric = 1.0,
                   cached_fraction: Numeric = 0.0) -> TokenCost:
        """Cost of input and output tokens, by the machine time that each takes."""
        return token_cost.token_cost(self.serve(load), load, price_usd_per_hour, self.n_chips, utilisation,
                                     cached_fraction)

    # -- feasible or not ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise `ValueError` where the format or the links rule the deployment out."""
        step.check_joined(self.setup, self.n_chips)

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
        check_records(load=(load, Load))
        require(0, np.inf, open_low=True, ttft_limit_s=ttft_limit_s, tpot_limit_s=tpot_limit_s)
        try:
            s = self.setup
        except UnsupportedFormatError:
            return Feasibility(*(np.zeros_like(load.concurrency * load.context_tok, dtype=bool)[()],) * 7)
        point = self.serve(load)
        holds = load.context_tok <= longest_context_tok(self._model)
        return verdict(s, self.constants, point, self._layout, ttft_limit_s, tpot_limit_s, holds)
