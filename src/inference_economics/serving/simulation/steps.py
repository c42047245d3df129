"""What one step of an engine takes: the only place where the simulator meets a model of the hardware.

`StepTime` holds two curves and a few constants; `step_time` fills them from the fitted serving model. Anything else
that gives the same curves (a bound, a table of measurements, a queue from a textbook) can stand in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ...quantities.checks import number, require_non_negative, require_positive, shown
from ...quantities.numeric import Numeric
from .. import setups, step
from ..deployment import Deployment
from ..layout import Layout
from ..prefill import fixed_prefill_s

FAR_TOK = 1e9  # windows beyond this stand for "none" in `setups.Setup`


@dataclass(frozen=True)
class StepTime:
    """Time of one step of an engine that decodes a batch and prefills chunks of prompts.

    Parameters
    ----------
    decode_s : callable
        ``decode_s(batch, context_tok)``: a step that generates one token for each of `batch` sequences, whose caches
        hold `context_tok` tokens together. Takes arrays. Must be affine in `context_tok` between `knees_tok`. [s]
    prefill_s : callable
        ``prefill_s(tok)``: machine time of the first `tok` tokens of a prompt. The chunk from p to p + n costs
        ``prefill_s(p + n) - prefill_s(p)``, so attention over what came before is in it. Takes arrays. [s]
    prefill_alone_s : callable, optional
        The same for a step in which nothing is decoded; `prefill_s` unless given. [s]
    read_s : float
        Least time of a chunk in such a step: every weight is read once. [s]
    launch_s : float
        What such a step takes besides, while it ends no prompt. [s]
    interference : float
        Time by which one second of prefill lengthens a step that also decodes. [1]
    request_s : float
        Delay of a request before the engine sees it: network, text to tokens. [s]
    knees_tok : tuple of float
        Mean contexts at which `decode_s` changes slope: the lengths of attention windows. [token]

    Notes
    -----
    ==============================================  =====================================================
    assumed                                         if false
    ==============================================  =====================================================
    the cache read depends on the mean context      with windows, uneven lengths read less
    a step that ends a prompt also decodes its      its first token costs a little less
    first token
    chunks of one step add up                       short prompts together fill the chip better
    ==============================================  =====================================================
    """

    decode_s: Callable[[Any, Any], Any]
    prefill_s: Callable[[Any], Any]
    prefill_alone_s: Callable[[Any], Any] | None = None
    read_s: float = 0.0
    launch_s: float = 0.0
    interference: float = 1.0
    request_s: float = 0.0
    knees_tok: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        require_non_negative(read_s=self.read_s, launch_s=self.launch_s, interference=self.interference,
                             request_s=self.request_s)
        require_positive(knees_tok=self.knees_tok)
        object.__setattr__(self, "knees_tok", tuple(np.atleast_1d(number("knees_tok", self.knees_tok)).tolist()))
        for name in ("decode_s", "prefill_s", "prefill_alone_s"):
            curve = getattr(self, name)
            if not (callable(curve) or (curve is None and name == "prefill_alone_s")):
                raise ValueError(f"{name}={shown(curve)} is no function; give one of tokens that returns seconds.")

    def __call__(self, decode_batch: int, context_tok: int, prefill_tok: int = 0, prefill_context_tok: int = 0,
                 first_tokens: int = 0) -> Any:
        """Time of one step.

        Parameters
        ----------
        decode_batch : int
            Sequences that decode. [1]
        context_tok : int
            Tokens in their caches, and in those of prompts that end with this step. [token]
        prefill_tok, prefill_context_tok : int
            A chunk, and the tokens of its prompt that came before. [token]
        first_tokens : int
            Prompts that end with this step. [1]

        Returns
        -------
        float
            Time. [s]
        """
        batch, end = decode_batch + first_tokens, prefill_context_tok + prefill_tok
        base = self.decode_s(batch, context_tok) if batch else self.launch_s
        if not prefill_tok:
            return base
        curve = self.prefill_s if decode_batch else self.prefill_alone_s or self.prefill_s
        chunk = curve(end) - (curve(prefill_context_tok) if prefill_context_tok else 0.0)
        return base + (self.interference * chunk if decode_batch else max(chunk, self.read_s))


class StepTable:
    """`StepTime` as lists of numbers, so that an event costs no call into numpy.

    Parameters
    ----------
    times : StepTime
        What a step takes.
    max_batch, max_tok : int
        Largest batch and longest sequence that will be asked for. [1], [token]
    """

    def __init__(self, times: StepTime, max_batch: int, max_tok: int) -> None:
        self.knees = tuple(sorted(knee for knee in times.knees_tok if 1 < knee < max_tok))
        edges = (1.0, *self.knees, max(float(max_tok), 2.0))
        batch = np.arange(1.0, max_batch + 1)
        self.segments = [self._segment(times.decode_s, batch, low, high)
                         for low, high in pairwise(edges)]
        tok = np.arange(1.0, max_tok + 1)
        self.prefill = [0.0, *self._curve(times.prefill_s, tok)]
        alone = times.prefill_alone_s
        self.prefill_alone = [0.0, *self._curve(alone, tok)] if alone else self.prefill
        self.read_s, self.launch_s = float(times.read_s), float(times.launch_s)
        self.interference = float(times.interference)

    @staticmethod
    def _curve(curve: Callable[[Any], Any], tok: np.ndarray) -> list[float]:
        values: np.ndarray = np.broadcast_to(np.asarray(curve(tok), dtype=float), tok.shape)
        if not np.all(np.isfinite(values)) or np.any(np.diff(values, prepend=0.0) < 0):
            raise ValueError("prefill_s must be finite, and must not fall as the prompt grows.")
        return [float(value) for value in values]

    @staticmethod
    def _segment(decode_s: Callable[[Any, Any], Any], batch: np.ndarray, low: float,
                 high: float) -> tuple[list[float], list[float]]:
        """Return for each batch the time at no context and the slope, on one side of the knees."""
        at_low, middle, at_high = (np.broadcast_to(np.asarray(decode_s(batch, batch * tok), dtype=float), batch.shape)
                                   for tok in (low, (low + high) / 2, high))
        if not np.all(np.isfinite(at_high)) or np.any(at_low < 0) or np.any(at_high < at_low):
            raise ValueError("decode_s must be finite, at least 0, and must not fall as the context grows. "
                             "A service that does not fit its memory has no step.")
        if not np.allclose(middle, (at_low + at_high) / 2, rtol=1e-6, atol=0):
            raise ValueError(f"decode_s is not a straight line in context_tok between mean contexts of {low:g} and "
                             f"{high:g} tokens; name where it bends in knees_tok.")
        slope = (at_high - at_low) / (batch * (high - low))
        return [np.nan, *(at_low - slope * batch * low).tolist()], [np.nan, *slope.tolist()]

    def line(self, batch: int, context_tok: int) -> tuple[float, float]:
        """Return the time at no context, and the slope, for steps of a batch near a context."""
        if not self.knees:
            fixed, slope = self.segments[0]
            return fixed[batch], slope[batch]
        mean, index = context_tok / batch, 0
        for knee in self.knees:
            index += mean > knee
        fixed, slope = self.segments[index]
        return fixed[batch], slope[batch]

    def steps_to_knee(self, batch: int, context_tok: int, most: int) -> int:
        """Return how many steps, at most `most`, a batch may go on before its line changes."""
        mean = (context_tok + batch) / batch
        for knee in self.knees:
            if mean <= knee:
                return min(int(knee - mean) + 1, most)
        return most


def from_parts(setup: setups.Setup, constants: step.Constants, layout: Layout | None = None) -> StepTime:
    """Step times from the formulas of `step`.

    Parameters
    ----------
    setup, constants : setups.Setup, step.Constants
        Model and chip, and what was measured of them; ``step.IDEAL`` gives the bound.
    layout : Layout, optional
        How the copy is cut; one chip unless given.

    Returns
    -------
    StepTime

    Notes
    -----
    Tokens are seen when their step ends: an engine that holds them back (see `step.Constants`) shows the first later.
    Groups of data-parallel attention are taken to read prompts together: a chunk beside answers takes its share of all
    chips. Where one group has a prompt and the others have none, its first token comes later.
    """
    cut = layout or Layout()
    if np.any(np.asarray(cut.pp) > 1):
        raise ValueError(f"pp={cut.pp}: the simulator runs one batch at a time, a pipeline runs several; use pp=1.")
    # a chip without links serves alone: any finite bandwidth will do
    s, c = replace(setup, link_bytes_per_s=np.nan_to_num(setup.link_bytes_per_s, nan=1.0)), constants
    unread = replace(c, weight_mbu=np.inf, expert_mbu=np.inf)  # leaves the arithmetic of a prompt
    prefill = inspect.unwrap(step.prefill_time_s)

    def decode_s(batch: Any, context_tok: Any) -> Numeric:
        return step.decode_step(s, c, batch, context_tok / batch, layout=cut).total_s

    return StepTime(
        decode_s=decode_s,
        prefill_s=lambda tok: prefill(s, c, tok, layout=cut)[0],
        prefill_alone_s=lambda tok: prefill(s, unread, tok, layout=cut)[1],
        # one token's prefill is all reading
        read_s=float(prefill(s, c, 1.0, layout=cut)[1]),
        launch_s=float(step.launch_time_s(s, c) + step.communication_time_s(s, c, 0.0, layout=cut)),
        interference=float(c.interference),
        request_s=float(c.request_s + fixed_prefill_s(s, c)),
        knees_tok=tuple(float(tok) for tok, used in ((s.window_tok, np.any(s.window_bytes_per_tok > 0)),
                                                     (s.attend_tok, True)) if used and tok < FAR_TOK))


def step_time(deployment: Deployment) -> StepTime:
    """Step times of a deployment, by the fitted serving model.

    Parameters
    ----------
    deployment : Deployment
        A model on machines.

    Returns
    -------
    StepTime
    """
    cut = deployment.layout
    return from_parts(deployment.setup, deployment.constants, cut if isinstance(cut, Layout) else Layout.of(cut))
