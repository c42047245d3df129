"""Interactive figures without a kernel: numpy functions, traced into programs that run in the reader's browser."""

from . import functions  # noqa: F401 (fills trace.FUNCTIONS)
from .axis import Axis
from .controls import Choice, Slider
from .explorer import Explorer, explore, explorer_named
from .figure import Figure
from .options import tabulate
from .page import standalone
from .palette import HERE
from .parts import Band, Bars, Label, Line, Point, Readout, Rule, State
from .trace import CannotBeTraced, NotSupportedYet, TraceError
from .units import text

__version__ = "0.1.0"
__all__ = [
    "HERE", "Axis", "Band", "Bars", "CannotBeTraced", "Choice", "Explorer", "Figure", "Label", "Line",
    "NotSupportedYet", "Point", "Readout", "Rule", "Slider", "State", "TraceError", "explore", "explorer_named",
    "standalone", "tabulate",
    "text",
]
