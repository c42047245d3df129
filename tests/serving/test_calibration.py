"""The fitted constants: their ranges, what engines share, and what is refused."""

from dataclasses import fields

import pytest

from inference_economics import calibration, measurements, step
from inference_economics.serving import Deployment, Layout, Load
from inference_economics.serving.constants import MEMORY


def test_chips_and_engines_that_were_not_measured_lie_between_those_that_were():
    assert calibration.generation("mi300x") == "other"
    assert calibration.constants("h200-sxm", "vllm") == calibration.constants("h100-sxm", "vllm")
    for family in ("h100-sxm", "b200", "mi300x"):
        each = [calibration.constants(family, engine) for engine in calibration.ENGINES]
        typical = calibration.constants(family)
        for name in ("layer_s", "expert_layer_s", "cache_mbu", "interference"):
            values = [getattr(c, name) for c in each]
            assert 0.99 * min(values) <= getattr(typical, name) <= 1.01 * max(values), name
    for name in ("weight_mbu", "dense_mfu", "layer_s"):
        low, ours, high = (getattr(calibration.constants(chip, "vllm"), name)
                           for chip in ("b200", "mi300x", "h100-sxm"))
        # what pairs add may put the mean a little outside
        assert 0.99 * min(low, high) <= ours <= 1.01 * max(low, high), name


def test_no_pair_takes_an_absurd_launch():
    """One pair's expert launch was three times the others': a mixture's layer now costs much the same everywhere."""
    layers = [getattr(calibration.constants(chip, engine), name) for chip in ("h100-sxm", "b200")
              for engine in calibration.ENGINES for name in ("layer_s", "expert_layer_s")]
    assert 1e-5 < min(layers) < max(layers) < 8e-5
    for name in ("layer_s", "expert_layer_s"):
        values = [getattr(calibration.constants(chip, engine), name) for chip in ("h100-sxm", "b200")
                  for engine in calibration.ENGINES]
        assert max(values) < 1.3 * min(values), name


def test_constants_mean_what_they_say():
    shares = [f.name for f in fields(step.Constants) if f.name.endswith(("_mbu", "_mfu", "_share"))
              and f.name not in ("queue_share", "queue_launch_share", *MEMORY)]
    for engine in (*calibration.ENGINES, calibration.TYPICAL):
        for chip in ("h100-sxm", "b200", "mi300x"):
            c = calibration.constants(chip, engine)
            assert all(0 < getattr(c, name) < 1 for name in shares)
            assert 1e-6 < c.collective_s < 30e-6
            assert 1e-6 < c.layer_s < 100e-6
            assert 0.5 < c.interference < 1.5
            assert 0 < c.queue_share < 0.5
            assert c.mixture_launch == c.mixture_prefill == 1


def test_engines_improve():
    load = Load(4)

    def launches(model, year):
        one = Deployment(model, "b200", 8, engine="sglang")
        return one.serve(load, calibration.constants("b200", "sglang", built=year))

    then, now = (launches("deepseek-v3", year) for year in (2025.8, calibration.BUILT))
    assert then.launch_s > 1.2 * now.launch_s
    assert then.cache_s == now.cache_s
    # more than the slower steps that a request waits for
    steps = 1 + calibration.constants("b200", "sglang").held_steps
    assert then.ttft_s - steps * (then.tpot_s - now.tpot_s) > 1.1 * now.ttft_s
    assert launches("llama-3.1-70b", 2025.8) == launches("llama-3.1-70b", 2026.2)


def test_builds_beyond_those_measured_are_as_the_nearest():
    """A rate fitted to half a year says nothing of 2020, for which it gave over a thousand times the launches."""
    early, late = measurements.BUILDS
    dates = {p.built for p in measurements.kept()}
    assert early <= min(dates) < early + 0.02
    assert late - 0.02 < max(dates) <= late
    for name in ("mixture_launch", "mixture_prefill"):
        at = {year: getattr(calibration.constants("b200", "vllm", built=year), name)
              for year in (2020, early, late, 2030)}
        assert at[2020] == at[early] > 1 > at[late] == at[2030], name


def test_a_harness_changes_the_first_token_only():
    one = Deployment("llama-3.1-70b", "h100-sxm", Layout(2), engine="vllm")
    each = {name: one.serve(Load(16), calibration.constants("h100-sxm", "vllm", name))
            for name in ("inferencex", "gap-analysis", "other")}
    assert len({point.tpot_s for point in each.values()}) == 1
    assert each["other"].ttft_s > each["inferencex"].ttft_s


@pytest.mark.parametrize(("arguments", "message"), [
    (("h100-sxm", "llama.cpp"), "unknown engine 'llama.cpp'; known: trtllm, vllm, sglang, typical"),
    (("h100-sxm", "vllm", "mine"), "unknown harness 'mine'; known: inferencex"),
    (("h100",), "unknown accelerator 'h100'"), ((None,), "chip=None is neither"),
])
def test_constants_that_nobody_fitted(arguments, message):
    with pytest.raises(ValueError, match=message):
        calibration.constants(*arguments)
