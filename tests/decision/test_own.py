"""A model in the few numbers of its card is nearly the model of the catalogue."""

from __future__ import annotations

import pytest

from inference_economics import models, serving
from inference_economics.decision import own
from inference_economics.serving import calibration
from inference_economics.serving.replica import best_replica

DENSE, MIXTURE = "llama-3.1-70b", "qwen3-235b-a22b"


def of_card(name: str, chip: str = "h200-sxm", precision: str = "fp8"):
    m = models.get(name)
    group = m.groups[0]
    shape = own.Shape(float(m.n_params), float(m.n_params_active), float(m.layers), float(m.hidden),
                      m.kv_values_per_token_global / m.layers, float(group.kv_heads), float(max(m.experts, 1)),
                      float(m.experts_active))
    return own.own_setup(shape, serving.setup(DENSE, chip, precision), serving.setup(MIXTURE, chip, precision))


@pytest.mark.parametrize("name", ["llama-3.1-8b", "llama-3.1-70b", "qwen3-32b", "llama-3.1-405b", "qwen3-235b-a22b"])
def test_a_card_serves_about_as_the_model_does(name):
    constants = calibration.constants("h200-sxm")
    card, whole = (best_replica(s, constants, 2000.0, 400.0, 3.0, 0.05)
                   for s in (of_card(name), serving.setup(name, "h200-sxm", "fp8")))
    assert card.requests_per_s_per_chip == pytest.approx(whole.requests_per_s_per_chip, rel=0.15)


def test_a_chip_of_ones_own_has_the_memory_that_was_given():
    s = own.on_own_chip(serving.setup(DENSE, "h100-sxm"), 2e11, 5e12, 3e15)
    assert (s.hbm_bytes, s.hbm_bytes_per_s, s.shared_flop_per_s, s.expert_flop_per_s) == (2e11, 5e12, 3e15, 3e15)
    assert own.either(True, s, serving.setup(DENSE, "h100-sxm")).hbm_bytes == 2e11
    assert own.either(False, s, serving.setup(DENSE, "h100-sxm")).hbm_bytes < 2e11
