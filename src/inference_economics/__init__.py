"""Inference economics you can run: the formulas, catalogues and explorers of *The Infrastructure Trap*."""

from .chapter import Table, glue
from .exercises import check, exercise, solution
from .explore import (
    Axis,
    Band,
    Bars,
    Choice,
    Explorer,
    Figure,
    Label,
    Line,
    Point,
    Readout,
    Rule,
    Slider,
    State,
    explore,
    standalone,
    tabulate,
)
from .units import text

__version__ = "0.1.0"

__all__ = [
    "Axis",
    "Band",
    "Bars",
    "Choice",
    "Explorer",
    "Figure",
    "Label",
    "Line",
    "Point",
    "Readout",
    "Rule",
    "Slider",
    "State",
    "Table",
    "check",
    "exercise",
    "explore",
    "glue",
    "solution",
    "standalone",
    "tabulate",
    "text",
]
