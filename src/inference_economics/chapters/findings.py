"""What each group of rulings rests on, as records: numbers with their units, made by `rulings`."""

from __future__ import annotations

from typing import NamedTuple

from ..quantities.numeric import Numeric


class TrainingAgainstServing(NamedTuple):
    """For C1 and C2: days to the inversion, and shares of serving on several bases.

    days : until serving has cost what training did. [day]
    paid_share : of the day's revenue at list prices, what its GPUs cost. [1]
    run_low, run_high : share of final runs in research, least and most. [1]
    cash_low, cash_high : published shares of serving in cash. [1]
    final_only : share of serving against final runs alone. [1]
    window : demand for a share of 80% over demand for 60%. [1]
    """

    days: Numeric
    paid_share: float
    run_low: float
    run_high: float
    cash_low: float
    cash_high: float
    final_only: Numeric
    window: Numeric


class GlobalScale(NamedTuple):
    """For C3: a thousand prompts at a billion a day, rented by the hour, held all day, and at a premium API [USD]."""

    rented_usd: float
    held_usd: Numeric
    premium_usd: Numeric
    premium: str
    premium_date: str


class ApiMoves(NamedTuple):
    """For C4: how often and how far listed prices moved, and what takes a thin or a thick margin.

    changes, cuts : recorded changes of one and the same model, and those downwards. [1]
    years_per_change : of one model. [year]
    largest_rise : price after over before. [1]
    thin_margin, thick_margin : gross margins of a wrapper and of a product. [1]
    thin_limit, thick_limit : price after over before that takes the whole of each. [1]
    """

    changes: int
    cuts: int
    years_per_change: float
    largest_rise: float
    thin_margin: float
    thick_margin: float
    thin_limit: Numeric
    thick_limit: Numeric


class OwnChip(NamedTuple):
    """For C5: saving on recommendation, the work that pays for a programme, and the miss on language models.

    saving : share of the cost of ownership. [1]
    units, prompts : work that pays, in GPUs and in prompts a day. [1], [1/day]
    floor_s, target_s : least time of a token of Llama-2 7B, and its target. [s]
    """

    saving: float
    units: Numeric
    prompts: Numeric
    floor_s: Numeric
    target_s: float


class FullStack(NamedTuple):
    """For C6: shares of an H100's peak before and after a rewrite, and the fleet from which a team pays [1]."""

    before: float
    after: float
    pays: Numeric


class Integration(NamedTuple):
    """For C7: an own design against the steps of a cloud's price of an hour.

    cloud_usd, owned_usd : a chip-hour rented, and bought. [USD/h]
    own_over_cloud : own design over the rented hour, at 30,000 GPUs. [1]
    saved_by_owning, saved_by_design : of the rented hour, and then of the bought one. [1]
    small_usd : own design at 500 GPUs. [USD/h]
    fleet : GPUs from which the own design beats buying. [1]
    """

    cloud_usd: Numeric
    owned_usd: Numeric
    own_over_cloud: Numeric
    saved_by_owning: Numeric
    saved_by_design: Numeric
    small_usd: Numeric
    fleet: Numeric


class Memory(NamedTuple):
    """For C8: a multi-head model's cache.

    token_bytes : of one token. [B]
    equal_tok : context of 16 users that outweighs the model. [token]
    short : cache of 2,048 tokens over the weights, with grouped heads. [1]
    """

    token_bytes: Numeric
    equal_tok: Numeric
    short: Numeric


class SharedHeads(NamedTuple):
    """For C9: users of 32,768 tokens on eight H100, with and without shared heads [1], and both models' weights [B]."""

    users: Numeric
    users_unshared: Numeric
    weights_bytes: Numeric
    weights_unshared_bytes: Numeric


class Block(NamedTuple):
    """For C10: models with a gated part, a toy's loss beyond its training, and what 16 times the context costs.

    models, gated : models in the catalogue, and those whose feed-forward part is gated. [1]
    home, far : loss of the toy within the length of its training, and beyond. [nat/token]
    dearer, longer : cost of a token at the longer context, and the context, over the shorter. [1]
    """

    models: int
    gated: int
    home: float
    far: float
    dearer: Numeric
    longer: float


class Independence(NamedTuple):
    """For C11: the price of keeping data from APIs, and the rise that a supplier can take before moving pays.

    small, large : cheapest way without an API over the cheapest, and the API over it: start-up, enterprise. [1]
    rise, easy_rise : of the price, before moving pays: usual, and behind one interface. [1]
    own_half, api_half : gross margin when revenue halves, on owned machines and on an API. [1]
    """

    small: Numeric
    large: Numeric
    rise: Numeric
    easy_rise: Numeric
    own_half: Numeric
    api_half: Numeric


class Efficiency(NamedTuple):
    """For C12: what twice the work per chip saves, and what a smaller or cheaper model does.

    platform, platform_usd : of the platform's bill, as a share and in a year. [1], [USD/year]
    small : share of the start-up's. [1]
    apis : dearest listed API over the cheapest, for the start-up. [1]
    smaller_model : cost of 70B over 8B on the platform's machines. [1]
    """

    platform: Numeric
    platform_usd: Numeric
    small: Numeric
    apis: Numeric
    smaller_model: Numeric


class Example(NamedTuple):
    """The ladder of chapter 9's copy, and DeepSeek's day on it.

    rungs : peak arithmetic, bound, engine, hours as used. [USD/token]
    over_peak : last rung over the first. [1]
    day_peak : price of the day's peak arithmetic. [USD/token]
    day_computed : rent over the tokens that no cache held. [USD/token]
    day_over_peak, day_over_computed : rent per token over that price, by all tokens and by those computed. [1]
    """

    rungs: tuple[Numeric, ...]
    over_peak: Numeric
    day_peak: Numeric
    day_computed: float
    day_over_peak: Numeric
    day_over_computed: Numeric
