"""What publishers say of a model's size, and whether the architecture agrees."""

from __future__ import annotations

from typing import Any


def rounded(text: str) -> tuple[float, float]:
    """Read a published count with its rounding.

    Parameters
    ----------
    text : str
        A number with K, M, B or T, such as ``540.35B``.

    Returns
    -------
    tuple of float
        The value, and half a unit of its last digit.
    """
    scale = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    try:
        digits, unit = text[:-1], scale[text[-1]]
        value = float(digits)
    except (KeyError, IndexError, ValueError, TypeError):
        raise ValueError(f"{text!r} is not a rounded count; write for example 671B or 1.5B.") from None
    decimals = len(digits.partition(".")[2])
    return value * unit, 0.5 * 10.0**-decimals * unit


def check_count(name: str, said: str, *counts: Any) -> None:
    """Catch a slip in the shape: the count must agree with what the publisher rounds.

    Parameters
    ----------
    name : str
        The field that holds the publisher's figure.
    said : str
        That figure, such as ``671B``; empty where unpublished.
    *counts : int
        What it may mean, of which one must agree. [1]

    Raises
    ------
    ValueError
        When none does.
    """
    # published counts differ by what they include (embedding, vision tower), never by more than this
    slack = 0.07
    if said:
        value, half = rounded(said)
        if all(abs(count - value) > half + slack * value for count in counts):
            raise ValueError(f"{name}={said!r}, but the architecture gives {counts[0]:,}; check the shape.")
