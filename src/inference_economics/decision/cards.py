"""A model as the few numbers of a card, by arithmetic that a page can run."""

from __future__ import annotations

import numpy as np

from ..models.spec import Model, from_config
from ..quantities.numeric import Numeric
from .own import Shape

UNEVEN = ("its layers keep windows or states, which grow differently from a cache of every token; type the numbers of "
          "its card instead.")


def uneven(model: Model) -> Numeric:
    """Return what a model keeps besides a cache that grows with every token; zero for one that a card describes.

    Parameters
    ----------
    model : Model
        Also one whose numbers only a page knows.

    Returns
    -------
    numeric
        Values of windows and of states. [1]
    """
    return model.kv_values_per_token_window + model.state_values


def read_card(config: object) -> Model:
    """Return the model of a configuration, if a card can describe it.

    Parameters
    ----------
    config : dict, str or pathlib.Path
        As `models.from_config` reads it.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        Where the configuration is not understood wholly, and for a model with windows or states.
    """
    model = from_config(config, name="own")
    if uneven(model) > 0:
        raise ValueError(UNEVEN)
    return model


def shape_of(model: Model) -> tuple[Shape, Numeric]:
    """Return the shape of a model, and the context that it was made for.

    Parameters
    ----------
    model : Model
        From `read_card`; or one whose numbers only a page knows.

    Returns
    -------
    tuple
        Shape, and tokens of the context; 0 where the configuration states none. [token]
    """
    mixture = model.experts > 0
    return Shape(model.n_params, model.n_params_read, model.layers, model.hidden,
                 model.kv_values_per_token / model.layers, model.kv_heads, np.where(mixture, model.experts, 1.0),
                 np.where(mixture, model.experts_active, 0.0)), model.max_context_tok
