"""Reading the JSON of a config.json, from wherever it comes, so that no file can hurt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

MAX_BYTES = 4_000_000  # published files are below 200 kB


def load(source: object) -> tuple[str, dict[str, Any]]:
    """Return what to call the source, and its contents as a dict."""
    if isinstance(source, dict):
        return "config", _plain(source)
    # some editors begin a text with a byte order mark
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        source = source.encode("utf-8", "surrogatepass")
    if isinstance(source, (bytes, bytearray)):
        where, data = "config", bytes(source)
    elif isinstance(source, (str, Path)) and str(source).strip():
        where, data = _file(source)
    else:
        raise ValueError(f"{show(source)} is no config; give a dict, the text of a config.json, or its path "
                         "(of transformers' own object, its to_dict()).")
    if len(data) > MAX_BYTES:
        raise ValueError(f"{where}: {len(data):,} bytes; a config.json has at most {MAX_BYTES:,}.")
    try:
        raw = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_duplicates)
    except UnicodeDecodeError as error:
        raise ValueError(f"{where}: not UTF-8: {error}.") from None
    except RecursionError:
        raise ValueError(f"{where}: nested too deeply.") from None
    except ValueError as error:
        raise ValueError(f"{where}: not a config.json: {error}.") from None
    if not isinstance(raw, dict):
        raise ValueError(f"{where}: not a config.json: it holds {show(raw)}, not keys and values.")
    return where, raw


def _plain(source: dict[Any, Any]) -> dict[str, Any]:
    """Return the same as JSON would hold it: no number of numpy's, no tuple, nothing of the caller's to change."""
    strange = next((key for key in source if not isinstance(key, str)), "")
    if strange != "":
        raise ValueError(f"config: the key {show(strange)} is no text.")
    try:
        text = json.dumps(source, default=_known)
    except RecursionError:
        raise ValueError("config: nested too deeply.") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"config: JSON could not hold it: {error}.") from None
    plain: dict[str, Any] = json.loads(text)
    return plain


def _known(value: object) -> object:
    """Return a number or an array of numpy's as Python's."""
    if isinstance(value, (np.generic, np.ndarray)) and value.dtype.kind in "biufU" and value.size <= MAX_BYTES:
        return value.tolist()
    raise TypeError(f"{show(value)} is neither a number, nor text, a list or a set of keys and values")


def _file(source: str | Path) -> tuple[str, bytes]:
    try:
        path = Path(source)
        path = path / "config.json" if path.is_dir() else path
        with path.open("rb") as file:
            return str(path), file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ValueError(f"{show(str(source))}: cannot be read: {error}.") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"the key {show(key)} stands there twice")
        seen[key] = value
    return seen


def says(value: Any) -> bool:
    """Tell whether a value says anything: null, {} and [] do not."""
    return not (value is None or (isinstance(value, (dict, list, tuple)) and not value))


def show(value: Any) -> str:
    """Return a value for a message, short whatever it is."""
    if isinstance(value, int) and abs(value) > 10**30:
        return "a number of more than 30 digits"
    if isinstance(value, (dict, list, tuple)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
