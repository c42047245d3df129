"""The claims that can be counted, on one scale: the quantity a claim speaks of over the value at which it tips."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .. import catalog, models, training
from ..buying.reference import owned_gpu
from ..catalog import deepseek_day
from ..models import Model, kv_cache
from ..quantities.limits import checked, checked_fields
from ..quantities.mathematics import ratio
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
    users_held,
)

# -- all claims on one scale ------------------------------------------------------------------------------------------

CLAIMS = ("C1 serving passes training", "C2 serving is 60% to 80%", "C3 rent breaks you", "C3 a premium API does",
          "C4 a price rise does", "C5 a chip of your own pays", "C6 a kernel team pays", "C7 own design beats buying",
          "C8 cache outweighs weights", "C9 shared heads decide", "C12 efficiency pays")


_SAVING = catalog.silicon("mtia-2i-saving").value
_CHIP_MARGIN = catalog.silicon("margin-chip-h100").value


@dataclass(frozen=True, eq=False)
class Platform:
    """What is sold.

    Parameters
    ----------
    prompts_per_day, output_tok : numeric
        Demand, and output tokens of a prompt; input in the proportion of DeepSeek's day. [1/day], [token]
    usd_per_1000 : numeric
        What a thousand prompts earn. [USD]
    gross_margin : numeric
        Before a supplier's largest recorded rise, with four fifths of the cost exposed. [1]
    """

    prompts_per_day: Numeric = PLATFORM_PROMPTS
    output_tok: Numeric = OUTPUT_TOK
    usd_per_1000: Numeric = 10.0
    gross_margin: Numeric = 0.6

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self, prompts_per_day="(0, 1e15]", gross_margin="[0, 1)")


@dataclass(frozen=True, eq=False)
class Supply:
    """What it is made with.

    Parameters
    ----------
    work_per_gpu : numeric
        Work of one GPU, over DeepSeek's day. [1]
    rent : numeric
        Rent of a chip, over that in the chapters. [1]
    final_run_fraction : numeric
        Share of training spend that goes into final runs; one programme a year, three years. [1]
    saving_fraction, chip_margin : numeric
        Saving of an own chip at equal work; gross margin of the GPU's seller. [1]
    """

    work_per_gpu: Numeric = 1.0
    rent: Numeric = 1.0
    final_run_fraction: Numeric = 0.226
    saving_fraction: Numeric = _SAVING
    chip_margin: Numeric = _CHIP_MARGIN

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self)


@dataclass(frozen=True, eq=False)
class Held:
    """What is held in memory at once.

    Parameters
    ----------
    users, context_tok : numeric
        Sequences on eight H100, and tokens of each. [1], [token]
    model : Model or str
        The standard transformer of C8, or its slug.
    """

    users: Numeric = 50.0
    context_tok: Numeric = 32_768.0
    model: Model | str = "llama-2-13b"

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self, users="(0, 1e11]", context_tok="[2, 1e9]")


_SOLD, _MADE, _KEPT = Platform(), Supply(), Held()


@checked
def tipping(platform: Platform = _SOLD, supply: Supply = _MADE, held: Held = _KEPT) -> tuple[Numeric, ...]:
    """Put the claims that can be counted on one scale: from 1 up a claim holds under these assumptions.

    Parameters
    ----------
    platform, supply, held : Platform, Supply, Held, optional
        The assumptions; those of the chapters by default.

    Returns
    -------
    tuple
        One number for each of `CLAIMS`. C10 and C11 have none: no quantity of theirs has a threshold. Infinite for C9
        where heads that are not shared hold nobody and shared ones hold all. [1]
    """
    sold, made, kept = platform, supply, held
    one, gpu, scale = deepseek_day(), owned_gpu(), global_scale()
    gpus = sold.prompts_per_day * sold.output_tok / (one.output_tok_per_gpu * made.work_per_gpu)
    served = replace(deepseek_service(), tokens_per_day=sold.prompts_per_day * sold.output_tok * one.tokens_per_output,
                     cost_usd_per_token=one.usd_per_token * made.rent / made.work_per_gpu)
    runs = spend.Runs(training.programme_usd(one.run_usd, made.final_run_fraction), retrain_every_years=1.0)
    spent = spend.cumulative_spend(3.0, runs, served)
    odds = spent.serving_usd / spent.training_usd
    chip_pays = programme.break_even_units(reference.programme_usd(), gpu.life_usd, made.saving_fraction)
    shared, alone = users_held(kept.context_tok), users_held(kept.context_tok, every_head=True)
    standard = models.get(kept.model) if isinstance(kept.model, str) else kept.model
    # Above the range of C2, and beyond what even shared heads hold in C9, the claim fails again.
    return (
        odds, np.minimum(odds / 1.5, 4 / odds), scale.rented_usd * made.rent / made.work_per_gpu / sold.usd_per_1000,
        scale.premium_usd / sold.usd_per_1000,
        api_moves().largest_rise / exposure.break_even_shock(1.0, 1 - sold.gross_margin, 0.8),
        gpus / chip_pays, gpus / full_stack().pays, gpus / design_pays(made.chip_margin),
        kv_cache.of_model(standard, kept.context_tok, kept.users) / (standard.n_params * 2),
        np.where(kept.users <= shared, ratio(kept.users, alone), shared / kept.users),
        gpus * gpu.year_usd * 0.5 / TEAM_USD_PER_YEAR)
