"""A model as a row of numbers: what a page gives its programs for a model that the reader brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ..quantities.numeric import Numeric
from .groups import LayerGroup
from .spec import Model

KINDS_OF_LAYERS = 4  # as many as any published model has; each takes a row of numbers
ALONE = ("hidden", "vocab", "tied", "positions", "lookup_params", "vector_params", "max_context_tok", "summed_norms")
EACH = tuple(field.name for field in fields(LayerGroup))


def numbers_of(model: Model) -> np.ndarray:
    """Return a model's numbers in a row.

    Parameters
    ----------
    model : Model
        With at most `KINDS_OF_LAYERS` groups of layers.

    Returns
    -------
    numpy.ndarray
        `ALONE`, then each of `EACH` for every group; groups without layers fill it up. [1]

    Raises
    ------
    ValueError
        For a model of more groups, and for one whose active parameters are stated, not counted.
    """
    groups = model.groups
    if len(groups) > KINDS_OF_LAYERS:
        raise ValueError(f"{model.title} has {len(groups)} kinds of layers; a page holds {KINDS_OF_LAYERS}.")
    if not model.exact:
        raise ValueError(f"{model.title} cannot be counted from its configuration.")
    groups += (LayerGroup(),) * (KINDS_OF_LAYERS - len(groups))
    return np.array([*(getattr(model, name) for name in ALONE),
                     *(getattr(group, name) for name in EACH for group in groups)], float)


def model_of_numbers(numbers: Any) -> Model:
    """Return the model that a row of numbers stands for.

    Parameters
    ----------
    numbers : array
        From `numbers_of`; traced, where only a page will know them. [1]

    Returns
    -------
    Model
        Its sums are those of any model; it has no name of its own, and no configuration.
    """
    alone = {name: numbers[k] for k, name in enumerate(ALONE)}
    rows = {name: numbers[len(ALONE) + k * KINDS_OF_LAYERS:][:KINDS_OF_LAYERS] for k, name in enumerate(EACH)}
    found = _Row(name="own", title="your own model", groups=(LayerGroup(**rows),),
                 **{name: alone[name] for name in ALONE if name not in _LATER})
    for name, held in _LATER.items():
        object.__setattr__(found, held, alone[name])
    return found


_LATER = {"max_context_tok": "max_context_tok", "summed_norms": "_summed_norms"}


@dataclass(frozen=True, kw_only=True)
class _Row(Model):
    """A model whose one group has arrays over kinds of layers in its fields."""

    def total(self, quantity: Callable[[LayerGroup], Any]) -> Numeric:
        """As in `Layers`, over what lies along the axis."""
        group, = self.groups
        total: Numeric = np.sum(group.layers * quantity(group) + 0 * group.layers, axis=-1)
        return total

    def each(self, quantity: Callable[[LayerGroup], Any]) -> npt.NDArray[Any]:
        """As in `Layers`."""
        group, = self.groups
        found: npt.NDArray[Any] = quantity(group) + 0 * group.layers
        return found

    def common(self, name: str) -> Numeric:
        """As in `Layers`."""
        largest: Numeric = np.max(getattr(self.groups[0], name), axis=-1)
        return largest

    @property
    def sparse_share(self) -> Numeric:
        """As in `Layers`."""
        largest: Numeric = np.max(self.each(lambda group: (group.attend_tok > 0) * group.kept_share), axis=-1)
        return largest

    @property
    def summed_norms(self) -> Numeric:
        """As in `Model`."""
        found: Numeric = getattr(self, "_summed_norms", 0)
        return found

    @property
    def attention(self) -> str:
        """No word stands for what only the page knows."""
        raise TypeError("which kind of attention a model has is a word, and this one is known only in the browser.")

    ffn = attention
