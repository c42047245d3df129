"""The cheapest way to run one copy of a model: against the serving model, and bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_economics import calibration, models, serving
from inference_economics.decision import offers

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
H100 = offers.machines()[0]
SETUP = serving.setup(models.get("llama-3.1-70b"), H100.chip)
CONSTANTS = calibration.constants(H100.chip)


@pytest.mark.parametrize(("name", "most"), [("gpt2", 4), ("gpt2-xl", 1), ("phi-4", 8)])
def test_no_replica_has_chips_that_do_not_divide_the_heads(name, most):
    """12 heads go over four chips, 25 over none, 40 over eight: as a deployment refuses the rest."""
    model = models.from_config(CONFIGS / f"{name}.json")
    s, targets = serving.setup(model, "h100-sxm", "bf16"), np.geomspace(2e-4, 0.05, 25)
    best = serving.best_replica(s, CONSTANTS, 500, 200, 10.0, targets)
    assert np.max(best.n_chips[best.feasible]) <= most
    for chips in np.unique(best.n_chips[best.feasible]):
        serving.Deployment(model, "h100-sxm", int(chips), "bf16")


def test_the_best_replica_meets_its_targets_and_matches_the_serving_model():
    best = serving.best_replica(SETUP, CONSTANTS, 1500, 400, 2.0, 0.05)
    point = serving.Deployment("llama-3.1-70b", "h100-sxm", best.n_chips).serve(serving.Load(best.batch, 1500, 400))
    assert best.feasible
    assert best.tpot_s == pytest.approx(point.tpot_s)
    assert best.ttft_s == pytest.approx(point.ttft_s)
    assert best.tpot_s <= 0.05
    assert best.batch <= point.capacity
    assert best.requests_per_s_per_chip * best.n_chips == pytest.approx(best.batch / best.service_s)


def test_a_latent_cache_is_not_copied_to_every_chip():
    """DeepSeek-V3 on eight H200: whole attention layers on each chip hold more sequences than cut ones."""
    h200 = offers.machines()[1].chip
    s, c = serving.setup(models.get("deepseek-v3"), h200), calibration.constants(h200)
    best = serving.best_replica(s, c, 4000, 1200, 10.0, 0.05)
    cut, whole = (serving.Deployment("deepseek-v3", "h200-sxm", serving.Layout.of(8, groups)).serve(
        serving.Load(best.batch, 4000, 1200)) for groups in (1, 8))
    assert best.tpot_s == pytest.approx(whole.tpot_s)
    assert cut.output_tok_per_s < whole.output_tok_per_s


def test_looser_targets_never_cost_throughput():
    limits = np.geomspace(0.005, 1, 25)
    rate = serving.best_replica(SETUP, CONSTANTS, 1500, 400, 5.0, limits).requests_per_s_per_chip
    assert rate[0] == 0
    assert (np.diff(rate) >= 0).all()


@pytest.mark.parametrize(("model", "prompt_tok", "ttft_limit_s", "tpot_limit_s", "fails"), [
    ("deepseek-v3", 1500, 2.0, 0.05, "weights"),
    ("llama-3.1-405b", 3e6, 1e6, 1e6, "cache"),
    ("llama-3.1-70b", 1500, 1e-6, 0.05, "ttft"),
    ("llama-3.1-70b", 1500, 2.0, 1e-6, "tpot"),
    ("llama-3.1-70b", 1500, 2.0, 0.05, ""),
])
def test_what_no_setting_meets_is_named_and_has_no_latency(model, prompt_tok, ttft_limit_s, tpot_limit_s, fails):
    s = serving.setup(models.get(model), H100.chip)
    best = serving.best_replica(s, CONSTANTS, prompt_tok, 400, ttft_limit_s, tpot_limit_s)
    assert best.verdict.fails == fails
    assert bool(best.verdict.feasible) == bool(best.feasible) == (not fails)
    assert np.isnan([best.service_s, best.tpot_s, best.ttft_s]).tolist() == [bool(fails)] * 3
    assert (best.batch > 0) == (best.requests_per_s_per_chip > 0) == (not fails)


@pytest.mark.parametrize("name", ["prompt_tok", "output_tok", "ttft_limit_s", "tpot_limit_s"])
def test_a_bad_target_is_named(name):
    good = {"prompt_tok": 1500.0, "output_tok": 400.0, "ttft_limit_s": 2.0, "tpot_limit_s": 0.05}
    for bad in (np.nan, -1.0, "ten"):
        with pytest.raises(ValueError, match=rf"^{name}=.*(is outside|is not a number)"):
            serving.best_replica(SETUP, CONSTANTS, **good | {name: bad})
