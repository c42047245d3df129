"""API, rent or own: list prices, hours of a chip, servers of one's own, and where they break even."""

# May import: quantities, catalog.

from ..quantities.faces import handing_on

__all__ = [
    "break_even",
    "contracts",
    "market",
    "ownership",
    "purchases",
    "reference",
    "running",
    "seats",
]

__getattr__, __dir__ = handing_on(__name__)
