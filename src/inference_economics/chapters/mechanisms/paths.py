"""What may change: where a price may go, and the choice between staying and moving once it has gone there."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Arrows, Axis, Band, Blocks, Explorer, Figure, Line, Play, Readout, Rule, Slider, State, explore

from ...quantities.mathematics import normal_ppf
from ...risk.options import option_to_move_usd
from ...risk.price_paths import PriceProcess, draws, price_quantile, simulate_prices

MONTHS = 36
NORMAL_75, NORMAL_95 = (float(normal_ppf(share)) for share in (0.75, 0.95))
WAYS = 5
PATHS = draws(paths=WAYS, steps=MONTHS, seed=12)


def price_fan() -> Explorer:
    """Show how far a price may wander in three years, and five ways that it might go.

    Bands are of `risk.price_paths.price_quantile`, paths of `simulate_prices`, drawn once.

    Returns
    -------
    Explorer
    """
    months, gap = np.arange(MONTHS + 1), np.full(1, np.nan)  # one line, broken between the paths

    def figure(t: Any, price: Any, drift: Any, volatility: Any) -> Figure:
        process = PriceProcess(drift, volatility)
        years = months / 12
        low, high = (price_quantile(years, price, z, process) for z in (-NORMAL_95, NORMAL_95))
        lower, upper = (price_quantile(years, price, z, process) for z in (-NORMAL_75, NORMAL_75))
        paths: Any = simulate_prices(price, PATHS, process)
        seen = np.where(months <= t, months, np.nan)
        at = [price_quantile(t / 12, price, z, process) for z in (-NORMAL_95, 0.0, NORMAL_95)]
        return Figure(
            x=Axis("months from today", (0, MONTHS), ""), y=Axis("price of a chip-hour", (0.1, 30), "USD/h", "log"),
            marks=[
                Band(months, low, high, "nine in ten prices", color=5),
                Band(months, lower, upper, "one in two", color=0),
                Line(np.concatenate([seen, gap] * WAYS),
                     np.concatenate([part for k in range(WAYS) for part in (paths[k], gap)]),
                     "ways it might go", color=1),
                Rule("now", x=t),
            ],
            readouts=[
                Readout("Months from today", t), Readout("In the middle", at[1], "USD/h"),
                Readout("One in twenty is below", at[0], "USD/h"), Readout("One in twenty is above", at[2], "USD/h"),
            ],
        )

    return explore(
        figure, name="price-fan", title="Where a price may go in three years",
        watch="Play the months. When is the fan so wide that its two edges call for different decisions?",
        t=Play(0, MONTHS, value=18, unit="", label="Months from today", seconds=9),
        price=Slider(1.0, 6.0, value=2.5, unit="USD/h", label="Price today"),
        drift=Slider(-0.6, 0.3, value=-0.2, unit="%", label="Trend in a year"),
        volatility=Slider(0.02, 0.8, value=0.3, unit="%", label="Volatility in a year"),
        presets={"A quiet market": {"volatility": 0.08}, "A shortage": {"drift": 0.25, "volatility": 0.5}},
    )


def option_tree() -> Explorer:
    """Show a year's two outcomes, and in each the cheaper of staying and moving.

    The two prices are of `risk.price_paths.price_quantile`, one standard deviation up and down. What the freedom to
    move is worth over all outcomes is of `risk.options.option_to_move_usd`, with the cost of moving in the
    alternative's price.

    Returns
    -------
    Explorer
    """

    def figure(price: Any, alternative: Any, volatility: Any, switching_usd: Any, hours: Any) -> Figure:
        process = PriceProcess(0.0, volatility)
        up, down = (price_quantile(1.0, price, z, process) for z in (1.0, -1.0))
        stay_up, stay_down = up * hours, down * hours
        move = alternative * hours + switching_usd
        moves_up, moves_down = np.where(move < stay_up, 1.0, 0.0), np.where(move < stay_down, 1.0, 0.0)
        worth = option_to_move_usd(1.0, price, alternative + switching_usd / hours, hours, process)
        boxes = Blocks(
            np.array([1.0, 4.2, 4.2, 8.0, 8.0, 8.0, 8.0]), np.array([4.0, 6.0, 2.0, 7.1, 5.0, 3.1, 1.0]), "choices",
            words=("today", "it rises", "it falls", "stay ", "move ", "stay", "move"), width=2.1, height=1.35,
            value=np.stack([price * hours, stay_up, stay_down, stay_up, move, stay_down, move]), unit="USD",
            kinds={"a price": 5, "taken": 0, "left": None},
            kind=np.stack([0.0 * price, 0.0 * price, 0.0 * price, 1 + moves_up, 2 - moves_up, 1 + moves_down,
                           2 - moves_down]))
        ways = (("today", "it rises"), ("today", "it falls"), ("it rises", "stay "), ("it rises", "move "),
                ("it falls", "stay"), ("it falls", "move"))
        return Figure(
            x=Axis.blank(-0.3, 9.4), y=Axis.blank(0, 8),
            marks=[boxes, Arrows.between(boxes, ways, "what follows", color=5)],
            readouts=[
                Readout("A year if the price rises", np.minimum(stay_up, move), "USD"),
                Readout("A year if it falls", np.minimum(stay_down, move), "USD"),
                Readout("Freedom to move is worth", worth, "USD"),
            ],
            states=[State(moves_up > 0, "If the price rises, moving pays.",
                          "Even if the price rises, staying is cheaper.")],
        )

    return explore(
        figure, name="option-tree", title="Stay or move: a choice for each outcome",
        watch="Raise the volatility alone. Why does the right to move gain, though nothing got cheaper?",
        price=Slider(1.0, 8.0, value=2.5, unit="USD/h", label="Price today"),
        alternative=Slider(1.0, 8.0, value=2.6, unit="USD/h", label="Price elsewhere"),
        volatility=Slider(0.02, 0.8, value=0.3, unit="%", label="Volatility in a year"),
        switching_usd=Slider(1e4, 1e6, value=1e5, scale="log", unit="USD", label="Cost of moving"),
        hours=Slider(1e5, 5e6, value=5e5, scale="log", unit="h", label="Chip-hours in the year"),
    )
