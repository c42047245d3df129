"""What this machine does: its memory, its matrix products and the decoder against its own roofline."""

# May import: quantities, hardware, decoder.

from ..quantities.faces import handing_on
from .plan import FULL, SMALL, Plan, plan_for
from .report import plot, table
from .run import decode_row, decoder_of, run

__all__ = [
    "FULL",
    "SMALL",
    "Plan",
    "decode_row",
    "decoder_of",
    "plan_for",
    "plot",
    "run",
    "table",
]

__getattr__, __dir__ = handing_on(__name__)
