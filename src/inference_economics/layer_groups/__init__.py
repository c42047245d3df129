"""Layer groups: what a model holds, row by row, and how a ``config.json`` becomes such rows."""

from .from_config import from_config
from .groups import Architecture, LayerGroup, stack

__all__ = ["Architecture", "LayerGroup", "from_config", "stack"]
