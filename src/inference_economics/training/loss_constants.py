"""The constants of the Chinchilla loss, as fitted by those who published them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from ..quantities.checks import lookup, require


@dataclass(frozen=True)
class LossConstants:
    """Constants of the Chinchilla loss ``floor + a / N**alpha + b / D**beta``, in nats per token.

    name : the key in `LOSS_CONSTANTS`.
    floor : loss that no model falls below. [nat/token]
    a, alpha : scale and exponent of the term that falls with parameters. [1]
    b, beta : scale and exponent of the term that falls with training tokens. [1]
    source : where the fit is published.
    """

    name: str
    title: str
    floor: float
    a: float
    b: float
    alpha: float
    beta: float
    source: str

    def __post_init__(self) -> None:
        """Refuse constants that cannot belong to a loss."""
        for field in ("floor", "a", "b"):
            value = getattr(self, field)
            require(0, 1e6, open_low=field != "floor", hint=f"check the constants {self.name!r}.", **{field: value})
        for field in ("alpha", "beta"):
            require(0.01, 2, hint=f"check the constants {self.name!r}.", **{field: getattr(self, field)})


_HOFFMANN = 'Hoffmann et al., "Training Compute-Optimal Large Language Models", arXiv:2203.15556, 2022, approach 3'

LOSS_CONSTANTS = {row.name: row for row in (
    LossConstants("epoch", "Epoch AI refit", 1.8172, 482.01, 2085.43, 0.3478, 0.3658,
                  'Besiroglu et al., "Chinchilla Scaling: A replication attempt", arXiv:2404.10102, 2024'),
    LossConstants("hoffmann", "Hoffmann et al., as printed", 1.69, 406.4, 410.7, 0.34, 0.28, _HOFFMANN),
    LossConstants("hoffmann-unrounded", "Hoffmann et al., unrounded", 1.6934, 406.4, 410.7, 0.3392, 0.2849, _HOFFMANN),
    LossConstants("sardana", "Hoffmann et al., as used by Sardana et al.", 1.69, 406.4, 410.7, 0.336, 0.283,
                  'Sardana et al., "Beyond Chinchilla-Optimal", arXiv:2401.00448, 2024'),
)}


def loss_constants(constants: str | LossConstants = "epoch") -> LossConstants:
    """Return the named `LossConstants`, or `constants` itself if it already has their fields.

    Parameters
    ----------
    constants : str or LossConstants
        ``epoch``, ``hoffmann``, ``hoffmann-unrounded`` or ``sardana``, or constants of your own.

    Returns
    -------
    LossConstants
        The constants, with their source.

    Raises
    ------
    ValueError
        For an unknown name or an object without the fields; the message lists the known names.
    """
    if all(hasattr(constants, field) for field in ("floor", "a", "b", "alpha", "beta")):
        return cast(LossConstants, constants)  # or what a page chooses among them
    return lookup("constants", constants, LOSS_CONSTANTS)
