"""What is measured: how large the matrices, the copies and the toy decoders are."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from ..decoder.config import Config
from ..quantities import units
from ..quantities.checks import require_positive, require_whole, whole

FLOAT_BYTES = 4


@dataclass(frozen=True)
class Plan:
    """What to measure, and how large.

    Parameters
    ----------
    array_bytes : int
        Array that is streamed; several times the last cache, or the cache is measured. [B]
    library_n, compiled_n, python_n : int
        Side of the square matrices for each way to multiply. [1]
    layers, hidden, q_heads, head_dim, ffn_hidden, vocab : int
        Shape of the decoder. [1]
    kv_heads, batches : tuple of int
        Key-value heads and batch sizes to try; each must divide `q_heads`, as ever. [1]
    context_tok : int
        Tokens in the cache. [token]
    repeats : int
        Runs of each, after one that does not count. The fastest stands: it was disturbed least. [1]
    """

    array_bytes: int = 1 << 30
    library_n: int = 2048
    compiled_n: int = 384
    python_n: int = 64
    layers: int = 12
    hidden: int = 1024
    q_heads: int = 16
    head_dim: int = 64
    ffn_hidden: int = 4096
    vocab: int = 1024
    kv_heads: tuple[int, ...] = (16, 4, 1)
    batches: tuple[int, ...] = (1, 4, 16)
    context_tok: int = 1024
    repeats: int = 5

    def __post_init__(self) -> None:
        """Refuse sizes that measure nothing."""
        for name, value in asdict(self).items():
            if name not in ("kv_heads", "batches"):
                object.__setattr__(self, name, whole(**{name: value}))
        for name in ("kv_heads", "batches"):
            given = np.ravel(getattr(self, name)).tolist()
            require_whole(hint="give at least one.", **{name: given or 0})
            object.__setattr__(self, name, tuple(map(int, given)))
        for kv_heads in self.kv_heads:
            self.config(kv_heads)

    def config(self, kv_heads: int) -> Config:
        """Return the decoder's shape with this many key-value heads."""
        return Config(self.layers, self.hidden, self.q_heads, kv_heads, self.head_dim, self.ffn_hidden, self.vocab)

    @property
    def need_bytes(self) -> int:
        """Memory that the largest part takes [B]."""
        config = self.config(max(self.kv_heads))
        cache = max(self.batches) * (self.context_tok + self.repeats + 1) * config.kv_values_per_token
        matrices = 3 * self.library_n**2
        # a tenth more for activations and the interpreter's own
        return int(1.1 * max(2 * self.array_bytes, FLOAT_BYTES * max(config.n_params + cache, matrices)))


FULL = Plan()
SMALL = Plan(array_bytes=1 << 27, library_n=1024, compiled_n=192, layers=4, hidden=512, q_heads=8, ffn_hidden=2048,
             kv_heads=(8, 2, 1), batches=(1, 4, 8), context_tok=512)


def plan_for(memory_bytes: float) -> Plan:
    """Return the largest plan that fits, `FULL` or `SMALL`.

    Parameters
    ----------
    memory_bytes : float
        Memory that may be used. [B]

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        When not even the small one fits; the message says what is needed.
    """
    require_positive(memory_bytes=memory_bytes)
    for plan in (FULL, SMALL):
        if plan.need_bytes <= memory_bytes:
            return plan
    raise ValueError(f"this machine has {units.text(memory_bytes, 'B')} to spare, and the smallest measurement needs "
                     f"{units.text(SMALL.need_bytes, 'B')}; close something, or raise --memory-bytes.")
