"""Whether it really runs so: a small decoder in numpy, with the toy models that it runs."""

# May import: quantities.

from ..quantities.faces import handing_on
from .cache import DTYPES, Cache, quantise
from .config import ATTENTION, FFN, Config, check_weights, shapes
from .decoder import Decoder, sample

__all__ = [
    "ATTENTION",
    "DTYPES",
    "FFN",
    "Cache",
    "Config",
    "Decoder",
    "check_weights",
    "quantise",
    "sample",
    "shapes",
]

__getattr__, __dir__ = handing_on(__name__)
