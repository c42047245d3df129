"""The table ``config_keys.toml``, and which keys of a ``config.json`` it understands."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ..quantities.config_labels import labels
from .source import says, show

BY_HAND = ('To enter a model by hand: from_config({"model_type": "by_hand", "layers": ..., "hidden": ..., '
           '"q_heads": ..., "kv_heads": ..., "head_dim": ..., "ffn_hidden": ..., "vocab": ...}), '
           'or models.Model(name=..., hidden=..., vocab=..., groups=(LayerGroup(...), ...))')
MERGED = ("keys", "terms", "row", "model", "mtp")


@cache
def table() -> dict[str, Any]:
    """Return ``config_keys.toml``, each family with what it takes over from the one that it is like."""
    raw = tomllib.loads((files(__package__) / "config_keys.toml").read_text(encoding="utf-8"))
    families: dict[str, Any] = {}
    types: dict[str, str] = {}
    for name, family in raw["families"].items():
        base = families.get(family.get("like"), {})
        merged: dict[str, Any] = {part: {**base.get(part, {}), **family.get(part, {})} for part in MERGED}
        merged["keys"] = {key: spec if isinstance(spec, dict) else {"default": spec}
                          for key, spec in merged["keys"].items() if key not in family.get("ignored", ())}
        merged |= {part: family.get(part, base.get(part, [])) for part in ("required", "refuse")}
        # a family that reads a key again takes it out of what it is like to ignore
        merged["ignored"] = {*family.get("ignored", ()), *base.get("ignored", ())} - {*family.get("keys", ())}
        families[name] = merged
        types |= dict.fromkeys(family["types"], name)
    return {**raw, "families": families, "types": types}


def text_decoder(raw: dict[str, Any], ignore: Sequence[str]) -> tuple[dict[str, Any], dict[str, None]]:
    """Return the level of the file that describes the text decoder, and what stands beside it.

    Parameters
    ----------
    raw : dict
        Keys and values of the file.
    ignore : sequence of str
        Keys that the user knows to change nothing.

    Returns
    -------
    tuple of dict
        Keys and values of the decoder; names of the parts beside it, in order.

    Raises
    ------
    ValueError
        When the levels contradict each other, or the outer one is not known.
    """
    tab = table()
    nested = tab["nested"]
    inner = raw.get(nested["key"])
    if inner is None:
        return raw, {}
    if not isinstance(inner, dict):
        raise ValueError(f"{nested['key']}={show(inner)} is not a set of keys and values.")
    outer = raw.get("model_type")
    if outer is not None and (not isinstance(outer, str) or outer not in nested["types"]):
        raise ValueError(f"model_type {show(outer)} around a {nested['key']} is not known, and may change the decoder "
                         f"in it; known: {', '.join(nested['types'])}. If it does not, give the {nested['key']} alone: "
                         f"from_config(raw[{nested['key']!r}]).")
    known = {*labels(), *tab["ignored"]["keys"], *tab["ignored"]["parts"], *nested["keys"], *ignore, nested["key"],
             "tie_word_embeddings"}
    _refuse_keys([key for key in raw if key not in known and says(raw[key])], f"beside {nested['key']}")
    inner = dict(inner)
    if inner.get("model_type") is None:
        inner["model_type"] = nested["types"].get(outer) or None
    tie = "tie_word_embeddings"
    if raw.get(tie) is not None and inner.setdefault(tie, raw[tie]) is (not raw[tie]):
        raise ValueError(f"{tie}={show(inner[tie])} in {nested['key']}, but {show(raw[tie])} beside it.")
    return inner, {key: None for key in tab["ignored"]["parts"] if raw.get(key)}


def refuse_unknown(raw: dict[str, Any], kind: str, family: dict[str, Any], ignore: Sequence[str]) -> None:
    """Refuse keys that the table does not hold.

    Parameters
    ----------
    raw : dict
        Keys and values of the decoder.
    kind : str
        Its ``model_type``.
    family : dict
        The part of the table that reads it.
    ignore : sequence of str
        Keys that the user knows to change nothing.

    Raises
    ------
    ValueError
        Naming the keys, and what to do.
    """
    known = {*labels(), *table()["ignored"]["keys"], *table()["ignored"]["parts"], *ignore}
    known = known | family["ignored"] | {*family["keys"]}
    known |= {name for spec in family["keys"].values() for name in spec.get("also", ())}
    said = [key for key in raw if says(raw[key])]
    opened = {name.partition(".")[0] for name in known if "." in name}
    said += [f"{key}.{name}" for key in said if key in opened and isinstance(raw[key], dict) for name in raw[key]]
    _refuse_keys([key for key in said if key not in known | opened], f"in a {kind}")


def inside(raw: dict[str, Any], key: str) -> Any:
    """Return what stands under a key, or with a dot under a key of a key; None where nothing does."""
    outer, _, inner = key.partition(".")
    value = raw.get(outer)
    if not inner:
        return value
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{outer}={show(value)} is not a set of keys and values.")
    return (value or {}).get(inner)


def _refuse_keys(keys: list[str], where: str) -> None:
    if keys:
        listed = ", ".join(show(key) for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        raise ValueError(f"{listed}: not understood {where}. If it changes neither weights nor cache, say so: "
                         f"from_config(source, ignore=({show(keys[0])},)). {BY_HAND}.")
