"""Chapter 13, your decision."""

from __future__ import annotations

import numpy as np

from ...buying import contracts
from ...decision import answer, cases, cash, fleet, presets, report
from ...decision.scenarios import NRE_USD
from ...quantities.units import text
from ...silicon import programme
from .exercise import Exercise

_FREE, _BOUND = presets.reading_assistant(), presets.reading_assistant(privacy=1)
_need = _FREE.need
_plan = cases.plan_of(_FREE)
_api = _plan.api
_prompts = float(_need.prompts_per_day) * 365


def _bill(cached: float) -> float:
    use = contracts.Use(_need.prompt_tok, _need.output_tok, cached)
    return float(_prompts * contracts.request_usd(_api, use))


_listed, _with_caches = _bill(0.0), _bill(0.4)
_free, _bound = report.decide(_FREE), report.decide(_BOUND)
_law = _bound.order[0][1] / _free.order[0][1]
_reserved = answer.break_even(_plan)["reserved-3y"]
_per = float(cash.costs_by_way(_plan)["api"] / fleet.level_prompts_per_year(_plan))
_machines = fleet.machines(_plan)
_copies = float(_machines.used_copies[0])
_saving_needed = NRE_USD / (6e4 * 20_000)
_level = float(np.sum(2.0 ** (np.arange(3) + 0.5) * 1.15 ** -(np.arange(3) + 0.5))
               / np.sum(1.15 ** -(np.arange(3) + 0.5)))
_in, _out = (text(price * 1e6, "USD") for price in (_api.input_usd_per_token, _api.output_usd_per_token))

EXERCISES = (
    Exercise(
        id="dec-q1",
        level="guess",
        question="Four million prompts a day, each of 4,096 tokens in and 1,024 out. The API charges "
                 f"{_in} per million tokens in and {_out} out (gpt-5.6-terra, July 2026). What does it cost in a year at "
                 "that demand, without any discount?",
        answer=_listed,
        unit="USD",
        per="year",
        solution=f"{text(_prompts)} prompts a year, at {text(_listed / _prompts * 1000, 'USD')} per thousand, are "
                 f"{text(_listed, 'USD')}.",
    ),
    Exercise(
        id="dec-q2",
        level="guess",
        question="With documents that may go to machines hired alone and no further, the cheapest way costs how many times what "
                 "the cheapest of all ways did?",
        answer=_law,
        unit="×",
        solution=f"{text(_bound.order[0][1], 'USD')} over {text(_free.order[0][1], 'USD')}. A host pools the demand of "
                 "many customers, so that its chips are busy while yours would be idle; alone, you pay for the night.",
    ),
    Exercise(
        id="dec-q3",
        level="guess",
        question="From how many prompts a day do chips under a contract for three years cost less than the API, which takes "
                 f"{text(_per * 1000, 'USD')} for a thousand, on average over those years?",
        answer=_reserved,
        unit="prompts",
        per="day",
        solution=f"About {text(_reserved, 'prompts', 2)} a day. Below, the people who look after the machines cost as much "
                 "as ever, and two copies of the model are the least, while the API's bill falls with the demand.",
    ),
    Exercise(
        id="dec-1",
        level="warm-up",
        question=f"The same API finds two fifths of your input in its cache and charges {text(_api.cached_input_factor, '%')} "
                 "of the list price for it. What is the bill of the year now?",
        answer=_with_caches,
        unit="USD",
        per="year",
        wrong=((_listed * (1 - 0.4 * (1 - float(_api.cached_input_factor))),
                "Only tokens in are cached. Tokens out cost what they did."),
               (_listed, "That is the bill without a cache."),
               (_with_caches / 365, "That is one day. There are 365.")),
        solution=f"The input falls to \\( 0.6 + 0.4 \\times {float(_api.cached_input_factor):g} \\) of its list price, and "
                 f"the output stays: {text(_with_caches, 'USD')}, {text(1 - _with_caches / _listed, '%', 2)} less. With nine "
                 "tenths cached and short answers, as a coding assistant has it, the same discount takes three quarters off.",
    ),
    Exercise(
        id="dec-2",
        question=f"The fleet needs {_copies:.0f} copies of the model in the busiest hour and keeps one more. What share of the "
                 "copies is spare?",
        answer=1 / (_copies + 1),
        unit="%",
        wrong=((1 / _copies / float(_plan.copy.n_chips), "Copies, not chips: each copy takes several."),
               (0.5, "That is a fleet of one machine and its spare.")),
        solution=f"1 of {_copies + 1:.0f}, or {text(1 / (_copies + 1), '%', 2)}. A service that needs one copy keeps half of its "
                 "fleet spare, which is why small services are dear to run.",
    ),
    Exercise(
        id="dec-3",
        question=f"A chip programme costs {text(NRE_USD, 'USD')} in all. The fleet that it would replace is 20,000 GPUs, each "
                 "with a lifetime cost of ownership of $60,000. What share of that cost must the chip save, at equal work, to "
                 "break even?",
        answer=_saving_needed,
        unit="%",
        wrong=((1 / (1 - _saving_needed) - 1, "That is the gain in work per dollar that such a saving amounts to. The "
                                             "question asks for the saving."),
               (_saving_needed / 8, "GPUs, not servers: do not divide by eight.")),
        solution=f"{text(NRE_USD, 'USD')} over \\( 20{{,}}000 \\times 60{{,}}000 \\) dollars is {text(_saving_needed, '%')}, "
                 f"which is {text(programme.perf_per_tco_from_saving(_saving_needed), '×')} the work per dollar. Every year of "
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
        question="Set your own workload on the page Decide. Which way is cheapest, in how many draws? Find the widest doubt "
                 "in the memo. What could you learn within a month that would narrow it, and what would that be worth?",
        answer=None,
        unit="",
        solution="There is no general answer, but there is a method. If no doubt turns the choice, stop: more certainty "
                 "would change nothing, so it is worth nothing. If one does, price the mistake: the cost of the way you "
                 "would have chosen, less that of the better one, times the chance of being wrong. A load test narrows "
                 "the speed of a chip; three quotes narrow rent, premium and server; a pilot with real users narrows demand "
                 "and the busiest hour.",
    ),
)
