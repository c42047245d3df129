"""Where the serving model was ever held against measurements: kind of model, chip, lengths, requests in flight.

A prediction outside says what the formulas say, and nobody has checked it. A decision that rests on one is never clear.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from ..models.spec import Model
from ..models.spec import get as get_model
from ..quantities.limits import checked
from ..quantities.numeric import Numeric, Truth
from ..serving import measurements
from .cases import Case, machine_of, model_of
from .fleet import machines
from .plan import Plan

MARGIN = 1.25  # a quarter beyond the last measured point still counts as measured
_WORDS = {"prompt_tok": "prompts of", "output_tok": "answers of", "batch": "requests in flight:", "n_chips": "chips:"}


class Envelope(NamedTuple):
    """Least and greatest of what was measured, of one kind of model on one chip; undefined (NaN) where nothing was.

    Parameters
    ----------
    prompt_tok, output_tok, batch, n_chips : tuple of float
        Lengths, requests in flight on a copy, and its chips. [token], [token], [1], [1]
    """

    prompt_tok: tuple[float, float]
    output_tok: tuple[float, float]
    batch: tuple[float, float]
    n_chips: tuple[float, float]


@cache
def envelope(kind: str, chip: str) -> Envelope:
    """Return what was measured of one kind of model on one chip.

    Parameters
    ----------
    kind : str
        ``dense`` or ``mixture``.
    chip : str
        Slug of an accelerator.

    Returns
    -------
    Envelope
    """
    points = [one for one in measurements.kept() if one.chip == chip
              and kind_of(get_model(one.model)) == kind]
    nothing = (np.nan, np.nan)
    if not points:
        return Envelope(nothing, nothing, nothing, nothing)

    def span(name: str) -> tuple[float, float]:
        values = [float(getattr(one, name)) for one in points]
        return min(values), max(values)

    # a copy with fewer requests in flight than any that was measured is no slower
    return Envelope(span("prompt_tok"), span("output_tok"), (1.0, span("concurrency")[1]), span("n_chips"))


def kind_of(model: Model) -> str:
    """Return ``mixture`` for a model with experts, ``dense`` for one without."""
    return "mixture" if model.moe_layers > 0 else "dense"


@checked
def inside(ends: Envelope, prompt_tok: Numeric, output_tok: Numeric, batch: Numeric, n_chips: Numeric) -> Truth:
    """Say whether a load on a copy lies within what was measured, with a margin.

    Parameters
    ----------
    ends : Envelope
        Of the model's kind on the chip.
    prompt_tok, output_tok : numeric
        Mean lengths. [token]
    batch, n_chips : numeric
        Requests in flight on a copy, and its chips. [1]

    Returns
    -------
    bool or array
        False where nothing was measured.
    """
    found: Truth = True
    for value, span in zip((prompt_tok, output_tok, batch, n_chips), ends, strict=True):
        found = np.logical_and(found, _near(value, span))
    return found


def _near(value: Numeric, span: tuple[float, float]) -> Truth:
    """Say whether a number lies between its measured ends, with the margin."""
    low, high = span
    return np.logical_and(value >= low / MARGIN, value <= high * MARGIN)


def in_flight(plan: Plan) -> Numeric:
    """Return requests in flight on one copy in the busiest hour of the first year, at least one [1]."""
    fleet, copy = machines(plan), plan.copy
    each: Numeric = np.clip(fleet.at_peak[..., 0] / fleet.used_copies[..., 0], 1.0, np.maximum(copy.batch, 1.0))
    return each


def outside_because(case: Case, plan: Plan) -> tuple[str, ...]:
    """Return in words what of a case was never measured; empty where all was.

    Parameters
    ----------
    case : Case
        By names.
    plan : Plan
        Of the case.

    Returns
    -------
    tuple of str
    """
    model, chip, copy = model_of(case), machine_of(case).chip.name, plan.copy
    kind = kind_of(model)
    held = envelope(kind, chip)
    if np.isnan(held.batch[0]):
        return (f"no {kind} model was measured on {chip}",)
    if not np.all(copy.batch > 0):
        return ("no copy of the model can serve it",)
    need = plan.need
    values = (need.prompt_tok, need.answer_tok, in_flight(plan), copy.n_chips)
    found = []
    for (name, words), value, (low, high) in zip(_WORDS.items(), values, held, strict=True):
        if not np.all(_near(value, (low, high))):
            unit = " tokens" if name.endswith("_tok") else ""
            found.append(f"{words} {np.max(value):,.0f}{unit}, measured from {low:,.0f} to {high:,.0f}")
    if np.max(need.own_cached_fraction) > 0:
        found.append("prompts found in a cache: every measurement was taken without one")
    return tuple(found)
