"""Whether to make a chip: its die and its margins, and the programme that designs it."""

# May import: quantities, catalog.

from ..quantities.faces import handing_on
from .chip import (
    ChipCost,
    Margins,
    MarginStack,
    ServerBuild,
    chip_cost,
    margin_stack,
    memory_usd,
    price_at_margin,
    small_chip_gain,
)
from .die import (
    YIELD_MODELS,
    die_usd,
    good_die_usd,
    gross_dies,
    murphy_yield,
    negative_binomial_yield,
    poisson_yield,
    repaired_yield,
    seeds_yield,
)

__all__ = [
    "YIELD_MODELS",
    "ChipCost",
    "MarginStack",
    "Margins",
    "ServerBuild",
    "chip_cost",
    "die_usd",
    "good_die_usd",
    "gross_dies",
    "margin_stack",
    "memory_usd",
    "murphy_yield",
    "negative_binomial_yield",
    "poisson_yield",
    "price_at_margin",
    "repaired_yield",
    "seeds_yield",
    "small_chip_gain",
]

__getattr__, __dir__ = handing_on(__name__)
