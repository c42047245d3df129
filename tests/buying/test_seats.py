"""What a seat costs: identities, whole machines, and where the machine and the API tie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import ownership
from inference_economics.buying import reference, running, seats


def test_requests_at_once_by_hand():
    # 500 people, 20 prompts in eight hours, 51 seconds each, twice the mean at the peak
    assert seats.requests_at_once(500, 20, 51) == pytest.approx(10_000 / 28_800 * 51 * 2)
    assert seats.requests_at_once(0, 20, 51) == 0


def test_a_machine_by_its_parts():
    year = seats.machine_usd_per_year(250_000, 10_200)
    by_hand = (ownership.capital_usd_per_year(250_000, 5.5, 0.10) + running.colocation_usd_per_year(10_200, 184)
               + running.electricity_usd_per_year(10_200, 0.08, 1.3, 0.65) + 250_000 * 0.08)
    assert year == pytest.approx(by_hand)
    under_a_desk = seats.machine_usd_per_year(10_000, 400, 0.0)
    assert under_a_desk == pytest.approx(ownership.capital_usd_per_year(10_000, 5.5, 0.10) + 800
                                         + running.electricity_usd_per_year(400, 0.08, 1.0, 0.65))


@given(users=st.floats(1, 1e5), usd=st.floats(1, 1e6), machines=st.integers(1, 50), team=st.floats(0, 1e6))
def test_all_seats_together_pay_for_everything(users, usd, machines, team):
    seat = seats.seat_usd_per_month(users, machines, usd, team)
    assert seat * users * 12 == pytest.approx(machines * usd + team)


def test_a_seat_at_an_api_by_hand():
    assert seats.api_seat_usd_per_month(20, 0.01) == pytest.approx(22 * 20 * 0.01)


def test_bad_input():
    with pytest.raises(ValueError, match=r"site_share=30 is outside \[0, 1\]"):
        seats.machine_usd_per_year(250_000, 10_200, 30)
    with pytest.raises(ValueError, match=r"site_share=-1 is outside"):
        reference.colocated(-1)


def test_a_seat_on_rented_chips_by_hand():
    assert seats.rented_seat_usd_per_month(500, 8, 4.02) == pytest.approx(22 * 8 * 8 * 4.02 / 500)
    assert seats.rented_seat_usd_per_month(500, 8, 4.02, 24.0) == pytest.approx(22 * 24 * 8 * 4.02 / 500)
