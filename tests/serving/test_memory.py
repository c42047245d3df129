"""Memory: what one chip holds and reads, and the sequences that fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import models, serving
from inference_economics.models import kv_cache
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
    assert memory.window_copies_bytes(s, 4096.0, Layout()) == 0
    assert memory.window_copies_bytes(s, 4096.0, Layout(8)) >= 0


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
