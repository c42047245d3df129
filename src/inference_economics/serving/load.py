"""A service at a load: the arguments checked, then the step's formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..quantities.checks import is_traced, require_whole
from ..quantities.limits import check
from .deployment import Setup, setup
from .step import IDEAL, Serving, serve


def _check_load(s: Setup, concurrency, prompt_tok, output_tok, tp, attention_dp) -> None:
    check(concurrency=concurrency, prompt_tok=prompt_tok, output_tok=output_tok, tp=tp)
    require_whole(tp=tp, attention_dp=attention_dp)
    if is_traced(tp) or is_traced(attention_dp):
        return
    if np.any(np.asarray(tp) % np.asarray(attention_dp)):
        raise ValueError(f"attention_dp={attention_dp} does not divide tp={tp}.")
    if not is_traced(s.link_bytes_per_s) and np.any(np.asarray(tp) > 1) and np.any(np.isnan(s.link_bytes_per_s)):
        raise ValueError(f"tp={tp}, but the catalogue has no link bandwidth for this accelerator; "
                         "use tp=1 or give link_bytes_per_s.")


def _evaluate(s, c, concurrency, prompt_tok, output_tok, tp, attention_dp) -> Serving:
    # a chip without links serves alone; any finite bandwidth will do, because nothing is sent
    link = s.link_bytes_per_s if is_traced(s.link_bytes_per_s) else np.nan_to_num(s.link_bytes_per_s, nan=1.0)
    s = replace(s, link_bytes_per_s=link)
    given = [np.asarray(v, dtype=float) if isinstance(v, (list, tuple)) else v
             for v in (concurrency, prompt_tok, output_tok, tp, attention_dp)]
    parts = serve(s, c, *given)
    return Serving(*(v[()] if isinstance(v, np.ndarray) and v.ndim == 0 else v for v in parts))


def floor_s(model, accelerator, **load):
    """Time per output token that no machine of this kind beats: decode and prefill overlap perfectly.

    Parameters
    ----------
    model, accelerator, **load
        As in `bound_tpot_s`.

    Returns
    -------
    numeric
        The slower of reading weights and cache, and of all prefill arithmetic at the full peak. [s]
    """
    s = setup(model, accelerator, load.get("precision", "fp8"), load.get("bytes_per_value"))
    load = {"concurrency": 1, "prompt_tok": 1024, "output_tok": 1024, "tp": 1, "attention_dp": 1} | {
        key: value for key, value in load.items() if key not in ("precision", "bytes_per_value")}
    _check_load(s, **load)
    point = _evaluate(s, IDEAL, **load)
    return np.maximum(point.weights_s + point.cache_s, point.prefill_s)
