"""The rivals' figure as an ONNX model, traced by ndonnx from the same numpy formula: for onnxruntime-web.

    python onnx_page.py FOLDER      writes step.onnx; runs in an environment of its own, with ndonnx
"""

import sys
from pathlib import Path

import ndonnx as ndx
import numpy as np
import onnx

BATCH = np.geomspace(1, 2048, 200)


def main(folder: str) -> None:
    context_tok, mfu = (ndx.argument(shape=(1,), dtype=ndx.float64) for _ in range(2))
    batch = ndx.asarray(BATCH)
    cache_s = batch * context_tok * 327_680 / 26.8e12
    compute_s = 2 * batch * 70.6e9 / (7.9e15 * mfu)
    read_s = ndx.asarray(np.array([141e9 / 26.8e12]))
    step_s = cache_s + ndx.maximum(read_s, compute_s)
    model = ndx.build({"context_tok": context_tok, "mfu": mfu}, {"step": step_s, "cache": cache_s,
                                                                 "compute": compute_s})
    onnx.save(model, Path(folder) / "step.onnx")


if __name__ == "__main__":
    main(sys.argv[1])
