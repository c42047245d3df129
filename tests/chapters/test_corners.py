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

import numpy as np
import pytest
import website
from parity import collect

from inference_economics.explore import Slider
from inference_economics.quantities.units import text

OPERATIONS = 60_000  # of a program, over all sampled settings
FEWEST, MOST = 30, 300  # sampled settings of an explorer
HEAVY_BYTES = 1_000_000
OFTEN = 3  # settings

# Words of a state that fails because the deployment cannot run at all, and of one that holds only for what runs.
CANNOT_RUN = re.compile(
    r"cannot (be )?run|cannot be (held|served|met)|no (room|service)\b|not one (user|sequence)|no batch\b|"
    r"out of memory|do(es)? not fit (on|in)\b|alone do not fit", re.I)
ONLY_WHEN_RUN = re.compile(
    r"in time\b|fast enough|under the target|at once|can be (met|run)|target is met|meets (both|the)|serves? this|"
    r"would (still )?fit|all users fit|one (user|request|sequence)\b.*\b(fits?|served)|tokens a second|"
    r"drafting pays|do not slow|not slow it|serve more|gains multiply|cheaper than|cost less|earns more|"
    r"machines .*(are the way|make)|pays\b", re.I)
# Out of memory in words, though something still runs: a queue, or a comparison that was never to run.
STILL_RUNS = re.compile(r"wait|would|unfused|only an api is left|asleep", re.I)

SIGNED_UNITS = ("USD", "%", "points", "degrees", "nat")  # savings, margins and the like may be negative
SIGNED = {("dials-of-a-head", "Score of equal vectors")}  # a sum of cosines
# Undefined where nothing runs: times, prices of tokens, speeds; unless the label says that it is of something else.
DEPENDS = re.compile(r"^(s|USD/Mtok|tokens/s)$")
ELSEWHERE = re.compile(r"\bAPI\b|price of a chip|limit|blend", re.I)

# Found and not yet mended: (explorer, rule, what). An entry that is no longer found must go.
KNOWN: set[tuple[str, str, str]] = set()


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
    return int(np.clip(OPERATIONS // (len(explorer.program["code"]) + 20), FEWEST, MOST))


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


def words_of(state) -> str:
    return state.holds if bool(state.ok) else state.fails


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
            for words in holding if stopped and ONLY_WHEN_RUN.search(words)}
    held = {float(value) for value in explorer.settings(**setting).values() if not isinstance(value, str)}
    limits = {*figure.x.span, *figure.y.span} - held
    for readout in figure.readouts:
        out |= {(rule, f"{readout.label} [{readout.unit}]")
                for rule in faults_of_a_readout(explorer, readout, limits, held, bool(failing), bool(stopped))}
    if not failing:
        out |= {("vanishes", mark.label) for mark in figure.marks if not np.any(mark.inside(figure))}
    return out


def faults_of_a_readout(explorer, readout, limits, held, failing: bool, stopped: bool) -> set[str]:
    """Return the rules that one readout breaks."""
    value, unit, label = float(readout.value), readout.unit, readout.label
    shown = text(value, unit)
    out = set()
    if not math.isfinite(value):
        if not failing:
            out.add("unsaid")  # undefined or endless, and no state says why
        if math.isinf(value) and (stopped or value < 0):
            out.add("infinite")  # what cannot run has no price and no time, not an endless one
        if math.isinf(value) and "∞" not in shown:
            out.add("shown as a number")
        return out
    if value < 0 and not unit.startswith(SIGNED_UNITS) and (explorer.name, label) not in SIGNED:
        out.add("negative")
    size = abs(value)
    power = round(math.log10(size)) if size else 0
    exact = math.isclose(size, 10.0**power, rel_tol=1e-12) and (power <= -2 or power >= 6)
    if size and size not in held and (
            exact
            or (unit in ("×", "%") and not 1e-6 < size < 1e7)
            or (unit.startswith("USD/") and size >= 1e9) or (unit == "USD" and size >= 1e15)
            or (unit == "s" and size >= 1e11)):
        out.add("clamped")
    if value in limits and size:
        out.add("at the limit")
    if stopped and value > 0 and DEPENDS.match(unit) and not ELSEWHERE.search(label):
        out.add("defined")  # a time or a price of what cannot run
    if not stopped and not failing and re.search(r"\bthat fit\b|\bfit$", label) and value < 1:
        out.add("no room, unsaid")
    return out


def found(explorer) -> dict[tuple[str, str, str], tuple[int, dict]]:
    """Return what is wrong, how often, and where first."""
    out: dict[tuple[str, str, str], tuple[int, dict]] = {}
    for setting in settings_of(explorer):
        for rule, what in faults(explorer, setting):
            count, first = out.get((explorer.name, rule, what), (0, setting))
            out[explorer.name, rule, what] = (count + 1, first)
    # A number may meet an axis limit once by chance; one that is held there does so again and again.
    return {key: where for key, where in out.items() if key[1] != "at the limit" or where[0] >= OFTEN}


@pytest.mark.parametrize("source", website.pages(), ids=lambda source: source.stem)
def test_every_corner_of_every_explorer_is_answered(source):
    made = collect.explorers_of(source)
    here = {key: where for explorer in made for key, where in found(explorer).items()}
    new = [f"{name}: {rule}: {what}  ({count} settings; first {first})"
           for (name, rule, what), (count, first) in here.items() if (name, rule, what) not in KNOWN]
    names = {explorer.name for explorer in made}
    gone = [entry for entry in KNOWN if entry[0] in names and entry not in here]
    assert not new, "\n" + "\n".join(new)
    assert not gone, f"mended: take these from KNOWN: {gone}"
