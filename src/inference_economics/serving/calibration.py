"""A serving model with physics for its shape and measurements for its constants.

The roofline alone is too fast, and the more chips share a model the more so: a step also launches kernels, waits for
collectives, keeps books for each sequence, and shares its chip with other requests' prefill. `step` adds those terms in
plain numbers. Their shape is first-order physics; their constants, eighteen to a chip generation and engine, are fitted
to half of the measured points in `measurements` and reported on the other half (``calibration.toml``, rewritten by
``python -m inference_economics.serving.report``).
"""

from __future__ import annotations

import math
from functools import cache

from .. import catalog
from ..quantities.checks import lookup
from .load import _check_load, _evaluate
from .setups import chip_of, setup
from .step import Constants, Serving

GENERATIONS = {
    "hopper": ("h100-sxm", "h100-pcie", "h100-meta", "h200-sxm"),
    "blackwell": ("b200", "gb200", "b300", "gb300"),
}
ENGINES = ("trtllm", "vllm", "sglang")
TYPICAL = "typical"


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
    name = chip_of(accelerator).name
    return next((key for key, chips in GENERATIONS.items() if name in chips), "other")


@cache
def _fitted() -> dict:
    return catalog.read_tables(catalog.path("calibration.toml", __package__))


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
        Latencies, their parts, and throughput. Latency is NaN (undefined) where the model does not fit.

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


def calibrated_tpot_s(model, accelerator, **load):
    """Mean time per output token with the fitted constants.

    Parameters
    ----------
    model, accelerator, **load
        As in `calibrated`.

    Returns
    -------
    numeric
        NaN (undefined) where the model does not fit. [s]
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
        Includes the wait where more requests are in flight than fit; NaN (undefined) where the model does not fit. [s]
    """
    return calibrated(model, accelerator, **load).ttft_s


def bound_tpot_s(model, accelerator, *, precision="fp8", concurrency=1, prompt_tok=1024, output_tok=1024, tp=1,
                 attention_dp=1, bytes_per_value=None, link_bytes_per_s=None):
    """The data sheet beside `calibrated_tpot_s`: every share 1, nothing launched, no latency, all parts in turn.

    Parameters
    ----------
    model, accelerator, precision, concurrency, prompt_tok, output_tok, tp, attention_dp
        As in `calibrated`.
    bytes_per_value, link_bytes_per_s : float, optional
        As in `calibrated`.

    Returns
    -------
    numeric
        Weights, cache, and other requests' prefill in turn, at the same batch: what no engine that takes turns beats.
        `load.floor_s` overlaps them, which no machine beats. [s]
    """
    s = setup(model, accelerator, precision, bytes_per_value, link_bytes_per_s)
    _check_load(s, concurrency, prompt_tok, output_tok, tp, attention_dp)
    return _evaluate(s, constants(accelerator).bound(), concurrency, prompt_tok, output_tok, tp, attention_dp).tpot_s


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
