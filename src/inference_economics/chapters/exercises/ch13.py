"""Chapter 13, your decision."""

from __future__ import annotations

import numpy as np

from ...buying import market
from ...decision import offers, scenarios
from ...decision.costs import yearly_costs
from ...quantities.units import SECONDS_PER_DAY, text
from ...silicon import programme
from .exercise import Exercise

_START, _ENTERPRISE, _PLATFORM = scenarios.SCENARIOS.values()
_OFFERS = {offer.name: offer for offer in offers.offers()}
_LITE, _TERRA = _OFFERS["gemini-3.5-flash-lite"], _OFFERS["gpt-5.6-terra"]


def _costs(scenario, **changes):
    return yearly_costs(scenarios.inputs_of(scenario | changes))


def _bill(offer, prompts, prompt_tok, output_tok):
    return market.api_usd(prompts * prompt_tok, prompts * output_tok, offer)


_prompts = _START["users"] * _START["queries_per_day"] * 365
_first_year = _bill(_LITE, _prompts, 1500, 400)
_start, _enterprise, _platform = (_costs(one) for one in (_START, _ENTERPRISE, _PLATFORM))
_today = yearly_costs(scenarios.inputs_of(_START | {"growth_per_year": 0.0}))
_break_even = (_today.rent_usd / (_today.api_usd / _today.prompts)) / 365
_inputs = scenarios.inputs_of(_START)
_two_chips = SECONDS_PER_DAY * _inputs.fleet.batch / _inputs.fleet.service_s
_no_people = yearly_costs(scenarios.inputs_of(_START | {"growth_per_year": 0.0, "team_usd_per_year": 0.0}))
_terra_year = _bill(_TERRA, 20_000 * 20 * 365, 4000, 500)
_saving_needed = _START["nre_usd"] / (6e4 * 20_000)
_tie = float(_enterprise.own_usd / _enterprise.api_usd)
_level = float(np.sum(2.0 ** (np.arange(3) + 0.5) * 1.15 ** -(np.arange(3) + 0.5))
               / np.sum(1.15 ** -(np.arange(3) + 0.5)))

EXERCISES = (
    Exercise(
        id="dec-q1",
        level="guess",
        question="5,000 users send 5 prompts a day, of 1,500 tokens in and 400 out. The API charges "
                 f"{text(_LITE.input_usd_per_token * 1e6, 'USD')} per million tokens in and "
                 f"{text(_LITE.output_usd_per_token * 1e6, 'USD')} out (gemini-3.5-flash-lite, July 2026). What does it "
                 "cost in a year at that demand?",
        answer=_first_year,
        unit="USD",
        per="year",
        solution=f"{text(_prompts)} prompts a year, at {text(_first_year / _prompts * 1000, 'USD')} per thousand, are "
                 f"{text(_first_year, 'USD')}.",
    ),
    Exercise(
        id="dec-q2",
        level="guess",
        question="The enterprise must keep its data off APIs and compares renting with owning. Its rent over its own cost "
                 "stands where, as a ratio?",
        answer=_enterprise.rent_usd / _enterprise.own_usd,
        unit="×",
        solution=f"{text(_enterprise.rent_usd, 'USD')} over {text(_enterprise.own_usd, 'USD')}. Both hold the same people, "
                 f"and they are {text(_ENTERPRISE['team_usd_per_year'] / _enterprise.own_usd, '%', 2)} of the owned bill.",
    ),
    Exercise(
        id="dec-q3",
        level="guess",
        question="The start-up's API, as above. Two rented H100 and the people to run them cost "
                 f"{text(_today.rent_usd, 'USD')} a year. From how many prompts a day would the API cost as much?",
        answer=_break_even,
        unit="prompts",
        per="day",
        solution=f"{text(_today.rent_usd, 'USD')} over {text(_today.api_usd / _today.prompts * 1000, 'USD')} per thousand "
                 f"prompts, over 365 days: {text(_break_even, 'prompts')} a day, "
                 f"{text(_break_even / 25_000, '×')} what it has. That is a lower limit: two chips carry at most "
                 f"{text(_two_chips, 'prompts', 2)} a day without a peak, and each further chip is rented as well. The explorer "
                 "counts them.",
    ),
    Exercise(
        id="dec-1",
        level="warm-up",
        question="20,000 employees send 20 prompts a day, of 4,000 tokens in and 500 out, on all 365 days. The API charges "
                 f"{text(_TERRA.input_usd_per_token * 1e6, 'USD')} per million tokens in and "
                 f"{text(_TERRA.output_usd_per_token * 1e6, 'USD')} out (gpt-5.6-terra, July 2026). What is the bill of "
                 "a year?",
        answer=_terra_year,
        unit="USD",
        per="year",
        wrong=((_terra_year / 365, "That is one day. There are 365."),
               (20_000 * 20 * 365 * 4500 * _TERRA.input_usd_per_token, "Tokens out have a price of their own."),
               (20_000 * 20 * 365 * 4500 * _TERRA.output_usd_per_token, "Tokens in are cheaper than tokens out.")),
        solution=f"{text(20_000 * 20 * 365)} prompts at {text(_terra_year / (20_000 * 20 * 365), 'USD', 2)} each, which is "
                 f"{text(_terra_year, 'USD')}.",
    ),
    Exercise(
        id="dec-2",
        question="A rented service of two chips costs "
                 f"{text(_no_people.rent_usd, 'USD')} a year for the chips alone. The API would cost "
                 f"{text(_no_people.api_usd, 'USD')}. How much may people cost a year for the two to tie at ten times the "
                 "API's bill, if two chips still carry it?",
        answer=10 * _no_people.api_usd - _no_people.rent_usd,
        unit="USD",
        per="year",
        wrong=((10 * _no_people.api_usd, "That is the whole bill. The chips must be paid from it too."),
               (_no_people.rent_usd, "That is the rent of the chips. What is left for people?")),
        solution=f"\\( 10 \\times {_no_people.api_usd:,.0f} - {_no_people.rent_usd:,.0f} \\) = "
                 f"{text(10 * _no_people.api_usd - _no_people.rent_usd, 'USD')}: less than one engineer. At small "
                 "scale people decide, not chips.",
    ),
    Exercise(
        id="dec-3",
        question="A chip programme costs $300M in all. The fleet that it would replace is 20,000 GPUs, each with a lifetime "
                 "cost of ownership of $60,000. What share of that cost must the chip save, at equal work, to break even?",
        answer=_saving_needed,
        unit="%",
        wrong=((1 / (1 - _saving_needed) - 1, "That is the gain in work per dollar that such a saving amounts to. The "
                                             "question asks for the saving."),
               (3e8 / (6e4 * 20_000) / 8, "GPUs, not servers: do not divide by eight.")),
        solution=f"\\( 3\\times 10^8 / (20{{,}}000 \\times 60{{,}}000) \\) = {text(_saving_needed, '%')}, which is "
                 f"{text(programme.perf_per_tco_from_saving(_saving_needed), '×')} the work per dollar. Every year of "
                 "delay raises it, because the GPUs of that year are bought all the same.",
    ),
    Exercise(
        id="dec-4",
        level="harder",
        question="Demand doubles every year. A bill of $1 a year at today's demand is paid for three years, each year's "
                 "bill in its middle, with a cost of capital of 15%. What is its level cost a year?",
        answer=_level,
        unit="USD",
        per="year",
        wrong=(((2**0.5 + 2**1.5 + 2**2.5) / 3, "That is the plain mean: later years count for less."),
               (2.0**1.5, "That is the middle year. The last year pulls the mean up."),
               ((1 + 2 + 4) / 3, "That pays each year's bill at the year's beginning, and does not discount.")),
        solution="\\( \\sum 2^{y+1/2} \\, 1.15^{-(y+1/2)} / \\sum 1.15^{-(y+1/2)} \\) for \\( y = 0, 1, 2 \\): "
                 f"{text(_level, 'USD')}. Growth, not the interest, is what makes today's bill a poor guide.",
    ),
    Exercise(
        id="dec-5",
        level="open",
        question="Set your own workload in *Your decision*. Which way is cheapest, in how many draws? Open *What it hinges "
                 "on* with the same numbers and find the widest bar. What could you learn within a month that would narrow "
                 "it, and what would that be worth?",
        answer=None,
        unit="",
        solution="There is no general answer, but there is a method. If no bar crosses the rule, stop: more certainty "
                 "would change nothing, so it is worth nothing. If one does, price the mistake: the cost of the way you "
                 "would have chosen, less that of the better one, times the chance of being wrong. A load test narrows "
                 "the speed of a chip; three quotes narrow rent and server; a pilot with real users narrows demand and the "
                 f"busiest hour. For the enterprise, owning costs {text(_tie, '×')} its forbidden API bill, so its "
                 "privacy costs it nothing.",
    ),
)
