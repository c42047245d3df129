"""Which way to serve: what a year of one workload costs each way, and how sure that is."""

# May import: every room but chapters and explore.

from .costs import OPTIONS, YEARS, Costs, within, yearly_costs

__all__ = [
    "OPTIONS",
    "YEARS",
    "Costs",
    "within",
    "yearly_costs",
]
