"""Every explorer at its corners: what a reader can set is never answered by a clamp, a contradiction or silence.

The figure functions run in Python, without a page. Settings are the default, the presets, every control at its ends (a
choice at each option), all at their lowest and highest, and a fixed sample of pairs and of whole corners.
"""

from __future__ import annotations

import itertools
import math
import re
import tracemalloc
import warnings

import declared
import numpy as np
import pytest
import website

from inference_economics.quantities.units import text
from kernelless import Slider
from kernelless.program import instructions

OPERATIONS = 60_000  # of a program, over all sampled settings
FEWEST, MOST = 30, 300  # sampled settings of an explorer
HEAVY_BYTES = 1_000_000

# Words of a state that fails because the deployment cannot run at all, and of one that holds only for what runs.
CANNOT_RUN = re.compile(
    r"cannot (be )?run|cannot be (held|served|met)|no (room|service)\b|not one (user|sequence)|no batch\b|"
    r"out of memory|do(es)? not fit (on|in)\b|alone do not fit", re.IGNORECASE)
ONLY_WHEN_RUN = re.compile(
    r"in time\b|fast enough|under the target|at once|can be (met|run)|target is met|meets (both|the)|serves? this|"
    r"would (still )?fit|all users fit|one (user|request|sequence)\b.*\b(fits?|served)|tokens a second|"
    r"drafting pays|do not slow|not slow it|serve more|gains multiply|cheaper than|cost less|earns more|"
    r"machines .*(are the way|make)|pays\b", re.IGNORECASE)
# Out of memory in words, though something still runs: a queue, or a comparison that was never to run.
STILL_RUNS = re.compile(r"wait|would|only an api is left|cannot be run, or ", re.IGNORECASE)
# One constraint of several, which may hold while another fails: that is how a state says which one it is.
ONE_CONSTRAINT = re.compile(r"^(some|the same) batch brings", re.IGNORECASE)

SIGNED_UNITS = ("USD", "%", "points", "degrees", "nat")  # savings, margins and the like may be negative
SIGNED = {("dials-of-a-head", "Score of equal vectors")}  # a sum of cosines
# Undefined where nothing runs: times, prices of tokens, speeds; unless the label says that it is of something else.
DEPENDS = re.compile(r"^(s|USD/Mtok|tokens/s)$")
ELSEWHERE = re.compile(r"\bAPI\b|price of a chip|limit|blend|tightest target", re.IGNORECASE)


def ends(control) -> list:
    """Return the lowest and highest value of a slider; every option of a choice."""
    if isinstance(control, Slider):
        return [control.snap(-math.inf), control.snap(math.inf)]
    return list(control.options)


def sampled(explorer) -> int:
    """Return how many settings to sample, by size and not by time, so that every machine tries the same."""
    tracemalloc.start()
    explorer.figure()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if peak_bytes > HEAVY_BYTES:
        return FEWEST
    return int(np.clip(OPERATIONS // (len(instructions(explorer.program)) + 20), FEWEST, MOST))


def settings_of(explorer) -> list[dict]:
    """Return the settings to try, what is not named being at its default."""
    at = {key: ends(control) for key, control in explorer.controls_spec.items()}
    out = [{}, *explorer.presets.values()]
    out += [{key: values[i] for key, values in at.items()} for i in (0, -1)]
    out += [{key: value} for key, values in at.items() for value in values]
    pairs = [{a: x, b: y} for a, b in itertools.combinations(at, 2) for x in at[a] for y in at[b]]
    rng = np.random.default_rng(9)
    count = sampled(explorer)
    chosen = sorted(rng.permutation(len(pairs))[:count])
    out += [pairs[i] for i in chosen]
    out += [{key: values[rng.integers(len(values))] for key, values in at.items()} for _ in range(count // 2)]
    return out


def faults(explorer, setting: dict) -> set[tuple[str, str]]:
    """Return (rule, what) for everything that is wrong with the figure at a setting."""
    out: set[tuple[str, str]] = set()
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        try:
            figure = explorer.figure(**setting)
        except (ValueError, ArithmeticError, LookupError) as error:
            return {("raises", f"{type(error).__name__}: {error}")}
        for readout in figure.readouts:
            text(readout.value, readout.unit)
    out |= {("warns", str(warning.message)) for warning in leaked}
    failing = [str(state.fails) for state in figure.states if not bool(state.ok)]
    holding = [str(state.holds) for state in figure.states if bool(state.ok)]
    stopped = [words for words in failing if CANNOT_RUN.search(words) and not STILL_RUNS.search(words)]
    out |= {("contradicts", f"✓ {words} beside ✗ {stopped[0]}")
            for words in holding
            if stopped and ONLY_WHEN_RUN.search(words) and not ONE_CONSTRAINT.search(words)}
    held = {float(value) for value in explorer.settings(**setting).values() if not isinstance(value, str)}
    held |= {end for control in explorer.controls_spec.values() if isinstance(control, Slider)
             for end in (control.low, control.high)}
    limits = {*figure.x.span, *figure.y.span} - held
    for readout in figure.readouts:
        out |= {(rule, f"{readout.label} [{readout.unit}]")
                for rule in faults_of_a_readout(explorer, readout, limits, held, bool(failing), bool(stopped))}
    if not failing:
        said = figure.unseen()
        out |= {("vanishes", mark.label or type(mark).__name__) for mark in figure.marks
                if not np.any(mark.inside(figure)) and (not mark.label or str(mark.label) not in said)}
    return out


def faults_of_a_readout(explorer, readout, limits, held, failing: bool, stopped: bool) -> set[str]:
    """Return the rules that one readout breaks."""
    value, unit, label = float(readout.value), readout.unit, readout.label
    shown = text(value, unit)
    out = set()
    if not math.isfinite(value):
        if math.isnan(value) and not failing:
            out.add("unsaid")  # undefined, and no state says why
        if math.isinf(value) and (stopped or value < 0):
            out.add("infinite")  # what cannot run has no price and no time, not an endless one
        if math.isinf(value) and "∞" not in shown:
            out.add("shown as a number")
        return out
    if value < 0 and not unit.startswith(SIGNED_UNITS) and (explorer.name, label) not in SIGNED:
        out.add("negative")
    if value not in held and suspicious(value, unit, limits):
        out.add("suspect")
    if stopped and value > 0 and DEPENDS.match(unit) and not ELSEWHERE.search(label):
        out.add("defined")  # a time or a price of what cannot run
    if not stopped and not failing and re.search(r"\bthat fit\b|\bfit$", label) and value < 1:
        out.add("no room, unsaid")
    return out


def suspicious(value: float, unit: str, limits: set[float]) -> bool:
    """Say whether a value looks like what a formula was clipped to: an axis' end, a round power of ten, the absurd."""
    size = abs(value)
    if size in (0, 1):
        return False
    power = round(math.log10(size))
    round_power = math.isclose(size, 10.0**power, rel_tol=1e-12) and (power <= -5 or power >= 3)
    absurd = not 1e-6 < size < 1e7 if unit in ("×", "%") else size >= 1e9 and unit in ("USD/Mtok", "s")
    return value in limits or round_power or absurd


def stuck(explorer, setting: dict, what: str) -> bool:
    """Say whether no slider moves a readout from a setting: what is computed moves, what is clipped stays."""
    def value(at: dict) -> float:
        try:
            figure = explorer.figure(**at)
        except (ValueError, ArithmeticError, LookupError):
            return math.nan  # found where it is a corner
        return next(float(readout.value) for readout in figure.readouts if what == f"{readout.label} [{readout.unit}]")

    here = explorer.settings(**setting)
    for key, control in explorer.controls_spec.items():
        if isinstance(control, Slider):
            for moved in neighbours(control, here[key]):
                if value({**here, key: moved}) != value(here):
                    return False
    return True


def neighbours(control: Slider, value: float) -> list[float]:
    """Return values a fiftieth of the track away, and at least one step."""
    if control.stops:
        place = control.stops.index(value)
        return [control.stops[i] for i in (place - 1, place + 1) if 0 <= i < len(control.stops)]
    if control.scale == "log":
        factor = (control.high / control.low) ** 0.02
        near = [value / factor, value * factor]
    else:
        near = [value - (control.high - control.low) / 50, value + (control.high - control.low) / 50]
    if control.whole:
        near = [min(near[0], value - 1), max(near[1], value + 1)]
    return [control.snap(number) for number in near]


def found(explorer) -> dict[tuple[str, str, str], tuple[int, dict]]:
    """Return what is wrong, how often, and where first."""
    out: dict[tuple[str, str, str], tuple[int, dict]] = {}
    for setting in settings_of(explorer):
        for rule, what in faults(explorer, setting):
            if rule == "suspect":
                if not stuck(explorer, setting, what):
                    continue
                rule = "clamped"
            count, first = out.get((explorer.name, rule, what), (0, setting))
            out[explorer.name, rule, what] = (count + 1, first)
    return out


@pytest.mark.parametrize("source", website.pages(), ids=lambda source: source.stem)
def test_every_corner_of_every_explorer_is_answered(source):
    made = declared.explorers_of(source)
    here = {key: where for explorer in made for key, where in found(explorer).items()}
    wrong = [f"{name}: {rule}: {what}  ({count} settings; first {first})"
             for (name, rule, what), (count, first) in here.items()]
    assert not wrong, "\n" + "\n".join(wrong)
