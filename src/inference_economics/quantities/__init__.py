"""What a number may be: units, names and limits, and the mathematics under the formulas."""

# May import: kernelless.

from .faces import handing_on

__all__ = [
    "checks",
    "faces",
    "glossary",
    "limits",
    "mathematics",
    "numeric",
    "units",
]

__getattr__, __dir__ = handing_on(__name__)
