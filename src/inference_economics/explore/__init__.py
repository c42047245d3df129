"""Interactive figures: declared once as numpy functions, live in Jupyter and on the page."""

# May import: quantities.

from ..quantities.faces import handing_on
from . import functions  # noqa: F401 (fills trace.FUNCTIONS)
from .controls import Choice, Slider
from .explorer import Explorer, explore
from .figure import Axis, Figure
from .options import tabulate
from .page import standalone
from .parts import Band, Bars, Label, Line, Point, Readout, Rule, State
from .trace import CannotBeTraced, NotSupportedYet, TraceError

__all__ = [
    "Axis", "Band", "Bars", "CannotBeTraced", "Choice", "Explorer", "Figure", "Label", "Line", "NotSupportedYet",
    "Point", "Readout", "Rule", "Slider", "State", "TraceError", "explore", "standalone", "tabulate",
]

__getattr__, __dir__ = handing_on(__name__)
