"""A guess before an answer: what the rule finds, in which words, what is refused, and the same in the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parity import harness
from small_figures import ASKED, GROWTH, USERS, growing

from kernelless import Axis, Figure, Line, Point, Predict, Slider, explore
from kernelless.predict import STATIONS, compare, predict_spec, sentences

X, LOG, FLAT = growing().x, GROWTH, Axis("share", (0, 1), "%")


def told(guess, truth, axis=LOG):
    return sentences(compare(guess, truth, axis), [1, 10, 100, 1000, 10_000],
                     Figure(X, axis, [Line([1, 2], [0.1, 0.2], "a")]))


@pytest.mark.parametrize(("guess", "truth", "level", "slope", "bend"), [
    ([0.01, 0.02, 0.04, 0.08, 0.16], [0.01, 0.02, 0.04, 0.08, 0.16], "about right", "about right", "both are nearly"),
    ([0.03, 0.06, 0.12, 0.24, 0.48], [0.01, 0.02, 0.04, 0.08, 0.16], "3× too high", "about right", "both are nearly"),
    ([0.01] * 5, [0.01, 0.01, 0.01, 0.1, 1], "3.98× above yours", "too flat",
     "bends near 100; yours is straight"),
    ([0.5, 0.1, 0.05, 0.02, 0.01], [0.01, 0.02, 0.05, 0.1, 0.5], "about right", "rises where yours falls",
     "near 1,000, yours near 10"),
    ([0.002, 0.003, 0.005, 0.2, 0.5], [0.002, 0.3, 0.4, 0.45, 0.5], "above yours", "about right", "the other way"),
    ([0.001, 0.3, 0.4, 0.5, 0.9], [0.001, 0.002, 0.02, 0.9, 0.95], "too high", "about right",
     "near 1,000, yours near 10"),
])
def test_words_say_where_a_guess_went_wrong(guess, truth, level, slope, bend):
    words = told(guess, truth)
    assert [part in line for part, line in zip((level, slope, bend), words, strict=True)] == [True] * 3, words


def test_a_linear_axis_says_by_how_much():
    assert told([0.6] * 5, [0.2] * 5, FLAT)[0] == "Level: you drew it too high, by 40% on average."
    assert told([0.1] * 5, [0.9] * 5, FLAT)[0] == "Level: you drew it too low, by 80% on average."


heights = st.lists(st.floats(1e-4, 10) | st.just(np.nan), min_size=STATIONS, max_size=STATIONS)


@given(guess=heights, truth=heights)
def test_every_guess_has_a_reply(guess, truth):
    for axis in (LOG, FLAT):
        assert len(told(guess, truth, axis)) == 3
        assert told(truth, truth, axis)[:2] == ["Level: about right.", "Slope: about right."]


def test_the_page_says_the_same(node):
    rng = np.random.default_rng(0)
    for axis in (LOG, FLAT):
        shown = growing(axis=axis)
        spec = predict_spec(ASKED, shown)
        xs = [float(USERS[k]) for k in spec["stations"]]
        low, high = axis.limits
        for _ in range(100):
            guess, truth = (np.exp(rng.uniform(np.log(max(low, 1e-3)), np.log(high), STATIONS)).tolist()
                            for _ in range(2))
            if rng.random() < 0.3:
                truth = [g * rng.uniform(0.8, 1.2) for g in guess]
            said = harness.page(node).ask("verdict", asked=spec, guess=guess, truth=truth, xs=xs, unit=X.unit)
            assert said == sentences(compare(guess, truth, axis), xs, shown)


def test_the_places_are_those_where_the_curve_is_seen():
    steep = Figure(X, LOG, [Line(USERS, USERS / 100, "measured"), Point(3, 0.1, "you are here")])
    seen = ASKED.stations(steep)
    assert len(set(seen)) == STATIONS
    assert USERS[seen[0]] == 1
    assert 50 < USERS[seen[-1]] <= 100
    with pytest.raises(ValueError, match="only 0 points of 'measured' lie within the limits"):
        ASKED.stations(Figure(X, LOG, [Line(USERS, USERS * 0 + 5, "measured"), Point(3, 0.1, "you are here")]))


def test_what_waits_is_not_seen_and_the_rest_keeps_its_colour():
    waiting = ASKED.without(growing())
    assert np.isnan(waiting.marks[0].y).all()
    assert np.isnan(waiting.marks[1].y).all()
    assert waiting.colors() == growing().colors()


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Predict(mark="", question="Q"), "mark='' must be text"),
    (lambda: Predict(mark="a", question=3), "question=3 must be text"),
    (lambda: Predict(mark="a", question="Q", hides="b"), "hides='b' must be a sequence of labels"),
    (lambda: Predict("mesured", "Q").hidden(growing()), "unknown mark to predict 'mesured'.* Did you mean 'measured'"),
    (lambda: Predict("you are here", "Q").hidden(growing()), "'you are here' is a Point; only a Line can be drawn"),
    (lambda: explore(growing, title="T", watch="W", users=Slider(1, 500, value=20), predict="measured"),
     r"predict='measured' must be a Predict\(mark=…, question=…\)"),
])
def test_what_cannot_be_asked_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
