"""Memory: what one chip holds and reads, and the sequences that fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import models, serving
from inference_economics.models import kv_cache
from inference_economics.models.groups import LayerGroup
from inference_economics.serving import Layout, memory, step

S70 = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")


@given(context=st.floats(1, 1e6), name=st.sampled_from(sorted(models.load())))
def test_a_step_reads_no_more_than_is_cached(context, name):
    s = serving.setup(name, "h100-sxm", "bf16")
    cached, read = memory.cached_bytes(s, context), memory.read_bytes(s, context)
    assert 0 <= read <= cached
    assert cached == pytest.approx(kv_cache.of_model(models.get(name), context))
    assert (read < cached) == bool(s.sparse_bytes_per_tok > 0 and context > s.attend_tok)


def test_copies_of_a_lone_head_are_read_by_every_chip():
    s = serving.setup("deepseek-v3", "h200-sxm")
    alone = memory.read_bytes_per_chip(s, 1000.0, Layout())
    assert memory.read_bytes_per_chip(s, 1000.0, Layout(8)) == alone
    assert memory.read_bytes_per_chip(s, 1000.0, Layout(8, cp=8)) == alone / 8


def test_layers_with_a_window_and_fewer_heads_add_copies():
    m = models.get("gemma-3-27b")
    s = serving.setup(m, "h100-sxm")
    assert memory.cached_bytes_per_chip(s, 4096.0, Layout()) == memory.cached_bytes(s, 4096.0)
    assert 8 * memory.cached_bytes_per_chip(s, 4096.0, Layout(8)) >= memory.cached_bytes(s, 4096.0)


def deci(tp):
    """Layers of eight, four, two and one key-value heads, as a search for cheap layers leaves them."""
    rows = [LayerGroup(layers=n, q_heads=64, kv_heads=heads, qk_dim=128, v_dim=128, ffn_width=22_016)
            for n, heads in ((40, 8), (6, 4), (5, 2), (3, 1))]
    m = models.Model(name="own", hidden=8192, vocab=128_256, groups=tuple(rows))
    return m, serving.Deployment(m, "h100-sxm", tp, "bf16")


@pytest.mark.parametrize("tp", [1, 2, 4, 8, 16, 64])
def test_layers_of_one_sort_with_different_heads_are_cut_each_by_its_own(tp):
    m, one = deci(tp)
    held = memory.cached_bytes_per_chip(one.setup, 1000.0, Layout(tp))
    assert held == pytest.approx(2 * 1000 * m.kv_values_per_token_global_on_chip(tp), rel=1e-12)
    assert memory.read_bytes_per_chip(one.setup, 1000.0, Layout(tp)) == held


@pytest.mark.parametrize("tp", [1, 2, 4, 8, 16, 64])
def test_weights_of_keys_and_values_are_copied_with_their_heads(tp):
    """Each chip has the projections of whole heads, and reads them."""
    _, one = deci(tp)
    made = [8192 * 256 * n * heads for n, heads in ((40, 8), (6, 4), (5, 2), (3, 1))]
    whole = [8192 * 256 * n * max(heads / tp, 1) for n, heads in ((40, 8), (6, 4), (5, 2), (3, 1))]
    assert one.weight_bytes_per_chip == pytest.approx(
        (one.weight_bytes - 2 * sum(made)) / tp + 2 * sum(whole), rel=1e-12)
    alone = memory.shared_bytes_per_chip(one.setup, Layout())
    assert memory.shared_bytes_per_chip(one.setup, Layout(tp)) == pytest.approx(
        (alone - 2 * sum(made)) / tp + 2 * sum(whole), rel=1e-12)


def test_what_makes_a_latent_is_on_every_chip():
    """DeepSeek's latent, rotary key and compressed query: 7168 x (512 + 64 + 1536) of each of 61 layers."""
    s = serving.setup("deepseek-v3", "h200-sxm", "w8a8-fp8")
    for layout in (Layout(8), Layout(8, cp=8), Layout.of(16, 2)):
        more = memory.attention_bytes_per_chip(s, layout) - s.attention_params * s.attention_bytes_per_param / 8
        assert more == pytest.approx(61 * 7168 * (576 + 1536) * 7 / 8 * s.attention_bytes_per_param)
    whole = s.attention_params * s.attention_bytes_per_param
    assert memory.attention_bytes_per_chip(s, Layout(attention_dp=8)) == whole


def test_an_indexer_is_whole_on_every_chip():
    """DeepSeek-V3.2: 64 heads of 128 from a compressed query of 1536, one key of 128, and a weight for each head."""
    plain, sparse = (serving.setup(name, "h200-sxm", "w8a8-fp8") for name in ("deepseek-v3", "deepseek-v3.2"))
    indexer = 61 * (128 * (1536 * 64 + 7168) + 7168 * 64)
    more = [memory.attention_bytes_per_chip(s, Layout(8)) / s.attention_bytes_per_param - s.attention_params / 8
            for s in (plain, sparse)]
    assert more[1] - more[0] == pytest.approx(indexer * 7 / 8)


def test_a_state_is_cut_by_its_own_heads():
    """Qwen3.5 has 64 state heads in most layers, and two key-value heads in the others."""
    s = serving.setup("qwen3.5-397b-a17b", "h200-sxm")
    eight = memory.cached_bytes_per_chip(s, 1000.0, Layout(8))
    assert eight == pytest.approx(s.state_bytes / 8 + s.cache_bytes_per_tok * 1000 / 2)
    by_position = memory.cached_bytes_per_chip(s, 1000.0, Layout(8, cp=4))
    assert by_position == pytest.approx(s.state_bytes / 8 + s.cache_bytes_per_tok * 1000 / 8)
    assert memory.cached_bytes_per_chip(s, 1000.0, Layout(8, batch_sharded=1)) == pytest.approx(
        memory.cached_bytes(s, 1000.0) / 8)


def test_a_pipeline_divides_the_memory():
    whole, staged = Layout(tp=4), Layout(tp=4, pp=2)
    assert memory.weight_bytes_per_chip(S70, staged) == memory.weight_bytes_per_chip(S70, whole) / 2
    room, more = (memory.capacity(S70, step.IDEAL, 1100.0, layout) for layout in (whole, staged))
    assert more > 2 * room


def test_groups_copy_attention():
    cut, groups = (memory.weight_bytes_per_chip(S70, Layout.of(8, n)) for n in (1, 8))
    attention = S70.attention_params * S70.attention_bytes_per_param
    assert groups - cut == pytest.approx(attention * 7 / 8)
    assert memory.shared_bytes_per_chip(S70, Layout.of(8, 8)) > memory.shared_bytes_per_chip(S70, Layout(8))


def test_capacity_is_never_negative():
    room = memory.capacity(serving.setup("llama-3.1-405b", "h100-sxm"), step.IDEAL, 1000.0, Layout([1, 2, 4, 8]))
    assert np.all(room >= 0)
    assert room[0] == 0


@pytest.mark.parametrize(("kv_bytes_per_token", "bytes_each", "chips", "reported_qps"),
                         [(324e3, 2, 32, 0.45), (162e3, 1, 16, 0.90), (81e3, 0.5, 8, 1.80)])
def test_scaling_book_queries_per_second(kv_bytes_per_token, bytes_each, chips, reported_qps):
    room = kv_cache.cache_room_bytes(16e9, 70e9 * bytes_each, chips, 0)
    batch = kv_cache.capacity_sequences(room, kv_bytes_per_token * 8192)
    # 140 sequences are held whatever the format, in 19 ms steps, each for 512 of them
    assert batch == 140
    assert round(batch / (19e-3 * 512) / chips, 2) == reported_qps
    exact = models.get("llama-3-70b").kv_values_per_token * bytes_each
    assert exact == pytest.approx(kv_bytes_per_token, rel=0.02)


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf, "long", None])
def test_a_context_that_cannot_be(bad):
    with pytest.raises(ValueError, match=r"^context_tok"):
        memory.capacity(S70, step.IDEAL, bad)
