import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.buying.ownership import net_present_cost_usd, owned_usd_per_year
from inference_economics.buying.reference import h100_server, site
from inference_economics.chapters.mechanisms import rent_against_own

CASH = rent_against_own()


def test_the_figure_is_answered_at_its_corners():
    check(CASH)


def test_five_years_of_the_account_are_the_present_cost_without_a_rate():
    at = CASH.settings()
    year = owned_usd_per_year(h100_server(), site(), 0.0, load_fraction=at["used"])
    running = year.total_usd - year.capital_usd
    paid = net_present_cost_usd(h100_server().equipment_usd, running, 5.0, 0.0)
    assert readings(CASH)["Bought, so far"] == pytest.approx(paid)


def test_level_rents_add_up():
    at = CASH.settings(decline=0.0)
    assert readings(CASH, decline=0.0)["Rented, so far"] == pytest.approx(at["rent_usd_per_hour"] * 8 * at["used"]
                                                                         * 8760 * 5)


@pytest.mark.parametrize("given", [{}, {"decline": 0.33}, {"rent_usd_per_hour": 6.0}, {"used": 0.1}])
def test_even_is_the_first_month_in_which_selling_leaves_you_ahead(given):
    rented, sold = mark(CASH, "rented", **given).y, mark(CASH, "bought, if sold that month", **given).y
    ahead = np.flatnonzero((sold < rented)[1:]) + 1
    even = readings(CASH, **given)["Even after"]
    assert np.isnan(even) if not len(ahead) else even == ahead[0]
