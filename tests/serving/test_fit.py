"""The fit: what it shares, what it leaves out, and that a rerun gives the stored constants."""

import numpy as np
import pytest

from inference_economics import calibration, catalog, measurements, step
from inference_economics.serving import fit

STORED = catalog.read_tables(catalog.path("calibration.toml", "inference_economics.serving"))
TABLES = ("shared", "pair", "harness")


def numbers(table, path=()):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from numbers(value, (*path, key))
        else:
            yield (*path, key), value


@pytest.fixture(scope="module")
def again():
    return fit.fit(measurements.kept())


def test_refitting_gives_the_constants_again(again):
    new, stored = dict(numbers(again)), dict(numbers({name: STORED[name] for name in TABLES}))
    assert set(new) == set(stored)
    for path, value in stored.items():
        # another processor may round the fourth digit the other way
        assert new[path] == pytest.approx(value, rel=2e-3), path


def test_each_constant_has_a_place(again):
    names = set(again["shared"]) | set(again["pair"]["vllm"]["hopper"])
    made = {"mixture_launch", "mixture_prefill", "held_steps"}  # of the date, and of what a run was told
    made |= {"memory_share", "cache_share", "held_share", "reserve_bytes", "reserve_bytes_per_chip"}  # by a rule
    assert names - {"launch_decline", "prefill_decline"} == set(step.Constants.__dataclass_fields__) - made
    assert set(again["pair"]) == {*calibration.ENGINES, calibration.TYPICAL}
    assert set(again["pair"]["typical"]) == {*calibration.GENERATIONS, calibration.OTHER}
    assert set(again["harness"]) == set(measurements.HARNESSES)


def test_an_engine_without_points_has_the_mean():
    points = [p for p in measurements.kept() if p.engine != "sglang"]
    tables = fit.fit(points)
    assert tables["pair"]["sglang"]["blackwell"] == tables["pair"]["typical"]["blackwell"]
    assert tables["pair"]["vllm"]["blackwell"] != tables["pair"]["typical"]["blackwell"]


def test_a_few_points_move_a_pair_little():
    """With six points of one model a pair stays with the others, however far off those points are."""
    points = [p for p in measurements.kept()
              if p.engine != "trtllm" or calibration.generation(p.chip) != "hopper"]
    few = [p for p in measurements.kept() if p.engine == "trtllm" and p.chip == "h200-sxm"
           and p.model == "deepseek-v3"][:6]
    slow = [type(p)(**{**p.__dict__, "tpot_s": 3 * p.tpot_s}) for p in few]
    assert len(slow) == 6
    pair, others = (fit.fit(points + extra)["pair"]["trtllm"]["hopper"] for extra in (slow, []))
    for name in ("layer_s", "expert_layer_s", "expert_mbu"):
        assert pair[name] == pytest.approx(others[name], rel=0.15), name


def test_odd_series_are_not_fitted():
    points = measurements.kept()
    without = [p for p in points if not measurements.oddity(p)]
    assert 0 < len(points) - len(without) < 0.15 * len(points)
    sample = points[::7]
    assert fit.fit(sample) == fit.fit([p for p in sample if not measurements.oddity(p)])


def test_halves_share_no_configuration():
    first, second = fit.split(measurements.kept())
    assert not {p.config for p in first} & {p.config for p in second}
    assert 0.8 < len(first) / len(second) < 1.25
    assert fit.split(measurements.kept()) == (first, second)
    assert fit.split(measurements.kept(), seed=1) != (first, second)


def test_a_fit_recovers_what_made_its_points():
    """Points that the model itself makes give its constants back, as far as they hold them."""
    points = [p for p in measurements.kept() if not measurements.oddity(p) and p.harness == "inferencex"]
    data = fit.Data(points)
    out = data.predict(data.constants(STORED))
    made = [type(p)(**{**p.__dict__, "tpot_s": float(t), "ttft_s": float(f)})
            for p, t, f in zip(points, out.tpot_s, out.ttft_s, strict=True)]
    tables = fit.fit(made)
    for engine in calibration.ENGINES:
        for family in calibration.GENERATIONS:
            for name in ("layer_s", "expert_layer_s", "weight_mbu", "expert_mbu"):
                assert tables["pair"][engine][family][name] == pytest.approx(
                    STORED["pair"][engine][family][name], rel=0.2), (engine, family, name)  # the priors pull
    back = data.predict(data.constants(tables))
    assert np.median(abs(back.tpot_s / out.tpot_s - 1)) < 0.02
