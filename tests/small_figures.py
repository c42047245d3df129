"""A simple figure, and explorers of it, for the tests of kernelless."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from kernelless import Axis, Choice, Figure, Line, Point, Predict, Readout, Slider, explore

X = np.linspace(0, 10, 11)
args = dict  # parts by name, as the call under test writes them


def simple(a=1.0, b=2.0, c=None):
    return Figure(x=Axis("x", (0, 10)), y=Axis("y", (0, 100)), marks=[Line(X, a * X + b, "line")],
                  readouts=[Readout("Sum", a + b, "B")])


def declare(function=simple, **given):
    given = {"title": "A title", "watch": "Move it."} | given
    if not any(isinstance(value, (Slider, Choice)) for value in given.values()):
        given = {"a": Slider(0.5, 5.0, value=1.0), "b": Slider(0, 9, value=2)} | given
    return explore(function, **given)


def figure_of(**parts):
    """Declare an explorer whose figure is the simple one with other parts."""

    def changed(a):
        values = {key: value(a) if callable(value) else value for key, value in parts.items()}
        return dataclasses.replace(simple(a), **values)

    return declare(changed, a=Slider(0.5, 5.0, value=1.0))


def ids(html: str) -> list[str]:
    """Return every id of a page, in order."""
    return re.findall(r'\bid="([^"]+)"', html)


USERS = np.geomspace(1, 10_000, 41)
GROWTH = Axis("time", (1e-3, 1.0), "s", "log")
ASKED = Predict(mark="measured", question="How does it grow? Draw it.", hides=["you are here"])


def growing(users=20, axis=GROWTH):
    """A curve that a reader may be asked to draw."""
    ys = 0.005 * (1 + USERS / users) if axis is GROWTH else np.minimum(USERS / 1000, 1)
    return Figure(Axis("users", (1, 10_000), "", "log"), axis,
                  [Line(USERS, ys, "measured"), Point(users, 0.01, "you are here")], [Readout("Users", users)])


NAMES = Axis("", categories=("Chips", "Power", "Cost", "Margin", "Price"))
PLACES = Axis("x", (0, 10))


def figure_with(mark, **axes):
    return Figure(**({"x": PLACES, "y": PLACES} | axes), marks=[mark])
