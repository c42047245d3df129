"""Limits in which a queue has a formula, and the steady state of the serving model."""

import numpy as np
import pytest
from serving.simulation.stubs import FLAT

from inference_economics import queueing
from inference_economics.serving import Deployment, Load
from inference_economics.serving.simulation import (
    Lengths,
    Policy,
    Requests,
    Service,
    burst,
    calibrated_service,
    closed_loop,
    process,
    simulate,
    trace,
)

STEP_S = 1e-3
ENDLESS = 10**9


def places(count):
    return Service(FLAT, ENDLESS, max_batch=count, token_budget=max(count, 10))


def poisson(rate, output_tok, seed):
    rng = np.random.default_rng(seed)
    count = len(output_tok)
    return Requests(np.cumsum(rng.exponential(1 / rate, count)), np.ones(count), output_tok)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (4, 0.8), (20, 0.85)])
def test_exponential_answers_on_equal_places_wait_as_erlang_says(servers, load):
    steps, count = 2000, 40_000
    output = np.random.default_rng(1).geometric(1 / steps, count)
    result = simulate(poisson(servers * load / (steps * STEP_S), output, 2), places(servers))
    kept = result.after(0.1 * result.arrival_s[-1])
    # the drawn sample's own load, so that chance in the means does not count
    service_s = np.mean(output) * STEP_S
    offered = result.requests.request_per_s * service_s
    waited = result.wait_s[kept] > STEP_S
    assert np.mean(waited) == pytest.approx(queueing.erlang_c(servers, offered), rel=0.08)
    assert np.mean(result.wait_s[kept]) == pytest.approx(queueing.mean_wait_s(servers, offered, service_s), rel=0.12)


@pytest.mark.parametrize(("cv", "load"), [(0.0, 0.8), (0.5, 0.7), (2.0, 0.5)])
def test_one_place_waits_as_pollaczek_and_khinchine_say(cv, load):
    _, output = Lengths(1, 1000, 0, cv).draw(40_000, np.random.default_rng(3))
    service_s = output * STEP_S
    result = simulate(poisson(load / np.mean(service_s), output, 4), places(1))
    rho = result.requests.request_per_s * np.mean(service_s)
    expected = result.requests.request_per_s * np.mean(service_s**2) / (2 * (1 - rho))
    assert np.mean(result.wait_s) == pytest.approx(expected, rel=0.08)


def test_many_places_never_wait():
    result = simulate(process(100, 5000, Lengths(1, 500, 0, 1)), places(1000))
    # no more than the step under way
    assert np.max(result.wait_s) <= STEP_S * (1 + 1e-9)
    assert result.percentile("tpot_s", 50) == pytest.approx(STEP_S)


def test_littles_law_holds_exactly_for_sequences_that_decode():
    result = simulate(trace("azure-2023-conversation").first(3000).faster(3),
                      calibrated_service(Deployment("llama-3.1-8b", "h100-sxm", formats="bf16")), Policy(replicas=2))
    assert result.preemptions.sum() == 0
    assert result.decode_s == pytest.approx(np.sum(result.finish_s - result.first_s), rel=1e-9)


@pytest.mark.parametrize(("model", "chip", "precision", "tp"), [
    ("llama-3.1-8b", "h100-sxm", "bf16", 1), ("llama-3.1-70b", "h100-sxm", "fp8", 4),
    ("deepseek-v3", "h200-sxm", "fp8", 8), ("gpt-oss-120b", "b200", "mxfp4", 1)])
@pytest.mark.parametrize("users", [1, 8, 64])
def test_a_closed_loop_runs_at_the_steady_state_of_the_serving_model(model, chip, precision, tp, users):
    prompt, output = 1024, 512
    deployment = Deployment(model, chip, tp, precision)
    steady = deployment.serve(Load(users, prompt, output))
    service = calibrated_service(deployment, context_tok=prompt + output)
    count = max(12 * users, 40)
    result = simulate(closed_loop(users, count, Lengths(prompt, output, 0.3, 0.3), seed=1), service)
    # beginning and end of the run are not steady
    kept = slice(2 * users, count - 2 * users)
    assert np.mean(result.tpot_s[kept]) == pytest.approx(steady.tpot_s, rel=0.03)
    ends = np.sort(result.finish_s)
    middle = ends[3 * count // 4] - ends[count // 4]
    rate = (3 * count // 4 - count // 4) / middle * np.mean(result.requests.output_tok)
    assert rate == pytest.approx(steady.output_tok_per_s, rel=0.05)


@pytest.mark.parametrize(("model", "chip", "precision", "tp"), [
    ("llama-3.1-8b", "h100-sxm", "bf16", 1), ("deepseek-v3", "h200-sxm", "fp8", 8),
    ("qwen3.5-397b-a17b", "h200-sxm", "fp8", 8)])
def test_one_request_takes_what_the_serving_model_says(model, chip, precision, tp):
    deployment = Deployment(model, chip, tp, precision)
    steady = deployment.serve(Load(1, 2048, 2))
    result = simulate(burst(1, Lengths(2048, 2)), calibrated_service(deployment))
    assert result.ttft_s[0] == pytest.approx(steady.ttft_s, rel=1e-3)
    assert result.tpot_s[0] == pytest.approx(steady.tpot_s, rel=1e-3)


def test_an_unbounded_cache_hits_what_the_mooncake_hour_repeats():
    requests = trace("mooncake-conversation")
    service = Service(FLAT, ENDLESS, block_tok=512, token_budget=ENDLESS)
    result = simulate(requests, service, Policy(prefix_cache=True))
    seen, hits = set(), 0
    for names, tok in zip(requests.prefix_blocks, requests.prompt_tok.tolist(), strict=True):
        whole = names[:(tok - 1) // 512]
        hits += 512 * next((k for k, name in enumerate(whole) if name not in seen), len(whole))
        seen.update(names)
    # a millisecond after a prompt is sent, not at once, its blocks are there for others
    assert result.cached_fraction == pytest.approx(hits / np.sum(requests.prompt_tok), abs=2e-3)
    assert result.cached_fraction == pytest.approx(0.374, abs=3e-3)


def test_a_bounded_cache_hits_less_and_more_memory_hits_more():
    requests = trace("mooncake-conversation").first(4000)
    hits = [simulate(requests, Service(FLAT, blocks, block_tok=512, token_budget=ENDLESS),
                     Policy(prefix_cache=True)).cached_fraction for blocks in (1000, 5000, 20_000, ENDLESS)]
    assert sorted(hits) == hits
    assert hits[0] < 0.6 * hits[-1]
