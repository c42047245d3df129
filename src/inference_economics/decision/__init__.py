"""Which way to serve: what a year of one workload costs each way, and how sure that is."""

# May import: every room but chapters and explore.

from ..quantities.faces import handing_on
from .costs import OPTIONS, YEARS, Costs, within, yearly_costs

__all__ = [
    "OPTIONS",
    "YEARS",
    "Costs",
    "within",
    "yearly_costs",
]

__getattr__, __dir__ = handing_on(__name__)
