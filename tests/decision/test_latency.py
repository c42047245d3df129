"""Percentiles of a plan's latencies: the simulator's table, asked for the copy that was chosen."""

from __future__ import annotations

import numpy as np
from presets_case import plan_and_case

from inference_economics.decision import fleet, latency


def test_the_slowest_twentieth_is_later_than_the_median():
    plan, case = plan_and_case("Hospital")
    median, late = (latency.tail(case, plan, percent=percent) for percent in (50, 95))
    assert 0 < median.ttft_s < late.ttft_s
    assert median.tpot_s <= late.tpot_s


def test_copies_that_share_their_requests_wait_as_the_queue_says():
    plan, case = plan_and_case("Documents")
    assert latency.tail(case, plan).wait_s == fleet.waits_s(plan, 0.95)


def test_what_cannot_run_has_no_latency():
    plan, case = plan_and_case("Hospital")
    assert np.isnan(latency.tail(case, plan.changed({"copy.batch": 0.0})).ttft_s)
