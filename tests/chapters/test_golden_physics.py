"""Adapters of the golden cases about models, chips and serving: floors lie below estimates, a ceiling above runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import golden, models, serving
from inference_economics.chapters import golden_physics
from inference_economics.chapters.golden_formulas import FORMULAS

CEILINGS = [name for name, case in golden.cases().items() if case.formula == "offline_ceiling"]
FORMS = {"fp8": "w8a8-fp8", "fp4": "nvfp4", "bf16": "bf16"}
CHIP = {"hbm_bytes_per_s": 8.1e11, "flop_per_s": 1.97e14}


@pytest.mark.parametrize("name", CEILINGS)
def test_nothing_exceeds_a_ceiling(name):
    """No batch, context or layout of a run in the same formats does more, whatever the engine's constants."""
    inputs = golden.cases()[name].inputs
    ceiling, n = FORMULAS["offline_ceiling"](**inputs), inputs["n_chips"]
    concurrency = np.geomspace(1, 3e5, 60)
    most = 0.0
    for tp in (n_chips for n_chips in (1, 2, 4, 8) if n_chips <= n):
        formats = serving.Formats(FORMS[inputs["precision"]], "kv8")
        one = serving.Deployment(inputs["model"], inputs["chip"], tp, formats)
        load = serving.Load(concurrency, 1.0, inputs["output_tok"])
        for point in (one.serve(load), one.in_turn(load)):
            most = max(most, float(np.max(point.output_tok_per_s)) / tp)
    assert 0 < most <= ceiling


@pytest.mark.parametrize("name", CEILINGS)
def test_a_smaller_batch_is_below_the_ceiling(name):
    """The ceiling takes the largest batch; the floor of a step says that every smaller one gives less."""
    inputs = golden.cases()[name].inputs
    ceiling, n = FORMULAS["offline_ceiling"](**inputs), inputs["n_chips"]
    width = {"fp8": 1, "fp4": 0.5}[inputs["precision"]]
    for batch in (1, 16, 256, 4096):
        where = inputs["model"], inputs["chip"], n
        step_s = golden_physics.decode_floor(*where, batch, inputs["output_tok"] / 2, 1, width)
        assert batch / step_s / n <= ceiling


@given(batch=st.floats(1, 1e4), context=st.floats(0, 1e5))
def test_a_floor_is_at_most_the_estimate(batch, context):
    step = {"batch": batch, "context_tok": context, "kv_bytes_per_token": 1e5, "param_bytes": 3e10, "n_params": 3e10}
    assert FORMULAS["step_floor"](step, CHIP, 16) <= FORMULAS["decode_step"](step, CHIP, 16) * (1 + 1e-12)


def test_every_rule_below_is_a_floor_by_the_word():
    """A case that says "below" must compute a floor: an estimate that happens to lie lower proves nothing."""
    floors = {"step_floor", "decode_floor", "prefill_floor", "encoder_decoder_floor", "model_count", "training_mfu",
              "good_die"}
    assert {case.formula for case in golden.cases().values() if case.rule == "below"} <= floors


def test_a_deployments_floor_is_that_of_the_roofline():
    m = models.get("llama-3.1-8b")
    for batch, context in ((1, 512), (512, 512), (8, 8192)):
        ours = FORMULAS["deployment_floor"]("llama-3.1-8b", "h100-sxm", batch, context, "bf16")
        plain = FORMULAS["decode_floor"]("llama-3.1-8b", "h100-sxm", 1, batch, context, 1, 2)
        # a deployment may count attention's arithmetic as well, which is less than reading the cache here
        assert plain <= ours * (1 + 1e-9)
        assert ours == pytest.approx(plain, rel=0.1)
        assert plain <= FORMULAS["decode_step_estimate"]("llama-3.1-8b", "h100-sxm", batch, context, 2) * (1 + 1e-12)
    assert m.experts == 0


def test_the_indexer_costs_the_same_whatever_the_cache_is_in():
    for form in ("kv16", "kv8"):
        sparse, plain = (serving.Deployment(name, "h200-sxm", formats=serving.Formats("fp8", form)).cache_bytes(1.0)
                         for name in ("deepseek-v3.2", "deepseek-v3"))
        assert sparse - plain == 61 * 132
