"""A choice among the ways to stretch a rotary embedding, with its constants."""

from __future__ import annotations

from dataclasses import dataclass

from ...quantities.checks import lookup, require
from ...quantities.limits import checked_fields
from ...quantities.numeric import Numeric
from .stretching import dynamic_ntk_theta, interpolated, llama3, ntk_theta, yarn, yarn_attention_factor
from .turning import Array, frequencies

METHODS = ("linear", "ntk", "dynamic", "yarn", "llama3")


@dataclass(frozen=True)
class Scaling:
    """A choice of method and its constants, named as in the functions of this module.

    Parameters
    ----------
    method : str
        ``linear`` (position interpolation), ``ntk``, ``dynamic``, ``yarn`` or ``llama3``.
    factor : float
        New context over trained context. [1]
    original_tok : int
        Trained context; ``linear`` and ``ntk`` do without. [token]
    fast_rotations, slow_rotations, low_frequency_factor, high_frequency_factor : float
        Ends of the ramp of ``yarn`` and of ``llama3``. [1]
    mscale, mscale_all_dim : float
        DeepSeek's variant of YaRN: the attention factor on the rotary part and on the whole score. Zero: not used. [1]
    """

    method: str
    factor: float
    original_tok: float = 0
    fast_rotations: float = 32
    slow_rotations: float = 1
    low_frequency_factor: float = 1
    high_frequency_factor: float = 4
    mscale: float = 0
    mscale_all_dim: float = 0

    def __post_init__(self) -> None:
        """Refuse an unknown method, a missing trained context or constants that are none."""
        lookup("RoPE scaling method", self.method, dict.fromkeys(METHODS))
        checked_fields(self, original_tok="[0, 1e12]")
        require(0, 1e3, hint="give a ratio.", mscale_all_dim=self.mscale_all_dim)
        if self.method not in ("linear", "ntk") and self.original_tok < 1:
            raise ValueError(f"RoPE scaling {self.method!r} needs original_tok, the trained context in tokens.")

    def frequencies(self, head_dim: float, theta: Numeric, context_tok: Numeric) -> Array:
        """Return the frequencies of a head, for a cache of `context_tok` tokens [rad/token]."""
        if self.method == "linear":
            return interpolated(head_dim, self.factor, theta)
        if self.method == "ntk":
            return frequencies(head_dim, ntk_theta(head_dim, self.factor, theta))
        if self.method == "dynamic":
            base = dynamic_ntk_theta(head_dim, self.factor, self.original_tok, context_tok, theta)
            return frequencies(head_dim, base)
        if self.method == "yarn":
            return yarn(head_dim, self.factor, self.original_tok, theta, self.fast_rotations, self.slow_rotations)
        return llama3(head_dim, self.factor, self.original_tok, theta, self.low_frequency_factor,
                      self.high_frequency_factor)

    @property
    def rotary_factor(self) -> float:
        """Factor on the turned part of queries and keys [1]."""
        if self.method != "yarn":
            return 1.0
        if self.mscale and self.mscale_all_dim:
            return float(yarn_attention_factor(self.factor, self.mscale)
                         / yarn_attention_factor(self.factor, self.mscale_all_dim))
        return float(yarn_attention_factor(self.factor))

    @property
    def score_factor(self) -> float:
        """Factor on whole scores [1]."""
        return float(yarn_attention_factor(self.factor, self.mscale_all_dim)) ** 2 if self.method == "yarn" else 1.0
