"""What no chip can beat: arithmetic at its peak, memory at its bandwidth, links at theirs."""

# May import: quantities, catalog, models.

from ..quantities.faces import handing_on

__all__ = [
    "accelerators",
    "fields",
    "kernels",
    "links",
    "roofline",
    "work",
]

__getattr__, __dir__ = handing_on(__name__)
