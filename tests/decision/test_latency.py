"""Percentiles of a plan's latencies: the simulator's table, asked for the copy that was chosen."""

from __future__ import annotations

import numpy as np
import pytest
from presets_case import plan_and_case

from inference_economics import serving
from inference_economics.chapters.decide import page
from inference_economics.decision import fleet, latency
from inference_economics.serving import Deployment, calibration
from inference_economics.serving.simulation import Lengths, Policy, calibrated_service, process, simulate


def test_the_slowest_twentieth_is_later_than_the_median():
    plan, case = plan_and_case("Hospital")
    median, late = (latency.tail(case, plan, percent=percent) for percent in (50, 95))
    assert 0 < median.ttft_s < late.ttft_s
    assert median.tpot_s <= late.tpot_s


def test_copies_that_share_their_requests_wait_as_the_queue_says():
    plan, case = plan_and_case("Documents")
    assert latency.tail(case, plan).wait_s == fleet.waits_s(plan, 0.95)


@pytest.mark.parametrize("start", ["Seed", "Hospital", "Coding", "Documents", "Agent", "Platform"])
def test_the_page_says_what_python_says_of_the_slowest_twentieth(start):
    plan, case = plan_and_case(start)
    made = page.explorer()
    preset = next(settings for title, settings in made.presets.items() if title.startswith(start))
    late = latency.tail(case, plan)
    shown = made.figure(**preset).data["late"]
    assert shown == pytest.approx([late.ttft_s, late.tpot_s], rel=1e-9)


def test_arrivals_leave_so_many_in_flight_as_they_take_time():
    """Of n + 1 requests each takes 2 s + n / 10: at a rate of 5 a second, n = 20."""
    found = latency._in_flight_at(lambda n: 2 + n / 10, 5.0, 60.0, 100.0)
    assert found == pytest.approx(20)
    assert latency._in_flight_at(lambda n: 2 + n / 10, 5.0, 20.0, 100.0) == pytest.approx(20)
    assert latency._in_flight_at(lambda n: 2 + n / 10, 50.0, 60.0, 100.0) == 100
    assert latency._in_flight_at(lambda n: np.nan * n, 5.0, 60.0, 100.0) == 100


@pytest.mark.parametrize("prompts_per_day", [100_000.0, 200_000.0])
def test_copies_that_are_not_full_are_as_fast_as_the_simulator_says(prompts_per_day):
    """A place is given back sooner in a copy that is not full: with the time of a full one, this was threefold."""
    plan, case = plan_and_case("Seed")
    plan = plan.changed({"need.prompts_per_day": prompts_per_day})
    need, copy, copies = plan.need, plan.copy, fleet.machines(plan)
    one = calibrated_service(Deployment("llama-3.1-8b", "h100-sxm"), max_batch=int(copy.batch),
                             context_tok=need.prompt_tok + need.answer_tok)
    requests = process(copies.at_peak[0] / copy.service_s, 6000, Lengths(need.prompt_tok, need.answer_tok, 1.0, 1.0),
                       seed=3)
    run = simulate(requests, one, Policy(replicas=int(copies.used_copies[0])))
    kept = run.after(0.2 * run.arrival_s[-1])
    late = latency.tail(case, plan)
    assert late.tpot_s == pytest.approx(np.nanpercentile(run.tpot_s[kept], 95), rel=0.25)
    assert late.ttft_s == pytest.approx(np.percentile(run.ttft_s[kept], 95), rel=0.25)


def test_a_cache_of_ones_own_makes_the_first_token_sooner():
    plan, case = plan_and_case("Coding")
    whole = plan.changed({"need.own_cached_fraction": 0.0})
    assert latency.tail(case, plan).ttft_s < latency.tail(case, whole).ttft_s


def test_a_copy_with_one_place_has_a_latency():
    plan, case = plan_and_case("Hospital")
    one = latency.tail(case, plan.changed({"copy.batch": 1.0}))
    assert np.isfinite(one.ttft_s)
    assert np.isfinite(one.tpot_s)


def test_machines_of_twice_the_speed_take_half_the_time():
    plan, _ = plan_and_case("Seed")
    s, c = serving.setup("llama-3.1-8b", "h100-sxm", "fp8"), calibration.constants("h100-sxm")
    slow, fast = (latency.plan_tail(s, c, plan, speed=speed) for speed in (1.0, 2.0))
    assert fast.tpot_s == pytest.approx(slow.tpot_s / 2)


def test_what_cannot_run_has_no_latency():
    plan, case = plan_and_case("Hospital")
    assert np.isnan(latency.tail(case, plan.changed({"copy.batch": 0.0})).ttft_s)
