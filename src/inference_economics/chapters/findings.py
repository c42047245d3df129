"""What each group of rulings rests on, as records: numbers with their units and how each is known, made by `rulings`.

*Measured* is what somebody counted, timed or published who could see it, or what was run here. *Derived* follows from
such numbers by the formulas, at settings that a chapter states. *Assumed* is set by us, or is an assumption of ours in
other units.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypeVar, get_type_hints

from ..quantities.numeric import Numeric

MEASURED, DERIVED, ASSUMED = BASES = ("measured", "derived", "assumed")
T = TypeVar("T")
Measured = Annotated[T, MEASURED]
Derived = Annotated[T, DERIVED]
Assumed = Annotated[T, ASSUMED]


def basis_of(record: Any) -> dict[str, str]:
    """Say of each number of a record how it is known.

    Parameters
    ----------
    record : type
        One of the records below, or one of its instances.

    Returns
    -------
    dict of str to str
        Field and one of `BASES`; fields of words have none.
    """
    kind = record if isinstance(record, type) else type(record)
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


class TrainingAgainstServing(NamedTuple):
    """For C1 and C2: days to the inversion, and shares of serving on several bases.

    days : until serving has cost what training did. [day]
    paid_share : of the day's revenue at list prices, what its GPUs cost. [1]
    run_low, run_high : share of final runs in research, least and most. [1]
    cash_low, cash_high : published shares of serving in cash. [1]
    final_only : share of serving against final runs alone. [1]
    window : demand for a share of 80% over demand for 60%. [1]
    days_of_all : until serving has cost what all training did, if final runs are its least share. [day]
    cash_odds : serving over training in the published year of cash in which it was least. [1]
    """

    days: Derived[Numeric]
    paid_share: Derived[float]
    run_low: Measured[float]
    run_high: Measured[float]
    cash_low: Measured[float]
    cash_high: Measured[float]
    final_only: Derived[Numeric]
    window: Derived[Numeric]
    days_of_all: Derived[Numeric]
    cash_odds: Derived[float]


class GlobalScale(NamedTuple):
    """For C3: a thousand prompts at a billion a day.

    rented_usd, held_usd : on chips rented by the hour, and held all day. [USD]
    dear_usd : held all day, at the list price of a hyperscaler. [USD]
    premium_usd : at a premium API. [USD]
    premium_usd_per_year : the whole bill there. [USD/year]
    premium, premium_date : which, and since when.
    """

    rented_usd: Derived[float]
    held_usd: Derived[Numeric]
    dear_usd: Derived[Numeric]
    premium_usd: Derived[Numeric]
    premium_usd_per_year: Derived[float]
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

    changes: Measured[int]
    cuts: Measured[int]
    years_per_change: Measured[float]
    largest_rise: Measured[float]
    thin_margin: Assumed[float]
    thick_margin: Assumed[float]
    thin_limit: Derived[Numeric]
    thick_limit: Derived[Numeric]


class OwnChip(NamedTuple):
    """For C5: saving on recommendation, the work that pays for a programme, and the miss on language models.

    saving : share of the cost of ownership. [1]
    units, prompts : work that pays, in GPUs and in prompts a day, with every input in its middle. [1], [1/day]
    prompts_low, prompts_high : the same with the least and the most that a software team may cost. [1/day]
    floor_s, target_s : least time of a token of Llama-2 7B, and its target. [s]
    median, prompts_median : work that pays in half of the draws, in GPUs and in prompts a day. [1], [1/day]
    deployed : what Meta says it deployed, at least, in GPUs' worth. [1]
    share : draws in which what was deployed pays. [1]
    """

    saving: Measured[float]
    units: Derived[Numeric]
    prompts: Derived[Numeric]
    prompts_low: Derived[Numeric]
    prompts_high: Derived[Numeric]
    floor_s: Derived[Numeric]
    target_s: Measured[float]
    median: Derived[float]
    prompts_median: Derived[Numeric]
    deployed: Derived[float]
    share: Derived[float]


class FullStack(NamedTuple):
    """For C6: an H100's peak before and after a rewrite, and when a team pays.

    before, after : shares of the peak: by the abstract, and measured at 8,192 tokens and 128 channels. [1]
    gain, small_gain : work per chip that the team adds, as counted, and a third of it. [1]
    pays, pays_small : GPUs from which the team pays at each. [1]
    """

    before: Measured[float]
    after: Measured[float]
    gain: Assumed[float]
    small_gain: Assumed[float]
    pays: Derived[Numeric]
    pays_small: Derived[Numeric]


class Integration(NamedTuple):
    """For C7: an own design against the steps of a cloud's price of an hour.

    cloud_usd, owned_usd : a chip-hour rented, and bought. [USD/h]
    own_over_cloud : own design over the rented hour, at 30,000 GPUs. [1]
    saved_by_owning, saved_by_design : of the rented hour, and then of the bought one. [1]
    small_usd : own design at 500 GPUs. [USD/h]
    fleet : GPUs from which the own design beats buying. [1]
    partner_margin : gross margin of a partner who makes such chips, the whole company's. [1]
    dearer_with_partner : own design over the bought hour less 1, when the partner earns it. [1]
    usual_margin : margin of the partner with whom chapter 10 starts. [1]
    saved_with_partner : of the bought hour, at 30,000 GPUs, when the partner earns that. [1]
    fleet_with_partner : GPUs from which the own design then beats buying. [1]
    """

    cloud_usd: Derived[Numeric]
    owned_usd: Derived[Numeric]
    own_over_cloud: Derived[Numeric]
    saved_by_owning: Assumed[Numeric]
    saved_by_design: Derived[Numeric]
    small_usd: Derived[Numeric]
    fleet: Derived[Numeric]
    partner_margin: Measured[float]
    dearer_with_partner: Derived[Numeric]
    usual_margin: Assumed[float]
    saved_with_partner: Derived[Numeric]
    fleet_with_partner: Derived[Numeric]


class Memory(NamedTuple):
    """For C8: a multi-head model's cache.

    token_bytes : of one token. [B]
    equal_tok : context of 16 users that outweighs the model. [token]
    short : cache of 2,048 tokens over the weights, with grouped heads. [1]
    """

    token_bytes: Derived[Numeric]
    equal_tok: Derived[Numeric]
    short: Derived[Numeric]


class SharedHeads(NamedTuple):
    """For C9: users of 32,768 tokens on eight H100, with and without shared heads [1], and both models' weights [B]."""

    users: Derived[Numeric]
    users_unshared: Derived[Numeric]
    weights_bytes: Derived[Numeric]
    weights_unshared_bytes: Derived[Numeric]


class Block(NamedTuple):
    """For C10: models with a gated part, a toy's loss beyond its training, and what 16 times the context costs.

    models, gated : models in the catalogue, and those whose feed-forward part is gated. [1]
    home, far : loss of the toy within the length of its training, and beyond. [nat/token]
    dearer, longer : cost of a token at the longer context, and the context, over the shorter. [1]
    dearer_alone : the cost with one reader in place of eight. [1]
    """

    models: Measured[int]
    gated: Measured[int]
    home: Measured[float]
    far: Measured[float]
    dearer: Derived[Numeric]
    dearer_alone: Derived[Numeric]
    longer: Assumed[float]


class Independence(NamedTuple):
    """For C11: the price of keeping data from APIs, and the rise that a supplier can take before moving pays.

    small, large : cheapest way without an API over the cheapest, and the API over it: start-up, enterprise. [1]
    small_without_team : the first, were the people who run the machines free. [1]
    rise, easy_rise : of the price, before moving pays: usual, and behind one interface. [1]
    own_half, api_half : gross margin when revenue halves, on owned machines and on an API. [1]
    """

    small: Derived[Numeric]
    small_without_team: Derived[Numeric]
    large: Derived[Numeric]
    rise: Derived[Numeric]
    easy_rise: Derived[Numeric]
    own_half: Derived[Numeric]
    api_half: Derived[Numeric]


class Efficiency(NamedTuple):
    """For C12: what twice the work per chip saves, and what a smaller or cheaper model does.

    platform, platform_usd : of the platform's bill, as a share and in a year. [1], [USD/year]
    small : share of the start-up's. [1]
    apis : dearest listed API over the cheapest, for the start-up. [1]
    smaller_model : cost of 70B over 8B on the platform's machines. [1]
    """

    platform: Derived[Numeric]
    platform_usd: Derived[Numeric]
    small: Derived[Numeric]
    apis: Measured[Numeric]
    smaller_model: Derived[Numeric]


class Example(NamedTuple):
    """The ladder of chapter 9's copy, and DeepSeek's day on it.

    rungs : peak arithmetic, bound, engine, hours as used. [USD/token]
    over_peak : last rung over the first. [1]
    day_peak : price of the day's peak arithmetic. [USD/token]
    day_computed : rent over the tokens that no cache held. [USD/token]
    day_over_peak, day_over_computed : rent per token over that price, by all tokens and by those computed. [1]
    """

    rungs: Derived[tuple[Numeric, ...]]
    over_peak: Derived[Numeric]
    day_peak: Derived[Numeric]
    day_computed: Derived[float]
    day_over_peak: Derived[Numeric]
    day_over_computed: Derived[Numeric]
