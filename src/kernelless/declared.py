"""What an explorer declares: as much of it as the page, the widget and the table of a figure look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .controls import Choice, Slider
from .figure import Figure
from .predict import Predict


class Declared(Protocol):
    """An explorer, as others see it."""

    function: Callable[..., Figure]
    title: str
    watch: str
    name: str
    alt: str
    presets: dict[str, dict[str, Any]]
    precompute: bool
    predict: Predict | None
    controls_spec: dict[str, Slider | Choice]
    defaults: dict[str, Any]
    program: dict[str, Any]
    spec: dict[str, Any]

    def figure(self, **given: Any) -> Figure:
        """Return the figure for some settings."""

    def html(self, ident: str | None = None) -> str:
        """Return the explorer as a page shows it."""
