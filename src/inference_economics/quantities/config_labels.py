"""Keys of a Hugging Face ``config.json`` that change nothing: one table for whoever reads such a file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def labels() -> frozenset[str]:
    """Return the keys that change neither a model's shape nor what it says.

    Returns
    -------
    frozenset of str
        Labels, training, sampling, and how the weights are stored and used.
    """
    return frozenset(tomllib.loads((files(__package__) / "config_labels.toml").read_text(encoding="utf-8"))["keys"])
