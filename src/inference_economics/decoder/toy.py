"""The toy models that the book ships, and the text they learned.

They read and write bytes, one byte a token, so no tokeniser is needed: ``list(prompt.encode())`` is the tokens. The
text is the language reference that comes with Python (PSF licence, beside the data): 0.4 MB of plain prose.
`make train` trains them again.

A model has about 0.14M parameters. What it shows is the mechanism, at toy scale: it says nothing about how large models
compare.
"""

from __future__ import annotations

import json
import lzma
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from ..quantities.checks import lookup, shown, whole
from .checkpoint import read_weights
from .config import Config
from .decoder import Decoder
from .rope import Array

VOCAB = 128
CONTEXT_TOK = 128
HELD_OUT = 0.1
NAMES = ("mha", "gqa", "mqa")
DATA = resources.files(__package__) / "data"


def text() -> str:
    """Return the whole text, as one string of ASCII.

    Returns
    -------
    str
        The language reference, its layout removed.
    """
    return lzma.decompress((DATA / "toy_text.txt.xz").read_bytes()).decode("ascii")


def training_text() -> str:
    """Return the first nine tenths of the text: what the models have read."""
    whole = text()
    return whole[: int(len(whole) * (1 - HELD_OUT))]


def held_out_text() -> str:
    """Return the last tenth of the text: what the models have never seen."""
    whole = text()
    return whole[int(len(whole) * (1 - HELD_OUT)) :]


def held_out_windows() -> Array:
    """Return the places of the held-out bytes, one window of `CONTEXT_TOK` + 1 a row, for measuring the loss.

    Returns
    -------
    numpy.ndarray
        Whole numbers, shape (windows, CONTEXT_TOK + 1). The last byte of one window is the first of the next.
    """
    starts = np.arange(0, len(held_out_text()) - CONTEXT_TOK - 1, CONTEXT_TOK)
    return starts[:, None] + np.arange(CONTEXT_TOK + 1)


def load(name: str, dtype: npt.DTypeLike = "float32") -> Decoder:
    """Return one of the shipped models.

    Parameters
    ----------
    name : str
        ``mha`` (4 KV heads), ``gqa`` (2) or ``mqa`` (1). They have the same number of parameters, to three in a
        thousand: what K and V give up, the FFN gets.
    dtype : str
        Type to compute in.

    Returns
    -------
    Decoder
        With the weights of the first training run.
    """
    lookup("toy model", name, dict.fromkeys(NAMES))
    return Decoder(config(name), read_weights(DATA / f"toy-{name}.safetensors"), dtype)


def config(name: str) -> Config:
    """Return the shape of a trained variant: `NAMES`, and ``relu`` and ``gelu``, whose results alone are shipped."""
    record = results()
    variant = lookup("toy model", name, record["variants"])
    return Config(**{key: record[key] for key in ("layers", "hidden", "q_heads", "head_dim", "vocab")}, **variant,
                  tied=True)


def results() -> dict[str, Any]:
    """Return what training measured.

    Returns
    -------
    dict
        How the models were trained, and under ``runs`` the held-out loss of each variant and seed. [nat/byte]
    """
    return dict(json.loads((DATA / "toy_results.json").read_text()))


def losses(name: str) -> Array:
    """Held-out loss of one variant, one number per seed.

    Parameters
    ----------
    name : str
        ``mha``, ``gqa``, ``mqa``, ``relu`` or ``gelu`` (the last two have 2 KV heads and a plain FFN).

    Returns
    -------
    numpy.ndarray
        Mean cross-entropy of the next byte, by seed. [nat/byte]
    """
    record = results()
    lookup("toy model", name, record["variants"])
    runs = sorted((run["seed"], run["loss_nat_per_byte"]) for run in record["runs"] if run["variant"] == name)
    return np.array([loss for _, loss in runs])


def loss(decoder: Decoder, windows: int = 40) -> float:
    """Measure a model's loss on the text it has never seen.

    Parameters
    ----------
    decoder : Decoder
        A model with a vocabulary of bytes.
    windows : int
        How many windows of `CONTEXT_TOK` bytes, spread over the held-out text. [1]

    Returns
    -------
    float
        Mean cross-entropy of the next byte. [nat/byte]
    """
    places = held_out_windows()
    places = places[np.linspace(0, len(places) - 1, min(whole(windows=windows), len(places))).astype(int)]
    tokens = np.frombuffer(held_out_text().encode(), np.uint8)[places]
    logits = decoder.logits(tokens[:, :-1]).astype(np.float64)
    log_sum = np.log(np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)) + logits.max(-1)
    right = np.take_along_axis(logits, tokens[:, 1:, None].astype(int), axis=-1)[..., 0]
    return float(np.mean(log_sum - right))


def write(decoder: Decoder, prompt: str, output_tok: int, **options: Any) -> str:
    """Continue a text.

    Parameters
    ----------
    decoder : Decoder
        A model with a vocabulary of bytes.
    prompt : str
        ASCII. The models were trained on `CONTEXT_TOK` bytes and lose the thread beyond.
    output_tok : int
        Bytes to write. [token]
    **options
        `temperature`, `top_p`, `seed`, as for `Decoder.generate`.

    Returns
    -------
    str
        The bytes written, without the prompt.
    """
    given: Any = prompt
    if not isinstance(given, str) or not given or not given.isascii():
        raise ValueError(f"prompt={shown(prompt)} must be ASCII text, at least one character.")
    return bytes(decoder.generate(list(prompt.encode()), output_tok, **options).tolist()).decode("ascii")
