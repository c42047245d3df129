"""Controls that chapters share: models and chips of the catalogue, bytes, and the chips of a copy."""

from __future__ import annotations

from kernelless import Choice, Slider

from ... import models
from ...hardware import accelerators
from ...quantities.checks import lookup
from .own import own_chip, own_model

CHIPS_OF_A_COPY = (1, 2, 4, 8)
PRECISIONS = {2: "bf16, 2 bytes", 1: "fp8, 1 byte", 0.5: "4 bits, ½ byte"}


def model_choice(*names: str, value: str | None = None, label: str = "", needs: str = "", note: str = "") -> Choice:
    """Let the reader choose among models of the catalogue.

    Parameters
    ----------
    *names : str
        Slugs, two or more.
    value : str, optional
        The default; the first name unless it is given.
    label : str
        What the reader sees; by default the parameter's name in words.
    needs : str
        What the figure cannot do without, as in `own_model`; a reader's model without it is refused in words.
    note : str
        Stands under the choice: why no model of the reader's can be had, where none can.

    Returns
    -------
    Choice
        The figure function receives a `models.Model`. The reader may bring another, where the function can be traced
        with one (`own_model`).

    Raises
    ------
    ValueError
        For a name that the catalogue does not know, or fewer than two different ones.
    """
    return Choice(*(models.get(name) for name in names), value=value, label=label, note=note,
                  own=own_model(needs))


def chip_choice(*names: str, value: str | None = None, label: str = "") -> Choice:
    """Let the reader choose among accelerators of the catalogue.

    Parameters
    ----------
    *names, value, label
        As in `model_choice`.

    Returns
    -------
    Choice
        The figure function receives an `accelerators.Accelerator`; the reader may bring another (`own_chip`). Names are
        refused as in `model_choice`.
    """
    return Choice(*(accelerators.get(name) for name in names), value=value, label=label, own=own_chip())


def precision_choice(*bytes_each: float, label: str) -> Choice:
    """Let the reader choose in how many bytes weights or cached values are kept.

    Parameters
    ----------
    *bytes_each : float
        Bytes of one weight or value, the default first: of 2, 1 and 0.5; all three when none is given. [B]
    label : str
        What the reader sees, such as ``Weight precision`` or ``Cache precision``.

    Returns
    -------
    Choice
        The figure function receives the number of bytes.

    Raises
    ------
    ValueError
        For a number of bytes without a name here, or fewer than two different ones.
    """
    return Choice({lookup("bytes_each", width, PRECISIONS): width for width in bytes_each or PRECISIONS}, label=label)


def chips_slider(value: int, label: str = "Chips that share the model") -> Slider:
    """Let the reader set how many chips of one server share a copy of the model.

    Parameters
    ----------
    value : int
        The default: 1, 2, 4 or 8. [1]
    label : str
        What the reader sees.

    Returns
    -------
    Slider
        With stops at 1, 2, 4 and 8, so that a figure may tabulate over it.
    """
    return Slider(CHIPS_OF_A_COPY[0], CHIPS_OF_A_COPY[-1], value=value, unit="chips", label=label,
                  stops=CHIPS_OF_A_COPY)
