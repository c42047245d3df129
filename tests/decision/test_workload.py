"""The records of a workload: by field and by name, whole or refused, and as values that only a page knows."""

from __future__ import annotations

import numpy as np
import pytest
from decision_case import INPUTS, costs

from inference_economics.decision import Finance, Server


def test_a_server_sold_before_its_life_ends_recovers_a_share_of_its_book_value():
    kept = Server(3e5, 10_200, 5, resale_fraction=0.5)
    assert kept.owned_for(3).residual_fraction == pytest.approx(0.5 * 2 / 5)
    assert (kept.owned_for(3).life_years, kept.owned_for(8).life_years) == (3, 5)
    assert kept.owned_for(8).residual_fraction == 0
    assert kept.owned_for(np.array([1, 5])).residual_fraction.tolist() == pytest.approx([0.4, 0.0])


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_a_bad_argument_is_named(name):
    for bad in (np.nan, -1e30, "ten", {"usd": 3}):
        with pytest.raises(ValueError, match=rf"^{name}=.*(is outside|is not a number)"):
            costs(**{name: bad})


def test_a_horizon_beyond_the_model_is_refused():
    with pytest.raises(ValueError, match="ten years at most"):
        Finance(horizon_years=11.0)
    with pytest.raises(ValueError, match=r"discount_rate=8 is outside"):
        Finance(discount_rate=8)
