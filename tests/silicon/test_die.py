"""Dies of a wafer and their yield: published figures, a count on a grid, integrals."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.silicon import die as si

areas = st.floats(20, 900)
densities = st.floats(0, 0.01)


def best_count(width, height, across, steps=15):
    """Count whole rectangles inside a circle on a grid, over many positions of the grid, and keep the best."""
    radius, best = across / 2, 0
    columns = np.arange(-int(radius / width) - 2, int(radius / width) + 2)
    rows = np.arange(-int(radius / height) - 2, int(radius / height) + 2)
    for dx in np.linspace(0, width, steps, endpoint=False):
        for dy in np.linspace(0, height, steps, endpoint=False):
            left, low = np.meshgrid(columns * width + dx, rows * height + dy)
            far = np.maximum(abs(left), abs(left + width)) ** 2 + np.maximum(abs(low), abs(low + height)) ** 2
            best = max(best, int((far <= radius**2).sum()))
    return best


# Area, gross dies, wafer, defects per cm², then the yields and the cost of a good die with clustering 3.
@pytest.mark.parametrize(("area", "dies", "wafer", "density", "poisson", "murphy", "seeds", "clustered", "cost"), [
    (368.6, 157.1, 10_000, 0.09, 0.718, 0.724, 0.751, 0.730, 87),
    (419.8, 135.9, 16_000, 0.08, 0.715, 0.721, 0.749, 0.727, 162),
    (814, 63.5, 16_000, 0.08, 0.521, 0.540, 0.606, 0.555, 454),
    (238, 253.8, 16_000, 0.08, 0.827, 0.829, 0.840, 0.831, 76),
])
def test_die_costs_of_known_chips(area, dies, wafer, density, poisson, murphy, seeds, clustered, cost):
    d0 = density / 100
    assert si.gross_dies(area) == pytest.approx(dies, abs=0.06)
    assert si.poisson_yield(area, d0) == pytest.approx(poisson, abs=6e-4)
    assert si.murphy_yield(area, d0) == pytest.approx(murphy, abs=6e-4)
    assert si.seeds_yield(area, d0) == pytest.approx(seeds, abs=6e-4)
    assert si.negative_binomial_yield(area, d0) == pytest.approx(clustered, abs=6e-4)
    assert si.good_die_usd(wafer, si.gross_dies(area), si.negative_binomial_yield(area, d0)) == pytest.approx(
        cost, abs=0.6)


@pytest.mark.parametrize(("area", "aspect"), [(100, 1), (100, 2), (238, 1.3), (368.6, 1), (419.8, 1.5), (814, 1.27),
                                               (814, 3)])
@pytest.mark.parametrize("edge", [0, 3])
def test_gross_dies_are_a_cautious_count(area, aspect, edge):
    width, height = np.sqrt(area * aspect) + 0.1, np.sqrt(area / aspect) + 0.1
    counted = best_count(width, height, 300 - 2 * edge)
    assert 0.86 * counted < si.gross_dies(area, aspect, edge_mm=edge, scribe_mm=0.1) < counted


@given(area=areas, aspect=st.floats(1, 4), edge=st.floats(0, 10), scribe=st.floats(0, 1))
def test_edges_cuts_and_long_dies_only_cost(area, aspect, edge, scribe):
    ideal = si.gross_dies(area)
    assert si.gross_dies(area, aspect, edge_mm=edge, scribe_mm=scribe) <= ideal * (1 + 1e-12)
    assert ideal * area < np.pi * 150**2
    assert si.gross_dies(area * 4, wafer_mm=600) == pytest.approx(ideal)


def test_a_die_larger_than_the_wafer_does_not_fit():
    assert si.gross_dies(70_000, wafer_mm=200) == 0
    assert si.good_die_usd(16_000, 0, 0.5) == np.inf


@given(area=areas, density=densities)
def test_yields_are_ordered(area, density):
    order = [si.poisson_yield(area, density), si.murphy_yield(area, density),
             si.negative_binomial_yield(area, density), si.seeds_yield(area, density)]
    # Murphy's triangle has the variance of clustering 6: it lies below clustering 3 until defects are many.
    if area * density < 1:
        assert all(low <= high * (1 + 1e-12) for low, high in pairwise(order))
    assert order[0] <= min(order[1:]) * (1 + 1e-12)
    assert max(order[:3]) <= order[3] * (1 + 1e-12)


@given(area=areas, density=densities)
def test_clustering_spans_the_models(area, density):
    assert si.negative_binomial_yield(area, density, 1) == pytest.approx(si.seeds_yield(area, density))
    assert si.negative_binomial_yield(area, density, 1e8) == pytest.approx(si.poisson_yield(area, density), rel=1e-6)


@pytest.mark.parametrize("name", sorted(si.YIELD_MODELS))
def test_yield_is_the_average_over_its_density(name):
    mean, area = 0.001, 814
    x = np.linspace(1e-9, 30, 600_001)
    weight = {"poisson": None, "murphy": np.where(x < 1, x, np.maximum(2 - x, 0)), "seeds": np.exp(-x),
              "negative binomial": 27 / 2 * x**2 * np.exp(-3 * x)}[name]
    clean = np.exp(-x * mean * area)
    expected = np.exp(-mean * area) if weight is None else np.sum(weight * clean) / np.sum(weight)
    assert si.YIELD_MODELS[name](area, mean) == pytest.approx(expected, rel=1e-4)
    assert si.YIELD_MODELS[name](area, 0) == 1


@given(share=st.floats(0, 1), repair=st.floats(0, 1))
def test_repair_lies_between_nothing_and_everything(share, repair):
    assert share - 1e-12 <= si.repaired_yield(share, repair) <= 1 + 1e-12
    assert si.repaired_yield(share, 0) == share
    assert si.repaired_yield(share, 1) == pytest.approx(1)


@given(area=st.floats(10, 850), defects=st.floats(0, 0.01), repair=st.floats(0, 1),
       model=st.sampled_from(sorted(si.YIELD_MODELS)))
def test_a_die_costs_its_share_of_the_wafer(area, defects, repair, model):
    usd = si.die_usd(16_000, area, defects, repair, model)
    sold = si.repaired_yield(si.YIELD_MODELS[model](area, defects), repair)
    assert usd * sold * si.gross_dies(area) == pytest.approx(16_000)
    assert usd >= si.die_usd(16_000, area, 0.0) * (1 - 1e-9)
    with pytest.raises(ValueError, match=r"unknown yield model 'bose-einstein'; known: poisson, murphy"):
        si.die_usd(16_000, area, defects, model="bose-einstein")
