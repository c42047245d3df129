"""Servers and sites of the chapters: against the catalogue and against each other."""

from __future__ import annotations

import pytest

from inference_economics import catalog, ownership
from inference_economics.buying import reference


def test_an_owned_gpu_over_its_life_is_its_years_at_their_present_value():
    """The level yearly cost of a machine without resale has the present value of all that it costs."""
    gpu = reference.owned_gpu()
    level = gpu.life_usd * ownership.capital_recovery_factor(reference.DISCOUNT_RATE, reference.LIFE_YEARS)
    assert level == pytest.approx(gpu.year_usd)


def test_the_server_and_its_site_are_the_catalogues():
    server, site = reference.h100_server(), reference.site()
    assert server.capex_usd == catalog.datacentre("server-hgx-h100-2025-01").value
    assert server.equipment_usd == pytest.approx(server.capex_usd * 1.1)
    assert site.colocation_usd_per_kw_month == catalog.datacentre("colocation-wholesale").value


def test_a_place_in_the_office_rents_nothing_and_cools_nothing():
    office, hall = reference.colocated(0.0), reference.colocated()
    assert (office.pue, office.colocation_usd_per_kw_month) == (1.0, 0.0)
    assert hall.pue == pytest.approx(catalog.datacentre("default-pue").value)
    assert hall.colocation_usd_per_kw_month == pytest.approx(catalog.datacentre("colocation-2024").value, abs=0.5)
    assert office.electricity_usd_per_kwh == hall.electricity_usd_per_kwh
