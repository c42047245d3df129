"""Every public formula takes every kind of number alike: the float64 answer, or a `ValueError` that names the argument.

A formula is called with one sample for each argument, and each numeric argument in turn is given as every other kind of
number that holds the same value, then as what is no number at all.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import plan_case
import pytest
from formulas import formulas, numeric

from inference_economics import (
    accelerators,
    calibration,
    custom_silicon,
    decision,
    hedges,
    market,
    models,
    ownership,
    price_paths,
    roofline,
    serving,
    silicon,
    spend,
)
from inference_economics.buying.contracts import Contract, Use
from inference_economics.buying.valuation import Capital
from inference_economics.decision import scenarios, workload
from inference_economics.decision.cash import by_way
from inference_economics.decision.measured import envelope
from inference_economics.decision.overview import overview
from inference_economics.hardware.links import Group
from inference_economics.quantities.limits import QUANTITIES
from inference_economics.serving.replica import best_replica
from inference_economics.serving.simulation import percentiles

# A sample for a quantity where the middle of its limits will not do.
SAMPLES = {
    "q_heads": 64.0, "kv_heads": 8.0, "head_dim": 128.0, "tp": 4.0, "n_chips": 8.0, "link_bytes_per_s": 4e11,
    "hbm_bytes_per_s": 3e12, "hbm_bytes": 8e10, "loss": 2.2, "peak_to_mean": 2.0, "shares": [0.5, 0.3, 0.2],
    "block_tok": 16.0, "multiple_of": 256.0, "context_tok": 100_000.0, "prefix_tok": 1000.0, "max_context_tok": 2e5,
    "kv_bytes_per_token": 131_072.0, "param_bytes": 1.6e10, "bytes_per_value": 2.0, "bytes_per_param": 2.0,
    "group_values": 128.0, "matrices": 3.0, "theta": 10_000.0, "original_tok": 8192.0, "factor": 4.0, "bits": 4.0,
    "kv_lora": 512.0, "rope_dim": 64.0, "layers": 32.0, "horizon_months": 6.0,
    "beyond_bytes_per_s": 6.4e10, "near_bytes_per_s": 4.5e11, "near_chips": 8.0, "decline": 0.3,
    "built": 2026.0, "first": 1.0,
}
# What is not a number, by the name of the parameter that asks for it.
OTHERS: dict[str, Callable[[], Any]] = {
    "model": lambda: models.get("llama-3.1-70b"),
    "chip": lambda: "h100-sxm",
    "s": lambda: serving.setup("llama-3.1-70b", "h100-sxm"),
    "setup": lambda: serving.setup("llama-3.1-70b", "h100-sxm"),
    "c": lambda: calibration.constants("h100-sxm"),
    "costs": lambda: decision.Costs(*(np.full(3, 1e6) for _ in decision.Costs._fields)),
    "batch": lambda: np.array([1.0, 8.0, 64.0]),
    "tpot_s": lambda: np.array([0.01, 0.02, 0.05]),
    "ttft_s": lambda: np.array([0.1, 0.2, 0.5]),
    "draws": lambda: price_paths.draws(6, 4, seed=1),
    "hourly_copies": lambda: np.full(24, 2.0),
    "hourly_share": lambda: np.full(24, 1.0),
    "process": lambda: price_paths.PriceProcess(0.1, 0.3),
    "prices": lambda: market.TokenPrices(3e-6, 15e-6),
    "server": lambda: ownership.Server(25e4, 10_200.0, 5.0),
    "site": lambda: ownership.Site(0.08, 1.3, 150.0),
    "build": lambda: silicon.ServerBuild(3320.0, 8.0, 32_010.0),
    "margins": lambda: silicon.Margins(0.88, 0.05, 0.3),
    "hedge": lambda: hedges.Hedge(1.1, 0.4, 0.9, 3e4),
    "terms": lambda: custom_silicon.Terms(2.0, tax_fraction=0.25, deduction_years=5.0),
    "programme": lambda: custom_silicon.ChipProgramme(271e6, 1e7),
    "runs": lambda: spend.Runs(1e8, 0.7),
    "service": lambda: spend.Service(1e11, 1e-6),
    "ways": lambda: (np.full(3, 2e6), np.full(3, 1e6)),
    "links": lambda: accelerators.get("h100-sxm").links,
    "group": lambda: Group(4.0, 4.5e11, 1e-5),
    "work": lambda: roofline.decode_work(8.0, 4096.0, 131_072.0, 1.6e10, 8e9),
    "roof": lambda: roofline.Roof(3.35e12, 9.89e14),
    "found": lambda: best_replica(
        serving.setup("llama-3.1-8b", "h100-sxm"), calibration.constants("h100-sxm"), 1000.0, 200.0, 2.0, 0.05),
    "needed": lambda: np.array([1.0, 2.0, 3.0]),
    "bought": lambda: np.array([1.0, 0.0, 2.0]),
    "contract": lambda: Contract(3e-6, 15e-6),
    "capital": lambda: Capital(0.1, 0.15, 0.7, 0.2),
    "use": lambda: Use(1500.0, 400.0),
    "plan": plan_case.plan,
    "need": lambda: plan_case.plan().need,
    "cash": lambda: by_way(plan_case.plan())["colocation"],
    "finance": decision.Finance,
    "seen": lambda: overview(plan_case.plan(), False),
    "ends": lambda: envelope("dense", "h100-sxm"),
    "platform": lambda: None,
    "supply": lambda: None,
    "held": lambda: None,
    "deployment": lambda: serving.Deployment("llama-3.1-70b", "h100-sxm", 4),
    "load": lambda: serving.Load(concurrency=8.0, prompt_tok=1000.0, output_tok=200.0),
    "point": lambda: serving.Deployment("llama-3.1-70b", "h100-sxm", 4).serve(serving.Load(8.0, 1000.0, 200.0)),
    "layout": lambda: serving.Layout(tp=4.0),
    "serve": lambda: serving.Deployment("llama-3.1-70b", "h100-sxm", 4).serve,
    "decode_step": lambda: serving.Deployment("llama-3.1-70b", "h100-sxm", 4).decode_step,
    "mean": lambda: percentiles.Means(0.02, 0.3, 5.0, 2.0),
    "uneven": percentiles.Unevenness,
}
# Arguments that are more than one number by nature.
LISTS = {"shares", "horizon_months"}
NOT_NUMBERS = (None, "5", b"5", True, [1, "2"], [1, None], 10**400, 1j, np.array([True]), {"a": 1}, object())


def sample(name: str) -> Any:
    if name in SAMPLES:
        return SAMPLES[name]
    row = QUANTITIES[name]
    middle = np.sqrt(max(row.low, 1e-3) * min(row.high, 1e6))
    return float(f"{middle:.0e}") if row.low <= float(f"{middle:.0e}") <= row.high else max(row.low, 0.5)


def call_of(function: Callable) -> dict[str, Any]:
    """Return one valid call: a default where there is one, else a sample."""
    call = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if parameter.default is not parameter.empty:
            call[name] = parameter.default
        elif name in numeric(function) or name in SAMPLES:
            call[name] = sample(name)
        else:
            call[name] = OTHERS[name]()
    return call


def kinds(value: float) -> Iterator[Any]:
    """Return the value as every kind of number that can hold it, or nearly."""
    yield from ([value, value], (value,), np.array(value), np.float32(value), np.array([value], object))
    if abs(value) < 6e4:
        yield np.array([value, value], np.float16)
    if value == int(value):
        yield int(value)
        yield [int(value), int(value)]
        for kind in (np.int8, np.int16, np.int32, np.uint8, np.int64):
            if np.iinfo(kind).min <= value <= np.iinfo(kind).max:
                yield np.array([value, value], kind)


def flat(result: Any) -> list[np.ndarray]:
    if dataclasses.is_dataclass(result):
        result = [getattr(result, field.name) for field in dataclasses.fields(result)]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        return [part for value in result for part in flat(value)]
    return [np.asarray(result)]


def outcome(function: Callable, call: dict[str, Any]) -> list[np.ndarray] | str:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return flat(function(**call))
        except ValueError as error:
            return str(error)


def disagreement(function: Callable, name: str, value: Any) -> str:
    """Say how a kind of number is not taken as float64 is; empty where it is, or is refused by name."""
    call = call_of(function)
    expected = outcome(function, call | {name: np.asarray(value).astype(np.float64)})
    got = outcome(function, call | {name: value})
    if isinstance(got, str) or isinstance(expected, str):
        return "" if got == expected else f"{name}={value!r}: {got!r}, as float64 {expected!r}"
    same = len(got) == len(expected) and all(
        a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in
        zip(got, expected, strict=True))
    return "" if same else f"{name}={value!r} gives {got}, as float64 {expected}"


def faults(function: Callable) -> list[str]:
    call, found = call_of(function), []
    for name in numeric(function):
        given = call.get(name)
        usual = np.isscalar(given) and not isinstance(given, (bool, str)) and np.isfinite(given)
        good = given if usual else sample(name)
        if name not in LISTS:
            found += [words for value in kinds(float(good)) if (words := disagreement(function, name, value))]
        default = inspect.signature(function).parameters[name].default
        for bad in NOT_NUMBERS:
            if bad is None and default is None:
                continue
            said = outcome(function, call | {name: bad})
            if not isinstance(said, str) or not re.match(rf"{name}\b", said):
                found.append(f"{name}={str(bad)[:20]!r} gives {said}")
    return found


def deployed_with(link_bytes_per_s: Any) -> list[np.ndarray]:
    return flat(serving.Deployment("llama-3.1-70b", "h100-sxm", 8, link_bytes_per_s=link_bytes_per_s).setup)


START_UP = scenarios.SCENARIOS["Start-up"]
# What takes numbers beside specs, each in one number: the number's name and a sample.
MIXED: dict[str, tuple[Callable[[Any], Any], str, float]] = {
    "setup's cache": (lambda x: serving.setup("llama-3.1-8b", "h100-sxm", "fp8", x), "bytes_per_value", 2.0),
    "setup's link": (lambda x: serving.setup("llama-3.1-8b", "h100-sxm", link_bytes_per_s=x), "link_bytes_per_s", 65e9),
    "Deployment": (deployed_with, "link_bytes_per_s", 65e9),
    "Deployment's chips": (lambda x: serving.Deployment("llama-3.1-8b", "h100-sxm", x).weight_bytes_per_chip,
                           "n_chips", 8.0),
    "Layout": (lambda x: serving.Layout(tp=x, attention_dp=2), "tp", 4.0),
    "Layout's groups": (lambda x: serving.Layout(tp=2, attention_dp=x), "attention_dp", 4.0),
    "Load": (lambda x: serving.Load(x, 1000, 200), "concurrency", 8.0),
    "Load's prompt": (lambda x: serving.Load(8, x, 200).context_tok, "prompt_tok", 100.0),
    "holds_context": (lambda x: scenarios.holds_context(START_UP | {"prompt_tok": x}), "prompt_tok", 100.0),
    "holds_context at length": (lambda x: scenarios.holds_context(
        START_UP | {"prompt_tok": x, "output_tok": np.int16(32_000)}), "prompt_tok", 32_000.0),
    "yearly_costs": (lambda x: decision.yearly_costs(scenarios.inputs_of(START_UP | {"prompt_tok": x})),
                     "prompt_tok", 100.0),
    "Fleet": (lambda x: workload.Fleet(service_s=1.0, batch=x, n_chips=8.0, price_usd_per_hour=2.0), "batch", 8.0),
}


def answer(ask: Callable[[Any], Any], given: Any) -> list[np.ndarray] | str:
    return outcome(lambda: ask(given), {})


@pytest.mark.parametrize("case", MIXED)
def test_what_takes_specs_takes_every_kind_of_number_beside_them(case):
    ask, name, value = MIXED[case]
    for given in kinds(value):
        expected = answer(ask, np.asarray(given).astype(np.float64))
        got = answer(ask, given)
        assert not isinstance(expected, str), expected
        assert not isinstance(got, str), (given, got)
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=f"{given!r}")
    for bad in NOT_NUMBERS:
        if (bad is None and "link" in name + case) or (bad is None and case.startswith("setup")):
            continue
        said = answer(ask, bad)
        assert isinstance(said, str), f"{bad!r} gives {said}"


@pytest.mark.parametrize("kind", [int, float, np.int8, np.uint8, np.int64, np.float16, np.float32, np.longdouble])
def test_a_format_is_one_number_of_any_kind(kind):
    for bytes_each in (1, 2, 4):
        formats = serving.Formats(kind(bytes_each), kind(bytes_each))
        plain = serving.Formats(float(bytes_each), float(bytes_each))
        got, expected = (flat(serving.setup("llama-3.1-8b", "h100-sxm", one)) for one in (formats, plain))
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("bad", [*NOT_NUMBERS[1:], 0, False, [1.0, 2.0], -1.0, np.nan, np.inf])
@pytest.mark.parametrize("use", ["weights", "cache", "state", "arithmetic"])
def test_a_format_that_is_none_is_refused(use, bad):
    with pytest.raises(ValueError, match=r"weights|precision|cache|state|arithmetic|bytes_per_value"):
        serving.Formats(**{use: bad})


CASES = [pytest.param(function, id=name) for name, function in formulas()]


@pytest.mark.parametrize("function", CASES)
def test_the_sample_is_a_valid_call(function):
    assert not isinstance(answer := outcome(function, call_of(function)), str), answer


@pytest.mark.parametrize("function", CASES)
def test_every_kind_of_number_is_taken_as_float64_or_refused_by_name(function):
    try:
        found = faults(function)
    except (TypeError, AttributeError, OverflowError, ZeroDivisionError, IndexError) as error:
        pytest.fail(f"{type(error).__name__}: {error}")
    assert found == [], f"{len(found)} faults; decorate it with quantities.limits.checked"
