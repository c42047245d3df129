"""numpy is the oracle: for every explorer, the page's program and words are what numpy and Python give.

Numbers are equal to the last bit where only exact operations stand before them, and to 1e-12 of their size otherwise. A
curve that crosses zero through an inexact operation is held to 1e-12 of its largest value instead; and where a formula
loses digits of its own (a difference of near-equals, the sine of a large angle), to the change that it shows itself
when its settings move by 4e-15 of their size. Where such a number lies within 1e-12 of a rounding tie its text may
differ: counted, and never more than a handful.
"""

from __future__ import annotations

import itertools
import json
import math
import tracemalloc

import declared
import numpy as np
import pytest
import website
from parity import harness
from parity.synthetic import explorers

from inference_economics.quantities.units import text
from kernelless import Bracket, Label, Note, Rule
from kernelless.own import OWN
from kernelless.program import instructions

FEWEST, MOST = 100, 2000  # settings of an explorer
OPERATIONS = 80_000  # of a program, over all settings
HEAVY_BYTES = 1_000_000
SYNTHETIC = {explorer.name: explorer for explorer in explorers()}
FEW = 5
# Figures in which a model of the reader's own cannot be had, which say so under the choice: one asks what was reported
# of a model's training, one shows choices that were drawn for each model beforehand.
WITHOUT = {"01_the_inversion": {"training-hours": ["model"]}, "07_fewer_bytes": {"experts-awake": ["model"]}}


@pytest.fixture(scope="module")
def page(node):
    return harness.page(node)


def count_for(explorer) -> int:
    """Return how many random settings to try: fewer for a long program, and fewest for one with large arrays inside.

    Not by the time that a figure takes: every machine, busy or not, tries the same settings.
    """
    explorer.figure()
    tracemalloc.start()
    explorer.figure()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if peak_bytes > HEAVY_BYTES:
        return FEWEST
    return int(np.clip(OPERATIONS // (len(instructions(explorer.program)) + 20), FEWEST, MOST))


def random_settings(explorer) -> list[dict]:
    """Return settings: the default, all lowest, all highest, and random ones."""
    count = count_for(explorer)
    rng = np.random.default_rng(5)
    controls = explorer.controls_spec
    out = [dict(explorer.defaults)]
    out += [{key: control.snap(sign * math.inf) for key, control in controls.items()} for sign in (-1, 1)]
    # At an end of one control with the others anywhere: the corners are where formulas break.
    for i in range(count):
        setting = {key: control.sample(rng) for key, control in controls.items()}
        if i % 7 == 0:  # what a reader brings, by the example that its form opens with
            setting |= {key: OWN + control.own.example for key, control in controls.items()
                        if getattr(control, "own", None)}
        if i % 4 == 0:
            key = list(controls)[i // 4 % len(controls)]
            setting[key] = controls[key].snap(math.inf if i % 8 else -math.inf)
        out.append(setting)
    return out


def encoded(explorer, settings) -> np.ndarray:
    controls = explorer.controls_spec
    return np.array([[control.encode(setting[key]) for key, control in controls.items()] for setting in settings])


def words_of(explorer, figure, setting) -> tuple[list[str], list]:
    """Return what the reader reads, and the number in each text."""
    numbers = [(readout.value, readout.unit, "") for readout in figure.readouts]
    numbers += [(getattr(mark, "value", None), getattr(mark, "unit", ""), mark.label)
                for mark in figure.marks if isinstance(mark, (Rule, Label, Bracket, Note))]
    words = [label if value is None else f"{label} {text(value, unit)}".strip() for value, unit, label in numbers]
    words += [state.holds if bool(state.ok) else state.fails for state in figure.states]
    words += [figure.unseen()]
    words += [control.show(setting[key]) for key, control in explorer.controls_spec.items()]
    return words, numbers


def check_numbers(page, explorer, settings, figures):
    spec = explorer.spec
    groups = {"m": spec["marks"], "r": spec["readouts"], "s": spec["states"]}
    fields = [(key, field) for key, field, _ in figures[0].moving()]
    outputs = [groups[key[0]][int(key[1:])][field] for key, field in fields]
    rows = encoded(explorer, settings)
    inputs = [list(explorer.controls_spec).index(name) for name in explorer.program["inputs"]]
    got = page.run(explorer.program, outputs, rows[:, inputs])
    expected = [[np.ravel(np.asarray(value, dtype=float)) for _, _, value in figure.moving()] for figure in figures]
    exact = harness.exact_values(explorer.program)
    start = 0
    for i, ((key, field), output) in enumerate(zip(fields, outputs, strict=True)):
        here = np.stack([row[i] for row in expected])
        there = got[:, start : start + here.shape[1]]
        start += here.shape[1]
        equal = (here == there) | (np.isnan(here) & np.isnan(there))
        if not exact[output]:
            size = np.max(np.where(np.isfinite(here), np.abs(here), 0), axis=1, keepdims=True)
            with np.errstate(all="ignore"):
                equal |= np.abs(here - there) <= 1e-12 * size
        for row in np.flatnonzero(~equal.all(axis=1)) if not exact[output] else ():
            equal[row] |= np.abs(here[row] - there[row]) <= own_error(explorer, settings[row], i)
        if not equal.all():
            row, place = np.argwhere(~equal)[0]
            raise AssertionError(f"{explorer.name}: {key}.{field}[{place}] is {here[row, place]!r} in numpy and "
                                 f"{there[row, place]!r} on the page ({'exact' if exact[output] else 'to 1e-12'}; "
                                 f"{(~equal).sum()} of {equal.size} differ) at {settings[row]}")
    assert start == got.shape[1]


def own_error(explorer, setting, i) -> np.ndarray:
    """Return how far an output moves when each slider moves by a few units in its last place."""
    controls = explorer.controls_spec
    known = {key: control.argument(setting[key]) for key, control in controls.items()}
    moved = []
    for turn in (-4e-15, -1e-15, 1e-15, 4e-15):
        for key, value in known.items():
            if isinstance(value, np.float64):
                # not beyond the slider's ends, where a formula may refuse it
                near = np.clip(value * (1 + turn), controls[key].low, controls[key].high)
                with np.errstate(all="ignore"):
                    figure = explorer.function(**(known | {key: near}))
                moved.append(np.ravel([value for _, _, value in figure.moving()][i]))
    return np.max(moved, axis=0) - np.min(moved, axis=0)


def check_words(page, explorer, settings, figures):
    controls = [{"name": key} | control.spec() for key, control in explorer.controls_spec.items()]
    spec = explorer.spec | {"program": explorer.program, "controls": controls}
    there = page.ask("words", spec=json.loads(json.dumps(spec)), settings=harness.packed(encoded(explorer, settings)))
    ties = 0
    for figure, setting, page_words in zip(figures, settings, there, strict=True):
        words, numbers = words_of(explorer, figure, setting)
        assert len(words) == len(page_words)
        for k, (a, b) in enumerate(zip(words, page_words, strict=True)):
            if a == b:
                continue
            assert k < len(numbers), f"{explorer.name}: {a!r} in Python, {b!r} on the page at {setting}"
            value, unit, label = numbers[k]
            near = [f"{label} {text(value * (1 + turn), unit)}".strip() for turn in (-1e-12, 1e-12)]
            assert value is not None, f"{explorer.name}: {a!r} in Python, {b!r} on the page at {setting}"
            assert b in near, f"{explorer.name}: {a!r} in Python, {b!r} on the page at {setting}"
            ties += 1
    assert ties <= FEW, f"{explorer.name}: {ties} texts differ at rounding ties"


def figure_at(explorer, setting):
    try:
        return explorer.figure(**setting)
    except Exception as error:
        raise AssertionError(f"{explorer.name} fails at {setting}: {type(error).__name__}: {error}") from error


def check(page, explorer):
    settings = random_settings(explorer)
    figures = [figure_at(explorer, setting) for setting in settings]
    check_numbers(page, explorer, settings, figures)
    check_words(page, explorer, settings, figures)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_each_kind_of_explorer_equals_numpy(page, name):
    check(page, SYNTHETIC[name])


@pytest.mark.parametrize("source", website.pages(), ids=lambda source: source.stem)
def test_the_explorers_of_a_page_equal_numpy(page, source):
    made = declared.explorers_of(source)
    names = [explorer.name for explorer in made]
    assert {explorer.name: [*explorer.without_own] for explorer in made if explorer.without_own} == WITHOUT.get(
        source.stem, {})
    assert all("no other" in explorer.controls_spec[key].note for explorer in made for key in explorer.without_own)
    assert len(names) == len(set(names)), "a name is an id and a file name, so each explorer needs its own"
    for explorer in made:
        check(page, explorer)


HOSTILE = [
    "", " ", "0", "-0", "1e999", "-1e999", "1e-999", "NaN", "nan", "Infinity", "inf", "0x10", "1_000", "1,000", "٣",
    "1e5 ", "\n7", "7\n", "+3", "3.", ".5", ".", "e5", "5e", "1e+2", "--1", "__proto__", "constructor", "toString", "8",
    "1", "spot", "big-3", "<script>alert(1)</script>", "null", "undefined", "true", "[object Object]",
    0, -1, 1, 2.5, 3.49999, 1e300, -1e300, 1e-300, 5e-324, 2**53 + 1, True, False, None, [], [5], {}, {"a": 1},
]
SPECIAL = [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (-0.0, "-0")]


@pytest.mark.parametrize("name", SYNTHETIC)
def test_hostile_values_snap_to_the_same_in_both_languages(page, name):
    here = HOSTILE + [value for value, _ in SPECIAL]
    there = HOSTILE + [{"number": word} for _, word in SPECIAL]
    for key, control in SYNTHETIC[name].controls_spec.items():
        answers = page.ask("snap", control=json.loads(json.dumps(control.spec())), given=there)
        for given, (kind, value, number, shown) in zip(here, answers, strict=True):
            snapped = control.snap(given)
            assert isinstance(snapped, str) == (kind == "string"), (key, given, value)
            assert snapped == (value if kind == "string" else float(value)), (key, given, value)
            assert control.encode(snapped) == number, (key, given)
            assert control.show(snapped) == shown, (key, given)
            if kind == "number":
                assert control.low <= snapped <= control.high


@pytest.mark.parametrize("name", SYNTHETIC)
def test_a_track_has_both_ends_the_default_and_rising_values(page, name):
    for control in SYNTHETIC[name].controls_spec.values():
        spec = control.spec()
        if spec["kind"] == "slider":
            stops = page.ask("stops", control=json.loads(json.dumps(spec)))
            assert stops == sorted(set(stops))
            assert {spec["low"], spec["high"], spec["default"]} <= set(stops)
            assert all(control.snap(stop) == stop for stop in stops)


@pytest.mark.parametrize(("low", "high", "scale"), [
    (2020.0, 2030.0, "linear"), (0.95, 1.0, "linear"), (-1e-3, 1e-3, "linear"), (-5.0, 0.0, "linear"),
    (1e9, 1.02e9, "log"), (1e-9, 1e9, "log"),
])
def test_a_short_track_still_has_many_stops(page, low, high, scale):
    spec = {"kind": "slider", "low": low, "high": high, "default": low, "scale": scale, "whole": False}
    stops = page.ask("stops", control=spec)
    assert len(stops) > 150
    assert all(low <= stop <= high for stop in stops)


def test_precomputed_figures_hold_what_the_function_gives_at_every_stop(page):
    explorer = SYNTHETIC["simulated"]
    domains = [getattr(control, "stops", None) or list(control.options) for control in explorer.controls_spec.values()]
    settings = [dict(zip(explorer.controls_spec, values, strict=True)) for values in itertools.product(*domains)]
    figures = [explorer.figure(**setting) for setting in settings]
    assert len(settings) == 32
    check_numbers(page, explorer, settings, figures)
    check_words(page, explorer, settings, figures)
    assert all(harness.exact_values(explorer.program))


@pytest.mark.parametrize(("low", "high"), [(-0.6, 0.3), (-0.1, 0.2), (-1e-3, 1e-3), (-0.7, 0.8), (-5.0, 2.5)])
def test_a_track_across_zero_stops_at_zero_and_not_beside_it(page, low, high):
    spec = {"kind": "slider", "low": low, "high": high, "default": high, "scale": "linear", "whole": False}
    least = sorted(abs(stop) for stop in page.ask("stops", control=spec))[:2]
    assert least[1] > (high - low) / 1000
    assert least[0] == 0 or least[0] > (high - low) / 1000


@pytest.mark.parametrize(("low", "high", "unit"), [
    (1e9, 1e16, "tokens"), (1e-7, 1.0, "USD"), (1e-6, 0.5, "%"), (1e-12, 1e-3, "s"), (1.0, 1e22, "B"), (1e-5, 1e3, "×"),
    (1e-6, 10.0, "USD/Mtok"), (1.0, 1e18, "USD/year"), (1e-9, 1e24, ""), (1e3, 1e15, "iB")])
def test_a_value_can_be_typed_as_it_is_written(page, low, high, unit):
    """And so can the range that a refusal names."""
    control = {"kind": "slider", "name": "a", "label": "A", "low": low, "high": high, "default": low, "scale": "log",
               "unit": unit, "whole": False}
    for value in np.geomspace(low, high, 60):
        words = text(value, unit, 5)
        understood = page.ask("typed", control=control, words=words, now=value)
        assert understood.get("value") == pytest.approx(value, rel=1e-2), (words, understood)
    below = {**control, "low": -high, "scale": "linear"}
    negative = page.ask("typed", control=below, words=text(-low, unit, 5), now=low)
    assert negative["value"] == pytest.approx(-low, rel=1e-4)
