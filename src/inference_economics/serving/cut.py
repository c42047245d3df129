"""Whether chips divide a model by its query heads, layers and experts: one rule for plain and traced numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..models.spec import Model
from ..quantities.checks import is_traced, shown
from ..quantities.choices import tabulated
from ..quantities.numeric import Numeric, Truth
from .layout import Layout
from .queueing import column
from .unpacked import model_of, query_heads


class Cut(NamedTuple):
    """Whether a layout divides a model.

    Parameters
    ----------
    heads, stages, experts : bool or array
        Whether it divides the query heads of every layer, has no more stages than there are layers, and spreads no
        experts over more chips than a layer has experts.
    """

    heads: Truth
    stages: Truth
    experts: Truth

    @property
    def whole(self) -> Truth:
        """Whether all three hold."""
        return np.logical_and(np.logical_and(self.heads, self.stages), self.experts)


@tabulated
def _q_heads(model: Model | str) -> np.ndarray:
    return query_heads(model_of(model))


@tabulated
def _layers(model: Model | str) -> Numeric:
    return model_of(model).layers


@tabulated
def _experts(model: Model | str) -> Numeric:
    most: Numeric = np.maximum(model_of(model).experts, 1)
    return most


def cut_of(model: Model | str, layout: Layout) -> Cut:
    """Say whether a layout divides a model; in a figure function, one that the reader chooses.

    Parameters
    ----------
    model : Model or str
        What runs.
    layout : Layout
        How a copy is cut.

    Returns
    -------
    Cut
    """
    return Cut(heads=heads_divided(_q_heads(model), layout), stages=layout.pp <= _layers(model),
               experts=layout.ep <= _experts(model))


def heads_divided(q_heads: Numeric, layout: Layout) -> Truth:
    """Say whether chips divide the query heads of every layer.

    Parameters
    ----------
    q_heads : array
        Numbers of query heads that layers have, along the last axis; zeros count for nothing. [1]
    layout : Layout
        How a copy is cut. One that cuts the cache by sequence leaves every head on its chip.

    Returns
    -------
    bool or array
    """
    uneven = np.logical_and(_rest(q_heads, column(layout.tp)) > 0, column(layout.batch_sharded) < 1)
    divided: Truth = np.max(np.where(uneven, 1.0, 0.0), axis=-1) < 1
    return divided


def _rest(heads: Numeric, chips: Numeric) -> Numeric:
    rest: Numeric = heads - chips * np.floor(heads / chips)
    return rest


def check_cut(model: Model, layout: Layout) -> None:
    """Raise `ValueError` where a layout cuts a model into more parts than it has; traced numbers pass.

    Parameters
    ----------
    model, layout : Model, Layout
        As in `cut_of`.
    """
    if any(map(is_traced, (model, model.layers, model.experts, layout.tp, layout.pp, layout.ep))):
        return
    cut = cut_of(model, layout)
    if not np.all(cut.heads):
        heads = [count for count in _q_heads(model) if np.any(_rest(count, layout.tp) > 0)]
        tp = f"{layout.tp:g}" if np.ndim(layout.tp) == 0 else shown(layout.tp)
        raise ValueError(f"tp={tp} does not divide the {heads[0]:g} query heads of a layer, by which "
                         "engines cut attention; use fewer chips, or groups of them: attention_dp.")
    if not np.all(cut.stages):
        raise ValueError(f"pp={shown(layout.pp)}: a model of {shown(model.layers)} layers has no more stages.")
    if not np.all(cut.experts):
        dense = np.all(_experts(model) == 1)
        has = "no experts to spread" if dense else f"{shown(model.experts)} experts in a layer"
        raise ValueError(f"ep={shown(layout.ep)}: this model has {has}; use {'ep=1' if dense else 'fewer chips'}.")
