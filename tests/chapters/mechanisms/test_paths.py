import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import option_tree, price_fan
from inference_economics.risk.options import option_to_move_usd
from inference_economics.risk.price_paths import PriceProcess, draws, price_quantile, simulate_prices

FAN, TREE = price_fan(), option_tree()


@pytest.mark.parametrize("explorer", [FAN, TREE], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


def test_the_bands_hold_the_shares_that_their_names_say():
    at = FAN.settings()
    prices = simulate_prices(at["price"], draws(20_000, 36, seed=3), PriceProcess(at["drift"], at["volatility"]))
    for label, share in (("nine in ten prices", 0.9), ("one in two", 0.5)):
        band = mark(FAN, label)
        for month in (6, 24, 36):
            held = np.mean((prices[:, month] > band.low[month]) & (prices[:, month] < band.high[month]))
            assert held == pytest.approx(share, abs=0.015)


def test_the_readouts_are_of_the_month_shown():
    at = FAN.settings(t=30, volatility=0.5)
    process = PriceProcess(at["drift"], at["volatility"])
    assert readings(FAN, t=30, volatility=0.5)["In the middle"] == price_quantile(2.5, at["price"], 0.0, process)


@pytest.mark.parametrize("volatility", [0.02, 0.3, 0.8])
@pytest.mark.parametrize("alternative", [1.0, 2.6, 8.0])
def test_in_each_outcome_the_cheaper_choice_is_taken(volatility, alternative):
    given = {"volatility": volatility, "alternative": alternative}
    at = TREE.settings(**given)
    boxes = mark(TREE, "choices", **given)
    kinds, usd = list(boxes.kind), list(boxes.value)
    for stay, move in ((3, 4), (5, 6)):
        assert {kinds[stay], kinds[move]} == {1, 2}
        assert (kinds[move] == 1) == (usd[move] < usd[stay])
    worth = option_to_move_usd(1.0, at["price"], at["alternative"] + at["switching_usd"] / at["hours"], at["hours"],
                               PriceProcess(0.0, at["volatility"]))
    assert readings(TREE, **given)["Freedom to move is worth"] == worth >= 0
