"""Links of one copy: what is sent, how fast, and who can talk to whom."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import calibration, serving, step
from inference_economics.hardware import links
from inference_economics.serving import Layout, communication

S = serving.setup("llama-3.1-70b", "h100-sxm", "fp8")
C = calibration.constants("h100-sxm")


@given(n=st.sampled_from([2, 4, 8]), batch=st.floats(1, 1000))
def test_all_reduces_are_those_of_links(n, batch):
    quiet = replace(C, collective_s=0.0, message_share=1.0)
    assert communication.communication_time_s(S, quiet, batch, Layout(n)) == pytest.approx(
        links.tensor_parallel_time_s(batch, S.hidden, S.layers, links.Group(n, 450e9)))


def test_whole_experts_exchange_tokens_between_groups():
    s, c = serving.setup("deepseek-v3", "h200-sxm"), calibration.constants("h200-sxm", "sglang")
    few = step.communication_time_s(s, c, 64.0, Layout(tp=8.0, ep=1.0))
    many, more = (step.communication_time_s(s, c, batch, Layout.of(8.0, 8.0, 8.0, 1.0)) for batch in (512.0, 1024.0))
    assert few > 0
    assert many < more < 2 * many


def test_a_lone_chip_sends_nothing():
    assert communication.communication_time_s(S, C, 64.0) == 0


def test_a_bridge_joins_two_and_pcie_the_rest():
    s = serving.setup("llama-3.1-70b", "h100-pcie")
    assert [communication.link_bytes_per_s(s, n) for n in (2, 8)] == [300e9, 64e9]
    assert np.isnan(communication.link_bytes_per_s(s, 16))
    assert communication.joined(s, [1, 8, 16]).tolist() == [True, True, False]


def test_chips_that_no_link_joins():
    with pytest.raises(ValueError, match="n_chips=16: the links of this chip join at most 8 chips"):
        communication.check_joined(serving.setup("llama-3.1-8b", "h100-pcie"), 16)
    with pytest.raises(ValueError, match="copies=2, but the catalogue has no link bandwidth for this chip; use copies"):
        communication.check_joined(serving.setup("llama-3.1-8b", "m3-ultra"), 2, "copies")
    communication.check_joined(S, 8)


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf, "many"])
def test_chips_that_cannot_be(bad):
    for call in (communication.link_bytes_per_s, communication.joined, communication.check_joined):
        with pytest.raises(ValueError, match=r"^n_chips"):
            call(S, bad)


def test_small_messages_go_whole_and_large_ones_in_shares():
    """Eight chips: whole messages cost seven of them and one latency; shares 1.75 and two latencies."""
    one = replace(C, collective_s=5e-6, message_share=1.0)
    latency, row = 5e-6 * 2, S.hidden * communication.ACTIVATION_BYTES
    for batch in (1.0, 4096.0):
        sent = batch * row / 450e9
        each = communication.communication_time_s(S, one, batch, Layout(8)) / (2 * S.layers)
        assert each == pytest.approx(latency + min(7 * sent, latency + 1.75 * sent))
    assert 7 * row / 450e9 < latency < 4096 * 5 * row / 450e9


def test_a_norm_over_all_heads_is_summed_once_more():
    """MiniMax-M2 normalises queries and keys over all heads: chips that share them sum first."""
    s, c = serving.setup("minimax-m2.5", "h200-sxm"), calibration.constants("h200-sxm", "vllm")
    without = replace(s, summed_norm_layers=0.0)
    more = communication.communication_time_s(s, c, 8.0, Layout(4)) - communication.communication_time_s(
        without, c, 8.0, Layout(4))
    assert more == pytest.approx(62 * c.collective_s * 1.5)
    for layout in (Layout(1), Layout.of(4, 4)):
        assert communication.communication_time_s(s, c, 8.0, layout) == communication.communication_time_s(
            without, c, 8.0, layout)
