"""All inputs of a decision: by field and by name, whole or refused."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from decision_case import BASE, INPUTS, REPLICA

from inference_economics.buying.ownership import Site
from inference_economics.decision import Demand, Finance, Fleet, Inputs, Offer, Programme, Server, yearly_costs
from inference_economics.decision.inputs import PARTS

KINDS = (Demand, Offer, Fleet, Server, Site, Programme, Finance)


def test_no_two_parts_share_a_name():
    assert len(PARTS) == sum(len(fields(kind)) for kind in KINDS)
    assert set(INPUTS) <= set(PARTS)


def test_inputs_by_name_are_the_parts_by_hand():
    by_hand = Inputs(
        Demand(20_000, 20, 1500, 400, 0.5), Offer(1e-6, 5e-6, 0.1),
        Fleet(**REPLICA, price_usd_per_hour=4, team_usd_per_year=3e5), Server(3e5, 10_200), Site(0.08, 1.3, 150),
        Programme(3e8, 3e7, 1.8, 2), Finance(3, 0.08))
    assert yearly_costs(by_hand) == yearly_costs(BASE)
    for name, value in INPUTS.items():
        assert BASE.value(name) == value


def test_what_is_left_out_keeps_its_default():
    names = ("users", "queries_per_day", "prompt_tok", "output_tok", "input_usd_per_token", "output_usd_per_token",
             "service_s", "batch", "n_chips", "price_usd_per_hour", "capex_usd", "power_w")
    few = Inputs.of(**{name: INPUTS[name] for name in names})
    assert (few.site.pue, few.site.colocation_usd_per_kw_month, few.server.life_years) == (1.3, 150.0, 5.0)
    assert (few.programme.nre_usd, few.finance.horizon_years, few.demand.peak_to_mean) == (0.0, 3.0, 2.0)
    with pytest.raises(ValueError, match=r"server lacks power_w; give a number for each"):
        Inputs.of(**{name: INPUTS[name] for name in names[:-1]})


def test_a_change_leaves_the_other_parts_alone():
    moved = BASE.changed(users=np.array([1, 2]), pue=1.1)
    assert moved.demand.users.tolist() == [1.0, 2.0]
    assert moved.site.pue == 1.1
    assert moved.server is BASE.server
    assert BASE.demand.users == 20_000
    for call in (BASE.changed, Inputs.of):
        with pytest.raises(ValueError, match=r"unknown input 'userz'; known: .* Did you mean 'users'\?"):
            call(userz=3)
    with pytest.raises(ValueError, match=r"unknown input 'pruce'"):
        BASE.value("pruce")
