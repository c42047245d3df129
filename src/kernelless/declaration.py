"""What an explorer is declared with, each part checked before anything is drawn."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .controls import Choice, Slider
from .figure import Figure
from .predict import Predict

MOST_CONTROLS = 100  # of which no reader sees more than the few that stand open


@dataclass(frozen=True)
class Declaration:
    """A function, its controls, and the words around them; see `explore` for each.

    Raises
    ------
    ValueError
        When a part is missing, is no text, or contradicts another; the message names it.
    """

    function: Callable[..., Figure]
    title: str
    watch: str
    controls: Mapping[str, Slider | Choice]
    alt: str = ""
    name: str = ""
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    precompute: bool = False
    sources: Sequence[str] = ()
    predict: Predict | None = None

    def __post_init__(self) -> None:
        """Fill in names and labels, and refuse what no explorer can be made of."""
        if not callable(self.function):
            raise ValueError(f"function={self.function!r} must be a function from parameters to a Figure.")
        for key, words in {"title": self.title, "watch": self.watch}.items():
            if not isinstance(words, str) or not words.strip():
                raise ValueError(f"{key}={words!r} must be text that the reader sees.")
        name = self.name or getattr(self.function, "__name__", "").lstrip("_").replace("_", "-")
        if isinstance(self.sources, str) or not all(isinstance(words, str) and words.strip() for words in self.sources):
            raise ValueError(f"sources={self.sources!r} must be a sequence of texts, one for each source.")
        if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise ValueError(f"name={name!r} must be lower-case letters, digits and hyphens.")
        if self.predict is not None and not isinstance(self.predict, Predict):
            raise ValueError(f"predict={self.predict!r} must be a Predict(mark=…, question=…).")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "controls", {key: _labelled(control, key) for key, control in self.controls.items()})
        self._check_controls()

    def _check_controls(self) -> None:
        if not 1 <= len(self.controls) <= MOST_CONTROLS:
            raise ValueError(f"{self.name} has {len(self.controls)} controls; 1 to {MOST_CONTROLS} are accepted.")
        parameters = inspect.signature(self.function).parameters
        for key in self.controls:
            if key not in parameters:
                raise ValueError(f"control {key!r} is not a parameter of {self.name}; "
                                 f"its parameters are {', '.join(parameters)}.")
        for key, parameter in parameters.items():
            if parameter.default is parameter.empty and key not in self.controls:
                raise ValueError(f"parameter {key!r} of {self.name} has no control and no default.")
        labels = Counter(control.label for control in self.controls.values())
        if (twice := labels.most_common(1)[0])[1] > 1:
            raise ValueError(f"two controls are called {twice[0]!r}; give each its own label.")
        for label, preset in self.presets.items():
            for key, value in preset.items():
                if key not in self.controls or self.controls[key].snap(value) != value:
                    raise ValueError(f"preset {label!r}: {key}={value!r} is not a value that a control can hold.")

    def sources_found(self) -> dict[str, Any]:
        """Return where numbers come from: those of the figure, and those of what may be chosen; empty without any."""
        found = {"figure": tuple(self.sources), "options": _option_sources(self.controls)}
        return found if any(found.values()) else {}


def _labelled(control: Any, key: str) -> Slider | Choice:
    if not isinstance(control, (Slider, Choice)):
        raise ValueError(f"control {key!r} must be a Slider or a Choice, but is {control!r}.")
    words = control.label or key.replace("_", " ").capitalize()
    if isinstance(control, Slider):
        return dataclasses.replace(control, label=words)
    return Choice(control.options, value=control.value, label=words, group=control.group, note=control.note,
                  own=control.own, renamed=control.renamed)


def _option_sources(controls: Mapping[str, Slider | Choice]) -> dict[str, dict[str, str]]:
    """Return the sources of what may be chosen, by control and key, where options say where they are from."""
    found: dict[str, dict[str, str]] = {}
    for key, control in controls.items():
        for option, thing in getattr(control, "options", {}).items():
            source, date = (getattr(thing, field, "") for field in ("source", "date"))
            if isinstance(source, str) and source:
                dated = f" ({date})" if isinstance(date, str) and date else ""
                found.setdefault(key, {})[option] = source + dated
    return found
