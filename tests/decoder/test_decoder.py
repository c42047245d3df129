"""The reference decoder: against an independent implementation, against itself, and against the formulas."""

import json
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import decoder_block, decoder_deepseek, models, rope
from inference_economics.decoder import Decoder, sample
from inference_economics.decoder.cache import Cache, quantise
from inference_economics.decoder.checkpoint import config_from
from inference_economics.decoder.config import Config, check_weights, shapes
from inference_economics.decoder.rope import Scaling

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
ORACLE = json.loads((FIXTURES / "oracle.json").read_text())

TINY = Config(layers=2, hidden=24, q_heads=4, kv_heads=2, head_dim=6, ffn_hidden=40, vocab=31)
MLA = replace(TINY, attention="mla", kv_heads=4, kv_lora=10, rope_dim=4, v_head_dim=5)
EXPERTS = replace(MLA, q_lora=14, experts=8, experts_active=3, experts_shared=1, expert_hidden=12, dense_layers=1,
                  expert_groups=4, expert_groups_active=2, routed_scale=2.5)
KINDS = {
    "mha": replace(TINY, kv_heads=4), "gqa": TINY, "mqa": replace(TINY, kv_heads=1), "mla": MLA, "experts": EXPERTS,
    "window": replace(TINY, window_tok=5), "mla-window": replace(MLA, window_tok=4), "relu": replace(TINY, ffn="relu"),
    "gelu": replace(TINY, ffn="gelu"), "tied": replace(TINY, tied=True),
    **{method: replace(TINY, rope_scaling=Scaling(method, 4, 8)) for method in ("linear", "ntk", "dynamic", "yarn",
                                                                                "llama3")},
}


def drawn(seed, name, shape):
    """Draw the weight that tools/oracle.py drew."""
    values = np.random.default_rng([seed, zlib.crc32(name.encode())]).standard_normal(shape)
    if name.endswith("_bias"):
        return 0.1 * values
    return 1 + 0.1 * values if len(shape) == 1 else values / np.sqrt(shape[-1])


def tokens(config, count, batch=2, seed=0):
    return np.random.default_rng(seed).integers(config.vocab, size=(batch, count))


# -- an independent implementation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ORACLE["cases"])
def test_agrees_with_transformers(name):
    seed = list(ORACLE["cases"]).index(name)
    config = config_from(ORACLE["cases"][name])
    model = Decoder(config, {key: drawn(seed, key, shape) for key, shape in shapes(config).items()}, "float64")
    prompt = tokens(config, 40, seed=seed)
    with np.load(FIXTURES / "oracle.npz") as stored:
        # the oracle computed in float32, the decoder here in float64
        np.testing.assert_allclose(model.logits(prompt), stored[f"logits/{name}"], atol=3e-5)
        if f"greedy/{name}" in stored:
            np.testing.assert_array_equal(model.generate(prompt[:, :10], 12), stored[f"greedy/{name}"])


def test_the_oracle_covers_every_kind_and_says_when_and_by_what():
    cases = ORACLE["cases"].values()
    assert {case["num_key_value_heads"] for case in cases} == {1, 2, 4}
    assert {case.get("rope_scaling", {}).get("rope_type") for case in cases} == {None, "linear", "dynamic", "yarn",
                                                                                 "llama3"}
    assert {case["model_type"] for case in cases} == {"llama", "mistral", "deepseek_v3"}
    assert {"torch", "transformers", "numpy", "python"} == set(ORACLE["versions"])
    assert ORACLE["date"] >= "2026"


# -- against itself ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(seed=st.integers(0, 99), parts=st.lists(st.integers(1, 7), min_size=1, max_size=6))
def test_decoding_with_the_cache_equals_full_recomputation(kind, seed, parts):
    """However the text is cut into prefills and steps, the logits are those of reading it at once."""
    model = Decoder.random(KINDS[kind], seed, "float64")
    text = tokens(model.config, sum(parts), seed=seed)
    capacity = text.shape[1] + 3
    cache, full = model.cache(2, capacity), model.logits(text, capacity)
    at = 0
    for count in parts:
        part = text[:, at : at + count]
        logits = model.step(part[:, 0], cache) if count == 1 else model.prefill(part, cache)
        at += count
        np.testing.assert_allclose(logits, full[:, at - 1], atol=1e-11)
    assert cache.length_tok == at


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_token_changes_nothing_earlier(kind):
    model = Decoder.random(KINDS[kind], 1, "float64")
    text = tokens(model.config, 12)
    other = text.copy()
    other[:, 8:] = (other[:, 8:] + 1) % model.config.vocab
    a, b = model.logits(text), model.logits(other)
    np.testing.assert_array_equal(a[:, :8], b[:, :8])
    assert np.abs(a[:, 8:] - b[:, 8:]).max() > 1e-3


@dataclass
class Nothing:
    """A cache that keeps nothing: new tokens see each other only, wherever they stand."""

    positions: np.ndarray

    def extend(self, _layer, new):
        return new, self.positions


@pytest.mark.parametrize("kind", ["mha", "gqa", "mqa", "mla", "window", "linear", "ntk", "yarn", "llama3"])
@settings(max_examples=10)
@given(seed=st.integers(0, 99), shift=st.integers(1, 5000))
def test_attention_depends_on_relative_position_only(kind, seed, shift):
    model = Decoder.random(KINDS[kind], seed, "float64")
    c = model.config
    x = np.random.default_rng(seed).standard_normal((1, 6, c.hidden))
    scaling = c.rope_scaling
    frequency = scaling.frequencies(c.rotary_dim, 1e4, 99) if scaling else rope.frequencies(c.rotary_dim)
    attention = decoder_deepseek.latent_attention if c.attention == "mla" else decoder_block.grouped_query
    here, there = (attention(c, model.weights, "model.layers.0.self_attn.", x, at, frequency, Nothing(at), 0)
                   for at in (np.arange(6), shift + np.arange(6)))
    np.testing.assert_allclose(here, there, atol=1e-10)


@given(seed=st.integers(0, 99), window=st.integers(1, 9))
def test_a_window_forgets_what_lies_beyond_it(seed, window):
    """One layer with a window sees exactly the last `window` tokens, as if there were no others."""
    model = Decoder.random(replace(TINY, layers=1, window_tok=window), seed, "float64")
    text = tokens(model.config, 14, seed=seed)
    whole = model.logits(text)[:, -1]
    tail = Decoder(replace(model.config, window_tok=0), model.weights, "float64").logits(text[:, -window:])[:, -1]
    np.testing.assert_allclose(whole, tail, atol=1e-11)


def test_a_wide_window_is_no_window():
    model = Decoder.random(TINY, 0, "float64")
    wide = Decoder(replace(TINY, window_tok=20), model.weights, "float64")
    text = tokens(TINY, 20)
    np.testing.assert_array_equal(wide.logits(text), model.logits(text))


def test_grouped_heads_equal_repeated_heads():
    """GQA is MHA whose key and value heads are copies within a group."""
    model = Decoder.random(TINY, 3, "float64")
    weights = dict(model.weights)
    for name, array in model.weights.items():
        if "k_proj" in name or "v_proj" in name:
            weights[name] = array.reshape(2, 6, 24).repeat(2, axis=0).reshape(24, 24)
    mha = Decoder(replace(TINY, kv_heads=4), weights, "float64")
    text = tokens(TINY, 9)
    np.testing.assert_allclose(mha.logits(text), model.logits(text), atol=1e-12)


def test_latent_attention_equals_expanded_keys_and_values():
    """Moving the matrices onto query and output changes nothing: compare with keys and values written out."""
    c = MLA
    model = Decoder.random(replace(c, layers=1), 4, "float64")
    x = np.random.default_rng(0).standard_normal((1, 7, c.hidden))
    at, positions = "model.layers.0.self_attn.", np.arange(7)
    frequency = 10000.0 ** -(np.arange(0, c.rope_dim, 2) / c.rope_dim)
    got = decoder_deepseek.latent_attention(c, model.weights, at, x, positions, frequency, model.cache(1, 7), 0)

    w = {name.removeprefix(at): array for name, array in model.weights.items()}
    turn = lambda v: rope.rotate(v, positions, frequency, interleaved=True)  # noqa: E731
    q = (x[0] @ w["q_proj.weight"].T).reshape(7, c.q_heads, -1).swapaxes(0, 1)
    low = x[0] @ w["kv_a_proj_with_mqa.weight"].T
    latent = decoder_block.rms_norm(low[:, : c.kv_lora], w["kv_a_layernorm.weight"], 1e-6)
    kv = (latent @ w["kv_b_proj.weight"].T).reshape(7, c.q_heads, -1).swapaxes(0, 1)
    k = np.concatenate([kv[..., : c.head_dim], np.broadcast_to(turn(low[None, :, c.kv_lora :]), (4, 7, 4))], -1)
    q = np.concatenate([q[..., : c.head_dim], turn(q[..., c.head_dim :])], -1)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(c.head_dim + c.rope_dim)
    weights = decoder_block.softmax(np.where(np.tril(np.ones((7, 7))), scores, -np.inf))
    expected = (weights @ kv[..., c.head_dim :]).swapaxes(0, 1).reshape(7, -1) @ w["o_proj.weight"].T
    np.testing.assert_allclose(got[0], expected, atol=1e-12)


def test_float32_is_close_to_float64():
    double = Decoder.random(TINY, 0, "float64")
    single = Decoder(TINY, double.weights)
    text = tokens(TINY, 20)
    assert single.logits(text).dtype == np.float32
    np.testing.assert_allclose(single.logits(text), double.logits(text), atol=2e-5)


# -- experts ----------------------------------------------------------------------------------------------------------


def test_routing_stays_in_the_chosen_groups_and_weights_sum_to_the_scale():
    model = Decoder.random(EXPERTS, 0, "float64")
    x = np.random.default_rng(0).standard_normal((200, EXPERTS.hidden))
    chosen, weight = decoder_deepseek.route(EXPERTS, model.weights, "model.layers.1.mlp.", x)
    np.testing.assert_allclose(weight.sum(-1), EXPERTS.routed_scale)
    assert all(len(set(row)) == 3 for row in chosen)
    assert all(len(set(row // 2)) <= 2 for row in chosen)
    assert len(set(chosen.ravel())) > 3


def test_one_expert_that_is_always_chosen_is_a_dense_ffn():
    c = replace(TINY, experts=1, experts_active=1, expert_hidden=TINY.ffn_hidden)
    model = Decoder.random(c, 5, "float64")
    dense = {name.replace("experts.0.", ""): array for name, array in model.weights.items() if ".gate." not in name}
    text = tokens(TINY, 9)
    np.testing.assert_allclose(model.logits(text), Decoder(TINY, dense, "float64").logits(text), atol=1e-12)


# -- against the formulas ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("slug", ["llama-2-13b", "llama-3.1-8b", "llama-3.1-70b", "mistral-7b", "deepseek-v3"])
def test_parameters_and_cache_equal_those_of_the_catalogue(slug):
    model = models.get(slug)
    config = Config.of(model)
    assert config.n_params == model.n_params
    assert config.kv_values_per_token == model.kv_values_per_token


def test_a_catalogue_shape_runs_when_cut_down():
    config = Config.of(models.get("llama-3.1-8b"), layers=1, hidden=64, ffn_hidden=96, vocab=50)
    assert (config.q_heads, config.kv_heads, config.head_dim) == (32, 8, 128)
    assert Decoder.random(config).generate([1, 2], 3).shape == (3,)


@pytest.mark.parametrize(("slug", "message"), [
    ("gpt2", "gpt2 has parts that this decoder lacks: qkv_bias=True, .*norm='layer'"),
    ("mixtral-8x7b", "experts routed otherwise than in DeepSeek-V3"),
    ("gemma-3-27b", "window_layers="),
])
def test_a_catalogue_model_with_other_parts_is_refused(slug, message):
    with pytest.raises(ValueError, match=message):
        Config.of(models.get(slug))


@given(kind=st.sampled_from(list(KINDS)), batch=st.integers(1, 4), count=st.integers(1, 12),
       dtype=st.sampled_from(["float64", "float32", "float16", "int8"]))
def test_cache_bytes_are_those_of_the_formula(kind, batch, count, dtype):
    model = Decoder.random(KINDS[kind])
    cache = model.cache(batch, 12, dtype)
    model.prefill(tokens(model.config, count, batch), cache)
    kept = min(count, model.config.window_tok or count)
    assert cache.kept_tok == kept
    assert cache.used_bytes == batch * kept * model.config.kv_values_per_token * cache.bytes_per_value
    assert cache.allocated_bytes == cache.used_bytes / kept * cache.slots
    assert model.n_params == model.config.n_params
    assert model.param_bytes == 4 * model.n_params


def test_bytes_per_value():
    sizes = {dtype: Cache(TINY, 1, 4, dtype).bytes_per_value for dtype in ("float64", "float32", "float16", "int8")}
    assert sizes == {"float64": 8, "float32": 4, "float16": 2, "int8": 1 + 2 / TINY.head_dim}


# -- a smaller cache --------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 99), scale=st.floats(1e-3, 1e3))
def test_int8_is_within_half_a_step(seed, scale):
    x = np.random.default_rng(seed).standard_normal((3, 5, 16)) * scale
    values, scales = quantise(x)
    step = scales.astype(float)
    # half a step of rounding, and the step's own rounding to float16 at the largest value
    bound = step * (0.5 + 127 * 2**-11)
    assert np.all(np.abs(values * step - x) <= bound)


def test_int8_keeps_zeros_and_refuses_nothing_small():
    values, scales = quantise(np.array([[0.0, 0.0], [1e-30, -1e-30]]))
    assert not values.any()
    assert np.isfinite(scales).all()


@pytest.mark.parametrize(("dtype", "bound"), [("float16", 5e-3), ("int8", 0.1)])
@pytest.mark.parametrize("kind", ["mha", "gqa", "mqa", "mla", "window"])
def test_a_smaller_cache_moves_the_logits_a_little(kind, dtype, bound):
    """The logits have a spread of about one, so the bound is relative to it."""
    model = Decoder.random(KINDS[kind], 0)
    text = tokens(model.config, 24)
    cache = model.cache(2, 24, dtype)
    model.prefill(text[:, :10], cache)
    got = [model.step(text[:, i], cache) for i in range(10, 24)]
    gap = np.abs(np.stack(got, 1) - model.logits(text)[:, 10:]).max()
    assert 0 < gap < bound


def test_int8_is_coarser_than_float16():
    model = Decoder.random(TINY, 0)
    text = tokens(TINY, 24)
    exact = model.logits(text)[:, -1]
    gap = {dtype: np.abs(model.prefill(text, model.cache(2, 24, dtype)) - exact).max() for dtype in ("float16", "int8")}
    assert gap["int8"] > 10 * gap["float16"]


# -- choosing tokens --------------------------------------------------------------------------------------------------


def test_generation_is_seeded_and_greedy_needs_no_seed():
    model = Decoder.random(TINY, 0)
    first, again, other = (model.generate([1, 2, 3], 20, temperature=1, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(model.generate([1, 2, 3], 20, seed=0), model.generate([1, 2, 3], 20, seed=1))


def test_greedy_writes_what_full_recomputation_finds_most_likely():
    model = Decoder.random(TINY, 7, "float64")
    text = [4, 5, 6]
    for _ in range(8):
        text.append(int(model.logits([text])[0, -1].argmax()))
    assert model.generate([4, 5, 6], 8).tolist() == text[3:]


def test_a_batch_writes_what_each_sequence_writes_alone():
    model = Decoder.random(TINY, 0, "float64")
    prompts = tokens(TINY, 5, batch=3)
    together = model.generate(prompts, 6)
    assert together.shape == (3, 6)
    for prompt, written in zip(prompts, together, strict=True):
        np.testing.assert_array_equal(model.generate(prompt, 6), written)


def test_sampling_follows_the_probabilities():
    p = np.array([0.5, 0.3, 0.15, 0.05])
    draws = sample(np.tile(np.log(p), (20000, 1)), np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(draws) / 20000, p, atol=0.015)


def test_top_p_keeps_the_fewest_that_reach_it():
    logits = np.tile(np.log([0.05, 0.5, 0.15, 0.3]), (5000, 1))
    rng = np.random.default_rng(0)
    assert set(sample(logits, rng, top_p=0.5)) == {1}
    assert set(sample(logits, rng, top_p=0.51)) == {1, 3}
    draws = sample(logits, rng, top_p=0.79)
    assert set(draws) == {1, 3}
    assert np.mean(draws == 1) == pytest.approx(0.625, abs=0.03)


def test_temperature_sharpens():
    logits = np.tile([1.0, 0.0], (5000, 1))
    share = [np.mean(sample(logits, np.random.default_rng(0), t) == 0) for t in (0.25, 1, 4)]
    np.testing.assert_allclose(share, 1 / (1 + np.exp([-4, -1, -0.25])), atol=0.03)
    assert sample(logits, np.random.default_rng(0), 0).tolist() == [0] * 5000


# -- parts ------------------------------------------------------------------------------------------------------------


def test_activations_have_known_values():
    assert decoder_block.silu(np.array([0.0, 1.0, -1000.0])).tolist() == pytest.approx([0, 0.7310585786, 0])
    # exact GELU(1) is 0.8413; the tanh form gives 0.8412
    assert decoder_block.gelu(np.array([0.0, 1.0])).tolist() == pytest.approx([0, 0.8411919906])
    assert decoder_block.ACTIVATION["relu"](np.array([-1.0, 2.0])).tolist() == [0, 2]


def test_rms_norm_makes_the_mean_square_one():
    x = np.random.default_rng(0).standard_normal((3, 50)) * 7
    np.testing.assert_allclose((decoder_block.rms_norm(x, np.ones(50), 0.0) ** 2).mean(-1), 1)


# -- bad input --------------------------------------------------------------------------------------------------------

MODEL = Decoder.random(TINY)


@pytest.mark.parametrize(("change", "message"), [
    ({"layers": 0}, "layers=0"), ({"hidden": 1.5}, "hidden=1.5"), ({"q_heads": -1}, "q_heads=-1"),
    ({"kv_heads": 3}, "kv_heads=3 does not divide q_heads=4"), ({"head_dim": 7}, "must be even"),
    ({"ffn_hidden": 0}, "ffn_hidden=0"), ({"vocab": 0}, "vocab=0"), ({"window_tok": -1}, "window_tok=-1"),
    ({"ffn": "swigloo"}, "unknown ffn 'swigloo'.*swiglu"), ({"attention": "gaq"}, "unknown attention 'gaq'"),
    ({"rope_theta": 0}, "theta=0"), ({"norm_eps": 0}, "norm_eps=0"),
    ({"attention": "mla"}, "needs kv_lora, rope_dim and v_head_dim"),
    ({"experts_active": 2}, "experts=0, yet"), ({"experts": 4, "expert_hidden": 8}, "experts_active=0"),
    ({"experts": 4, "experts_active": 2}, "needs expert_hidden"),
    ({"experts": 4, "experts_active": 2, "expert_hidden": 8, "ffn": "relu"}, "ffn='relu' is not supported"),
    ({"experts": 4, "experts_active": 2, "expert_hidden": 8, "expert_groups": 3}, "must divide experts=4"),
    ({"experts": 4, "experts_active": 2, "expert_hidden": 8, "expert_groups": 2, "expert_groups_active": 3},
     "expert_groups_active=3"),
    ({"experts": 4, "experts_active": 3, "expert_hidden": 8, "expert_groups": 2}, "more than the chosen groups hold"),
    ({"routed_scale": 0}, "routed_scale=0"),
])
def test_an_impossible_shape_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(TINY, **change)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: MODEL.logits([1, 2, 3]), r"write \[\[1, 2, 3\]\]"),
    (lambda: MODEL.logits([[1.0, 2.0]]), "whole numbers"),
    (lambda: MODEL.logits(np.zeros((1, 0), int)), "whole numbers of shape"),
    (lambda: MODEL.logits([[1, 31]]), r"token 31 is outside the vocabulary, 0..30"),
    (lambda: MODEL.logits([[-1, 3]]), "token -1 is outside"),
    (lambda: MODEL.prefill([[1, 2]], MODEL.cache(2, 5)), "1 sequences do not fit a cache of batch=2"),
    (lambda: MODEL.prefill([[1, 2, 3]], MODEL.cache(1, 2)), r"0 \+ 3 tokens exceed capacity_tok=2"),
    (lambda: MODEL.step([[1]], MODEL.cache(1, 2)), "one token per sequence"),
    (lambda: MODEL.cache(0, 4), "batch=0"),
    (lambda: MODEL.cache(1, 0), "capacity_tok=0"),
    (lambda: MODEL.cache(1, 4, "int4"), "unknown cache dtype 'int4'"),
    (lambda: MODEL.generate([1, 2], 0), "output_tok=0"),
    (lambda: MODEL.generate([1, 2], 3, seed=-1), "seed=-1"),
    (lambda: MODEL.generate([1, 2], 3, temperature=-1), "temperature=-1"),
    (lambda: MODEL.generate([1, 2], 3, temperature=1, top_p=0), "top_p=0"),
    (lambda: MODEL.generate([1, 2], 3, temperature=1, top_p=1.1), "top_p=1.1"),
    (lambda: Decoder(TINY, MODEL.weights, "float16"), "dtype='float16' is not supported"),
    (lambda: Decoder(TINY, MODEL.weights, "double-ish"), "dtype='double-ish' is not supported"),
    (lambda: sample(np.zeros(4), np.random.default_rng(0)), r"of shape \(batch, vocab\); got shape \(4,\)"),
    (lambda: sample(np.array([[0.0, np.nan]]), np.random.default_rng(0)), "with NaN in it"),
    (lambda: Decoder.random(TINY, -1), "seed=-1"),
    (lambda: check_weights(TINY, {}), r"missing: model.embed_tokens.weight \(31, 24\); .* and 17 more"),
    (lambda: check_weights(TINY, MODEL.weights | {"x": 1}), "unknown: x"),
    (lambda: check_weights(TINY, MODEL.weights | {"model.norm.weight": np.ones(3)}),
     r"wrong shape: model.norm.weight is \(3,\), expected \(24,\)"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
