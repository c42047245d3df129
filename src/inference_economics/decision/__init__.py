"""Which way to serve: what a year of one workload costs each way, and how sure that is."""

# May import: every room but chapters.

from ..quantities.faces import handing_on
from .costs import WAYS, Costs, cheapest, within, yearly_costs
from .inputs import Inputs
from .workload import YEARS, Demand, Finance, Fleet, Offer, Programme, Server

__all__ = [
    "WAYS",
    "YEARS",
    "Costs",
    "Demand",
    "Finance",
    "Fleet",
    "Inputs",
    "Offer",
    "Programme",
    "Server",
    "cheapest",
    "within",
    "yearly_costs",
]

__getattr__, __dir__ = handing_on(__name__)
