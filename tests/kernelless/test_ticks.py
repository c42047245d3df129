"""Ticks: which values an axis may show, in which words, and how many of them fit."""

from __future__ import annotations

import itertools
import json
import math
import subprocess

import numpy as np
import pytest

from kernelless import Axis, runtime
from kernelless.draw import along
from kernelless.ticks import FEWEST, MOST, axis_text, chosen, minor_ticks, tick_sets, tick_text

UNITS = ("", "tokens", "B", "iB", "s", "USD", "USD/h", "%", "×", "°", "FLOP/s", "date", "years")


def in_node(node: str, expression: str):
    script = runtime.script(f"console.log(JSON.stringify({expression}));")
    return json.loads(subprocess.run([node, "-"], input=script, capture_output=True, text=True, check=True).stdout)


def words_of(axis: Axis, which: int = 0) -> list[str]:
    return [words for _, words in tick_sets(axis)[which]]


@pytest.mark.parametrize(("value", "unit", "tick", "label"), [
    (1500, "", "1,500", "n"), (1500, "tokens", "1,500", "n (tokens)"), (1500, "B", "1.5 kB", "n"),
    (1500, "USD", "$1,500", "n"), (1500, "USD/h", "$1,500", "n (USD per h)"), (1500, "%", "150,000%", "n"),
    (1500, "s", "25 min", "n"), (1e24, "", "10²⁴", "n"), (2.1e24, "", "2.1×10²⁴", "n"), (1e-7, "", "10⁻⁷", "n"),
    (-1e24, "", "−10²⁴", "n"), (1, "×", "1×", "n"), (10, "×", "10×", "n"), (1e24, "×", "10²⁴×", "n"),
    (1e24, "USD", "$10²⁴", "n"), (2024, "date", "2024", "n"), (2024.5, "date", "Jul 2024", "n"),
])
def test_a_unit_stands_on_the_ticks_or_on_the_axis(value, unit, tick, label):
    assert tick_text(value, unit) == tick
    assert axis_text(Axis("n", (0, 1), unit)) == label


def random_axes(n: int = 300) -> list[Axis]:
    rng = np.random.default_rng(3)
    axes = []
    for _ in range(n):
        unit = UNITS[rng.integers(len(UNITS))]
        if unit == "date":
            low = rng.uniform(1950, 2030)
            axes.append(Axis("x", (low, low + rng.uniform(0.5, 60)), unit))
        elif rng.random() < 0.5:
            low = 10.0 ** rng.uniform(-6, 9)
            axes.append(Axis("x", (low, low * 10.0 ** rng.uniform(0.3, 15)), unit, "log"))
        else:
            span = 10.0 ** rng.uniform(-2, 9)
            low = span * rng.uniform(-4, 4)
            axes.append(Axis("x", (low, low + span), unit))
    return axes


@pytest.mark.parametrize("axis", random_axes(), ids=lambda axis: f"{axis.scale} {axis.span} {axis.unit}")
def test_every_set_has_some_ticks_within_the_limits_and_the_first_not_too_many(axis):
    sets = tick_sets(axis)
    sizes = [len(ticks) for ticks in sets]
    assert all(a > b for a, b in itertools.pairwise(sizes))
    assert sizes[-1] >= FEWEST
    assert sizes[0] <= MOST
    for ticks in sets:
        values = [value for value, _ in ticks]
        assert values == sorted(set(values))
        assert all(axis.contains(values))
        assert len({words for _, words in ticks}) == len(ticks), "two ticks say the same"
    assert len(minor_ticks(axis)) >= FEWEST
    assert all(axis.contains(minor_ticks(axis)))


def test_the_values_that_matter_are_those_that_are_declared():
    heads = Axis("heads", (0.8, 80), scale="log", ticks=(1, 2, 4, 8, 16, 32, 64))
    assert words_of(heads) == ["1", "2", "4", "8", "16", "32", "64"]
    assert words_of(heads, 1) == ["1", "4", "16", "64"]
    assert minor_ticks(heads) == [1, 2, 4, 8, 16, 32, 64]
    assert words_of(Axis("n", (0, 9), ticks=range(1, 3))) == ["1", "2"]
    assert words_of(Axis("n", (0, 9), ticks=np.array([1.0]))) == ["1"]


def test_whole_numbers_get_whole_ticks():
    assert words_of(Axis("drafts", (0.5, 8.5), whole=True)) == list("12345678")
    assert words_of(Axis("drafts", (0.5, 2.5), whole=True)) == ["1", "2"]
    for axis in (Axis("users", (0.7, 30), scale="log", whole=True), Axis("users", (2, 5), scale="log", whole=True)):
        assert all(value % 1 == 0 for ticks in tick_sets(axis) for value, _ in ticks)


def test_dates_are_years_and_months():
    assert words_of(Axis("", (2023, 2028), "date"), -2) == ["2023", "2024", "2025", "2026", "2027", "2028"]
    assert words_of(Axis("", (2023, 2024), "date"))[:4] == ["2023", "Feb 2023", "Mar 2023", "Apr 2023"]
    assert words_of(Axis("", (1960, 2030), "date"), -1)[0] == "1960"


def test_durations_are_round_in_the_units_in_which_they_are_written():
    sets = tick_sets(Axis("t", (1e-3, 1e6), "s", "log"))
    assert {"1 ms", "1 s", "10 s", "20 min", "3 h", "10 days"} <= {words for ticks in sets for _, words in ticks}
    assert not [words for ticks in sets for _, words in ticks if "." in words]


def test_ticks_that_would_say_the_same_are_left_out():
    assert words_of(Axis("n", (5000.0, 5004.0))) == ["5,000", "5,001", "5,002", "5,003", "5,004"]
    assert words_of(Axis("n", (5000.2, 5000.4))) == ["5,000"]


def test_an_axis_of_categories_has_no_ticks():
    named = Axis("", categories=("a", "b"))
    assert tick_sets(named) == minor_ticks(named) == []
    assert chosen(named, lambda value: value, len, 1) == []


def test_the_first_set_that_fits_is_chosen_and_of_the_last_what_fits():
    axis = Axis("x", (0, 10))
    place = along(axis, 0, 100)
    assert len(chosen(axis, place, lambda _: 5, 1)) == 11
    assert [value for value, _ in chosen(axis, place, lambda _: 12, 1)] == [0, 2, 4, 6, 8, 10]
    assert [value for value, _ in chosen(axis, place, lambda _: 60, 1)] == [0, 10]


def test_the_page_picks_what_python_chooses(node):
    cases = []
    expected = []
    for axis in random_axes(120):
        for length, gap in ((80.0, 4.0), (260.0, 10.0), (700.0, 12.0)):
            cases.append([tick_sets(axis), axis.scale, axis.span, length, gap])
            expected.append([words for _, words in chosen(axis, along(axis, 0, length), lambda s: 7.0 * len(s), gap)])
    picked = in_node(node, f"""{json.dumps(cases)}.map(([sets, scale, limits, length, gap]) =>
      pick(sets, scaleOf({{ scale, limits }}, 0, length), (words) => 7 * [...words].length, gap)
      .map(([, words]) => words))""")
    assert picked == expected
    assert all(expected)


def test_words_are_broken_where_they_do_not_fit(node):
    assert in_node(node, "inLines('one two', 99, (words) => words.length)") == ["one two"]
    assert in_node(node, "inLines('with caches as built', 12, (words) => words.length)") == ["with caches", "as built"]
    assert in_node(node, "inLines('unbreakable', 3, (words) => words.length)") == ["unbreakable"]


@pytest.mark.parametrize("seed", range(20))
def test_labels_are_moved_apart_between_two_ends(node, seed):
    rng = np.random.default_rng(seed)
    wanted = np.sort(rng.uniform(0, 100, int(rng.integers(1, 8)))).tolist()
    found = in_node(node, f"apart({wanted}, 14, 0, 100)")
    assert all(b - a >= 14 - 1e-9 for a, b in itertools.pairwise(found))
    assert max(found) <= 100
    assert min(found) >= 0 or math.isclose(min(found), 0, abs_tol=1e-9)
    if all(b - a >= 14 for a, b in itertools.pairwise(wanted)):
        assert found == wanted
