"""What chapters show, and whether it is true: exhibits, exercises, golden cases and rulings."""

# May import: every room and kernelless.

from ..quantities.faces import handing_on

__all__ = [
    "exercises",
    "exhibits",
    "golden",
    "golden_formulas",
    "mechanisms",
    "rulings",
    "tipping",
]

__getattr__, __dir__ = handing_on(__name__)
