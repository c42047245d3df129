"""A guess before an answer, in Jupyter: five values at five places, then the curve, and where the guess went wrong."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np

from .figure import Figure
from .predict import Predict, compare, sentences
from .units import text


class Question:
    """The widgets that ask for a guess; `waiting` until it is given, or skipped."""

    def __init__(self, told: Predict, figure: Figure, changed: Callable[[], None]) -> None:
        self.told, self.waiting = told, True
        self._figure, self._changed = figure, changed
        places, (xs, ys) = told.stations(figure), told.curve(figure)
        self._xs, self._truth = [float(xs[k]) for k in places], [float(ys[k]) for k in places]
        low, high = figure.y.span
        middle = float(f"{np.sqrt(low * high) if figure.y.scale == 'log' else (low + high) / 2:.2g}")
        self.values = [widgets.FloatText(value=middle, description=f"at {text(x, figure.x.unit)}",
                                         layout=widgets.Layout(width="14em")) for x in self._xs]
        self.said = widgets.HTML()
        buttons = []
        for words, act in (("Show the curve", self.show), ("Skip", self.skip)):
            button = widgets.Button(description=words, layout=widgets.Layout(width="auto"))
            button.on_click(lambda _, act=act: act())
            buttons.append(button)
        unit = f" In {figure.y.unit}." if figure.y.unit else ""
        self.box = widgets.VBox([widgets.HTML(f"<b>{escape(told.question)}</b>{escape(unit)}"), *self.values,
                                 widgets.HBox(buttons), self.said])

    def guess(self) -> list[float]:
        """Return the reader's values, in base units."""
        return [float(box.value) for box in self.values]

    def show(self) -> None:
        """Let the curve show, and say where the guess went wrong."""
        found: dict[str, Any] = compare(self.guess(), self._truth, self._figure.y)
        words = sentences(found, self._xs, self._figure)
        self.said.value = "".join(f"{escape(line)}<br>" for line in words)
        self.skip()

    def skip(self) -> None:
        """Let the curve show."""
        self.waiting = False
        self._changed()
