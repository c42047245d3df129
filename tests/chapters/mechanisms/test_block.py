import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import gate, turning_hands
from inference_economics.decoder import rope
from inference_economics.decoder.block import feed_forward
from inference_economics.models import get
from inference_economics.models.ffn import n_params_ffn

HANDS, GATE = turning_hands(), gate()


@pytest.mark.parametrize("explorer", [HANDS, GATE], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


@pytest.mark.parametrize("t", [0, 7, 60])
@pytest.mark.parametrize("distance", [0, 4, 64])
@pytest.mark.parametrize("theta", [10_000, 500_000])
def test_the_score_is_that_of_turned_vectors(t, distance, theta):
    frequency = rope.frequencies(128, theta)
    vector = np.ones((1, 128))
    key, query = (rope.rotate(vector, np.array([place]), frequency) for place in (t, t + distance))
    seen = readings(HANDS, t=t, distance_tok=distance, theta=theta)
    assert seen["Score of equal vectors"] == pytest.approx(float(np.sum(key * query)) / 128)
    assert seen["The slowest of 64 pairs turns in"] == pytest.approx(2 * np.pi * theta ** (126 / 128))


def test_hands_turn_and_the_angle_between_stays():
    def angles(t):
        tips = [mark(HANDS, f"{name}'s hand", t=t) for name in ("query", "key")]
        return [np.arctan2(tip.to_y - tip.y, tip.to_x - tip.x) for tip in tips]

    (query, key), (later_query, later_key) = angles(5), angles(25)
    assert np.max(np.abs(later_key - key)) > 0.5
    np.testing.assert_allclose(np.exp(1j * (query - key)), np.exp(1j * (later_query - later_key)))


@pytest.mark.parametrize(("gate_sum", "up"), [(2.5, 2.0), (-6.0, -3.0), (0.0, 1.0), (6.0, 3.0)])
def test_a_channel_is_one_of_the_decoders(gate_sum, up):
    weights = {"mlp.gate_proj.weight": np.array([[gate_sum]]), "mlp.up_proj.weight": np.array([[up]]),
               "mlp.down_proj.weight": np.array([[1.0]])}
    passed = feed_forward(np.ones((1, 1)), weights, "mlp.", "swiglu").item()
    here = mark(GATE, "you are here", gate_sum=gate_sum, up=up)
    assert here.y == pytest.approx(passed)
    assert mark(GATE, "channel", gate_sum=gate_sum, up=up).value[-1] == pytest.approx(passed)
    share = readings(GATE, gate_sum=gate_sum, up=up)["The gate lets through"]
    assert share == pytest.approx(1 / (1 + np.exp(-gate_sum)))


def test_weights_of_a_layer():
    llama = get("llama-3.1-70b")
    assert readings(GATE)["Weights of the part in a layer"] == n_params_ffn(8192, 28_672, 3) == 3 * 8192 * 28_672
    assert readings(GATE)["Channels like this in a layer"] == llama.ffn_hidden
