"""Language models by name: exact parameter counts, cache sizes and FLOPs from the architecture.

A `Model` is an `Architecture` (rows of layers, of which everything is a sum) with a name, a source and what its
publisher says of it. The package's rows are in ``catalog/models.toml``. A model of your own comes from its
``config.json`` (`from_config`) or from a file of your own rows (`load`), and `register` makes it known by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import catalog
from ..quantities.checks import lookup, require, shown
from ..quantities.numeric import Numeric
from . import keys, reader, source
from .architecture import Architecture
from .groups import whole
from .published import check_count


@dataclass(frozen=True, kw_only=True)
class Model(catalog.Recorded, Architecture):
    """A decoder with a name: the fields of `Architecture` and of `catalog.Recorded`, and these.

    Parameters
    ----------
    name, title, org, released : str
        Slug, name for readers (by default the slug), who published it, and when.
    config : str
        The configuration that it was read from, as JSON; in the words of this book where ``model_type`` is
        ``by_hand``. Empty where groups were given.
    max_context_tok : int
        Longest context of the configuration. Zero where it does not say. [token]
    stated_n_params_active : float
        Used as it stands where the configuration does not allow an exact count; the experts that rest, which can be
        counted, make up the total. [1]
    published_n_params, published_n_params_active : str
        The publisher's own rounding, such as ``671B``; compared with the count when the row loads.
    published_source : str
        Where that stands.
    reference_n_params, reference_n_params_active, reference_n_params_non_embedding : int
        Exact figures worked out independently of this package; the tests compare every digit. The active one
        leaves the input embedding out. [1]
    training_tok, training_hours : float
        Training tokens; accelerator-hours. Zero where unpublished. [token], [h]
    training_hardware : str
        On what.
    training_source : str
        Where the training is told of, if not where `published_source` says.

    Raises
    ------
    ValueError
        When a field is missing, impossible, or at odds with another.
    """

    name: str
    title: str = ""
    org: str = ""
    released: str = ""
    config: str = ""
    max_context_tok: int = 0
    stated_n_params_active: float = 0
    published_n_params: str = ""
    published_n_params_active: str = ""
    published_source: str = ""
    reference_n_params: int = 0
    reference_n_params_active: int = 0
    reference_n_params_non_embedding: int = 0
    training_tok: float = 0
    training_hours: float = 0
    training_hardware: str = ""
    training_source: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that is incomplete, impossible or at odds with itself or with its publisher."""
        for field in fields(Model):
            value = getattr(self, field.name)
            if field.type == "str" and not isinstance(value, str):
                raise ValueError(f"{field.name}={shown(value)} is not text in quotes.")
        if not self.name.strip():
            raise ValueError("name is empty; a model is looked up by it.")
        if not self.title:
            object.__setattr__(self, "title", self.name)
        for name in ("max_context_tok", "reference_n_params", "reference_n_params_active",
                     "reference_n_params_non_embedding"):
            if not whole(getattr(self, name)):
                raise ValueError(f"{name}={shown(getattr(self, name))} is not a whole number of at least 0.")
        require(0, np.inf, open_high=True, stated_n_params_active=self.stated_n_params_active,
                training_tok=self.training_tok, training_hours=self.training_hours)
        catalog.Recorded.__post_init__(self)
        Architecture.__post_init__(self)
        check_count("published_n_params", self.published_n_params, self.n_params)
        check_count("published_n_params_active", self.published_n_params_active, self.n_params_read,
                    self.n_params_active)
        for name in ("hidden", "vocab", "max_context_tok", "training_tok", "training_hours"):
            object.__setattr__(self, name, catalog.sourced(getattr(self, name), self.provenance_of(name)))

    def provenance_of(self, field: str) -> catalog.Provenance:
        """Return where one of the row's numbers is from: no configuration tells how a model was trained."""
        row, told = super().provenance_of(field), self.training_source or self.published_source
        return row._replace(source=told) if told and row.source and field.startswith("training_") else row

    def as_read(self, count: Numeric) -> Numeric:
        """Return a number of the row, which knows where it was read; one of a row without a source is as it was.

        Parameters
        ----------
        count : numeric
            The number. [1]

        Returns
        -------
        numeric
            The same. [1]
        """
        known: Numeric = catalog.sourced(count, self.provenance_of("config"))
        return known

    @property
    def exact(self) -> bool:
        """Whether the parameter count is exact (counted), not a rounded published figure."""
        return not self.stated_n_params_active

    @property
    def n_params(self) -> Numeric:
        """All parameters, without layers that predict further tokens [1]."""
        return super().n_params if self.exact else int(self.stated_n_params_active) + self.n_params_resting

    @property
    def attention(self) -> str:
        """``mla`` with a cached latent, ``gqa`` with keys and values, multi-head and multi-query too, or ``other``."""
        if any(group.kv_lora for group in self.groups):
            return "mla"
        plain = (group.kept_share in (0, 1) and not group.kv_tied for group in self.groups if group.q_heads)
        return "gqa" if self.q_heads and all(plain) else "other"

    @property
    def summed_norms(self) -> Numeric:
        """1 where queries and keys are normalised over all heads together, as in MiniMax-M2 and OLMo 2 [1]."""
        words = json.loads(self.config or "{}")
        return int(any(words.get(key) in values for key, values in keys.table()["summed_norms"].items()))

    @property
    def ffn(self) -> str:
        """``gated`` with three matrices (SwiGLU, GeGLU) or ``plain`` with two (GELU, ReLU)."""
        return "gated" if all(group.ffn_matrices == 3 for group in self.groups) else "plain"


# -- own models -------------------------------------------------------------------------------------------------------


def from_config(config: object, ignore: str | tuple[str, ...] | list[str] = (), *, name: str = "",
                **about: Any) -> Model:
    """Read a model from its Hugging Face ``config.json``.

    Parameters
    ----------
    config : dict, str or pathlib.Path
        The contents, their text (it begins with a brace), or the file or the folder that it lies in.
    ignore : sequence of str
        Keys that you know to change no weight and no cache, though the package does not.
    name : str
        What to call it. Default: what the file calls itself, or else the name of its folder, or its ``model_type``.
    **about
        Further fields of `Model`, such as `title`, or `max_context_tok` where the file does not state it.

    Returns
    -------
    Model
        The text decoder. What the file describes besides is named in `left_out`.

    Raises
    ------
    ValueError
        When the file cannot be read, or is not understood wholly; the message names the file and the field, and says
        how to enter the model by hand.

    Notes
    -----
    Keys that the file lacks take the value that transformers 5.23 supplies. Those without which a model would be
    another one are asked for.
    """
    where, raw = source.load(config)
    try:
        about = {key: value for key, value in about.items() if lookup("field", key, _ABOUT)}
        read = reader.read(raw, _listed(ignore))
        folder = Path(where).resolve().parent.name if Path(where).name == "config.json" else Path(where).stem
        called = read.name or ("" if where == "config" else folder) or raw.get("model_type") or "model"
        parts = {field.name: getattr(read.architecture, field.name) for field in fields(Architecture)}
        return Model(**{"name": name or called, "config": json.dumps(raw, sort_keys=True),
                        "max_context_tok": read.max_context_tok, **about, **parts})
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _listed(ignore: object) -> tuple[str, ...]:
    keys = (ignore,) if isinstance(ignore, str) else ignore
    if not isinstance(keys, (tuple, list, set, frozenset)) or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"ignore={shown(ignore)} is no list of keys; write for example ignore=('my_key',).")
    return tuple(keys)


_ABOUT = {field.name: True for field in fields(Model)
          if field.name not in {"name", "config", *(part.name for part in fields(Architecture))}}
_OWN: dict[str, Model] = {}


def register(model: Model, *, replace: bool = False) -> Model:
    """Make a model known by its name, for `get` and all that takes a name.

    Parameters
    ----------
    model : Model
        For example from `from_config`.
    replace : bool
        Take the place of another model of that name that was registered before.

    Returns
    -------
    Model
        The same.

    Raises
    ------
    ValueError
        When the name belongs to a model of the catalogue, or to another one of your own.
    """
    if not isinstance(model, Model):
        raise ValueError(f"{shown(model)} is not a Model; make one with models.from_config.")
    if model.name in _shipped():
        raise ValueError(f"{model.name!r} is in the catalogue; give yours another name: from_config(..., name=...).")
    if not replace and _OWN.get(model.name, model) != model:
        raise ValueError(f"another model is registered as {model.name!r}; give this one another name, or "
                         "register(model, replace=True).")
    _OWN[model.name] = model
    return model


# -- loading ----------------------------------------------------------------------------------------------------------


def load(path: str | Path | None = None) -> dict[str, Model]:
    """Read models from a TOML file, one table per model.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        Your own file; the default is the package's catalogue. A row gives the shape in the words of this book (see
        `from_config` by hand), or as a table ``config`` that holds the keys of a ``config.json``; the fields of
        `Model` besides are optional.

    Returns
    -------
    dict
        Slug to `Model`.

    Raises
    ------
    ValueError
        Naming the file, the row and the field at fault.
    """
    if path is None:
        return dict(_shipped())
    return {key: _row(path, key, row) for key, row in catalog.read_tables(path).items()}


def _row(file: str | Path, key: str, row: dict[str, Any]) -> Model:
    words = {"layers", *keys.table()["families"]["by_hand"]["keys"]}
    try:
        for name in row:
            lookup("field", name, dict.fromkeys([*_ABOUT, *sorted(words), "config"]))
        shape = {name: value for name, value in row.items() if name in words}
        about = {name: value for name, value in row.items() if name in _ABOUT}
        config = row.get("config")
        if config is not None and (shape or not isinstance(config, dict)):
            raise ValueError("config is a table that holds the whole shape; give it alone, or the words of this book.")
        return from_config({"model_type": "by_hand", **shape} if config is None else config, name=key, **about)
    except ValueError as error:
        raise ValueError(f"{file}, row [{key}]: {str(error).removeprefix('config: ')}") from None


@cache
def _shipped() -> dict[str, Model]:
    return load(catalog.path("models.toml"))


def get(name: str) -> Model:
    """Return one model of the package's catalogue, or one that was registered.

    Parameters
    ----------
    name : str
        Slug, such as ``llama-3.1-70b``.

    Returns
    -------
    Model
    """
    return lookup("model", name, {**_shipped(), **_OWN})


def longest_context_tok(model: Model) -> Numeric:
    """Longest context of a model.

    Parameters
    ----------
    model : Model
        Any.

    Returns
    -------
    numeric
        Endless where its configuration does not state one. [token]
    """
    return np.where(model.max_context_tok > 0, model.max_context_tok, np.inf)[()]


def model_of(model: Architecture | str) -> Architecture:
    """Return a model of the catalogue by its slug, or the model itself.

    Parameters
    ----------
    model : Model, Architecture or str
        What runs.

    Returns
    -------
    Model or Architecture

    Raises
    ------
    ValueError
        For a slug that is not known, and for what is no model.
    """
    if isinstance(model, str):
        return get(model)
    if not hasattr(model, "kv_values_per_token"):
        raise ValueError(f"model={shown(model)} is neither a slug of the catalogue nor a Model.")
    return model
