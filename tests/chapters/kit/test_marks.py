"""Marks of the kit: those of the explorers."""

from __future__ import annotations

import numpy as np

from inference_economics.chapters import kit


def test_marks_are_those_of_the_explorers():
    point = kit.you_are_here(3.0, 4.0)
    assert (point.x, point.y, point.label) == (3.0, 4.0, "you are here")
    assert point.moves == ""
    assert kit.you_are_here(3.0, 4.0, moves="users").moves == "users"
    xs = np.geomspace(1, 100, 5)
    line = kit.level(xs, 7.5, "API", color=2)
    assert line.y.tolist() == [7.5] * 5
    assert (line.x is xs, line.label, line.color) == (True, "API", 2)
