"""The toy models that the book ships, and the text they learned.

They read and write bytes, one byte a token, so no tokeniser is needed: ``list(prompt.encode())`` is the tokens. The text
is the language reference that comes with Python (PSF licence, beside the data): 0.4 MB of plain prose. `make train`
trains them again.

A model has about 0.14M parameters. What it shows is the mechanism, at toy scale: it says nothing about how large models
compare.
"""

from __future__ import annotations

import json
import lzma
from importlib import resources

import numpy as np

from inference_economics._checks import lookup

VOCAB = 128
CONTEXT_TOK = 128
HELD_OUT = 0.1
NAMES = ("mha", "gqa", "mqa")
DATA = resources.files("inference_economics") / "data"


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


def held_out_windows() -> np.ndarray:
    """Return the places of the held-out bytes, one window of `CONTEXT_TOK` + 1 a row, for measuring the loss.

    Returns
    -------
    numpy.ndarray
        Whole numbers, shape (windows, CONTEXT_TOK + 1). The last byte of one window is the first of the next.
    """
    starts = np.arange(0, len(held_out_text()) - CONTEXT_TOK - 1, CONTEXT_TOK)
    return starts[:, None] + np.arange(CONTEXT_TOK + 1)
