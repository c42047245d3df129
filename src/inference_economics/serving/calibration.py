"""A serving model with physics for its shape and measurements for its constants.

The roofline alone is too fast, and the more chips share a model the more so: a step also launches kernels, waits for
collectives, keeps books for each sequence, and shares its chip with other requests' prefill. `step` adds those terms in
plain numbers. Their shape is first-order physics; their constants are fitted to the points in `measurements`
(``calibration.toml``, rewritten by ``python -m inference_economics.serving.report``), those of a pair of engine and
generation held close to those of the others.

What to expect of a prediction is measured, not assumed: whole models, chips, engines and harnesses are left out of fits
made for the purpose (`unseen`), and `interval` gives every prediction the range that their errors had.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .. import catalog
from ..hardware.accelerators import Accelerator
from ..models import Model
from ..quantities.checks import lookup
from ..quantities.numeric import Numeric
from .formats import Formats
from .layout import Layout
from .load import _check_load
from .measurements import BUILT
from .setups import chip_of, setup
from .step import Constants, Serving, serve

GENERATIONS = {
    "hopper": ("h100-sxm", "h100-pcie", "h100-meta", "h200-sxm"),
    "blackwell": ("b200", "gb200", "b300", "gb300"),
}
OTHER = "other"
ENGINES = ("trtllm", "vllm", "sglang")
# nothing of theirs was fitted: `interval` gives the bound, and how far above it measured engines stand
UNFITTED = {"llama.cpp": "llama.cpp", "mlx": "MLX LM", "trtllm-2023": "TensorRT-LLM of 2023",
            "static": "batches that wait for their longest answer"}
TYPICAL = "typical"
ARRIVALS = {"steady": 0.0, "burst": 1.0}


def generation(accelerator: Accelerator | str) -> str:
    """Say which fitted generation a chip belongs to.

    Parameters
    ----------
    accelerator : Accelerator or str
        One chip.

    Returns
    -------
    str
        ``hopper``, ``blackwell``, or ``other``: not measured, served by the mean of the two.
    """
    name = chip_of(accelerator).name
    return next((key for key, chips in GENERATIONS.items() if name in chips), OTHER)


@cache
def _fitted() -> dict[str, Any]:
    return catalog.read_tables(catalog.path("calibration.toml", __package__))


def mixture_launch(launch_decline: Numeric, built: Numeric) -> Numeric:
    """Launch time of mixtures in engines of some date, as a share of those of `BUILT`.

    Parameters
    ----------
    launch_decline : numeric
        Rate of decline. [1/year]
    built : numeric
        Date of the engine's build. [year]

    Returns
    -------
    numeric
        Above 1 for earlier builds. [1]
    """
    return np.exp(-launch_decline * (built - BUILT))


def assemble(fitted: dict[str, Any], engine: str, family: str, harness: str = "inferencex",
             built: float = BUILT) -> Constants:
    """Put one set of constants together from the tables of ``calibration.toml``."""
    values = fitted["shared"] | fitted["pair"][engine][family]
    values |= {name: values[name] * factor for name, factor in fitted["harness"][harness].items()}
    share = mixture_launch(values["launch_decline"], built)
    return Constants(**{name: values[name] for name in Constants.__dataclass_fields__ if name in values},
                     mixture_launch=float(share))


def constants(accelerator: Accelerator | str, engine: str = TYPICAL, harness: str = "inferencex",
              built: float = BUILT) -> Constants:
    """Fitted constants for a chip and an engine.

    Parameters
    ----------
    accelerator : Accelerator or str
        One chip. Constants of a chip outside the measured generations are the mean of theirs: an assumption.
    engine : str
        ``trtllm``, ``vllm``, ``sglang``, or ``typical``: the mean of the three.
    harness : str
        Whose start-up and queue the time to first token holds: ``inferencex``, ``gap-analysis`` or ``other``.
    built : float
        Date of the engine's build: launches of mixtures became cheaper. [year]

    Returns
    -------
    Constants
    """
    lookup("engine", engine, dict.fromkeys((*ENGINES, TYPICAL)))
    lookup("harness", harness, _fitted()["harness"])
    return assemble(_fitted(), engine, generation(accelerator), harness, built)


def calibrated(model: Model | str, accelerator: Accelerator | str, *, precision: str | Formats = "fp8",
               concurrency: Numeric = 1, prompt_tok: Numeric = 1024, output_tok: Numeric = 1024, tp: Numeric = 1,
               engine: str = TYPICAL, attention_dp: Numeric = 1, expert_parallel: Numeric = 1,
               bytes_per_value: float | None = None, link_bytes_per_s: float | None = None, arrival: str = "steady",
               harness: str = "inferencex", built: float = BUILT) -> Serving:
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
    expert_parallel : numeric
        Chips that whole experts are spread over, where `attention_dp` makes groups; 1 cuts every expert. [1]
    bytes_per_value : float, optional
        Bytes of one cached value, as in `setup`. [B]
    link_bytes_per_s : float, optional
        Link of one chip, one direction; needed with ``tp > 1`` where the catalogue has none. [B/s]
    arrival : str
        ``steady``: requests replace each other. ``burst``: all arrive at once, and their prompts count in the time to
        first token, not per output token.
    harness, built
        As in `constants`.

    Returns
    -------
    Serving
        Latencies, their parts, and throughput. Latency is NaN (undefined) where the model does not fit.

    Notes
    -----
    ===================================  =============================================================
    assumed                              if false
    ===================================  =============================================================
    prefill and decode share the chips   see `disaggregation`
    closed loop: a fixed number of       open arrivals queue more; see `serving.erlang_c`
    requests in flight
    one token per step                   drafting decodes more; see `serving.speculative_speedup`
    no prefix cache                      less prefill; see `serving.prefill_tok`
    ===================================  =============================================================
    """
    s = setup(model, accelerator, precision, bytes_per_value, link_bytes_per_s)
    _check_load(s, concurrency, prompt_tok, output_tok, tp, attention_dp)
    return serve(s, constants(accelerator, engine, harness, built), concurrency, prompt_tok, output_tok,
                 layout=layout_of(tp, attention_dp, expert_parallel), burst=lookup("arrival", arrival, ARRIVALS))


def layout_of(tp: Numeric, attention_dp: Numeric = 1, expert_parallel: Numeric = 1) -> Layout:
    """Return the layout that `calibrated` gives to its degrees: experts evenly busy, as fitted best."""
    cut = Layout.of(tp, attention_dp)
    return Layout(tp=cut.tp, attention_dp=cut.attention_dp, ep=expert_parallel, imbalance=1.0)


def calibrated_tpot_s(model: Model | str, accelerator: Accelerator | str, **load: Any) -> Numeric:
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


def bound_tpot_s(model: Model | str, accelerator: Accelerator | str, *, precision: str | Formats = "fp8",
                 concurrency: Numeric = 1, prompt_tok: Numeric = 1024, output_tok: Numeric = 1024, tp: Numeric = 1,
                 attention_dp: Numeric = 1, bytes_per_value: float | None = None,
                 link_bytes_per_s: float | None = None) -> Numeric:
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
    return serve(s, constants(accelerator).bound(), concurrency, prompt_tok, output_tok,
                 layout=Layout.of(tp, attention_dp)).tpot_s


class Interval(NamedTuple):
    """A prediction with the range that errors on points left out had.

    Parameters
    ----------
    tpot_s, tpot_low_s, tpot_high_s : numeric
        Time per output token: the prediction, and the range that held 80% of what was measured. [s]
    ttft_s, ttft_low_s, ttft_high_s : numeric
        Time to the first token. [s]
    source : str
        ``fitted``: engine and generation were measured together, the model was left out. ``shrunk``: an engine or a
        generation without points of its own has the mean of the others. ``unfitted``: nothing of the engine was fitted:
        the prediction and the low end are the bound, and nothing is known of the first token (NaN).
    """

    tpot_s: Numeric
    tpot_low_s: Numeric
    tpot_high_s: Numeric
    ttft_s: Numeric
    ttft_low_s: Numeric
    ttft_high_s: Numeric
    source: str


def interval(model: Model | str, accelerator: Accelerator | str, *, engine: str = TYPICAL, **load: Any) -> Interval:
    """Predict with a range.

    Parameters
    ----------
    model, accelerator, **load
        As in `calibrated`.
    engine : str
        As in `calibrated`, or one of `UNFITTED`.

    Returns
    -------
    Interval
        The factors come from whole models left out of the fit (``fitted``), or whole engines and generations
        (``shrunk``), dense models and mixtures apart.
    """
    kind = "mixture" if setup(model, accelerator, load.get("precision", "fp8")).expert_layers > 0 else "dense"
    lookup("engine", engine, dict.fromkeys((*ENGINES, TYPICAL, *UNFITTED)))
    if engine in UNFITTED:
        ignored = {"harness", "built", "arrival", "expert_parallel"} & load.keys()
        if ignored:
            raise ValueError(f"{', '.join(sorted(ignored))} given, but engine={engine!r} is not fitted: leave it out; "
                             "the bound does not depend on it.")
        tpot = bound_tpot_s(model, accelerator, **load)
        above = _fitted()["interval"]["unfitted"][kind]
        nothing = np.full(np.shape(tpot), np.nan)[()]
        return Interval(tpot, tpot, tpot * above["tpot_high"], nothing, nothing, nothing, "unfitted")
    source = "fitted" if engine in ENGINES and generation(accelerator) != OTHER else "shrunk"
    point, row = calibrated(model, accelerator, engine=engine, **load), _fitted()["interval"][source][kind]
    return Interval(point.tpot_s, point.tpot_s * row["tpot_low"], point.tpot_s * row["tpot_high"], point.ttft_s,
                    point.ttft_s * row["ttft_low"], point.ttft_s * row["ttft_high"], source)


def residuals(half: str = "other_half") -> dict[str, dict[str, dict[str, float]]]:
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


def repeatability() -> dict[str, float]:
    """Return how far a measurement repeats: the floor under every error of the model.

    Returns
    -------
    dict
        ``rows`` measured twice or more with everything equal but day, build or expert layout; ``tpot_spread`` and
        ``ttft_spread``, their mean distance from the geometric mean of each set. [1]
    """
    return dict(_fitted()["repeat"])


def unseen() -> dict[str, dict[str, dict[str, float]]]:
    """Return the errors on models, chips, engines and harnesses that were left out of a fit made for the purpose.

    Returns
    -------
    dict
        ``model``, ``accelerator``, ``engine``, ``harness`` and ``generation`` to name (and ``all``) to a row; of the
        models left out also ``kind``, ``dense_chips``, ``mixture_chips``, ``dense_concurrency``,
        ``mixture_concurrency`` and ``looked_at`` (``yes``: models by which the structure was chosen; ``no``: those that
        only judge it); ``disaggregated`` to engine, of which nothing is fitted. A row has ``rows``; mean absolute and
        mean error of TPOT, its 90th percentile, and the share inside the 80% interval (``tpot_error``, ``tpot_bias``,
        ``tpot_p90``, ``tpot_inside``); the same of TTFT where the model can speak about it. [1]
    """
    return dict(_fitted()["unseen"])
