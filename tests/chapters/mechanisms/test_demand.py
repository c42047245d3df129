import numpy as np
import pytest
from mechanism_figures import check, readings

from inference_economics.chapters.mechanisms import fleet_follows_a_day
from inference_economics.chapters.mechanisms.demand import COLD_STARTS, REQUEST_PER_S, TARGET_S, day

FLEET = fleet_follows_a_day()


def test_the_figure_is_answered_at_its_corners():
    check(FLEET)


@pytest.mark.parametrize(("name", "seconds"), COLD_STARTS.items())
def test_a_day_is_paid_by_the_replica_hour(name, seconds):
    seen = readings(FLEET, cold_start=name)
    price = FLEET.settings()["price_usd_per_hour"]
    assert seen["Paid so far, following"] == pytest.approx(np.mean(day(seconds).replicas) * 24 * 8 * price)
    assert seen["Paid so far, following"] < seen["Paid so far, for the peak"]
    assert seen["Quarters of an hour with late answers"] == np.sum(day(seconds).ttft_s > TARGET_S)


def test_every_cold_start_sees_the_same_requests():
    days = [day(seconds).request_per_s for seconds in COLD_STARTS.values()]
    for one in days[1:]:
        np.testing.assert_array_equal(one, days[0])
    assert np.mean(days[0]) == pytest.approx(REQUEST_PER_S, rel=0.05)
