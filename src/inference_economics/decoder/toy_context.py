"""What a toy model loses beyond the length it was trained on, and what stretching its positions gives back.

The shipped model with two KV heads has read texts of 128 bytes. Here it reads 1,024, unscaled and with each method of
`rope`, without any further training. ``python -m inference_economics.decoder.toy_context`` measures it again (some
minutes).
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from ..quantities.checks import lookup, whole
from . import toy
from .decoder import Decoder
from .rope import Array, Scaling

METHODS = ("none", "linear", "ntk", "yarn", "llama3")
FACTORS = (2, 4, 8)
CONTEXT_TOK = 1024
BIN_TOK = 64
WINDOWS = 16


def measure(method: str, factor: int, windows: int = WINDOWS, context_tok: int = CONTEXT_TOK) -> Array:
    """Read held-out text with stretched positions and measure the loss, place by place.

    Parameters
    ----------
    method : str
        ``none``, ``linear``, ``ntk``, ``yarn`` or ``llama3``.
    factor : int
        New context over trained context. [1]
    windows : int
        Pieces of text, spread over what the model has never seen. [1]
    context_tok : int
        Bytes of each piece, a multiple of `BIN_TOK`. [token]

    Returns
    -------
    numpy.ndarray
        Mean cross-entropy of the next byte in each run of `BIN_TOK` places. [nat/byte]
    """
    lookup("method", method, dict.fromkeys(METHODS))
    factor, windows, context_tok = whole(factor=factor), whole(windows=windows), whole(context_tok=context_tok)
    if context_tok % BIN_TOK:
        raise ValueError(f"context_tok={context_tok} must be a multiple of {BIN_TOK}.")
    trained = toy.load("gqa")
    scaling = None if method == "none" else Scaling(method, factor, toy.CONTEXT_TOK)
    decoder = Decoder(dataclasses.replace(trained.config, rope_scaling=scaling), trained.weights)
    text = np.frombuffer(toy.held_out_text().encode(), np.uint8).astype(int)
    losses = []
    # the pieces begin at the same places whatever their length, so that short ones are the long ones' beginnings
    last = len(text) - max(context_tok, CONTEXT_TOK) - 2
    for start in np.linspace(0, last, windows).astype(int):
        tokens = text[start : start + context_tok + 1]
        logits = decoder.logits(tokens[None, :-1])[0].astype(np.float64)
        top = logits.max(-1)
        log_sum = np.log(np.exp(logits - top[:, None]).sum(-1)) + top
        losses.append(log_sum - np.take_along_axis(logits, tokens[1:, None], axis=-1)[:, 0])
    return np.asarray(losses).mean(axis=0).reshape(-1, BIN_TOK).mean(axis=-1)


def losses(method: str, factor: int) -> Array:
    """Return what `measure` found, from the shipped file.

    Parameters
    ----------
    method : str
        As in `measure`.
    factor : int
        2, 4 or 8; without a method it makes no difference. [1]

    Returns
    -------
    numpy.ndarray
        Loss in each run of `BIN_TOK` places, up to `CONTEXT_TOK`. [nat/byte]
    """
    table = json.loads((toy.DATA / "toy_context.json").read_text())["losses"]
    lookup("method", method, dict.fromkeys(METHODS))
    known = lookup("factor", str(whole(factor=factor)), {str(one): str(one) for one in FACTORS})
    return np.array(table[method]["2" if method == "none" else known])


def main() -> None:
    """Measure every method and write the file."""
    table = {method: {str(factor): [round(loss, 4) for loss in measure(method, factor).tolist()]
                      for factor in (FACTORS if method != "none" else (2,))} for method in METHODS}
    record = {"what": "Held-out loss by place, nat per byte; the toy model with two KV heads, trained on 128 bytes.",
              "context_tok": CONTEXT_TOK, "bin_tok": BIN_TOK, "windows": WINDOWS, "losses": table}
    Path(str(toy.DATA / "toy_context.json")).write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
