"""Formulas and averages beside the simulator."""

import re

import numpy as np
import pytest

from inference_economics import queueing
from inference_economics.serving import Deployment, Load
from inference_economics.serving.simulation.formulas import Study, queueing_error, replicas_by_formula, steady_error

LLAMA = Deployment("llama-3.1-70b", "h100-sxm", 4)


def test_formulas_and_simulator_agree_where_the_formulas_hold_and_bursts_break_them():
    study = Study(replicas=(4,), loads=(0.9,), output_cvs=(1.0,), per_place=30)
    poisson, bursty = queueing_error(LLAMA, Load(32, 1024, 256), study)
    assert poisson.wait_s == bursty.wait_s
    assert bursty.simulated_wait_s > 3 * poisson.simulated_wait_s
    assert poisson.simulated_tpot_s == pytest.approx(poisson.tpot_s, rel=0.12)
    assert abs(poisson.simulated_replicas_needed - poisson.replicas_needed) <= 1
    assert bursty.simulated_replicas_needed > bursty.replicas_needed


def test_the_steady_state_is_a_closed_loop_of_users():
    few, many = steady_error(LLAMA, Load(1, 1024, 512), (1, 32))
    assert few.simulated_tpot_s == pytest.approx(few.tpot_s, rel=0.01)
    for row in (few, many):
        assert row.simulated_tpot_s == pytest.approx(row.tpot_s, rel=0.03)
        assert row.simulated_output_tok_per_s == pytest.approx(row.output_tok_per_s, rel=0.05)
    assert many.output_tok_per_s > 10 * few.output_tok_per_s


@pytest.mark.parametrize("load", [0.5, 31.0, 32.0, 100.0, 5000.0])
@pytest.mark.parametrize("batch", [1, 32, 256])
def test_one_replica_fewer_is_too_few(load, batch):
    needed = replicas_by_formula(batch, load, 10.0, 1.0, 0.05)
    assert queueing.late_fraction(needed * batch, load, 10.0, 1.0) <= 0.05
    assert needed == 1 or queueing.late_fraction((needed - 1) * batch, load, 10.0, 1.0) > 0.05


@pytest.mark.parametrize(("build", "message"), [
    (lambda: queueing_error(Deployment("llama-3.1-8b", "h100-sxm"), Load(4096)), "the cache holds"),
    (lambda: Study(loads=(0.0,)), "loads"),
    (lambda: Study(replicas=(0,)), "replicas"),
    (lambda: Study(late_share=np.nan), "late_share"),
])
def test_studies_without_meaning_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("changed", "message"), [
    ({"late_share": 0.0}, "late_share=0: by M/M/c more wait longer than that with any number of replicas"),
    ({"late_share": 1e-300}, "by M/M/c more wait longer than that"),
    ({"late_share": -0.1}, "late_share=-0.1 is outside"), ({"late_share": np.nan}, "late_share=nan is outside"),
    ({"batch": 0}, "batch=0 is outside"), ({"batch": 2.5}, "batch=2.5 must be a whole number"),
    ({"offered_load": np.inf}, "offered_load=inf is outside"),
    ({"offered_load": "x"}, "offered_load='x' is not a number"),
])
def test_replicas_that_no_formula_gives_are_refused(changed, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        replicas_by_formula(**{"batch": 8, "offered_load": 20.0, "service_s": 2.0, "patience_s": 1.0,
                               "late_share": 0.05} | changed)


@pytest.mark.parametrize(("ask", "message"), [
    (lambda: steady_error("x", Load(), [2]), "deployment='x' is no Deployment"),
    (lambda: steady_error(LLAMA, 3, [2]), "load=3 is no Load"),
    (lambda: steady_error(LLAMA, Load(), [2, 0]), "users=0 is outside"),
    (lambda: steady_error(LLAMA, Load(), ["two"]), "users='two' is not a number"),
    (lambda: queueing_error(LLAMA, Load(8), "x"), "study='x' is no Study"),
    (lambda: queueing_error(LLAMA, Load(8.5)), "concurrency=8.5 must be a whole number"),
])
def test_comparisons_that_cannot_be_made_are_refused_by_name(ask, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        ask()
