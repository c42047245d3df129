"""Interactive figures without a kernel: numpy functions, traced into programs that run in the reader's browser."""

from . import functions  # noqa: F401 (fills trace.FUNCTIONS)
from .axis import Axis
from .boxes import Blocks, Spans
from .controls import Choice, Slider
from .diagrams import Arrows, Bracket, Flow, Note
from .explorer import Explorer, explore, explorer_named
from .figure import Figure, Panel
from .grids import Cells
from .options import tabulate
from .page import standalone
from .palette import HERE
from .parts import Band, Bars, Label, Line, Point, Readout, Rule, State
from .play import Play
from .predict import Predict
from .stacks import Stack, Waterfall
from .trace import CannotBeTraced, NotSupportedYet, TraceError
from .units import text

__version__ = "0.1.0"
__all__ = [
    "HERE", "Arrows", "Axis", "Band", "Bars", "Blocks", "Bracket", "CannotBeTraced", "Cells", "Choice", "Explorer",
    "Figure", "Flow", "Label", "Line", "NotSupportedYet", "Note", "Panel", "Play", "Point", "Predict", "Readout",
    "Rule", "Slider", "Spans", "Stack", "State", "TraceError", "Waterfall", "explore", "explorer_named", "standalone",
    "tabulate", "text",
]
