"""Reading a checkpoint of your own into the reference decoder.

Llama-style checkpoints, as published with a ``config.json`` beside one or more ``.safetensors`` files; also those of
DeepSeek-V3's shape. Nothing is downloaded. A model of N parameters takes 4 N bytes: the decoder computes in float32.
What a file says is honoured or refused, never passed over; `hf_config` translates the configuration.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, deserialize

from ..quantities.checks import file_path
from .config import Config
from .decoder import Decoder
from .hf_config import config_from, predicting_layers, read_config
from .hf_values import read_json

__all__ = ["config_from", "load", "read_config", "read_weights"]

_NUMBERS: dict[str, Any] = {"F64": np.float64, "F32": np.float32, "F16": np.float16}
_INDEX = "model.safetensors.index.json"
_HEAD, _EMBEDDING = "lm_head.weight", "model.embed_tokens.weight"
Weights = dict[str, npt.NDArray[Any]]


def load(path: str | Path, config: Config | None = None, dtype: npt.DTypeLike = np.float32) -> Decoder:
    """Load a checkpoint.

    Parameters
    ----------
    path : str or pathlib.Path
        A ``.safetensors`` file, or a folder that holds one or several. Where the folder has an index of
        weights, what it names is read, and nothing else.
    config : Config, optional
        Shape of the model. Default: from ``config.json`` beside the weights.
    dtype : str or numpy.dtype
        Type to compute in: float32 or float64.

    Returns
    -------
    Decoder
        Ready to `prefill` and `step`.

    Raises
    ------
    ValueError
        When a file is missing or damaged, the configuration asks for what the decoder does not do, or names, shapes
        or numbers of weights are not what they should be; the message says which.
    """
    path = file_path(path)
    if not (any(path.glob("*.safetensors")) if path.is_dir() else path.is_file()):
        raise ValueError(f"no .safetensors file at {str(path)!r}; give such a file or the folder that holds it.")
    predicting = 0
    if config is None:
        file = (path if path.is_dir() else path.parent) / "config.json"
        config = read_config(file)
        predicting = predicting_layers(read_json(file))
    weights = _tied(_named(_read(path)), config)
    # older checkpoints also stored the rotary frequencies, which follow from the configuration; layers past the last
    # one predict further tokens, where the configuration says so, and take no part in the next one
    extra = tuple(f"model.layers.{config.layers + layer}." for layer in range(predicting))
    kept = {name: array for name, array in weights.items()
            if not name.endswith("rotary_emb.inv_freq") and not name.startswith(extra)}
    return Decoder(config, kept, dtype)


def read_weights(file: str | Path | Traversable) -> Weights:
    """Read one ``.safetensors`` file.

    Parameters
    ----------
    file : str or pathlib.Path
        The file.

    Returns
    -------
    dict
        Name to array. bf16, which numpy lacks, becomes float32 without loss.

    Raises
    ------
    ValueError
        When it is not such a file, holds a name twice, a quantised weight, or a number that is not finite.
    """
    source = file_path(file) if isinstance(file, (PathLike, str)) or not isinstance(file, Traversable) else file
    try:
        data = source.read_bytes()
        stored = deserialize(data)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{str(file)!r} is not a safetensors file, or is cut short: {error}.") from None
    header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")], object_pairs_hook=list)
    twice = [name for name, count in Counter(name for name, _ in header).items() if count > 1]
    _refuse("stored twice", twice, file)
    return {name: _array(file, name, item) for name, item in stored}


def _array(file: object, name: str, item: dict[str, Any]) -> npt.NDArray[Any]:
    if item["dtype"] == "BF16":
        # bf16 is the upper half of a float32
        wide = np.frombuffer(item["data"], np.uint16).astype(np.uint32) << 16
        array = wide.view(np.float32).reshape(item["shape"])
    elif item["dtype"] in _NUMBERS:
        array = np.frombuffer(item["data"], _NUMBERS[item["dtype"]]).reshape(item["shape"])
    else:
        raise ValueError(f"{name} is stored as {item['dtype']}; accepted: BF16, {', '.join(_NUMBERS)}. "
                         "Convert quantised weights to bf16 first.")
    if not np.isfinite(array).all():
        count = int(array.size - np.isfinite(array).sum())
        raise ValueError(f"{str(file)!r}: {name} holds {count:,} of {array.size:,} numbers that are not finite.")
    return array


# -- which files ------------------------------------------------------------------------------------------------------


def _read(path: Path) -> Weights:
    """Read the weights that a file or a folder holds, each once."""
    if path.is_dir() and (path / _INDEX).is_file():
        return _indexed(path)
    weights: Weights = {}
    for file in _files(path) if path.is_dir() else [path]:
        new = read_weights(file)
        _refuse("stored in two files; without an index it is not clear which counts", weights.keys() & new.keys(), path)
        weights |= new
    return weights


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder without an index: ``model*``, all numbered parts of it, or else all there are."""
    found = sorted(folder.glob("*.safetensors"))
    # a publisher's own format may lie beside, as consolidated.safetensors does
    named = [file for file in found if file.name.startswith("model")] or found
    parts = [match for file in named if (match := re.fullmatch(r"(.*)-(\d+)-of-(\d+)\.safetensors", file.name))]
    if parts:
        total = int(parts[0][3])
        _refuse("missing parts", {f"{number}" for number in range(1, min(total, 10_000) + 1)}
                - {str(int(part[2])) for part in parts}, folder)
    return named


def _indexed(folder: Path) -> Weights:
    """Read what the index names, from where it says."""
    table = read_json(folder / _INDEX).get("weight_map")
    if not isinstance(table, dict) or not table or not all(isinstance(file, str) for file in table.values()):
        raise ValueError(f"{str(folder / _INDEX)!r}: weight_map is not a table of weights and files.")
    _refuse("outside the folder, says the index", {f for f in table.values() if Path(f).name != f}, folder)
    weights: Weights = {}
    for file in sorted(set(table.values())):
        if not (folder / file).is_file():
            raise ValueError(f"{str(folder / file)!r} is missing, though the index names it.")
        stored = read_weights(folder / file)
        named = {name for name, place in table.items() if place == file}
        _refuse(f"not in {file}, though the index says so", named - stored.keys(), folder)
        _refuse(f"in {file}, but not in the index", stored.keys() - table.keys(), folder)
        weights |= {name: stored[name] for name in named}
    return weights


def _refuse(what: str, names: Iterable[str], path: object) -> None:
    listed = sorted(names)
    if listed:
        more = f" and {len(listed) - 4} more" if len(listed) > 4 else ""
        raise ValueError(f"{str(path)!r}: {what}: {', '.join(listed[:4])}{more}.")


# -- which names ------------------------------------------------------------------------------------------------------


def _named(weights: Weights) -> Weights:
    """Give the weights of a bare decoder the prefix that a model with a head has."""
    if any(name.startswith("model.") for name in weights):
        return weights
    return {name if name == _HEAD else f"model.{name}": array for name, array in weights.items()}


def _tied(weights: Weights, config: Config) -> Weights:
    """Keep a tied embedding once, whichever of its two names it is stored under."""
    if not config.tied or _HEAD not in weights:
        return weights
    head = weights.pop(_HEAD)
    if not np.array_equal(weights.setdefault(_EMBEDDING, head), head):
        raise ValueError(f"the configuration ties the output head to the embedding, but {_HEAD} differs from "
                         f"{_EMBEDDING}; set tie_word_embeddings to false, or store one.")
    return weights
