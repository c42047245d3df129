"""A serving model with physics for its shape and measurements for its constants.

The roofline alone is too fast, and the more chips share a model the more so: a step also launches kernels, waits for
collectives, keeps books for each sequence, and shares its chip with other requests' prefill. `step` adds those terms in
plain numbers. Their shape is first-order physics; their constants, eighteen to a chip generation and engine, are fitted
to half of the measured points in `measurements` and reported on the other half (``catalog/calibration.toml``, rewritten
by ``python -m inference_economics.calibration``).
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from . import accelerators, catalog, models
from .quantities.checks import is_traced, lookup, require_whole
from .quantities.limits import check
from .step import EMBEDDING_BYTES, IDEAL, Constants, Serving, Setup, serve

# Four-bit formats carry a one-byte scale per block: of 16 weights in NVFP4 ("fp4"), of 32 in MXFP4 (gpt-oss).
BYTES_PER_PARAM = {"bf16": 2.0, "fp8": 1.0, "int8": 1.0, "fp4": 0.5 + 1 / 16, "mxfp4": 0.5 + 1 / 32}
GENERATIONS = {
    "hopper": ("h100-sxm", "h100-pcie", "h100-meta", "h200-sxm"),
    "blackwell": ("b200", "gb200", "b300"),
}
ENGINES = ("trtllm", "vllm", "sglang")
TYPICAL = "typical"


# -- specs ------------------------------------------------------------------------------------------------------------


def _model(model):
    if isinstance(model, str):
        return models.get(model)
    if not hasattr(model, "kv_values_per_token"):
        raise ValueError(f"model={model!r} is neither a slug of the catalogue nor a Model.")
    return model


def _chip(accelerator):
    if isinstance(accelerator, str):
        return accelerators.get(accelerator)
    if not hasattr(accelerator, "hbm_bytes_per_s"):
        raise ValueError(f"accelerator={accelerator!r} is neither a slug of the catalogue nor an Accelerator.")
    return accelerator


def _peak(chip, precision: str) -> float:
    """Peak of the arithmetic: a chip without the format keeps it for storage only and computes in bf16."""
    native = getattr(chip, f"{precision.removeprefix('mx')}_flop_per_s")
    return native if native is not None else chip.flop_per_s("fp8" if chip.bf16_flop_per_s is None else "bf16")


def setup(model, accelerator, precision="fp8", bytes_per_value=None, link_bytes_per_s=None) -> Setup:
    """Unpack a model and a chip into the plain numbers of the formulas.

    Parameters
    ----------
    model : Model or str
        What runs.
    accelerator : Accelerator or str
        One chip.
    precision : str
        Format of the weights: ``bf16``, ``fp8``, ``int8``, ``fp4`` or ``mxfp4``. Embeddings and head stay in bf16; so
        do all weights but the experts of a mixture in four bits, as in the published checkpoints. A chip without a peak
        for the format computes in bf16.
    bytes_per_value : float, optional
        Bytes of one cached value; the default is 2 with ``bf16`` weights and 1 otherwise. [B]
    link_bytes_per_s : float, optional
        Link of one chip, one direction, in place of the catalogue's. [B/s]

    Returns
    -------
    Setup
    """
    m, chip = _model(model), _chip(accelerator)
    width = lookup("precision", precision, BYTES_PER_PARAM)
    if chip.hbm_bytes is None or chip.hbm_bytes_per_s is None:
        raise ValueError(f"{chip.title} has no memory size or bandwidth in the catalogue; choose another accelerator.")
    if bytes_per_value is None:
        bytes_per_value = 2.0 if precision == "bf16" else 1.0
    link = chip.link_bytes_per_s if link_bytes_per_s is None else link_bytes_per_s
    link = np.nan if link is None else link
    check(bytes_per_value=bytes_per_value, **({} if link_bytes_per_s is None else {"link_bytes_per_s": link}))
    mixture, four_bit = m.experts > 0, precision in ("fp4", "mxfp4")
    kept_wide = np.where(mixture, four_bit, False)
    shared = m.n_params - m.n_params_embedding - m.experts * m.n_params_expert
    shared_bytes = np.where(kept_wide, EMBEDDING_BYTES, width)
    peak, wide_peak = _peak(chip, precision), _peak(chip, "bf16")
    native_four_bit = 1.0 if four_bit and chip.fp4_flop_per_s is not None else 0.0
    return Setup(
        layers=m.layers, expert_layers=m.moe_layers, latent_layers=np.where(m.kv_lora > 0, m.layers, 0),
        quantised_layers=np.where(mixture, 0.0, native_four_bit) * m.layers, hidden=m.hidden,
        experts=np.maximum(m.experts, 1), experts_active=m.experts_active, shared_params=shared,
        head_params=m.n_params_head, expert_params=m.n_params_expert,
        resident_bytes=shared * shared_bytes + m.n_params_embedding * EMBEDDING_BYTES,
        shared_bytes_per_param=shared_bytes, expert_bytes_per_param=width,
        cache_bytes_per_tok=m.kv_values_per_token_global * bytes_per_value,
        window_bytes_per_tok=m.kv_values_per_token_window * bytes_per_value,
        state_bytes=m.state_values * EMBEDDING_BYTES,
        window_tok=np.where(m.window_tok > 0, m.window_tok, 1e12),
        attend_tok=np.where(m.attend_tok > 0, m.attend_tok, 1e12),
        cache_shards=np.where(m.kv_lora > 0, 1, m.kv_heads), pair_flop=m.pair_flop_prefill,
        whole_layers=m.global_layers, window_layers=m.window_layers, hbm_bytes=chip.hbm_bytes,
        hbm_bytes_per_s=chip.hbm_bytes_per_s, shared_flop_per_s=np.where(kept_wide, wide_peak, peak),
        expert_flop_per_s=peak, link_bytes_per_s=link)


def generation(accelerator) -> str:
    """Say which fitted generation a chip belongs to.

    Parameters
    ----------
    accelerator : Accelerator or str
        One chip.

    Returns
    -------
    str
        ``hopper``, ``blackwell``, or ``other``: not measured, served by the geometric mean of the two.
    """
    name = _chip(accelerator).name
    return next((key for key, chips in GENERATIONS.items() if name in chips), "other")


@cache
def _fitted() -> dict:
    return catalog.read_tables(catalog.path("calibration.toml"))


def mean_constants(several) -> dict:
    """Geometric mean of each constant over some tables that hold the same names."""
    return {key: math.exp(sum(math.log(table[key]) for table in several) / len(several)) for key in several[0]}


def assemble(fitted: dict, engine: str, family: str) -> Constants:
    """Put one set of constants together from the tables of ``calibration.toml``."""
    engines = ENGINES if engine == TYPICAL else (engine,)
    families = tuple(GENERATIONS) if family == "other" else (family,)
    pairs = [fitted["pair"][e][g] for e in engines for g in families]
    return Constants(**mean_constants([fitted["hardware"][g] for g in families]),
                     **mean_constants([fitted["engine"][e] for e in engines]), **mean_constants(pairs),
                     **fitted["shared"])


def constants(accelerator, engine: str = TYPICAL) -> Constants:
    """Fitted constants for a chip and an engine.

    Parameters
    ----------
    accelerator : Accelerator or str
        One chip. Constants of a chip outside the measured generations are the geometric mean of theirs: an assumption.
    engine : str
        ``trtllm``, ``vllm``, ``sglang``, or ``typical``: the geometric mean of the three.

    Returns
    -------
    Constants
    """
    lookup("engine", engine, dict.fromkeys((*ENGINES, TYPICAL)))
    return assemble(_fitted(), engine, generation(accelerator))


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


def calibrated(model, accelerator, *, precision="fp8", concurrency=1, prompt_tok=1024, output_tok=1024, tp=1,
               engine=TYPICAL, attention_dp=1, bytes_per_value=None, link_bytes_per_s=None) -> Serving:
    """Evaluate a service with the fitted constants.

    Parameters
    ----------
    model : Model or str
        What runs.
    accelerator : Accelerator or str
        One chip. Without fitted constants of its own it gets the mean of the measured generations.
    precision : str
        Format of the weights, as in `setup`.
    concurrency : numeric
        Requests in flight, running or waiting. [1]
    prompt_tok, output_tok : numeric
        Mean length of prompts and answers. [token]
    tp : numeric
        Chips that share one copy of the model. [1]
    engine : str
        ``trtllm``, ``vllm``, ``sglang`` or ``typical``.
    attention_dp : numeric
        Groups of chips that each hold whole attention layers and a share of the sequences; 1 cuts every layer. [1]
    bytes_per_value : float, optional
        Bytes of one cached value, as in `setup`. [B]
    link_bytes_per_s : float, optional
        Link of one chip, one direction; needed with ``tp > 1`` where the catalogue has none. [B/s]

    Returns
    -------
    Serving
        Latencies, their parts, and throughput. Infinite latency where the model does not fit.

    Notes
    -----
    ===================================  =============================================================
    assumed                              if false
    ===================================  =============================================================
    prefill and decode share the chips   disaggregated pools decode without interference
    closed loop: a fixed number of       open arrivals queue more; see `serving.erlang_c`
    requests in flight
    one token per step                   drafting decodes more; see `serving.speculative_speedup`
    no prefix cache                      less prefill; see `serving.prefill_tok`
    ===================================  =============================================================
    """
    s = setup(model, accelerator, precision, bytes_per_value, link_bytes_per_s)
    _check_load(s, concurrency, prompt_tok, output_tok, tp, attention_dp)
    return _evaluate(s, constants(accelerator, engine), concurrency, prompt_tok, output_tok, tp, attention_dp)


def _evaluate(s, c, concurrency, prompt_tok, output_tok, tp, attention_dp) -> Serving:
    # a chip without links serves alone; any finite bandwidth will do, because nothing is sent
    link = s.link_bytes_per_s if is_traced(s.link_bytes_per_s) else np.nan_to_num(s.link_bytes_per_s, nan=1.0)
    s = replace(s, link_bytes_per_s=link)
    given = [np.asarray(v, dtype=float) if isinstance(v, (list, tuple)) else v
             for v in (concurrency, prompt_tok, output_tok, tp, attention_dp)]
    parts = serve(s, c, *given)
    return Serving(*(v[()] if isinstance(v, np.ndarray) and v.ndim == 0 else v for v in parts))


def calibrated_tpot_s(model, accelerator, **load):
    """Mean time per output token with the fitted constants.

    Parameters
    ----------
    model, accelerator, **load
        As in `calibrated`.

    Returns
    -------
    numeric
        Infinite where the model does not fit. [s]
    """
    return calibrated(model, accelerator, **load).tpot_s


def calibrated_ttft_s(model, accelerator, **load):
    """Mean time to the first token with the fitted constants.

    Parameters
    ----------
    model, accelerator, **load
        As in `calibrated`.

    Returns
    -------
    numeric
        Includes the wait where more requests are in flight than fit; infinite where the model does not fit. [s]
    """
    return calibrated(model, accelerator, **load).ttft_s


def bound_tpot_s(model, accelerator, *, precision="fp8", concurrency=1, prompt_tok=1024, output_tok=1024, tp=1,
                 attention_dp=1, bytes_per_value=None, link_bytes_per_s=None):
    """The uncalibrated bound beside `calibrated_tpot_s`: every share 1, nothing launched, no latency.

    Parameters
    ----------
    model, accelerator, precision, concurrency, prompt_tok, output_tok, tp, attention_dp
        As in `calibrated`.
    bytes_per_value, link_bytes_per_s : float, optional
        As in `calibrated`.

    Returns
    -------
    numeric
        Weights, cache, and other requests' prefill in turn, at the same batch. [s]
    """
    s = setup(model, accelerator, precision, bytes_per_value, link_bytes_per_s)
    _check_load(s, concurrency, prompt_tok, output_tok, tp, attention_dp)
    ideal = replace(IDEAL, memory_share=_fitted()["shared"]["memory_share"])
    return _evaluate(s, ideal, concurrency, prompt_tok, output_tok, tp, attention_dp).tpot_s


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


class Miss(NamedTuple):
    """A measured point that the model misses widely.

    Parameters
    ----------
    point : measurements.Point
        What was measured.
    tpot_s : float
        What the model says. [s]
    why : str
        What is known about it; empty where nothing is.
    """

    point: object
    tpot_s: float
    why: str


def residuals(half: str = "other_half") -> dict[str, dict[str, dict]]:
    """Return the stored errors of the fit.

    Parameters
    ----------
    half : str
        ``other_half``: points that were not fitted. ``fitted_half``: those that were.

    Returns
    -------
    dict
        Group (``kind``, ``model``, ``accelerator``, ``engine``, ``machine``, ``dense_chips``, ``mixture_chips``,
        ``dense_concurrency``, ``mixture_concurrency``) to key to a row: ``rows``; mean absolute and mean error of TPOT
        (``tpot_error``, ``tpot_bias``); mean error of the uncalibrated bound (``bound_bias``); the same of TTFT, with
        its median; and TTFT where queueing is not the cause (``quiet_``: at most 16 requests, all of which fit). [1]
    """
    return lookup("half", half, _fitted()["residual"])


def repeatability() -> dict:
    """Return how far a measurement repeats: the floor under every error of the model.

    Returns
    -------
    dict
        ``rows`` measured twice or more with everything equal but day, build or expert layout; ``tpot_spread`` and
        ``ttft_spread``, their mean distance from the geometric mean of each set. [1]
    """
    return dict(_fitted()["repeat"])


def unseen() -> dict[str, dict[str, dict]]:
    """Return the errors on models and chips that were left out of a fit made for the purpose.

    Returns
    -------
    dict
        ``model`` and ``accelerator`` to name to ``rows``, ``tpot_error`` and ``tpot_bias``. [1]
    """
    return _fitted()["unseen"]


def misses(count: int = 12) -> list[Miss]:
    """Return the points that the model misses by most, in either half.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    list of Miss
        Worst first, by the logarithm of predicted over measured time per token.
    """
    from . import _fit, measurements

    require_whole(count=count)
    points = measurements.kept()
    data = _fit.Data(points)
    predicted = data.predict(data.constants(_fitted())).tpot_s
    worst = np.argsort(-np.abs(np.log(predicted / data.tpot_s)), kind="stable")[:count]
    return [Miss(points[i], float(predicted[i]), measurements.oddity(points[i])) for i in worst]


if __name__ == "__main__":
    from . import _fit

    sys.exit(_fit.main())
