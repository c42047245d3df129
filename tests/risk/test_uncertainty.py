"""Ranges, intervals and tornados: exact cases, sampling error, repeatability, errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics.buying.ownership import Server, Site, owned_usd_per_year
from inference_economics.risk.uncertainty import Range, interval, sample_quantile, sensitivity
from inference_economics.serving.token_cost import hourly_usd_per_token
from inference_economics.silicon.programme import break_even_units

ordered = st.tuples(st.floats(0.1, 1e6), st.floats(1, 10), st.floats(1, 10)).map(
    lambda x: (x[0], x[0] * x[1], x[0] * x[1] * x[2]))


@given(limits=ordered, p=st.floats(0, 1), more=st.floats(0, 1))
def test_triangular_quantiles(limits, p, more):
    r = Range(*limits)
    assert r.quantile(0) == pytest.approx(r.low)
    assert r.quantile(1) == pytest.approx(r.high)
    low, high = sorted((p, more))
    assert r.quantile(low) <= r.quantile(high) * (1 + 1e-12)
    x = r.quantile(p)
    # The distribution function of a triangle, from its definition.
    span, rise, fall = r.high - r.low, r.mid - r.low, r.high - r.mid
    if rise > 1e-6 * r.high and fall > 1e-6 * r.high:
        below = (x - r.low) ** 2 / (span * rise) if x <= r.mid else 1 - (r.high - x) ** 2 / (span * fall)
        assert below == pytest.approx(p, abs=1e-6)


@given(limits=ordered, coverage=st.floats(0.5, 0.99))
def test_lognormal_goes_through_its_quantiles(limits, coverage):
    r = Range(*limits, kind="lognormal", coverage=coverage)
    assert r.quantile(0.5) == pytest.approx(r.mid)
    assert r.quantile((1 - coverage) / 2) == pytest.approx(r.low, rel=1e-6)
    assert r.quantile((1 + coverage) / 2) == pytest.approx(r.high, rel=1e-6)


def test_a_sample_is_stratified():
    r = Range(0, 1, 4)
    sample = np.sort(r.sample(1000, np.random.default_rng(0)))
    edges = r.quantile(np.arange(1001) / 1000)
    assert np.all((edges[:-1] <= sample) & (sample <= edges[1:]))


def test_range_of_estimates():
    r = Range.of([300, 217, 249, 271], "lognormal")
    assert (r.low, r.mid, r.high, r.kind) == (217, 260, 300, "lognormal")
    assert Range.of([5]).quantile(0.3) == 5


def test_interval_of_one_input_is_its_own_quantiles():
    r = Range(2, 3, 7)
    got = interval(lambda x: 10 * x, {"x": r}, samples=20_001)
    for p in (0.05, 0.5, 0.95):
        assert got.quantiles[p] == pytest.approx(10 * r.quantile(p), rel=2e-3)
    assert (got.low, got.high) == (got.quantiles[0.05], got.quantiles[0.95])
    assert got.mid == 30
    assert got.tornado == (("x", 20, 70),)
    assert got.tornado[0].size == 50
    assert got.share_below(10 * r.quantile(0.3)) == pytest.approx(0.3, abs=1e-3)


def test_product_of_lognormals_is_lognormal():
    a, b = Range(1, 2, 4, "lognormal"), Range(1, 3, 9, "lognormal")
    got = interval(lambda a, b: a * b, {"a": a, "b": b}, samples=50_000)
    spread = np.hypot(np.log(2), np.log(3))
    assert got.quantiles[0.5] == pytest.approx(6, rel=0.02)
    assert got.high == pytest.approx(6 * np.exp(spread), rel=0.03)
    assert got.low == pytest.approx(6 * np.exp(-spread), rel=0.03)


def test_the_tornado_is_sorted_and_made_of_single_calls():
    about = {"nre_usd": Range(1e8, 2e8, 5e8), "tco_usd_per_unit": Range(30e3, 45e3, 60e3), "saving_fraction": 0.44}
    got = interval(break_even_units, about)
    assert [swing.name for swing in got.tornado] == ["nre_usd", "tco_usd_per_unit"]
    assert got.tornado[0].at_high == pytest.approx(break_even_units(5e8, 45e3, 0.44))
    assert got.tornado[1].at_low == pytest.approx(break_even_units(2e8, 30e3, 0.44))
    assert got.mid == pytest.approx(break_even_units(2e8, 45e3, 0.44))
    assert got.low < got.mid < got.high


def owned(capex_usd, life_years, discount_rate, power_w, electricity_usd_per_kwh):
    return owned_usd_per_year(Server(capex_usd, power_w, life_years), Site(electricity_usd_per_kwh), discount_rate)


def test_one_part_of_a_result_with_many():
    about = {"capex_usd": Range(230e3, 280e3, 375e3), "life_years": Range(3, 5, 6), "discount_rate": 0.08,
             "power_w": 10_200, "electricity_usd_per_kwh": Range(0.05, 0.08, 0.12)}
    total = interval(owned, about, output="total_usd")
    assert total.low < total.mid < total.high
    assert total.tornado[-1].name == "electricity_usd_per_kwh"
    power = interval(owned, about, output="electricity_usd")
    assert [swing.size > 0 for swing in power.tornado] == [True, False, False]


def test_same_seed_same_digits_and_inputs_do_not_disturb_each_other():
    def price(price_usd_per_hour, utilisation):
        return hourly_usd_per_token(price_usd_per_hour, 1000, utilisation)

    rent, use = Range(2, 3, 4), Range(0.3, 0.5, 0.8)
    one = interval(price, {"price_usd_per_hour": rent, "utilisation": use}, seed=3)
    two = interval(price, {"utilisation": use, "price_usd_per_hour": rent}, seed=3)
    assert np.array_equal(one.values, two.values)
    three = interval(price, {"price_usd_per_hour": rent, "utilisation": use}, seed=4)
    assert not np.array_equal(one.values, three.values)
    # The draws of the rent are the same whether or not the utilisation has a range.
    rents = interval(lambda price_usd_per_hour, **_: price_usd_per_hour, {"price_usd_per_hour": rent}, seed=3)
    both = interval(lambda price_usd_per_hour, **_: price_usd_per_hour, {"u": use, "price_usd_per_hour": rent}, seed=3)
    assert np.array_equal(rents.values, both.values)


def test_one_vectorised_call():
    calls = []
    interval(lambda x, y: calls.append(x.shape) or x + y, {"x": Range(0, 1, 2), "y": Range(0, 1, 2)}, samples=500)
    assert calls == [(505,)]


def test_nothing_uncertain_and_never_breaking_even():
    certain = interval(lambda x: x, {"x": 3.0})
    assert (certain.low, certain.high, certain.mid, certain.tornado) == (3, 3, 3, ())
    about = {"nre_usd": 3e8, "tco_usd_per_unit": 6e4, "saving_fraction": Range(-0.2, 0, 0.2)}
    never = interval(break_even_units, about)
    assert never.quantiles[0.05] < never.quantiles[0.95] == np.inf
    assert never.tornado[0].size == np.inf
    assert interval(lambda x: x * 0 + np.inf, {"x": Range(1, 2, 3)}).tornado[0].size == 0


@settings(max_examples=10)
@given(limits=ordered, factor=st.floats(0.1, 100))
def test_units_scale(limits, factor):
    plain = interval(lambda x: x, {"x": Range(*limits)}, samples=200)
    scaled = interval(lambda x: x * factor, {"x": Range(*limits)}, samples=200)
    assert scaled.low == pytest.approx(plain.low * factor)


def test_sensitivity_halves_and_doubles():
    about = {"nre_usd": 3e8, "tco_usd_per_unit": Range(3e4, 6e4, 9e4), "saving_fraction": 0.44}
    rows = sensitivity(break_even_units, about)
    base = 3e8 / 6e4 / 0.44
    assert [row.name for row in rows] == ["nre_usd", "tco_usd_per_unit", "saving_fraction"]
    assert rows[0].results == pytest.approx((base / 2, base, base * 2))
    assert rows[1].results == pytest.approx((base * 2, base, base / 2))
    one = sensitivity(owned, {"capex_usd": 1e5, "life_years": 5, "discount_rate": 0.0, "power_w": 1000,
                                           "electricity_usd_per_kwh": 0.1}, ["capex_usd"], (3,), "capital_usd")
    assert one[0].results == pytest.approx((6e4,))


@pytest.mark.parametrize(("arguments", "message"), [
    ((3, 2, 4), "low=3, mid=2, high=4 must be in rising order"),
    ((1, np.nan, 4), "Range.mid=nan is outside"),
    ((1, 2, np.inf), "Range.high=inf is outside"),
    ((0, 2, 4, "lognormal"), "Range.low=0 is outside .* above zero"),
    ((1, 2, 4, "normal"), "unknown kind of range 'normal'; known: triangular, lognormal"),
    ((1, 2, 4, "lognormal", 90), r"coverage=90 is outside \(0, 1\)"),
    (("a", 2, 4), "Range.low='a' is not a number"),
])
def test_a_range_that_is_none(arguments, message):
    with pytest.raises(ValueError, match=message):
        Range(*arguments)


def _identity(x):
    return x


@pytest.mark.parametrize(("about", "message"), [
    ({"samples": 0}, "samples=0 is outside"), ({"samples": 2.5}, "samples=2.5 must be a whole number"),
    ({"samples": 1e9}, "would not fit in memory"), ({"seed": -1}, "seed=-1 is outside"),
    ({"quantiles": [5]}, "quantiles=5 is outside"), ({"quantiles": []}, "holds no probability"),
    ({"output": "total"}, "output='total' is not a part of the result"), ({"inputs": [1]}, "must map argument names"),
    ({"function": lambda x: x[:3]}, r"returned shape \(3,\) .* must broadcast"),
    ({"function": lambda x: np.where(x > 2, np.nan, x)}, "returned NaN inside the ranges"),
    ({"function": lambda x: "text"}, "returned no array of numbers"),
    ({"function": lambda x: hourly_usd_per_token(2, 100, x)}, r"utilisation=.* is outside \[0, 1\]"),
])
def test_an_interval_that_cannot_be(about, message):
    about = {"function": _identity, "inputs": {"x": Range(1, 2, 3)}} | about
    with pytest.raises(ValueError, match=message):
        interval(about.pop("function"), about.pop("inputs"), **about)


def test_other_bad_input():
    with pytest.raises(ValueError, match=r"probability=5 is outside \[0, 1\]"):
        Range(1, 2, 3).quantile(5)
    with pytest.raises(ValueError, match="one estimate or more"):
        Range.of([])
    with pytest.raises(ValueError, match="unknown input 'y'; known: x"):
        sensitivity(_identity, {"x": 1.0}, ["y"])
    with pytest.raises(ValueError, match="factors=nan is outside"):
        sensitivity(_identity, {"x": 1.0}, factors=[np.nan])
    with pytest.raises(ValueError, match="must map argument names"):
        sensitivity(_identity, 3)


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from((0.05, 0.25, 0.5, 0.95, 1.0)))
def test_a_quantile_without_sorting_is_the_sorted_one(seed, samples, probability):
    values = np.random.default_rng(seed).lognormal(size=(3, samples))
    values[0, : samples // 3] = np.inf
    expected = np.quantile(values, probability, axis=-1, method="inverted_cdf")
    assert (sample_quantile(values, probability) == expected).all()


def test_a_quantile_traces():
    from kernelless.trace import Graph

    sample = np.linspace(1.0, 2.0, 20)
    graph = Graph()
    assert np.shape(sample_quantile(graph.parameter("scale") * sample, 0.5)) == ()


@pytest.mark.parametrize(("values", "probability", "message"), [
    (np.ones(3), 0, "probability"), (np.ones(3), 1.5, "probability"), (np.ones(3), np.nan, "probability"),
    (2.0, 0.5, "along its last axis"),
])
def test_a_quantile_that_cannot_be(values, probability, message):
    with pytest.raises(ValueError, match=message):
        sample_quantile(values, probability)
