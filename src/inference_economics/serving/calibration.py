"""A serving model with physics for its shape and measurements for its constants.

The roofline alone is too fast, and the more chips share a model the more so: a step also launches kernels, waits for
collectives, keeps books for each sequence, and shares its chip with other requests' prefill. `step` adds those terms in
plain numbers. Their shape is first-order physics; their constants are fitted to the points in `measurements`
(``calibration.toml``, rewritten by ``python -m inference_economics.serving.report``), those of a pair of engine and
generation held close to those of the others.

What to expect of a prediction is measured, not assumed: whole models, chips, engines and harnesses are left out of fits
made for the purpose (`unseen`), and `intervals.interval` gives every prediction the range that their errors had.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from .. import catalog
from ..hardware.accelerators import Accelerator
from ..quantities.checks import lookup
from ..quantities.limits import checked
from ..quantities.numeric import Numeric
from . import recipes
from .constants import Constants
from .engines import TYPICAL, memory_rule
from .measurements import BUILDS, BUILT
from .unpacked import chip_of

GENERATIONS = {
    "hopper": ("h100-sxm", "h100-pcie", "h100-meta", "h200-sxm"),
    "blackwell": ("b200", "gb200", "b300", "gb300"),
}
OTHER = "other"
ENGINES = ("trtllm", "vllm", "sglang")


def generation(chip: Accelerator | str) -> str:
    """Say which fitted generation a chip belongs to.

    Parameters
    ----------
    chip : Accelerator or str
        One chip.

    Returns
    -------
    str
        ``hopper``, ``blackwell``, or ``other``: not measured, served by the mean of the two.
    """
    name = chip_of(chip).name
    return next((key for key, chips in GENERATIONS.items() if name in chips), OTHER)


@cache
def fitted() -> dict[str, Any]:
    """Return the tables of ``calibration.toml``."""
    return catalog.read_tables(catalog.path("calibration.toml", __package__))


@checked
def since_built(decline: Numeric, built: Numeric) -> Numeric:
    """A fixed time of mixtures in engines of some date, as a share of the same at `BUILT`.

    Parameters
    ----------
    decline : numeric
        Rate of decline. [1/year]
    built : numeric
        Date of the engine's build; outside of `BUILDS`, where nothing was measured, the nearer end counts. [year]

    Returns
    -------
    numeric
        Above 1 for earlier builds. [1]
    """
    return np.exp(-decline * (np.clip(built, *BUILDS) - BUILT))


def assemble(tables: dict[str, Any], engine: str, chip: Accelerator | str, harness: str = "inferencex",
             built: float = BUILT) -> Constants:
    """Put one set of constants together: the tables of ``calibration.toml``, and the engine's rule for memory."""
    family = generation(chip)
    values = tables["shared"] | tables["pair"][engine][family] | memory_rule(engine, chip_of(chip).hbm_bytes)
    values |= {name: values[name] * factor for name, factor in tables["harness"][harness].items()}
    launch, prefill = (float(since_built(values[name], built)) for name in ("launch_decline", "prefill_decline"))
    return Constants(**{name: values[name] for name in Constants.__dataclass_fields__ if name in values},
                     mixture_launch=launch, mixture_prefill=prefill,
                     held_steps=recipes.usual_held_steps(engine, family, harness))


def constants(chip: Accelerator | str, engine: str = TYPICAL, harness: str = "inferencex",
              built: float = BUILT) -> Constants:
    """Fitted constants for a chip and an engine.

    Parameters
    ----------
    chip : Accelerator or str
        One chip. Constants of a chip outside the measured generations are the mean of theirs: an assumption.
    engine : str
        ``trtllm``, ``vllm``, ``sglang``, or ``typical``: the mean of the three.
    harness : str
        Whose start-up, queue and settings the time to first token holds: ``inferencex``, ``gap-analysis`` or ``other``.
        InferenceX tells SGLang on Blackwell to look for new requests every 10th or 30th step only.
    built : float
        Date of the engine's build: mixtures became cheaper to launch, and sooner to start a prompt. [year]

    Returns
    -------
    Constants
    """
    lookup("engine", engine, dict.fromkeys((*ENGINES, TYPICAL)))
    lookup("harness", harness, fitted()["harness"])
    return assemble(fitted(), engine, chip, harness, built)


def residuals(half: str = "other_half") -> dict[str, dict[str, dict[str, float]]]:
    """Return the stored errors of the fit.

    Parameters
    ----------
    half : str
        ``other_half``: points that were not fitted. ``fitted_half``: those that were.

    Returns
    -------
    dict
        Group (``kind``, ``model``, ``chip``, ``engine``, ``machine``, ``dense_chips``, ``mixture_chips``,
        ``dense_concurrency``, ``mixture_concurrency``) to key to a row: ``rows``; mean absolute and mean error of TPOT
        (``tpot_error``, ``tpot_bias``); mean error of the uncalibrated bound (``bound_bias``); the same of TTFT, with
        its median; and TTFT where queueing is not the cause (``quiet_``: at most 16 requests, all of which fit). [1]
    """
    return lookup("half", half, fitted()["residual"])


def repeatability() -> dict[str, float]:
    """Return how far a measurement repeats: the floor under every error of the model.

    Returns
    -------
    dict
        ``rows`` measured twice or more with everything equal but day, build or expert layout; ``tpot_spread`` and
        ``ttft_spread``, their mean distance from the geometric mean of each set. [1]
    """
    return dict(fitted()["repeat"])


def unseen() -> dict[str, dict[str, dict[str, float]]]:
    """Return the errors on models, chips, engines and harnesses that were left out of a fit made for the purpose.

    Returns
    -------
    dict
        ``model``, ``chip``, ``engine``, ``harness`` and ``generation`` to name (and ``all``) to a row; of the
        models left out also ``kind``, ``dense_chips``, ``mixture_chips``, ``dense_concurrency``,
        ``mixture_concurrency`` and ``looked_at`` (``yes``: models that chose the structure first; ``no``: those that
        were looked at later); ``pooled``: every prediction of a model, chip, engine or harness left out, together;
        ``disaggregated`` to engine, of which nothing is fitted.
        A row has ``rows``; mean absolute and mean error of TPOT, its 90th percentile, and the share inside the 80%
        interval (``tpot_error``, ``tpot_bias``, ``tpot_p90``, ``tpot_inside``); the same of TTFT where the model can
        speak about it. [1]
    """
    return dict(fitted()["unseen"])
