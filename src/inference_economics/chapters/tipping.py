"""The claims that can be counted, on one scale: the quantity a claim speaks of over the value at which it tips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .. import catalog, models, training
from ..buying.reference import owned_gpu
from ..catalog import deepseek_day
from ..hardware import accelerators
from ..models import Model, head_sharing, kv_cache
from ..quantities.checks import known, require_positive
from ..quantities.numeric import Numeric
from ..risk import exposure
from ..silicon import programme, reference
from ..training import spend
from .rulings import (
    OUTPUT_TOK,
    PLATFORM_PROMPTS,
    TEAM_USD_PER_YEAR,
    api_moves,
    deepseek_service,
    design_pays,
    full_stack,
    global_scale,
)

# -- all claims on one scale ------------------------------------------------------------------------------------------

CLAIMS = ("C1 serving passes training", "C2 serving is 60% to 80%", "C3 rent breaks you", "C3 a premium API does",
          "C4 a price rise does", "C5 a chip of your own pays", "C6 a kernel team pays", "C7 own design beats buying",
          "C8 cache outweighs weights", "C9 shared heads decide", "C12 efficiency pays")


_SAVING = catalog.silicon("mtia-2i-saving").value
_CHIP_MARGIN = catalog.silicon("margin-chip-h100").value


def tipping(prompts_per_day: Numeric = PLATFORM_PROMPTS, output_tok: Numeric = OUTPUT_TOK, work: Numeric = 1.0,
            rent: Numeric = 1.0, final_run_fraction: Numeric = 0.226, usd_per_1000: Numeric = 10.0,
            margin: Numeric = 0.6, saving: Numeric = _SAVING, chip_margin: Numeric = _CHIP_MARGIN,
            users: Numeric = 50.0, context_tok: Numeric = 32_768.0, model: Model | None = None) -> tuple[Numeric, ...]:
    """Put the claims that can be counted on one scale: from 1 up a claim holds under these assumptions.

    Parameters
    ----------
    prompts_per_day, output_tok : float or array
        Demand, and output tokens of a prompt; input in the proportion of DeepSeek's day. [1/day], [token]
    work : float or array
        Work of one GPU, over DeepSeek's day. [1]
    rent : float or array
        Rent of a chip, over that in the chapters. [1]
    final_run_fraction : float or array
        Share of training spend that goes into final runs; one programme a year, three years. [1]
    usd_per_1000 : float or array
        What a thousand prompts earn. [USD]
    margin : float or array
        Gross margin before a supplier's largest recorded rise, with four fifths of the cost exposed. [1]
    saving, chip_margin : float or array
        Saving of an own chip at equal work; gross margin of the GPU's seller. [1]
    users, context_tok : float or array
        Sequences held at once on eight H100, and tokens of each. [1], [token]
    model : Model, optional
        The standard transformer of C8; Llama-2 13B by default.

    Returns
    -------
    tuple
        One number for each of `CLAIMS`. C10 and C11 have none: no quantity of theirs has a threshold. [1]

    Raises
    ------
    ValueError
        For a number that is not above zero where it must be, or outside what the chapters' formulas accept.
    """
    require_positive(prompts_per_day=prompts_per_day, output_tok=output_tok, work=work, rent=rent, users=users,
                     usd_per_1000=usd_per_1000)
    one, gpu, scale = deepseek_day(), owned_gpu(), global_scale()
    gpus = prompts_per_day * output_tok / (one.output_tok_per_gpu * work)
    served = replace(deepseek_service(), tokens_per_day=prompts_per_day * output_tok * one.tokens_per_output,
                     cost_usd_per_token=one.usd_per_token * rent / work)
    runs = spend.Runs(training.programme_usd(one.run_usd, final_run_fraction), retrain_every_years=1.0)
    spent = spend.cumulative_spend(3.0, runs, served)
    odds = spent.serving_usd / spent.training_usd
    chip_pays = programme.break_even_units(reference.programme_usd(), gpu.life_usd, saving)
    llama, hbm = models.get("llama-3.1-70b"), known(accelerators.get("h100-sxm").hbm_bytes)
    shared, alone = (kv_cache.sequences_that_fit(one, hbm, context_tok, 8, 1, 1)
                     for one in (llama, head_sharing.with_kv_heads(llama, llama.q_heads)))
    standard = models.get("llama-2-13b") if model is None else model
    # Above the range of C2, and beyond what even shared heads hold in C9, the claim fails again.
    return (
        odds, np.minimum(odds / 1.5, 4 / odds), scale.rented_usd * rent / work / usd_per_1000,
        scale.premium_usd / usd_per_1000,
        api_moves().largest_rise / exposure.break_even_shock(1.0, 1 - margin, 0.8),
        gpus / chip_pays, gpus / full_stack().pays, gpus / design_pays(chip_margin),
        kv_cache.of_model(standard, context_tok, users) / (standard.n_params * 2),
        np.where(users <= shared, users / np.maximum(alone, 1.0), shared / users),
        gpus * gpu.year_usd * 0.5 / TEAM_USD_PER_YEAR)
