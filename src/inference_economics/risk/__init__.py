"""What may change: price paths, the worth of a way out, margins at risk, intervals."""

# May import: quantities, catalog.

from ..quantities.faces import handing_on

__all__ = [
    "exposure",
    "hedges",
    "options",
    "price_paths",
    "uncertainty",
]

__getattr__, __dir__ = handing_on(__name__)
