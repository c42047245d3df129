"""Matplotlib's drawing: the words of the axes, the frame, and what stands in it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from parity.synthetic import explorers
from small_figures import X, declare, simple

from kernelless import HERE, Axis, Band, Bars, Figure, Label, Line, Point, Rule
from kernelless.boxes import Boxes
from kernelless.draw import built_ticks, draw, frame
from kernelless.palette import HEIGHT, INK, WIDTH


def test_the_frame_makes_room_for_the_names_of_categories_only():
    plain = Axis("x", (0, 1))
    line = Line(0, 0, "l")
    assert frame(Figure(plain, plain, [line]))[0] == pytest.approx(31.6)
    for names in (("a", "b"), ("a", "b" * 20), ("a", "b" * 200)):
        left, top, width, height = frame(Figure(plain, Axis("", categories=names), [Bars(np.ones(2), "b")]))
        assert left == min(26 + 4.9 * len(names[1]), 170)
        assert left + width + 16 == pytest.approx(WIDTH)
        assert top + height + 36 == pytest.approx(HEIGHT)


def test_the_built_picture_has_ticks_that_leave_room():
    axis = Axis("n", (1, 1e6), "tokens", "log")
    assert [words for _, words in built_ticks(axis, 390, across=True)] == [
        "1", "10", "100", "1,000", "10,000", "100,000", "1M"]
    assert [words for _, words in built_ticks(axis, 60, across=False)] == ["1", "1,000", "1M"]
    drawn = draw(Figure(axis, Axis("y", (0, 1), "%"), [Line(X + 1, X, "l")])).axes[0]
    assert [words.get_text() for words in drawn.get_xticklabels()][-1] == "1M"
    assert len(drawn.get_xticks(minor=True)) > 40


def test_you_are_here_is_ink_and_a_target():
    point = draw(Figure(Axis("x", (0, 9)), Axis("y", (0, 9)), [Point(1, 2, "here", color=HERE)])).axes[0]
    assert {line.get_markeredgecolor() for line in point.lines} == {"white", INK}
    assert len({line.get_markersize() for line in point.lines}) == 2


def test_each_mark_carries_its_key_and_the_legend_its_name():
    for explorer in explorers():
        figure = explorer.figure()
        canvas = draw(figure)
        keys = {artist.get_gid() for artist in canvas.findobj(lambda artist: artist.get_gid() is not None)}
        coloured = {f"m{i}" for i, mark in enumerate(figure.marks)
                    if mark.swatch and not isinstance(mark, (Bars, Boxes))}
        assert coloured <= keys
        drawn = canvas.axes[0].get_legend()
        named = [words.get_text() for words in drawn.get_texts()] if drawn else []
        assert named == [label for _, label, _ in figure.legend()]
        assert draw(figure, legend=False).axes[0].get_legend() is None


def test_what_has_no_place_is_not_drawn():
    figure = dataclasses.replace(simple(), marks=[
        Line(np.arange(3.0), np.array([1, np.nan, np.inf]), "line"), Band(np.arange(3.0), np.nan, 1.0, "band"),
        Rule("rule", x=-1.0), Label(5, 1000.0, "label")])
    axes = draw(figure).axes[0]
    assert np.isnan(axes.lines[0].get_ydata()[1:]).all()
    assert np.isnan(axes.patches[0].get_xy()).all()
    assert len(axes.lines) == 1
    assert "label" not in {words.get_text() for words in axes.texts}


def test_a_circle_is_round_beside_a_legend():
    turn = np.linspace(0, 2 * np.pi, 31)
    figure = Figure(x=Axis.blank(-1, 5), y=Axis.blank(-1, 1), equal=True,
                    marks=[Line(np.cos(turn) + at, np.sin(turn), f"circle {at}") for at in range(5)])
    for legend in (True, False):
        axes, = draw(figure, legend=legend).axes
        corner, far = axes.transData.transform([(0, 0), (1, 1)])
        assert np.ptp([corner[0], far[0]]) == pytest.approx(np.ptp([corner[1], far[1]]))


def test_an_explorer_draws_some_settings():
    assert declare().draw(a=2).axes[0].lines[0].get_ydata()[1] == 4
