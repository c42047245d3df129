"""Interactive figures: declared once as numpy functions, live in Jupyter and on the page."""

from . import functions  # noqa: F401 (fills trace.FUNCTIONS)
from .controls import Choice, Slider, tabulate
from .explorer import Explorer, explore
from .figure import Axis, Band, Bars, Figure, Label, Line, Point, Readout, Rule, State
from .page import standalone
from .trace import CannotBeTraced, NotSupportedYet, TraceError

__all__ = [
    "Axis", "Band", "Bars", "CannotBeTraced", "Choice", "Explorer", "Figure", "Label", "Line", "NotSupportedYet",
    "Point", "Readout", "Rule", "Slider", "State", "TraceError", "explore", "standalone", "tabulate",
]
