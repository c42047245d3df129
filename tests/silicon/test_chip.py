"""Die, chip and margin stack: published figures, a count on a grid, integrals, limits."""


import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import silicon as si
from inference_economics.buying.ownership import capital_recovery_factor

areas = st.floats(20, 900)
densities = st.floats(0, 0.01)

H100 = si.ServerBuild(3320, 8, 32_010)


def test_h100_bill_of_materials():
    chip = si.chip_cost(300, 1350, 750, 920)
    assert chip.total_usd == 3320
    assert si.price_at_margin(chip.total_usd, 0.881) == pytest.approx(28_000, rel=0.005)


def test_b200_bill_of_materials_implies_its_package_yield():
    # 900 + 2,900 + 1,100 + 480 of parts and about 1,000 lost in bad packages: 6,400 reported.
    chip = si.chip_cost(450, 2900, 1100, 480, dies_per_package=2, package_yield=0.84)
    assert chip.loss_usd == pytest.approx(1000, rel=0.05)
    assert chip.total_usd == pytest.approx(6400, rel=0.01)
    assert sum(chip) == pytest.approx(chip.total_usd)


def test_memory_by_the_gigabyte():
    assert si.memory_usd(192e9, 2900 / 192) == pytest.approx(2900)


@given(cost=st.floats(1, 1e6), margin=st.floats(-1, 0.95))
def test_price_leaves_the_margin(cost, margin):
    price = si.price_at_margin(cost, margin)
    assert (price - cost) / price == pytest.approx(margin, abs=1e-9)


@given(chip=st.floats(0, 0.9), server=st.floats(0, 0.5), cloud=st.floats(0, 0.9), running=st.floats(0, 1e5))
def test_margins_multiply_on_what_they_touch(chip, server, cloud, running):
    margins = si.Margins(chip, server, cloud)
    stack = si.margin_stack(H100, margins, 0.25, running, 0.7)
    none = si.margin_stack(H100, si.Margins(), 0.25, running, 0.7)
    assert none.multiple == pytest.approx(1)
    assert stack.bare_usd_per_hour == pytest.approx(none.cloud_usd_per_hour)
    most = 1 / (1 - chip) / (1 - server) / (1 - cloud)
    assert 1 - 1e-9 <= stack.multiple <= most * (1 + 1e-9)
    alone = si.margin_stack(si.ServerBuild(3320, 8, 0), margins, 0.25, 0, 0.7)
    assert alone.multiple == pytest.approx(most)


def test_stack_from_a_chip_to_a_rented_hour():
    stack = si.margin_stack(H100, si.Margins(0.88, 0.05, 0.3), capital_recovery_factor(0.08, 5), 55_000, 0.7)
    assert stack.chip_usd == pytest.approx(27_667, rel=1e-4)
    assert stack.server_usd == pytest.approx((8 * stack.chip_usd + 32_010) / 0.95)
    by_hand = (stack.server_usd * 0.250456 + 55_000) / (8 * 8760 * 0.7) / 0.7
    assert stack.cloud_usd_per_hour == pytest.approx(by_hand, rel=1e-5)
    assert si.margin_stack(H100, si.Margins(0.88, 0.05, 0.3), 0.25, 55_000, 0).cloud_usd_per_hour == np.inf


def test_arrays():
    assert si.gross_dies(np.array([100, 800])[:, None], [1, 2, 3]).shape == (2, 3)
    assert np.all(np.diff(si.poisson_yield(np.linspace(1, 900, 50), 0.001)) < 0)


def test_slips_are_named():
    with pytest.raises(ValueError, match=r"defects_per_mm2=0.09 is outside \[0, 0.05\]; was it given per cm²\?"):
        si.poisson_yield(814, 0.09)
    with pytest.raises(ValueError, match=r"gross_margin=75 is outside \[-10, 1\)"):
        si.price_at_margin(100, 75)


def test_a_service_that_needs_a_third_of_a_chip_pays_for_all_of_it():
    assert si.small_chip_gain(1 / 3, 3) == pytest.approx(2)
    assert si.small_chip_gain([0.2, 1.5], 3) == pytest.approx((1 + 2) / (1 / 3 + 5 / 3) - 1)
    assert si.small_chip_gain(np.array([1.0, 7.0]), 3) == 0


@given(needed=st.lists(st.floats(0.01, 1e4), min_size=1, max_size=9), parts=st.integers(1, 50))
def test_small_chips_never_lose_by_rounding(needed, parts):
    assert si.small_chip_gain(needed, 1) == 0
    assert si.small_chip_gain(needed, parts) >= -1e-9
