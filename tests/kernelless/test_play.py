"""A slider that plays: its stops, what it refuses, and its button."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from small_figures import X, args, simple

from kernelless import Line, Play, Slider, explore, tabulate
from kernelless.play import MOST_STEPS, button

REFUSED = {
    "a step that does not divide": (args(high=1, step=0.3), r"step=0\.3 must divide the way from 0 to 1"),
    "a step of nothing": (args(high=1, step=0), r"step=0 must divide"),
    "a step back": (args(high=1, step=-1), r"step=-1 must divide"),
    "too many steps": (args(high=MOST_STEPS + 1, step=1), rf"into 1 to {MOST_STEPS:,} steps"),
    "a way back": (args(high=-1, step=1), r"must divide the way from 0 to -1"),
    "no time": (args(high=1, seconds=0.5), r"seconds=0\.5 is outside 1 to 120"),
    "too long": (args(high=1, seconds=121), r"seconds=121 is outside"),
    "no number": (args(high=1, seconds="fast"), r"seconds='fast' must be a finite number"),
    "a log scale": (args(high=1, scale="log"), r"scale='log' must be linear"),
    "a value between": (args(high=1, step=0.5, value=0.3), r"the default 0\.3 is not one of the stops"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_play_refuses(name):
    given, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        Play(0, **given)


def test_its_stops_are_the_steps_as_one_writes_them():
    play = Play(0, 1, step=0.1)
    assert play.stops == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert (play.value, Play(2, 8, value=3).value) == (1.0, 3)
    assert play.spec() == Slider(0.0, 1.0, 1.0, stops=play.stops).spec() | {"seconds": 10.0}
    assert dataclasses.replace(play, label="Time").stops == play.stops


def test_each_stop_may_look_something_up():
    events = {k: float(k * k % 7) for k in range(11)}

    def figure(t):
        return dataclasses.replace(simple(), marks=[Line(X, tabulate(lambda at: events[round(at)], t) + 0 * X, "line")],
                                   readouts=())

    made = explore(figure, title="t", watch="w", t=Play(0, 10))
    for t in range(11):
        assert made.figure(t=t).marks[0].y[0] == events[t]


def test_only_what_plays_has_a_button():
    assert button(Slider(0, 1, 0), "i") == ""
    said = button(Play(0, 20, seconds=8, label="Ti<m>e"), "id-t")
    assert 'data-play="8" aria-controls="id-t" aria-label="Play Ti&lt;m&gt;e"' in said


def test_the_page_says_which_input_it_plays():
    def figure(t):
        return dataclasses.replace(simple(), marks=[Line(X, t * X, "line")], readouts=())

    html = explore(figure, title="t", watch="w", t=Play(0, 10)).html()
    assert 'aria-controls="explorer-figure-t"' in html
    assert 'id="explorer-figure-t"' in html
    assert np.count_nonzero([part.startswith("ex-play") for part in html.split('class="')]) == 1


def test_jupyter_has_a_player_that_is_tied_to_the_slider():
    def figure(t, a):
        return dataclasses.replace(simple(), marks=[Line(X, t * a * X, "line")], readouts=())

    time = Play(0, 4, step=0.5, value=1, seconds=4)
    made = explore(figure, title="t", watch="w", t=time, a=Slider(0.5, 5.0, value=1.0))
    rows = [row.children for row in made.widget.children[1:3]]
    player, slider = rows[0][:2]
    assert len(rows[1]) == len(rows[0]) - 1
    assert (player.value, player.max, player.interval) == (2, 8, 500)
    player.value = 8
    assert made.values["t"] == 4
    made.controls["t"].value = 0.0
    assert player.value == 0
    assert slider is made.controls["t"]
    made.controls["a"].value = 2.0
    assert made.values == {"t": 0.0, "a": 2.0}
