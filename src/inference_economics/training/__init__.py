"""Training against serving: runs, their best size, and what is spent on each over the years."""

# May import: quantities, catalog, models.

from ..quantities.faces import handing_on
from .run import (
    programme_usd,
    serving_flop,
    thinking_factor,
    training_flop,
    training_flop_with_attention,
    training_gpu_hours,
    training_mfu,
    training_usd,
)

__all__ = [
    "programme_usd",
    "serving_flop",
    "thinking_factor",
    "training_flop",
    "training_flop_with_attention",
    "training_gpu_hours",
    "training_mfu",
    "training_usd",
]

__getattr__, __dir__ = handing_on(__name__)
