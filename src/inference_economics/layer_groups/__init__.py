"""Layer groups: what a model holds, row by row, and how a ``config.json`` becomes such rows."""

from .architecture import Architecture, stack
from .from_config import from_config
from .groups import LayerGroup

__all__ = ["Architecture", "LayerGroup", "from_config", "stack"]
