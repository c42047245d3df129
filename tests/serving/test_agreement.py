"""One question, one answer: every model of the catalogue, on machines, formats, layouts and engines drawn by chance.

`test_deployment` walks models and chips in full with default engines. Here each model meets a few whole deployments,
drawn from a seed of its own, so that every value of every axis is met many times over the catalogue, and pairs of
functions that answer one question are compared.
"""

import random
import zlib

import numpy as np
import pytest
from numpy.testing import assert_allclose

from inference_economics import kv_cache, models, roofline, serving, step
from inference_economics.models.flop import FLOP_PER_PARAM, prefill_flop_per_token
from inference_economics.serving import Deployment, Formats, Layout, Load, Pool, memory, serve_pools
from inference_economics.serving.stored import part_params, stored

MODELS = models.load()
CHIPS = ("h100-sxm", "h200-sxm", "b200", "mi300x", "h100-pcie", "l40s")
WEIGHTS = ("w16a16", "w8a8-fp8", "w8a8-int8", "w8a16", "w4a16", "nvfp4", "mxfp4", "q4-k-m", "awq", 1.0, 0.5)
CACHES = (None, "kv16", "kv8", "kv4", 1.0)
ENGINES = ("vllm", "sglang", "trtllm", "typical", "llama-cpp")
LAYOUTS = ("one", "tp", "attention_dp", "ep", "cp", "pp", "batch_sharded", "all")
DRAWS = 12
LOAD = Load(24, 3000, 400)
TOK = LOAD.context_tok


def layout_of(kind, m, rng):
    """A layout that the model's heads and experts allow."""
    heads = int(np.gcd.reduce([group.q_heads for group in m.groups if group.q_heads] or [8]))
    tp = int(np.gcd(rng.choice((2, 4, 8)), heads))
    chips = {"one": Layout(), "tp": Layout(tp), "attention_dp": Layout(tp, attention_dp=2),
             "ep": Layout(tp, attention_dp=2, ep=np.gcd(2 * tp, max(m.experts, 1))),
             "cp": Layout(tp, cp=tp), "pp": Layout(tp, pp=2), "batch_sharded": Layout(tp, batch_sharded=1),
             "all": Layout(tp, attention_dp=2, cp=tp, pp=2, ep=2 if m.experts else 1)}
    return chips[kind]


def draws(name):
    """Deployments of one model: layouts in turn, everything else by chance, the same in every run."""
    rng = random.Random(zlib.crc32(name.encode()))
    for k in range(DRAWS):
        form = Formats(rng.choice(WEIGHTS), rng.choice(CACHES))
        yield Deployment(name, rng.choice(CHIPS), layout_of(LAYOUTS[k % len(LAYOUTS)], MODELS[name], rng), form,
                         rng.choice(ENGINES))


EVERY = {name: list(draws(name)) for name in sorted(MODELS)}


def test_every_value_of_every_axis_is_met():
    every = [one for row in EVERY.values() for one in row]
    assert {one.chip.name for one in every} == set(CHIPS)
    assert {one.engine for one in every} == set(ENGINES)
    assert {one.formats.weights for one in every} == set(WEIGHTS)
    assert {one.formats.cache for one in every} == set(CACHES)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_bytes(name):
    """Weights: models, stored, setups and deployments. Cache: kv_cache, memory and deployments."""
    m = MODELS[name]
    parts = part_params(m)
    for one in EVERY[name]:
        s, form, layout = one.setup, one.formats.stored, one.layout
        held = stored(m, form)
        experts = max(m.experts, 1)
        assert_allclose(held.bytes_per_copy + experts * held.expert_bytes * (m.experts > 0), one.weight_bytes)
        kept = form.kept(m.experts > 0)
        assert_allclose(one.weight_bytes, sum(count * (2 if part in kept else form.bytes_per_value)
                                              for part, count in parts.items()))
        if not kept:
            assert_allclose(one.weight_bytes, m.n_params * form.bytes_per_value)
        width = one.formats.cache_bytes_per_value(one.engine)
        assert_allclose(step.cached_bytes(s, TOK), kv_cache.of_model(m, TOK, 1, width))
        assert_allclose(one.cache_bytes(TOK), kv_cache.of_model(m, TOK, 1, width))
        assert_allclose(memory.cached_bytes_per_chip(s, TOK, Layout()), one.cache_bytes(TOK))
        if layout.cp == 1 and not layout.batch_sharded:
            exact = width * (m.kv_values_per_token_global_on_chip(layout.tp) * TOK
                             + m.kv_values_per_token_window_on_chip(layout.tp) * min(TOK, s.window_tok))
            rest = s.indexer_bytes_per_tok * TOK + s.state_bytes / layout.state_shards(s.state_heads)
            assert_allclose(memory.cached_bytes_per_chip(s, TOK, layout), exact + rest)
        # all chips together hold everything, and no part of a cache more often than there are chips
        chips = layout.tp * memory.cached_bytes_per_chip(s, TOK, layout)
        assert one.cache_bytes(TOK) * (1 - 1e-12) <= chips <= layout.tp * one.cache_bytes(TOK) * (1 + 1e-12)
        assert one.weight_bytes * (1 - 1e-12) <= one.weight_bytes_per_chip * one.n_chips


@pytest.mark.parametrize("name", sorted(MODELS))
def test_what_fits(name):
    """Capacity: the room of the engine's rule, whoever is asked."""
    for one in EVERY[name]:
        s, c, layout = one.setup, one.constants, one.layout
        room = memory.budget_bytes(s, c, layout) - one.weight_bytes_per_chip
        capacity, whole, point = one.capacity(LOAD), one.sequences_that_fit(LOAD), one.serve(LOAD)
        assert (capacity > 0) == (room > 0) == one.verdict(LOAD).weights
        assert capacity == point.capacity == step.capacity(s, c, TOK, layout)
        assert 0 <= whole <= capacity * (1 + 1e-12)
        if capacity >= layout.holders:
            per_chip = memory.cached_bytes_per_chip(s, TOK, layout) / layout.pp
            assert_allclose(capacity / layout.attention_dp * per_chip, c.cache_share * room)
        at_once = step.capacity(s, c, LOAD.prompt_tok + c.held_share * LOAD.output_tok, layout)
        assert capacity <= at_once * (1 + 1e-12)
        assert point.batch == (min(LOAD.concurrency, at_once) if point.runs else 0)
        assert (one.serve_open(0.01, 3000, 400).places > 0) == (capacity >= 1)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_arithmetic(name):
    """Prefill's FLOP by model, step and deployment; ridge and critical batch by chip and deployment."""
    m = MODELS[name]
    near = 1e-9 if m.exact else 0.05  # a stated count need not be what its groups add up to
    for one in EVERY[name]:
        s = one.setup
        counted = sum(step.prefill_flop(s, 3000.0))
        assert_allclose(counted, one.prefill_flop(3000), rtol=near)
        assert_allclose(counted, 3000 * prefill_flop_per_token(m, 3000), rtol=near)
        once = FLOP_PER_PARAM * (s.shared_params + s.head_params + s.experts_active * s.expert_params)
        assert_allclose(once + step.attention_flop(s, TOK), one.decode_flop(TOK), rtol=near)
        peak = one.formats.flop_per_s(one.chip)
        assert_allclose(one.ridge_flop_per_byte, roofline.ridge_flop_per_byte(peak, one.chip.hbm_bytes_per_s))
        batch = roofline.critical_batch(peak, one.chip.hbm_bytes_per_s, one.formats.stored.bytes_per_value)
        assert_allclose(one.critical_batch, batch * max(m.experts, 1) / max(m.experts_active, 1))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_time(name):
    """No floor above an estimate, no estimate above a service; parts add up."""
    for one in EVERY[name]:
        point, bound, floor = one.serve(LOAD), one.in_turn(LOAD), one.floor_tpot_s(LOAD)
        assert np.isnan(point.tpot_s) == np.isnan(bound.tpot_s) == np.isnan(floor) == (not point.runs)
        if not point.runs:
            continue
        assert floor <= bound.tpot_s * (1 + 1e-12) <= point.tpot_s * (1 + 1e-12)
        assert bound.ttft_s <= point.ttft_s
        halfway = LOAD.prompt_tok + LOAD.output_tok / 2
        parts = one.decode_step(point.batch, halfway)
        if np.isfinite(parts.total_s):
            assert_allclose(parts.total_s + point.prefill_s, point.tpot_s)
            assert one.decode_floor_s(point.batch, halfway) <= parts.total_s
        assert one.prefill_time_s(LOAD.prompt_tok) == point.prompt_s
        few = one.serve_open(1e-6, LOAD.prompt_tok, LOAD.output_tok)
        assert_allclose(few.tpot_s, one.serve(Load(1, 3000, 400)).tpot_s, rtol=1e-4)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_money(name):
    """A price an hour spread over the tokens, and shared among prompts and answers, is one sum."""
    for one in EVERY[name]:
        point = one.serve(LOAD)
        cost, each = one.token_cost(LOAD, 2.5), one.usd_per_output_token(LOAD, 2.5)
        assert np.isnan(each) == np.isnan(cost.request_usd) == (not point.runs)
        if point.runs:
            hourly = serving.hourly_usd_per_token(2.5 * one.n_chips, point.output_tok_per_s)
            assert_allclose([hourly * LOAD.output_tok, cost.request_usd], each * LOAD.output_tok)
            assert_allclose(one.token_cost(LOAD, 2.5, 0.5).request_usd, 2 * cost.request_usd)
            served_usd = cost.request_usd * point.output_tok_per_s / LOAD.output_tok * 3600
            assert_allclose(served_usd, 2.5 * one.n_chips)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_pools_are_a_joint_service_in_the_limit(name):
    """With endless copies that prefill, and prompts that nobody waits for, answers take what a burst's do."""
    for one in EVERY[name][:4]:
        if not step.joined(one.setup, one.n_chips):
            continue
        many = Pool.of(one, 1e6)
        apart = serve_pools(many, Pool.of(one), LOAD)
        joint = one.serve(Load(LOAD.concurrency, LOAD.prompt_tok, LOAD.output_tok, "burst"))
        if joint.runs and joint.wait_s == 0 and np.isfinite(apart.tpot_s):
            # some of the requests are in prefill at any time, so the others decode a little faster; busiest experts
            # count the more, the fewer choices there are
            assert 0.5 * joint.tpot_s < apart.tpot_s < 1.01 * joint.tpot_s
            whole = Load(apart.batch, LOAD.prompt_tok, LOAD.output_tok, "burst")
            assert_allclose(apart.tpot_s, one.serve(whole).tpot_s, rtol=1e-9)
