"""Formats as they are served: what a weight, a cached value and a state take, and what the arithmetic runs in.

A format is more than a byte count. Its scales take room, parts of a model stay in 16 bits, and the matrix units may
multiply in another format than the one that is stored. The rows are in ``catalog/formats.toml``; what engines choose
where nobody says is in ``catalog/engines.toml``.
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .. import catalog
from ..hardware.accelerators import Accelerator
from ..quantities.checks import is_traced, lookup, require
from ..quantities.limits import check
from .engines import TYPICAL, load_engines

WIDE_BYTES = 2.0  # what stays unquantised: bf16
# short names of formats, as engines' options and model cards use them
SHORT = {"bf16": "w16a16", "fp8": "w8a8-fp8", "int8": "w8a8-int8", "fp4": "nvfp4", "awq": "w4a16"}


class UnsupportedFormatError(ValueError):
    """A chip that multiplies neither in the format asked for nor in 16 bits."""


@dataclass(frozen=True)
class Format(catalog.Recorded):
    """How one kind of values is stored, and what the arithmetic with them runs in.

    Parameters
    ----------
    name, title : str
        Slug; name for readers.
    holds : str
        ``weights``, ``cache`` or ``state``.
    bits : float
        Of one value, scales aside. [bit]
    group : int
        Values that share a scale; 0 where scales are too few to count. [1]
    scale_bits, zero_bits : float
        Scale and zero point of a group. [bit]
    arithmetic, otherwise : str
        What the matrix units multiply in; what instead, on a chip that lacks it.
    keeps_16_bit, mixtures_keep_16_bit : tuple of str
        Parts of a model that stay in 16 bits; further ones in a mixture of experts.
    checkpoint_cache : str
        Cache format that the published checkpoints of this format name, if any.

    Raises
    ------
    ValueError
        When the row contradicts itself.
    """

    name: str
    title: str
    holds: str
    bits: float
    group: int = 0
    scale_bits: float = 0
    zero_bits: float = 0
    arithmetic: str = ""
    otherwise: str = ""
    scaled_by_hardware: str = ""
    keeps_16_bit: tuple[str, ...] = ()
    mixtures_keep_16_bit: tuple[str, ...] = ()
    checkpoint_cache: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that contradicts itself."""
        super().__post_init__()
        lookup("holds", self.holds, {"weights": 1, "cache": 1, "state": 1})
        if not 1 <= self.bits <= 32:
            raise ValueError(f"bits={self.bits!r} is outside 1..32; give bits, not bytes.")
        if bool(self.group) != bool(self.scale_bits):
            raise ValueError(f"group={self.group!r} and scale_bits={self.scale_bits!r} go together.")
        if (self.holds == "weights") != bool(self.arithmetic):
            raise ValueError(f"arithmetic={self.arithmetic!r} does not go with a format that holds {self.holds}.")
        for part in (*self.keeps_16_bit, *self.mixtures_keep_16_bit):
            lookup("part of a model", part, PARTS)

    @property
    def bytes_per_value(self) -> float:
        """Bytes of one value, its share of scale and zero point included [B]."""
        shared = (self.scale_bits + self.zero_bits) / self.group if self.group else 0.0
        return (self.bits + shared) / 8

    def kept(self, mixture: bool) -> frozenset[str]:
        """Return the parts that stay in 16 bits."""
        return frozenset((*self.keeps_16_bit, *(self.mixtures_keep_16_bit if mixture else ())))


PARTS = {"embedding": "rows looked up", "head": "output head", "norm": "norms, biases and sinks", "router": "routers",
         "bias": "biases of experts", "attention": "attention and linear mixers",
         "shared": "dense layers and shared experts"}


@cache
def load_formats() -> dict[str, Format]:
    """Return the formats of the catalogue, by slug."""
    return catalog.build_all(Format, catalog.path("formats.toml"))


def get(name: str, holds: str = "weights") -> Format:
    """Return one format of the catalogue.

    Parameters
    ----------
    name : str
        Slug, such as ``nvfp4``, or a short name of `SHORT`, such as ``fp8``.
    holds : str
        What it must hold.

    Returns
    -------
    Format

    Raises
    ------
    ValueError
        For a name that is not known, or not for this use.
    """
    known = {slug: row for slug, row in load_formats().items() if row.holds == holds}
    if holds == "weights":
        known = {short: known[slug] for short, slug in SHORT.items()} | known
        return _found("precision", name, known)
    return _found(f"{holds} format", name, known)


def _found(kind: str, name: str, known: dict[str, Format]) -> Format:
    found: Format = lookup(kind, name, known)
    return found


def default_cache(weights: Format, engine: str = TYPICAL) -> Format:
    """Return the cache format that an engine chooses: its own default, or what the checkpoint names.

    Parameters
    ----------
    weights : Format
        Of the checkpoint. Eight-bit weights alone do not halve the cache.
    engine : str
        A row of ``catalog/engines.toml``, or ``typical``.

    Returns
    -------
    Format
    """
    if engine == TYPICAL:
        obeys, own = True, "kv16"
    else:
        row = lookup("engine", engine, load_engines())
        obeys, own = row.cache_from_checkpoint, row.cache_format
    return get(weights.checkpoint_cache if obeys and weights.checkpoint_cache else own, "cache")


@dataclass(frozen=True)
class Formats:
    """What the weights, the cache, the fixed state and the arithmetic of a deployment are in.

    Parameters
    ----------
    weights : str, Format or float
        A format of the catalogue, a short name of `SHORT`, or the bytes of one weight, all parts alike [B]: of those
        nothing stays in 16 bits, and matrices are multiplied in 16 bits unless `arithmetic` says otherwise.
    cache : str, Format, float or None
        A cache format, or the bytes of one cached value [B]; None takes what the engine would (`default_cache`).
    state : str or Format
        Fixed state of linear-attention and Mamba layers, which a narrow cache does not shrink.
    arithmetic : str
        What matrices are multiplied in, in place of what goes with the weights: ``bf16``, ``fp8``, ``int8``, ``fp4``.

    Raises
    ------
    ValueError
        For a format that is not known or does not hold what it should.
    """

    weights: str | Format | float = "fp8"
    cache: str | Format | float | None = None
    state: str | Format = "state16"
    arithmetic: str = ""
    _found: dict[str, Format] = field(default_factory=dict, init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        """Look the formats up."""
        for use in ("weights", "cache", "state"):
            value = getattr(self, use)
            if isinstance(value, str):
                self._found[use] = get(value, use)
            elif isinstance(value, Format):
                if value.holds != use:
                    raise ValueError(f"{use}={value.name}: this format holds {value.holds}.")
                self._found[use] = value
            elif use == "weights" and _is_bytes(value) and not is_traced(value):
                self._found[use] = _of_bytes(value)
            elif use == "cache" and _is_bytes(value):
                object.__setattr__(self, "cache", check(bytes_per_value=value))
            elif not (use == "cache" and value is None):
                get(value, use)  # which says what is known
        if self.arithmetic != "":
            lookup("arithmetic", self.arithmetic, dict.fromkeys(("bf16", "fp8", "int8", "fp4")))

    @property
    def stored(self) -> Format:
        """The format of the weights."""
        return self._found["weights"]

    def cache_bytes_per_value(self, engine: str = TYPICAL) -> float:
        """Bytes of one cached value [B]."""
        if self.cache is None:
            return default_cache(self.stored, engine).bytes_per_value
        return self._found["cache"].bytes_per_value if "cache" in self._found else self.cache  # type: ignore[return-value]

    @property
    def state_bytes_per_value(self) -> float:
        """Bytes of one value of the fixed state [B]."""
        return self._found["state"].bytes_per_value

    def native(self, chip: Accelerator) -> bool:
        """Say whether a chip multiplies in the format asked for."""
        return _peak(chip, self.multiplied_in(chip)) is not None

    def multiplied_in(self, chip: Accelerator) -> str:
        """Return the arithmetic asked for on a chip: blocks that its matrix units scale themselves need no widening."""
        scaled = self.stored.scaled_by_hardware if _peak(chip, "fp4") is not None else ""
        return self.arithmetic or scaled or self.stored.arithmetic

    def flop_per_s(self, chip: Accelerator) -> float:
        """Peak of the arithmetic: the format asked for, or 16 bits on a chip that lacks it.

        Parameters
        ----------
        chip : Accelerator
            One chip.

        Returns
        -------
        float
            Dense peak. [FLOP/s]

        Raises
        ------
        UnsupportedFormatError
            When the chip has neither: no narrower format stands in.
        """
        return arithmetic_flop_per_s(chip, self.multiplied_in(chip), self.stored.title)


def _is_bytes(value: object) -> bool:
    return is_traced(value) or (isinstance(value, numbers.Real) and not isinstance(value, bool))


def _of_bytes(bytes_per_param: Any) -> Format:
    """Return a format of which only the bytes of a weight are known."""
    require(1 / 8, 4, hint="give the bytes of one weight, not bits.", weights=bytes_per_param)
    size = float(bytes_per_param)
    return Format(name=f"{size:g}-bytes", title=f"{size:g} B a weight", holds="weights", bits=8 * size,
                  arithmetic="bf16")


def _peak(chip: Accelerator, arithmetic: str) -> float | None:
    peak: float | None = getattr(chip, f"{arithmetic}_flop_per_s")
    return peak


def arithmetic_flop_per_s(chip: Accelerator, arithmetic: str, asked_for: str) -> float:
    """Return a chip's peak in a format, or in 16 bits where it lacks the format [FLOP/s].

    Parameters
    ----------
    chip : Accelerator
        One chip.
    arithmetic : str
        ``bf16``, ``fp8``, ``int8`` or ``fp4``.
    asked_for : str
        What needs it, for the message.

    Returns
    -------
    float

    Raises
    ------
    UnsupportedFormatError
        When the chip has neither.
    """
    for wide in (arithmetic, "bf16"):
        peak = _peak(chip, wide)
        if peak is not None:
            return peak
    have = [name for name in ("bf16", "fp8", "int8", "fp4") if _peak(chip, name) is not None]
    asked = f"no {arithmetic} peak" if arithmetic == "bf16" else f"neither a {arithmetic} nor a bf16 peak"
    raise UnsupportedFormatError(f"{chip.title} has {asked} in the catalogue, as needed for {asked_for}; known: "
                                 f"{', '.join(have) or 'none'}. Choose another format or chip.")
