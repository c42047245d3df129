"""Chapter 12, exposure."""

from __future__ import annotations

import numpy as np

from ...catalog import prices
from ...quantities.units import text
from ...risk import exposure, options, price_paths
from .exercise import Exercise

_CHANGES = prices.api_changes()
_rises = sum(change.factor > 1 for change in _CHANGES)
_limit = exposure.break_even_shock(1.0, 1 - 0.6, 0.8)  # in shares, as the chapter rounds it
_series = prices.rental_series("h100-sxm")
_known = np.isfinite(_series.index_usd_per_hour)
_fit = price_paths.fit_moves(_series.index_usd_per_hour[_known], _series.years[_known])
_worth = options.portability_usd(1.0, 1.1, 2e6 / 12, price_paths.PriceProcess(volatility=round(_fit.volatility, 2)), 0.1, 36)
_after = exposure.margin_after_shock(100, 70, 1.5, 0.5)
_move = exposure.switching_cost_usd(4, 20_000, 30_000, 2, 15_000)
_threshold = exposure.switching_threshold(1.0, 1.0, 200_000, _move, 2, 0.0)
_index = float(exposure.concentration(np.array([0.5, 0.3, 0.2])))
_bad = float(price_paths.price_quantile(1.0, 4.0, 1.645, price_paths.PriceProcess(volatility=0.25)))

EXERCISES = (
    Exercise(
        id="exp-q1",
        level="guess",
        question=f"A public record holds {len(_CHANGES)} changes in the price of one and the same API model, from October "
                 "2024 to September 2026. How many of them were rises?",
        answer=_rises,
        unit="",
        solution=f"{_rises}: " + ", ".join(f"{c.model} ({text(c.factor, '×')})" for c in _CHANGES if c.factor > 1) + ".",
    ),
    Exercise(
        id="exp-q2",
        level="guess",
        question="A product takes $100 and costs $40 to serve. A supplier sets 80% of that cost. By what factor must its "
                 "price rise to take the whole margin?",
        answer=_limit,
        unit="×",
        solution=f"\\( 1 + (100 - 40) / (40 \\times 0.8) \\) = {text(_limit, '×')}.",
    ),
    Exercise(
        id="exp-q3",
        level="guess",
        question="You spend $2M a year with a supplier whose price is as rough as the rent of an H100, and may buy each month "
                 "from a second one that charges 10% more than today. What is that freedom worth over three years, at a "
                 "cost of capital of 10%?",
        answer=_worth,
        unit="USD",
        solution=f"{text(_worth, 'USD')}: the sum of 36 monthly options, each worth the chance that the first supplier has "
                 "become dearer than the second, times by how much.",
    ),
    Exercise(
        id="exp-1",
        level="warm-up",
        question="A product takes $100 and costs $70, half of it set by one supplier, who raises the price by 50%. What gross "
                 "margin is left?",
        answer=_after,
        unit="%",
        wrong=((exposure.margin_after_shock(100, 70, 1.5), "Only half of the cost is set by this supplier."),
               (0.30, "That is the margin before."),
               (0.30 * 0.5, "The margin does not fall in proportion: the cost rises."),
               (1 - _after, "That is the share that the cost takes. The margin is what is left."),
               (exposure.margin_after_shock(100, 70, 1.5, 0.5) / 0.7, "Divide by revenue, not by cost: that would be a "
                                                                    "markup.")),
        solution=f"\\( 1 - 70\\,(1 + 0.5 \\times 0.5)/100 \\) = {text(_after, '%')}.",
    ),
    Exercise(
        id="exp-2",
        question="A move takes four months of engineers at $20,000 a month, $30,000 of evaluation, and two months in which a "
                 "second bill of $15,000 a month is paid. You spend $200,000 a year, and look two years ahead without "
                 "discounting. The alternative charges today's price. From what price, over today's, does moving pay?",
        answer=_threshold,
        unit="×",
        wrong=((1 + _move / 200_000, "The saving counts for two years, not for one."),
               (_threshold - 1, "That is the rise. The question asks for the price over today's."),
               (exposure.switching_threshold(1.0, 1.0, 200_000, _move - 30_000, 2, 0.0),
                "You left out an item of $30,000: evaluation, or two months of a second bill.")),
        tolerance=0.01,
        solution=f"The move costs {text(_move, 'USD')}; over two years that is {text(_move / 2, 'USD')} a year on a bill of "
                 f"$200,000, so {text(_threshold, '×')}.",
    ),
    Exercise(
        id="exp-3",
        question="Your spend is split 50, 30 and 20 per cent over three suppliers. As how many equal suppliers does that "
                 "count, by the Herfindahl index?",
        answer=1 / _index,
        unit="suppliers",
        wrong=((3, "That counts them as if they were equal."), (_index, "That is the index. Its inverse counts "
                                                                         "suppliers."),
               (2, "Count with the squares of the shares, not with the largest one alone.")),
        tolerance=0.01,
        solution=f"\\( 1 / (0.5^2 + 0.3^2 + 0.2^2) \\) = {text(1 / _index)}.",
    ),
    Exercise(
        id="exp-4",
        level="harder",
        question="A chip rents for $4 an hour. Its price has no trend (the expected price stays) and a volatility of 25% a "
                 "year. Which price does only one path in twenty exceed after a year? Use 1.645 standard deviations.",
        answer=_bad,
        unit="USD",
        per="h",
        wrong=((4 * np.exp(1.645 * 0.25), "Nearly: an expected price that stays has a median that falls by half the "
                                         "variance."),
               (4 * 1.25, "That is one standard deviation, added."),
               (4 * (1 + 1.645 * 0.25), "Prices multiply: use the exponential.")),
        tolerance=0.01,
        solution=f"\\( 4\\,e^{{-0.25^2/2 + 1.645 \\times 0.25}} \\) = {text(_bad, 'USD')}.",
    ),
    Exercise(
        id="exp-5",
        level="open",
        question="Your product rests on one API. Write down what a move would take: prompts, evaluation, contracts, months. "
                 "Enter it in *When leaving pays*. What is the cheapest thing you could do this quarter to halve the rise "
                 "that a supplier could take?",
        answer=None,
        unit="",
        solution="Usually an evaluation that runs by itself, because it is needed for every move and every new version, and "
                 "an interface of your own around the call. Fine-tuned weights, provider-specific tools and cached "
                 "prefixes make a move dearer. A second supplier for a tenth of the traffic proves that the option exists; "
                 "Question 3 says from what bill it pays.",
    ),
)
