"""Scaling laws: published examples, closed forms against brute force, and what must be monotone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import scaling as sc
from inference_economics.training import serving_flop
from inference_economics.training.loss_constants import LOSS_CONSTANTS, LossConstants

FITS = sorted(LOSS_CONSTANTS)
sizes = st.floats(8, 12).map(lambda x: 10**x)
token_counts = st.floats(9, 14).map(lambda x: 10**x)


def plan_by_grid(loss, inference_tok, fit, cost_ratio=1.0):
    """Search a fine grid of model sizes, which knows nothing of the first-order condition."""
    n = np.geomspace(1e7, 1e13, 400_001)
    d = sc.tokens_for_loss(n, loss, fit)
    total = 6 * n * d + 2 * n * inference_tok * cost_ratio
    best = np.argmin(total)
    return n[best], d[best], total[best]


def cheapest_at(training_flop, fit):
    """Return the plan of `compute_optimal_for_loss` that spends a budget, by bisection on the size of the model."""
    low, high = 1e7, 1e14
    for _ in range(200):
        plan = sc.compute_optimal_for_loss(sc.compute_optimal_loss(np.sqrt(low * high), fit), fit)
        low, high = (plan.n_params, high) if plan.training_flop < training_flop else (low, plan.n_params)
    return plan


def quality(n_params, fit="sardana"):
    """Return the loss of the compute-optimal model of this size."""
    c = LOSS_CONSTANTS[fit]
    return c.floor + c.a / n_params**c.alpha * (1 + c.alpha / c.beta)


@pytest.mark.parametrize(("size", "inference_tok", "n", "data", "saving"), [
    (7e9, 1e11, 6e9, 1.18, None),
    (13e9, 2e12, 7e9, None, 0.17),
    (30e9, 1e13, 13.6e9, 2.84, 0.28),
    (70e9, 1e13, 41.6e9, 7.92 / 4.26, 0.12),
])
def test_sardana_examples(size, inference_tok, n, data, saving):
    base = sc.compute_optimal_for_loss(quality(size), "sardana")
    plan = sc.inference_aware_optimum(quality(size), inference_tok, "sardana")
    assert base.n_params == pytest.approx(size)
    assert plan.n_params == pytest.approx(n, rel=0.01)
    if data:
        assert plan.training_tok / base.training_tok == pytest.approx(data, rel=0.005)
    if saving:
        spent = base.training_flop + serving_flop(base.n_params, inference_tok)
        assert 1 - plan.total_flop / spent == pytest.approx(saving, abs=0.006)


def test_sardana_dollar_example_within_the_constants_the_paper_leaves_out():
    # 1.5e9 requests of 70 in and 215 out; decoding at 1% of peak and prompts at 50%, on cheaper int8 serving.
    train = 1.5 / (312e12 * 0.5)
    read, write = 1.1 / (624e12 * 0.5), 1.1 / (624e12 * 0.01)
    tokens, dollars = 1.5e9 * 285, 1.5e9 * (70 * read + 215 * write)
    plan = sc.inference_aware_optimum(quality(30e9), tokens, "sardana", dollars / tokens / train)
    assert plan.n_params == pytest.approx(16e9, rel=0.05)
    assert plan.training_tok == pytest.approx(3.35e12, rel=0.06)


@pytest.mark.parametrize(("fit", "low", "high"), [
    ("hoffmann-unrounded", 55, 65), ("hoffmann", 85, 100), ("epoch", 15, 30)])
def test_the_fits_disagree_on_tokens_per_parameter(fit, low, high):
    plan = cheapest_at(5.76e23, fit)
    assert low < plan.training_tok / plan.n_params < high


@pytest.mark.parametrize("fit", FITS)
def test_the_cheapest_to_train_has_the_lowest_loss_of_its_budget(fit):
    plan = cheapest_at(1e24, fit)
    n = np.geomspace(1e8, 1e13, 200_001)
    best = np.argmin(sc.chinchilla_loss(n, 1e24 / (6 * n), fit))
    assert plan.n_params == pytest.approx(n[best], rel=1e-3)
    assert sc.chinchilla_loss(plan.n_params, plan.training_tok, fit) <= sc.chinchilla_loss(
        n, 1e24 / (6 * n), fit).min() * (1 + 1e-12)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("inference_tok", [0, 1e10, 1e13, 1e17])
@pytest.mark.parametrize("cost_ratio", [0.5, 1, 50])
def test_inference_aware_optimum_against_a_grid(fit, inference_tok, cost_ratio):
    loss = quality(20e9, fit)
    plan = sc.inference_aware_optimum(loss, inference_tok, fit, cost_ratio)
    _, _, total = plan_by_grid(loss, inference_tok, fit, cost_ratio)
    assert plan.training_flop + cost_ratio * plan.inference_flop == pytest.approx(total, rel=1e-7)
    assert sc.chinchilla_loss(plan.n_params, plan.training_tok, fit) == pytest.approx(loss, rel=1e-12)


@given(n=sizes, inference_tok=st.floats(0, 20).map(lambda x: 10**x), fit=st.sampled_from(FITS))
def test_first_order_condition_holds(n, inference_tok, fit):
    c = LOSS_CONSTANTS[fit]
    plan = sc.inference_aware_optimum(quality(n, fit), inference_tok, fit)
    of_params, of_data = c.a / plan.n_params**c.alpha, c.b / plan.training_tok**c.beta
    excess = c.alpha / c.beta * of_params / of_data - 1
    # The excess is a difference of numbers near one: thirteen digits of it remain.
    assert excess == pytest.approx(max(inference_tok, 1) / (3 * plan.training_tok), rel=1e-9, abs=1e-12)


@given(n=sizes, fit=st.sampled_from(FITS))
def test_no_serving_gives_the_compute_optimal_model(n, fit):
    loss = quality(n, fit)
    plan, base = sc.inference_aware_optimum(loss, 0, fit), sc.compute_optimal_for_loss(loss, fit)
    assert plan.n_params == pytest.approx(base.n_params, rel=1e-9)
    assert plan.inference_flop == 0


@given(n=sizes, served=st.floats(9, 18).map(lambda x: 10**x), more=st.floats(1.1, 100))
def test_more_serving_means_smaller_models_trained_longer(n, served, more):
    few, many = (sc.inference_aware_optimum(quality(n), tok, "sardana") for tok in (served, served * more))
    assert many.n_params < few.n_params
    assert many.training_tok > few.training_tok


@given(n=sizes, tokens=token_counts, fit=st.sampled_from(FITS))
def test_tokens_for_loss_inverts_the_loss(n, tokens, fit):
    loss = sc.chinchilla_loss(n, tokens, fit)
    assert sc.tokens_for_loss(n, loss, fit) == pytest.approx(tokens, rel=1e-6)


def test_too_small_a_model_never_reaches_the_loss():
    assert sc.tokens_for_loss(1e6, 2.0, "epoch") == np.inf


def test_arrays_broadcast_and_whole_numbers_do_not_overflow():
    n = np.array([7_000_000_000, 405_000_000_000])
    assert sc.chinchilla_loss(n[:, None], [1e12, 2e12, 3e12]).shape == (2, 3)
    assert sc.inference_aware_optimum(2.2, np.geomspace(1e9, 1e15, 7)).n_params.shape == (7,)
    assert isinstance(sc.chinchilla_loss(7_000_000_000, 10**12), float)


def test_unknown_constants_and_unreachable_loss():
    with pytest.raises(ValueError, match=r"unknown constants 'epoc'; known: epoch, .* Did you mean 'epoch'\?"):
        sc.chinchilla_loss(1e9, 1e12, "epoc")
    for function in (sc.compute_optimal_for_loss, lambda x: sc.inference_aware_optimum(x, 1e9),
                     lambda x: sc.tokens_for_loss(1e9, x)):
        with pytest.raises(ValueError, match=r"loss=1.5 is outside \(1.8172, inf\]; no model falls below"):
            function(1.5)
    with pytest.raises(ValueError, match="alpha=3 is outside"):
        LossConstants("mine", "", 1.7, 400, 400, 3, 0.3, "")


@given(n=sizes, served=st.floats(10, 18).map(lambda x: 10**x), ratio=st.sampled_from([1.0, 50.0]),
       fit=st.sampled_from(FITS))
def test_a_plan_implies_the_tokens_it_was_made_for(n, served, ratio, fit):
    plan = sc.inference_aware_optimum(quality(n, fit), served, fit, ratio)
    implied = sc.inference_tok_for_plan(plan.n_params, plan.training_tok, fit, ratio)
    # The excess over the optimum is a difference of numbers near one.
    assert implied == pytest.approx(served, rel=1e-6, abs=1e-9 * plan.training_tok)


def test_too_little_data_implies_no_serving():
    assert sc.inference_tok_for_plan(175e9, 3e11) == 0
    with pytest.raises(ValueError, match="training_tok"):
        sc.inference_tok_for_plan(8e9, -1.0)


@given(n=sizes, fit=st.sampled_from(FITS))
def test_the_loss_of_a_size_is_reached_by_that_size(n, fit):
    loss = sc.compute_optimal_loss(n, fit)
    plan = sc.compute_optimal_for_loss(loss, fit)
    assert plan.n_params == pytest.approx(n, rel=1e-9)
    assert sc.chinchilla_loss(n, plan.training_tok, fit) == pytest.approx(loss, rel=1e-12)
