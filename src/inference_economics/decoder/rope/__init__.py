"""Rotary position embeddings, and four ways to stretch them to longer contexts.

RoPE turns each pair of a head's dimensions by an angle proportional to the token's position. A score between two tokens
then depends only on how far apart they are. Each pair has its own speed, from one radian per token down to almost none;
the slow pairs have not finished one turn when training ends, so positions beyond it show them angles they have not
seen. The four methods slow some pairs down, so that a longer context stays within seen angles.

The frequency functions are in the traceable dialect: `theta`, `factor` and lengths may be sliders; `head_dim` may not.
"""

from .scaling import METHODS, Scaling
from .stretching import (
    dynamic_ntk_theta,
    interpolated,
    llama3,
    ntk_theta,
    raised_base,
    yarn,
    yarn_attention_factor,
)
from .turning import Array, frequencies, rotate, wavelengths_tok

__all__ = [
    "METHODS",
    "Array",
    "Scaling",
    "dynamic_ntk_theta",
    "frequencies",
    "interpolated",
    "llama3",
    "ntk_theta",
    "raised_base",
    "rotate",
    "wavelengths_tok",
    "yarn",
    "yarn_attention_factor",
]
