"""One deployment, one answer: over the whole catalogue, whoever can answer a question gives the same answer."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from inference_economics import accelerators, calibration, kv_cache, models, roofline, serving, step
from inference_economics.models.flop import FLOP_PER_PARAM, mean_causal_context
from inference_economics.serving import Deployment, Formats, Layout, Load, memory
from inference_economics.serving.stored import part_params
from kernelless.options import Options
from kernelless.trace import Graph

MODELS = models.load()
CHIPS = ("h100-sxm", "h100-pcie", "b200", "mi300x", "tpu-v5e", "m3-ultra")
FORMATS = ("w16a16", "w8a16", "fp8", "fp4", "mxfp4", "w4a16", "q4-k-m")
# one entry per layout: alone, tensor, groups, by position, experts, pipeline, by sequence, groups with experts
LAYOUTS = Layout(tp=np.array([1, 8, 2, 8, 8, 4, 8, 1.0]), attention_dp=np.array([1, 1, 4, 1, 1, 1, 1, 8.0]),
                 cp=np.array([1, 1, 1, 4, 1, 1, 1, 1.0]), ep=np.array([1, 1, 1, 1, 8, 1, 1, 8.0]),
                 pp=np.array([1, 1, 1, 1, 1, 2, 1, 1.0]), batch_sharded=np.array([0, 0, 0, 0, 0, 0, 1, 0.0]))
PLAIN = np.array([1, 1, 0, 0, 0, 0, 0, 0], bool)  # nothing but layers cut over chips
LOAD = Load(concurrency=16, prompt_tok=2000, output_tok=500)
CASES = list(itertools.product(sorted(MODELS), CHIPS))


def cut(model):
    """A dense model has no experts to spread, and heads are cut evenly."""
    m = MODELS[model]
    tp = LAYOUTS.tp
    for group in m.groups:
        tp = np.gcd(tp.astype(int), group.q_heads or 8).astype(float)
    ep = np.gcd(LAYOUTS.ep.astype(int), (tp * LAYOUTS.attention_dp).astype(int)) if m.experts else np.ones(8)
    return replace(LAYOUTS, tp=tp, cp=np.gcd(LAYOUTS.cp.astype(int), tp.astype(int)), ep=ep)


def parts_of(m):
    parts = part_params(m)
    assert sum(parts.values()) == m.n_params
    assert min(parts.values()) >= 0
    return parts


def plain_fit(model, hbm_bytes, context_tok, n_chips, bytes_per_param, bytes_per_value, reserve_fraction=0.1):
    """Sequences that fit, by the plain formulas of chapter 3: nothing copied, every weight of one width."""
    room = kv_cache.cache_room_bytes(hbm_bytes, model.n_params * bytes_per_param, n_chips, reserve_fraction)
    return kv_cache.capacity_sequences(room, kv_cache.of_model(model, context_tok, 1, bytes_per_value))


@pytest.mark.parametrize(("model", "chip"), CASES)
def test_memory_has_one_answer(model, chip):
    m, layouts = MODELS[model], cut(model)
    for one in (Deployment(model, chip, layouts, form) for form in FORMATS):
        s, c, form = one.setup, one.constants, one.formats.stored
        weights, width = one.weight_bytes, one.formats.cache_bytes_per_value()
        assert_allclose(one.cache_bytes(2500), kv_cache.of_model(m, 2500, 1, width), rtol=1e-12)
        kept = form.kept(m.experts > 0)
        assert_allclose(weights, sum(count * (2 if part in kept else form.bytes_per_value)
                                     for part, count in parts_of(m).items()), rtol=1e-9)
        capacity = one.capacity(LOAD)
        assert np.all(capacity >= 0)
        each = np.where(layouts.batch_sharded > 0, layouts.tp, layouts.attention_dp)  # places that hold whole sequences
        assert np.array_equal(one.sequences_that_fit(LOAD), each * np.floor(capacity / each))
        # where nothing is copied, the plain functions see the same room
        per_chip = memory.cached_bytes_per_chip(s, 2500.0, layouts)
        attention = s.attention_params * s.attention_bytes_per_param
        copies = memory.attention_bytes_per_chip(s, layouts) * layouts.tp / attention
        once = np.isclose(per_chip * layouts.tp, one.cache_bytes(2500), rtol=1e-12) & (layouts.attention_dp == 1)
        once &= np.isclose(copies, 1, rtol=1e-12)
        budget = memory.budget_bytes(s, c, layouts)
        # the cache's share of what weights leave, as a share of all that the plain function keeps back
        reserve = 1 - (c.cache_share * (budget - weights / layouts.n_chips) + weights / layouts.n_chips) / s.hbm_bytes
        plain = np.array([plain_fit(m, s.hbm_bytes, 2500, n, weights / m.n_params, width, kept)
                          for n, kept in zip(layouts.n_chips, np.clip(reserve, 0, 0.999), strict=True)])
        near = np.abs(capacity - np.round(capacity)) < 1e-6  # where rounding may tip the floor
        once &= (capacity == 0) | (capacity >= each)  # a sequence is not spread over places that hold whole ones
        assert np.all((plain == np.floor(capacity))[once & ~near])
        assert np.all((plain >= np.floor(capacity))[(layouts.attention_dp == 1) & ~near])
        # every weight is held somewhere, and groups hold copies
        held = one.weight_bytes_per_chip * one.n_chips
        most = (weights + (copies - 1) * attention) * layouts.attention_dp
        assert np.all((held >= weights * (1 - 1e-12)) & (held <= most * (1 + 1e-12)))


@pytest.mark.parametrize(("model", "chip"), CASES)
def test_arithmetic_and_time_have_one_answer(model, chip):
    m, layouts = MODELS[model], cut(model)
    for one in (Deployment(model, chip, layouts, form) for form in FORMATS):
        s, ideal = one.setup, one.constants.bound()
        joined = step.joined(s, one.n_chips)
        shared, expert = step.prefill_flop(s, 2000.0)
        # a model with a stated count states its active weights, which its groups need not add up to
        assert_allclose(shared + expert, one.prefill_flop(2000), rtol=1e-9 if m.exact else 0.05)
        taken, _ = step.prefill_time_s(s, ideal, 2000.0, layouts)
        same = joined & (layouts.ep == 1)
        # every chip of a layer does all of an indexer's arithmetic
        again = (layouts.tp - 1) * s.indexer_pair_flop * 2000 * mean_causal_context(2000)
        work_s = (shared + again) / s.shared_flop_per_s + expert / s.expert_flop_per_s
        assert_allclose((taken * one.n_chips)[same], work_s[same])
        total = step.decode_step(s, ideal, 16.0, 2250.0, layouts).total_s
        floor = step.decode_floor_s(s, 16.0, 2250.0, layouts)
        holds = joined & (step.capacity(s, one.constants, 2250.0, layouts) >= 16)
        assert np.array_equal(one.decode_floor_s(16.0, 2250.0), np.where(holds, floor, np.nan), equal_nan=True)
        assert np.array_equal(np.isnan(one.decode_step(16.0, 2250.0).total_s), ~holds)
        # a token's arithmetic: what it is multiplied with, and its attention
        once = FLOP_PER_PARAM * (s.shared_params + s.head_params + s.experts_active * s.expert_params)
        assert_allclose(once + step.attention_flop(s, 2250.0), one.decode_flop(2250), rtol=1e-9 if m.exact else 0.05)
        assert np.array_equal(np.isnan(total), ~joined)
        assert np.all(floor[joined] <= total[joined] * (1 + 1e-12))
        if not m.experts and not s.sparse_bytes_per_tok:
            read = s.shared_params * s.shared_bytes_per_param + s.head_params * s.head_bytes_per_param
            n = layouts.tp
            read = read + n * layouts.copied_params(s.kv_heads, s.kv_params) * s.attention_bytes_per_param
            work = roofline.decode_work(16.0, 2250.0, n * memory.cached_bytes_per_chip(s, 2250.0, layouts) / 2250.0,
                                        read, s.shared_params + s.head_params)
            roof = roofline.Roof(n * s.hbm_bytes_per_s, n * s.shared_flop_per_s)
            # the roofline of a step leaves out attention's arithmetic, which matters where bandwidth is plenty
            attention_s = 16 * step.attention_flop(s, 2250.0) / roof.flop_per_s
            least = np.maximum(roofline.bounds(work, roof).overlapped_s, work.flop / roof.flop_per_s + attention_s)
            assert_allclose(floor[PLAIN], least[PLAIN], rtol=1e-9)
            beyond_s = np.maximum(attention_s - work.kv_bytes / roof.hbm_bytes_per_s, 0.0)
            plain = PLAIN & joined
            assert_allclose(total[plain], (roofline.estimate_s(work, roof) + beyond_s)[plain], rtol=1e-9)


@pytest.mark.parametrize(("model", "chip"), CASES)
def test_service_and_money_have_one_answer(model, chip):
    layouts = cut(model)
    for one in (Deployment(model, chip, layouts, form) for form in FORMATS):
        point, verdict = one.serve(LOAD), one.verdict(LOAD, 10.0, 1.0)
        cost, whole = one.token_cost(LOAD, 2.0), one.usd_per_output_token(LOAD, 2.0)
        runs = point.runs
        assert np.array_equal(verdict.runs, runs)
        assert np.array_equal(runs, verdict.topology & (point.capacity >= 1))
        assert np.all((point.batch == 0)[~runs] & (point.output_tok_per_s == 0)[~runs])
        undefined = (*point[:2], *point[4:12], whole, *cost)
        assert all(np.array_equal(np.isnan(value), ~runs) for value in undefined)
        floor, in_turn = one.floor_tpot_s(LOAD), one.in_turn(LOAD).tpot_s
        assert np.all((floor <= in_turn * (1 + 1e-12))[runs] & (in_turn <= point.tpot_s)[runs])
        assert_allclose(sum(point[4:10]), point.tpot_s)
        assert_allclose(cost.request_usd, whole * LOAD.output_tok)
        assert_allclose(serving.hourly_usd_per_token(2.0 * one.n_chips, point.output_tok_per_s), whole)
        assert not one.verdict(LOAD, 10.0, np.nanmin([*point.tpot_s, 1.0]) / 2).feasible.any()
        if one.formats.weights == "fp8":
            for k in np.flatnonzero(PLAIN & runs):
                alone = Deployment(model, chip, layouts.tp[k])
                assert alone.serve(LOAD) == tuple(np.broadcast_to(x, 8)[k] for x in point)
                assert_allclose(alone.token_cost(LOAD, 2.0), [x[k] for x in cost])


@given(batch=st.floats(1, 4096), context=st.floats(1, 1e6), tp=st.sampled_from([1, 2, 4, 8]),
       model=st.sampled_from(sorted(MODELS)))
@settings(max_examples=60, deadline=None)
def test_the_floor_is_below_everything(batch, context, tp, model):
    s, c, layout = serving.setup(model, "h100-sxm"), calibration.constants("h100-sxm"), Layout(tp)
    floor = step.decode_floor_s(s, batch, context, layout)
    assert floor <= step.decode_step(s, step.IDEAL, batch, context, layout).total_s * (1 + 1e-12)
    assert floor <= step.decode_step(s, c, batch, context, layout).total_s


# -- formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "batch"), [("w8a16", 148), ("fp8", 295), ("w16a16", 295), ("w4a16", 77)])
def test_critical_batch_follows_the_arithmetic(form, batch):
    assert round(float(Deployment("llama-3.1-70b", "h100-sxm", 8, form).critical_batch)) == batch


def test_eight_bit_weights_do_not_halve_the_cache():
    wide, narrow = (Deployment("llama-3.1-70b", "h100-sxm", 8, form) for form in ("bf16", "fp8"))
    assert wide.cache_bytes(1000) == narrow.cache_bytes(1000)
    asked = Deployment("llama-3.1-70b", "h100-sxm", 8, Formats("fp8", "kv8"))
    assert asked.cache_bytes(1000) == narrow.cache_bytes(1000) / 2


def test_heads_are_cut_evenly_or_copied():
    """Eight key-value heads on sixteen chips are held twice; whole sequences on a chip need no cut at all."""
    copied = Deployment("llama-3.1-70b", "h100-sxm", 16)
    assert copied.n_chips / copied.layout.cache_shards(8) == 2
    assert Deployment("gpt2-xl", "h100-sxm", Layout(tp=8, batch_sharded=1)).n_chips == 8
    assert Deployment("gpt2-xl", "h100-sxm", Layout(attention_dp=8)).n_chips == 8


def test_weights_may_be_given_by_their_bytes():
    """One byte a weight, whatever the part: what the plain functions of `kv_cache` count with."""
    m, chip = MODELS["llama-3.1-70b"], accelerators.get("h100-sxm")
    one = Deployment(m, chip, 8, Formats(1.0, 1.0))
    assert_allclose(one.weight_bytes, m.n_params)
    c, weights = one.constants, one.weight_bytes_per_chip
    room = c.cache_share * (memory.budget_bytes(one.setup, c, Layout(8)) - weights)
    reserve = 1 - (room + weights) / chip.hbm_bytes
    assert one.sequences_that_fit(Load(1, 8000, 192)) == plain_fit(
        m, chip.hbm_bytes, 8192, 8, 1, 1, reserve)
    assert one.setup.shared_flop_per_s == chip.bf16_flop_per_s
    assert Deployment(m, chip, 8, Formats(1, arithmetic="fp8")).setup.shared_flop_per_s == chip.fp8_flop_per_s


def test_engines_differ_in_what_a_checkpoint_may_ask():
    """NVFP4 checkpoints name an fp8 cache; llama.cpp does not look."""
    obeys, own = (Deployment("llama-3.1-70b", "b200", 1, "fp4", engine) for engine in ("vllm", "llama-cpp"))
    assert own.cache_bytes(1000) == 2 * obeys.cache_bytes(1000)


def test_four_bit_users_on_two_consumer_cards():
    """Two cards of 32 GB hold a 70B of 42.7 GB, and far fewer users than half a byte a weight would leave room for."""
    m, card = models.get("llama-3.1-70b"), accelerators.get("rtx-5090")
    one = Deployment(m, card, 2, "fp4")
    assert_allclose(one.weight_bytes, 42_709_041_152)
    wrong = plain_fit(m, card.hbm_bytes, 8192, 2, 0.5, 1)
    right = plain_fit(m, card.hbm_bytes, 8192, 2, one.weight_bytes / m.n_params, 1)
    assert right < wrong


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_bridge_does_not_join_eight_cards():
    """Eight H100 PCIe talk through PCIe; were the bridge among all eight, prefill would be several times as fast."""
    real = Deployment("llama-3.1-70b", "h100-pcie", 8)
    dream = Deployment("llama-3.1-70b", "h100-pcie", 8, link_bytes_per_s=300e9)
    assert step.link_bytes_per_s(real.setup, 2) == 300e9
    assert step.link_bytes_per_s(real.setup, 8) == 64e9
    assert real.serve(LOAD).output_tok_per_s < 0.8 * dream.serve(LOAD).output_tok_per_s


def test_constraints_are_named():
    load = Load(1, 1000, 100)
    cases = {
        "format": Deployment("llama-3.1-8b", "maia-200", 1, "w16a16"),
        "topology": Deployment("llama-3.1-8b", "m3-ultra", 2),
        "weights": Deployment("llama-3.1-405b", "h100-sxm", 1),
        "cache": Deployment("llama-3.1-8b", "rtx-5090", 1, "w16a16"),
    }
    for name, one in cases.items():
        asked = load if name != "cache" else Load(1, 200_000, 100)
        verdict = one.verdict(asked)
        assert verdict.fails == name
        assert verdict.reason == serving.CONSTRAINTS[name]
        assert not verdict.runs
    fine = Deployment("llama-3.1-8b", "h100-sxm").verdict(load, 5, 1)
    assert (fine.fails, fine.reason, bool(fine.feasible)) == ("", "", True)
    with pytest.raises(ValueError, match="n_chips=2, but the catalogue has no link bandwidth"):
        cases["topology"].check()


def test_a_context_that_the_model_does_not_hold():
    one = Deployment("llama-2-7b", "h100-sxm", 1, "bf16")
    tok = np.array([2048.0, 4096.0, 4097.0])
    verdict = one.verdict(Load(1, tok - 96, 96), 10, 1)
    assert verdict.context.tolist() == verdict.feasible.tolist() == [True, True, False]
    assert verdict.runs.all()  # the machine would, and the answers would be of no use
    assert one.verdict(Load(1, 5000, 100)).fails == "context"
    assert "longer than the model's context" in one.verdict(Load(1, 5000, 100)).reason
    unstated = replace(models.get("llama-2-7b"), name="unstated", max_context_tok=0)
    assert Deployment(unstated, "h100-sxm", 1, "bf16").verdict(Load(1, 5000, 100)).feasible


def test_verdicts_broadcast():
    one = Deployment("llama-3.1-70b", "h100-sxm", [1, 2, 8], "bf16")
    verdict = one.verdict(Load([[1], [500]], 8000, 1000), 1e6, 0.05)
    assert verdict.feasible.shape == (2, 3)
    assert not verdict.weights[..., 0].any()


# -- as figures use it ------------------------------------------------------------------------------------------------


def test_a_choice_of_deployments_traces():
    graph = Graph()
    chosen = Options(graph, [Deployment("llama-3.1-8b", "h100-sxm"), Deployment("gpt-oss-120b", "b200", 4, "mxfp4")],
                     graph.parameter("which"))
    load = Load(graph.parameter("users"), 1000.0, graph.parameter("answer"))
    point = chosen.serve(load)
    assert point.tpot_s.__traced__
    assert chosen.verdict(load, 2.0, 0.05).feasible.__traced__
    assert step.serve(chosen.setup, chosen.constants, load, chosen.layout).ttft_s.__traced__


def test_a_choice_of_models_and_chips_traces():
    graph = Graph()
    model = Options(graph, list(MODELS.values()), graph.parameter("model"))
    chip = Options(graph, [accelerators.get(name) for name in CHIPS], graph.parameter("chip"))
    s = serving.setup(model, chip, "fp8", graph.parameter("width"))
    assert step.capacity(s, step.IDEAL, 1100.0, Layout(graph.parameter("n"))).__traced__


@pytest.mark.parametrize(("call", "message"), [
    (lambda: Deployment("llama", "h100-sxm"), "unknown model 'llama'"),
    (lambda: Deployment("llama-3.1-8b", "h100"), "unknown accelerator 'h100'"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", 0), "n_chips"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", 1, "fp6"), "unknown precision 'fp6'"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", engine="tgi"), "unknown engine 'tgi'"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm").verdict(LOAD, 0), "ttft_limit_s=0"),
    (lambda: Deployment(7, "h100-sxm"), "model=7 is neither"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", Layout(tp=8, ep=8)), "no experts to spread; use ep=1"),
    (lambda: Deployment("mixtral-8x7b", "h100-sxm", Layout(tp=16, ep=16)), "ep=16: this model has 8 experts"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", Layout(pp=[1, 64])), "pp=.*: a model of 32 layers"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", 3), "tp=3.* does not divide the 32 query heads of a layer"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", 64), "tp=64.* does not divide the 32 query heads"),
    (lambda: Deployment("gpt2", "h100-sxm", [1, 2, 8]), "does not divide the 12 query heads"),
    (lambda: Formats(weights=8), "weights=8 is outside .*; give the bytes of one weight, not bits"),
    (lambda: Formats(weights=float("nan")), "weights=nan is outside"),
    (lambda: Formats(state=None), "unknown state format None; known: state16"),
    (lambda: Formats(state=0), "unknown state format 0; known"),
    (lambda: Formats(state=[1, 2]), "unknown state format .*; known"),
    (lambda: Formats(weights=None), "unknown precision None; known: bf16"),
    (lambda: Formats(weights=True), "unknown precision True; known"),
    (lambda: Formats(cache=[1, 2]), "unknown cache format .*; known: kv16"),
    (lambda: Formats(cache=True), "unknown cache format True; known"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm").verdict("x"), "load='x' is no Load; give Load"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm").serve(8), "load=8 is no Load"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm").capacity(None), "load=None is no Load"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm").floor_tpot_s("x"), "load='x' is no Load"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", [1, 2]).verdict(LOAD).fails, "not of arrays; look at"),
    (lambda: Deployment("llama-3.1-8b", "h100-sxm", [1, 2]).verdict(LOAD).reason, "not of arrays"),
])
def test_what_cannot_be_deployed_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_model_and_a_chip_of_ones_own():
    own = replace(accelerators.get("h100-sxm"), name="mine", hbm_bytes=2e11, nominal_bytes=2e11)
    assert Deployment("llama-3.1-70b", own).verdict(LOAD).runs


@pytest.mark.parametrize("one", [Deployment("llama-3.1-405b", "h100-sxm"), Deployment("llama-3.1-8b", "m3-ultra", 2)])
def test_the_times_of_what_cannot_run_are_undefined(one):
    assert not one.verdict(LOAD).runs
    assert np.isnan(one.floor_tpot_s(LOAD))
    assert np.isnan(one.prefill_time_s(1000))
    assert np.isnan(one.decode_step(1, 1000)).all()
    assert np.isnan(one.decode_step(1, 1000).total_s)
    assert np.isnan(one.decode_floor_s(1, 1000))


def test_a_batch_that_does_not_fit_has_no_step():
    one = Deployment("llama-3.1-8b", "h100-sxm")
    room = one.capacity(Load(1, 1000, 1000))
    total = one.decode_step(np.array([1, 0.99 * room, 1.01 * room]), 2000).total_s
    assert np.isnan(total).tolist() == [False, False, True]


@pytest.mark.parametrize("load", [serving.Load(), serving.Load(np.array([1.0, 8.0]), 1000.0, 200.0)])
def test_a_format_without_a_peak_is_held_and_does_not_run(load):
    one = serving.Deployment("llama-3.1-8b", "tpu-8t", 2, "fp8")
    like = serving.Deployment("llama-3.1-8b", "h100-sxm", 2, "fp8")
    assert one.weight_bytes == like.weight_bytes
    assert one.cache_bytes(1000.0) == like.cache_bytes(1000.0)
    point = one.serve(load)
    assert np.all(one.capacity(load) == point.capacity)
    assert np.all(point.capacity > 0)
    for name, value in point._asdict().items():
        if name.endswith("_tok_per_s") or name == "batch":
            assert np.all(value == 0), name
        elif name != "capacity":
            assert np.all(np.isnan(value)), name
    assert not np.any(one.verdict(load).format)
    for parts in (one.decode_step(1.0, 1000.0), [one.decode_floor_s(1.0, 1000.0), one.floor_tpot_s(load)],
                  [one.prefill_time_s(1000.0), one.usd_per_output_token(load, 2.0)]):
        assert all(np.all(np.isnan(part)) for part in parts)
    with pytest.raises(ValueError, match="neither a fp8 nor a bf16 peak"):
        one.check()


@pytest.mark.parametrize("bad", [None, "4", {}, 10**400, True, 1j, object()])
def test_what_is_no_number_is_refused_by_name(bad):
    one = serving.Deployment("llama-3.1-8b", "h100-sxm", 2)
    for name, ask in {"batch": lambda: one.decode_step(bad, 100), "batch ": lambda: one.decode_floor_s(bad, 100),
                      "context_tok": lambda: one.decode_step(1, bad), "prompt_tok": lambda: one.prefill_flop(bad),
                      "prompt_tok ": lambda: one.prefill_time_s(bad), "context_tok ": lambda: one.cache_bytes(bad),
                      "context_tok  ": lambda: one.decode_flop(bad), "load": lambda: one.serve(bad),
                      "load ": lambda: one.floor_tpot_s(bad)}.items():
        with pytest.raises(ValueError, match=rf"^{name.strip()}="):
            ask()


def test_lists_and_short_numbers_are_asked_as_float64():
    one = serving.Deployment("llama-3.1-8b", "h100-sxm", 2)
    for kind in (list, lambda pair: np.array(pair, "int16"), lambda pair: np.array(pair, "float16")):
        np.testing.assert_array_equal(one.prefill_flop(kind([100, 20_000])), one.prefill_flop(np.array([100.0, 2e4])))
        np.testing.assert_array_equal(one.decode_step(kind([1, 8]), 100).total_s,
                                      one.decode_step(np.array([1.0, 8.0]), 100).total_s)
