"""Chapter 3, the KV cache."""
from . import Exercise

EXERCISES = ()
