"""An explorer in Jupyter: ipywidgets controls over a figure that matplotlib redraws into a widget's value.

No Output widget: strict nbval cannot compare those.
"""

from __future__ import annotations

import asyncio
import math
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from . import page
from .controls import Choice, Slider
from .own import OWN
from .play import players
from .question import Question
from .svg import matplotlib_svg

if TYPE_CHECKING:
    from .declared import Declared

SETTLES_S = 0.05  # moves that follow each other faster than this are drawn once, at the last

_shown: dict[tuple[str, str, str], ExplorerWidget] = {}  # by what declares them: the latest of each

_WIDE = widgets.Layout(width="34em")
_STYLE = {"description_width": "14em"}


def _make(control: Slider | Choice) -> Any:
    """Return the ipywidgets control for a Slider or a Choice."""
    common = {"description": control.label, "style": _STYLE, "layout": _WIDE}
    if isinstance(control, Choice):
        more = [(f"{control.own.title}…", OWN)] if control.own else []
        return widgets.Dropdown(options=[*((title, key) for key, title in control.titles.items()), *more],
                                value=control.value, **common)
    if control.stops:
        return widgets.SelectionSlider(options=[(control.show(stop), stop) for stop in control.stops],
                                       value=float(control.value), continuous_update=False, **common)
    if control.scale == "log":
        # A little beyond the ends, which ipywidgets would else cut by a rounding error; `snap` keeps to the ends.
        low, high = math.log10(control.low) - 1e-9, math.log10(control.high) + 1e-9
        return widgets.FloatLogSlider(value=control.value, base=10, min=low, max=high, step=(high - low) / 240,
                                      readout=False, **common)
    kind = widgets.IntSlider if control.whole else widgets.FloatSlider
    value, low, high = (int(v) if control.whole else float(v) for v in (control.value, control.low, control.high))
    step = 1 if control.whole else (high - low) / 240
    return kind(value=value, min=low, max=high, step=step, readout=False, **common)


class ExplorerWidget:
    """The widgets of one explorer, tied together."""

    def __init__(self, explorer: Declared):
        self.explorer = explorer
        self.controls = {key: _make(control) for key, control in explorer.controls_spec.items()}
        self.shown = {key: widgets.HTML() for key in self.controls}
        # what the reader brings for a choice, as text; in sight while it is chosen
        self.brought = {key: widgets.Textarea(value=control.own.example, description=control.own.title, style=_STYLE,
                                              layout=widgets.Layout(width="34em", display="none"))
                        for key, control in explorer.controls_spec.items()
                        if isinstance(control, Choice) and control.own}
        self.readout = widgets.HTML()
        self.figure = widgets.HTML()
        reset = widgets.Button(description="Reset", layout=widgets.Layout(width="auto"))
        reset.on_click(lambda _: self.set(explorer.defaults))
        buttons = [reset]
        for label, preset in explorer.presets.items():
            button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
            button.on_click(lambda _, preset=preset: self.set(explorer.defaults | preset))
            buttons.append(button)
        for key, control in (*self.controls.items(), *self.brought.items()):
            control.observe(lambda change, key=key: self._moved(key, change), names="value")
        self.question = Question(explorer.predict, explorer.figure(), self.update) if explorer.predict else None
        self._holds = False
        self._waiting: asyncio.TimerHandle | None = None
        self.update()
        heading = widgets.HTML(f"<b>{escape(explorer.title)}</b><br>{escape(explorer.watch)}")
        rows: list[Any] = []
        for key, control in self.controls.items():
            rows.append(widgets.HBox([*players(explorer.controls_spec[key], control), control, self.shown[key]]))
            rows += [self.brought[key]] if key in self.brought else []
        asked = [self.question.box] if self.question else []
        self.box = widgets.VBox([heading, *asked, *rows, widgets.HBox(buttons), self.readout, self.figure])
        self._replace_the_last()

    def _replace_the_last(self) -> None:
        """Close the widgets that an earlier run of the same cell left behind."""
        function = self.explorer.function
        key = (self.explorer.name, getattr(function, "__module__", ""), getattr(function, "__qualname__", ""))
        if (last := _shown.get(key)) is not None:
            last.close()
        _shown[key] = self

    def close(self) -> None:
        """Close every widget, with its layout and its style."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        stack: list[Any] = [self.box]
        while stack:
            widget = stack.pop()
            stack.extend(getattr(widget, "children", ()))
            for part in (getattr(widget, "style", None), getattr(widget, "layout", None)):
                if isinstance(part, widgets.Widget) and part is not _WIDE:
                    part.close()
            widget.close()

    def values(self) -> dict[str, Any]:
        """Return the settings: each widget's value, snapped to what its control can hold."""
        return {key: self.explorer.controls_spec[key].snap(self._held(key)) for key in self.controls}

    def _held(self, key: str) -> Any:
        value = self.controls[key].value
        return OWN + self.brought[key].value if value == OWN and key in self.brought else value

    def set(self, settings: dict[str, Any]) -> None:
        """Move all controls, and redraw once."""
        self._holds = True
        for key, value in settings.items():
            if key in self.brought and isinstance(value, str) and value.startswith(OWN):
                self.brought[key].value, value = value[len(OWN):], OWN
            self.controls[key].value = type(self.controls[key].value)(value)
        self._holds = False
        self.update()

    def _moved(self, key: str, change: Any) -> None:
        """Redraw once the moves have settled; at once where no event loop runs."""
        if self._holds:
            return
        if change["new"] is None:  # what a Dropdown accepts, and no choice can be
            self._holds = True
            self.controls[key].value = change["old"]
            self._holds = False
            options = ", ".join(map(repr, self.explorer.controls_spec[key].spec()["keys"]))
            raise ValueError(f"{key}=None is not an option; known: {options}.")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.update()
            return
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = loop.call_later(SETTLES_S, self.update)

    def _said(self, key: str, value: Any) -> str:
        """Show the form of an own option while it is chosen, and say why its text is not taken."""
        if key not in self.brought:
            return ""
        chosen, control = self.controls[key].value == OWN, self.explorer.controls_spec[key]
        self.brought[key].layout.display = None if chosen else "none"
        if not chosen or value.startswith(OWN):
            return ""
        try:
            control.find(self._held(key))
        except ValueError as error:
            return escape(f"{error} Shown: {control.show(value)}.")
        return ""

    def update(self) -> None:
        """Redraw for the present settings."""
        self._waiting = None
        values = self.values()
        figure = self.explorer.figure(**values)
        for key, control in self.explorer.controls_spec.items():
            self.shown[key].value = self._said(key, values[key]) if isinstance(control, Choice) else escape(
                control.show(values[key]))
        numbers = "".join(f"{escape(label)}: <b>{escape(words)}</b><br>"
                          for label, words in page.readout_texts(figure).items())
        states = "".join(f"{s.sign()} {escape(s.holds if bool(s.ok) else s.fails)}<br>" for s in figure.states)
        self.readout.value = numbers + states + escape(figure.unseen())
        if self.question and self.question.waiting:
            self.readout.value, figure = "", self.question.told.without(figure)
        # White behind the plot: its ink is dark, and JupyterLab's theme may be too.
        drawn = matplotlib_svg(figure, legend=True)
        svg = drawn[drawn.index("<svg"):]
        self.figure.value = f'<div style="background: white; max-width: 640px">{svg}</div>'
