"""Services against published days and tables, queues against simulation, and limits that hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import serving
from kernelless.trace import Graph

DEMAND = {"request_per_s": 10.0, "service_s": 20.0, "batch": 64.0}
GRID = np.arange(1.0, 257)


# -- batches ----------------------------------------------------------------------------------------------------------


def test_frontier_trades_speed_for_throughput():
    f = serving.frontier(GRID, 0.01 + 1e-4 * GRID, 0.2, 500)
    assert np.all(np.diff(f.throughput_tok_per_s) > 0)
    assert np.all(np.diff(f.user_tok_per_s) < 0)
    assert f.tpot_s[0] == pytest.approx(0.0101)


def test_frontier_conserves_work():
    # an answer's share of the machine: its own prefill and its tokens' steps, over the whole batch
    f = serving.frontier(64.0, 0.02, 0.1, 500)
    assert 500 / f.throughput_tok_per_s == pytest.approx(0.1 * 63 / 64 + 500 * 0.02 / 64)


@given(tpot=st.floats(0.005, 1), ttft=st.floats(0.01, 20), largest=st.floats(0, 300))
def test_best_batch_is_the_best_of_all(tpot, ttft, largest):
    f = serving.frontier(GRID, 0.01 + 1e-4 * GRID, 0.2, 500, queue_share=0.05)
    best = serving.best_batch(GRID, f.tpot_s, f.ttft_s, tpot, ttft, largest)
    allowed = [b for b, p, t in zip(GRID, f.tpot_s, f.ttft_s, strict=True) if p <= tpot and t <= ttft and b <= largest]
    assert best.feasible == bool(allowed)
    assert best.batch == max(allowed, default=0)
    assert best.throughput_tok_per_s == max((b / f.tpot_s[int(b) - 1] for b in allowed), default=0)


def test_best_batch_reduces_the_last_axis():
    prefill = np.array([[0.1], [0.2], [0.4]])
    f = serving.frontier(GRID, 0.01 + 1e-4 * GRID, prefill, 500)
    best = serving.best_batch(GRID, f.tpot_s, f.ttft_s, 0.05, 10.0)
    assert best.batch.shape == (3,)
    assert np.all(np.diff(best.batch) < 0)


# -- prompts and pools ------------------------------------------------------------------------------------------------


def test_deepseek_day():
    pools = serving.pools(608e9 / 86400, 168e9 / 86400, 73.7e3, 14.8e3)
    # stated: 226.75 nodes on average, from rates rounded to three digits
    assert pools.prefill + pools.decode == pytest.approx(226.75, rel=2e-3)


def test_prefix_cache():
    assert serving.prefill_tok(1000, 0.25) == 750
    assert serving.prefill_tok(1000, 1.0) == 1
    assert serving.prefix_cached_fraction(800, 1000, 1) == 0
    assert serving.prefix_cached_fraction(800, 1000, 5) == pytest.approx(0.64)
    assert serving.prefix_cached_fraction(5000, 1000, 1e12) == pytest.approx(1)


# -- a day and its queue ----------------------------------------------------------------------------------------------


@given(peak=st.floats(1, 12))
def test_daily_curve_has_its_mean_and_peak(peak):
    day = serving.daily_curve(peak)
    assert day.shape == (24,)
    assert day.mean() == pytest.approx(1)
    assert day.max() == pytest.approx(peak)
    assert day[14] == day.max()
    assert day.min() >= 0


def _erlang_c(servers: int, load: float) -> float:
    loss = 1.0
    for k in range(1, servers + 1):
        loss = load * loss / (k + load * loss)
    return loss / (1 - load / servers * (1 - loss))


@given(servers=st.integers(1, 3000), rho=st.floats(0.05, 0.999))
def test_erlang_c_agrees_with_the_recursion(servers, rho):
    assert serving.erlang_c(servers, rho * servers) == pytest.approx(_erlang_c(servers, rho * servers), rel=1e-5,
                                                                     abs=1e-12)


def test_erlang_c_limits():
    assert serving.erlang_c(10, 0) == 0
    assert serving.erlang_c(10, 10) == 1
    assert serving.erlang_c(10, 20) == 1
    assert serving.erlang_c(1, 0.3) == pytest.approx(0.3, rel=1e-5)
    assert serving.mean_wait_s(10, 10, 1.0) == np.inf
    assert serving.erlang_c(np.array([[5.0], [10.0]]), np.array([1.0, 4.0, 4.5])).shape == (2, 3)


def test_erlang_c_agrees_with_a_simulation():
    rng = np.random.default_rng(11)
    servers, load, count = 8, 6.5, 200_000
    arrivals = np.cumsum(rng.exponential(1 / load, count))
    service = rng.exponential(1.0, count)
    free, waits = [0.0] * servers, np.empty(count)
    for i in range(count):
        soonest = min(range(servers), key=free.__getitem__)
        start = max(arrivals[i], free[soonest])
        waits[i], free[soonest] = start - arrivals[i], start + service[i]
    assert np.mean(waits > 0) == pytest.approx(serving.erlang_c(servers, load), rel=0.05)
    assert waits.mean() == pytest.approx(serving.mean_wait_s(servers, load, 1.0), rel=0.1)


@pytest.mark.parametrize("load", [30.0, 300.0, 3000.0])
@pytest.mark.parametrize("wait", [0.02, 0.1, 0.5])
def test_square_root_staffing_keeps_its_promise(load, wait):
    servers = serving.servers_for(load, wait)
    # an approximation for large loads: two percentage points off at 30, half of one at 300
    assert serving.erlang_c(servers, load) == pytest.approx(wait, rel=0.05, abs=0.12 / math.sqrt(load))
    assert servers > load


def test_large_services_run_fuller():
    rate = np.array([1.0, 10.0, 100.0, 1000.0])
    plan = serving.provision(rate, 20.0, 64, peak_to_mean=2)
    assert np.all(np.diff(plan.utilisation) > 0)
    assert np.all(plan.utilisation < 0.5)
    assert plan.peak_utilisation == pytest.approx(2 * plan.utilisation)
    assert np.all(plan.wait_probability < 0.06)


def test_no_demand_still_needs_a_replica():
    plan = serving.provision(0.0, 20.0, 64)
    assert plan.replicas == 1
    assert plan.utilisation == 0


@given(peak=st.floats(1, 12))
def test_uneven_demand_lowers_utilisation(peak):
    flat, uneven = serving.provision(**DEMAND, peak_to_mean=1), serving.provision(**DEMAND, peak_to_mean=peak)
    assert uneven.utilisation <= flat.utilisation * (1 + 1e-12)
    assert uneven.utilisation <= 1 / peak
    assert uneven.replicas == math.ceil(uneven.replicas)


def test_hour_by_hour_needs_less():
    hourly = [serving.provision(100 * share, 20.0, 64, peak_to_mean=1).replicas for share in serving.daily_curve(2.5)]
    assert np.mean(hourly) < serving.provision(100.0, 20.0, 64, peak_to_mean=2.5).replicas


def test_replicas_for_a_steady_demand():
    assert serving.replicas_for(1000.0, 300.0) == 4
    assert serving.replicas_for(1000.0, 300.0, 0.5) == 7
    assert serving.replicas_for(0.0, 300.0) == 0


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEMAND)
@pytest.mark.parametrize("bad", [-1.0, float("nan"), "much"])
def test_provision_refuses_what_cannot_be(name, bad):
    with pytest.raises(ValueError, match=name):
        serving.provision(**{**DEMAND, name: bad})


@pytest.mark.parametrize(("call", "name"), [
    (lambda: serving.frontier(-1, 0.01, 0.1, 100), "batch"),
    (lambda: serving.frontier(1, 0, 0.1, 100), "decode_step_s"),
    (lambda: serving.frontier(1, 0.01, -0.1, 100), "prefill_time_s"),
    (lambda: serving.frontier(1, 0.01, 0.1, 0), "output_tok"),
    (lambda: serving.best_batch(GRID, GRID, GRID, 0, 1), "tpot_limit_s"),
    (lambda: serving.best_batch(GRID, GRID, GRID, 1, -1), "ttft_limit_s"),
    (lambda: serving.best_batch([1, 2, 4], [1, 2, 4], 1, [8, 8], 1), r"^batch of .* tpot_limit_s of shape \(2,\)"),
    (lambda: serving.best_batch([1, 2, 4], [1, 2, 4], 1, 1, [8, 8]), r"^batch of .* ttft_limit_s of shape \(2,\)"),
    (lambda: serving.frontier([1, 2, 4], [1, 2], 1, 1), r"^batch of shape \(3,\) and decode_step_s of shape \(2,\)"),
    (lambda: serving.prefill_tok(100, 50), "fraction"),
    (lambda: serving.prefix_cached_fraction(10, 100, 0), "uses_per_prefix"),
    (lambda: serving.pools(1, 1, 0, 1), "prefill_tok_per_s"),
    (lambda: serving.expected_tokens(70, 4), "fraction"),
    (lambda: serving.expected_tokens(0.7, -1), "draft_tok"),
    (lambda: serving.speculative_speedup(0.7, 4, -1), "draft_cost"),
    (lambda: serving.speculative_speedup(0.7, 4, 0.1, 0.5), "verify_cost"),
    (lambda: serving.daily_curve(0.5), "peak_to_mean"),
    (lambda: serving.daily_curve(2, 25), "peak_hour"),
    (lambda: serving.erlang_c(0, 1), "servers"),
    (lambda: serving.erlang_c(1, -1), "offered_load"),
    (lambda: serving.mean_wait_s(2, 1, 0), "service_s"),
    (lambda: serving.servers_for(10, 0), "wait_probability"),
    (lambda: serving.provision(**DEMAND, peak_to_mean=100), "peak_to_mean"),
    (lambda: serving.replicas_for(-1, 10), "demand_tok_per_s"),
    (lambda: serving.replicas_for(1, 0), "throughput_tok_per_s"),
    (lambda: serving.usd_per_output_token(2, 8, 100, 60), "percentage"),
])
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_formulas_trace():
    graph = Graph()

    def slider(name):
        return graph.parameter(name)

    f = serving.frontier(GRID, 0.01 + 1e-4 * GRID, slider("prefill"), slider("output"))
    best = serving.best_batch(GRID, f.tpot_s, f.ttft_s, slider("tpot"), slider("ttft"), slider("largest"))
    plan = serving.provision(slider("rate"), slider("service"), best.batch + 1, slider("peak"), slider("wait"))
    day = serving.daily_curve(slider("peak"))
    cost = serving.usd_per_output_token(slider("price"), slider("n"), best.throughput_tok_per_s, plan.utilisation)
    gain = serving.speculative_speedup(slider("a"), slider("g"), slider("c"), slider("check"))
    assert day.shape == (24,)
    assert all(getattr(x, "__traced__", False) for x in (best.batch, plan.mean_wait_s, cost, gain))


def test_a_machine_carries_the_best_batch_of_each_of_its_copies():
    f = serving.frontier(GRID, 0.01 + 1e-4 * GRID, 0.2, 500, queue_share=0.05)
    one = serving.best_batch(GRID, f.tpot_s, f.ttft_s, 0.05, 1.0)
    assert serving.carried(GRID, f.tpot_s, f.ttft_s, 0.05, 1.0, replicas=2.0) == 2 * one.batch > 0
    assert serving.carried(GRID, f.tpot_s, f.ttft_s, 0.001, 1.0) == 0
