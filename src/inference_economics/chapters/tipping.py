"""The claims that can be counted, on one scale: the quantity a claim speaks of over the value at which it tips."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .. import catalog, models, training
from ..buying.reference import owned_gpu
from ..catalog import deepseek_day
from ..models import Model, kv_cache
from ..quantities.limits import DAYS_PER_YEAR, checked, checked_fields
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
    design_pays,
    full_stack,
    global_scale,
    users_held,
)

# -- what the claims are put to --------------------------------------------------------------------------------------

CLAIMS = ("C1 serving passes final runs", "C1 serving passes all training", "C2 serving is 60% to 80%",
          "C3 rent breaks you", "C3 a premium API does", "C4 a price rise does", "C5 a chip of your own pays",
          "C6 a kernel team pays", "C7 own design beats buying", "C8 cache outweighs weights",
          "C9 shared heads decide", "C12 efficiency pays")
# The range of C2, as serving over training.
SHARE_LOW, SHARE_HIGH = 0.6 / 0.4, 0.8 / 0.2
C3_OUTPUT_TOK = 1000.0  # of chapter 9's prompt; its input is in the same proportion

_SAVING = catalog.silicon("mtia-2i-saving").value
_CHIP_MARGIN = catalog.silicon("margin-chip-h100").value


@dataclass(frozen=True, eq=False)
class Books:
    """A company whose training and serving were published.

    Parameters
    ----------
    name, title : str
        Slug, and name for readers.
    final_run_usd : numeric
        Its final runs of a year. [USD]
    cost_usd_per_token : numeric
        Its serving, by output tokens. [USD/token]
    """

    name: str
    title: str
    final_run_usd: Numeric
    cost_usd_per_token: Numeric

    def __post_init__(self) -> None:
        """Refuse a field outside its limits."""
        checked_fields(self, cost_usd_per_token="[0, 1]")


@cache
def deepseek() -> Books:
    """Return DeepSeek's published day, and its final run once a year.

    Returns
    -------
    Books
    """
    one = deepseek_day()
    return Books("deepseek", "DeepSeek, its day and its run", one.run_usd, one.usd / one.output_tok)


@cache
def openai() -> Books:
    """Return OpenAI's 2024: its inference over the messages of December, an answer taken as `rulings.OUTPUT_TOK`.

    Returns
    -------
    Books
        A message of the year cost more than this: there were fewer of them than in December.
    """
    of = dict(catalog.published("openai-2024").rows)
    final = catalog.published("final-run-share").records(company="OpenAI")[0]["share"]
    tokens = of["messages a day, December"] * DAYS_PER_YEAR * OUTPUT_TOK
    return Books("openai", "OpenAI in 2024", final * of["research and training compute"],
                 of["inference compute"] / tokens)


@dataclass(frozen=True, eq=False)
class Platform:
    """What is sold.

    Parameters
    ----------
    prompts_per_day, output_tok : numeric
        Demand, and output tokens of a prompt; input in proportion. [1/day], [token]
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
        Share of training spend that goes into final runs. [1]
    saving_fraction, chip_margin : numeric
        Saving of an own chip at equal work; gross margin of the GPU's seller. [1]
    books : Books
        Whose training and whose serving; DeepSeek's by default.
    """

    work_per_gpu: Numeric = 1.0
    rent: Numeric = 1.0
    final_run_fraction: Numeric = 0.096
    saving_fraction: Numeric = _SAVING
    chip_margin: Numeric = _CHIP_MARGIN
    books: Books | Any = None

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


# -- all claims on one scale ------------------------------------------------------------------------------------------


@checked
def gpus_of_work(platform: Platform = _SOLD, supply: Supply = _MADE) -> Numeric:
    """Return how many GPUs do a platform's work.

    Parameters
    ----------
    platform, supply : Platform, Supply, optional
        The assumptions; those of the chapters by default.

    Returns
    -------
    numeric
        GPUs of DeepSeek's day. [1]
    """
    return platform.prompts_per_day * platform.output_tok / (deepseek_day().output_tok_per_gpu * supply.work_per_gpu)


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
    gpu, scale = owned_gpu(), global_scale()
    books = deepseek() if made.books is None else made.books
    gpus = gpus_of_work(sold, made)
    served = spend.Service(sold.prompts_per_day * sold.output_tok,
                           books.cost_usd_per_token * made.rent / made.work_per_gpu)
    year = spend.cumulative_serving_usd(1.0, served)
    odds = ratio(year, training.programme_usd(books.final_run_usd, made.final_run_fraction))
    chip_pays = programme.break_even_units(reference.programme_usd(), gpu.life_usd, made.saving_fraction)
    shared, alone = users_held(kept.context_tok), users_held(kept.context_tok, every_head=True)
    standard = models.get(kept.model) if isinstance(kept.model, str) else kept.model
    longer = sold.output_tok / C3_OUTPUT_TOK
    # Above the range of C2, and beyond what even shared heads hold in C9, the claim fails again.
    return (
        ratio(year, books.final_run_usd), odds, np.minimum(odds / SHARE_LOW, SHARE_HIGH / odds),
        longer * scale.held_usd * made.rent / made.work_per_gpu / sold.usd_per_1000,
        longer * scale.premium_usd / sold.usd_per_1000,
        api_moves().largest_rise / exposure.break_even_shock(1.0, 1 - sold.gross_margin, 0.8),
        gpus / chip_pays, gpus / full_stack().pays, gpus / design_pays(made.chip_margin),
        kv_cache.of_model(standard, kept.context_tok, kept.users) / (standard.n_params * 2),
        np.where(kept.users <= shared, ratio(kept.users, alone), shared / kept.users),
        gpus * gpu.year_usd * 0.5 / TEAM_USD_PER_YEAR)


def nearest(factors: Numeric) -> Numeric:
    """Return by what factor the claim closest to tipping is off it.

    Parameters
    ----------
    factors : array
        As `tipping` gives them. [1]

    Returns
    -------
    numeric
        From 1 up. [1]
    """
    return np.exp(np.min(np.abs(np.log(factors))))


class Sizes(NamedTuple):
    """Prompts a day between which each claim about size holds [1/day]."""

    claims: tuple[str, ...]
    low: tuple[Numeric, ...]
    high: tuple[Numeric, ...]


_SIZED = (0, 2, 1, 11, 7, 8, 6)  # by the default's order


@checked
def from_which_size(output_tok: Numeric = OUTPUT_TOK, supply: Supply = _MADE, end: float = 1e13) -> Sizes:
    """Say from how many prompts a day each claim about size holds, and up to how many.

    Parameters
    ----------
    output_tok : numeric
        Output tokens of a prompt. [token]
    supply : Supply, optional
        What the prompts are made with.
    end : float
        Where the claims that hold from a threshold on are cut off. [1/day]

    Returns
    -------
    Sizes
        Of the claims whose factor is proportional to demand, and of C2, whose range ends.
    """
    one = PLATFORM_PROMPTS
    factors = tipping(Platform(one, output_tok), supply)
    odds = factors[1]
    low = [one * SHARE_LOW / odds if k == 2 else one / factors[k] for k in _SIZED]
    high = [one * SHARE_HIGH / odds if k == 2 else end + 0.0 * one / odds for k in _SIZED]
    return Sizes(tuple(CLAIMS[k] for k in _SIZED), tuple(low), tuple(high))
