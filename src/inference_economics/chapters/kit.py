"""The shapes that chapters repeat: choices, marks, an engine at hand, the table that halves and doubles.

Each is here because three chapters or more spell it in the same way. What the figure of one chapter alone needs stays
in that chapter.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from kernelless import HERE, Choice, Line, Point, Slider, tabulate

from .. import models
from ..catalog import prices
from ..hardware import accelerators
from ..quantities.checks import lookup
from ..quantities.units import text
from ..risk import uncertainty
from ..serving import Layout, calibration, measurements, setup, step
from ..serving.cut import cut_of
from ..serving.engines import TYPICAL
from ..serving.memory import budget_bytes, cache_room_bytes
from .exhibits import Table

CHIPS_OF_A_COPY = (1, 2, 4, 8)
PRECISIONS = {2: "bf16, 2 bytes", 1: "fp8, 1 byte", 0.5: "4 bits, ½ byte"}


def model_choice(*names: str, value: str | None = None, label: str = "") -> Choice:
    """Let the reader choose among models of the catalogue.

    Parameters
    ----------
    *names : str
        Slugs, two or more.
    value : str, optional
        The default; the first name unless it is given.
    label : str
        What the reader sees; by default the parameter's name in words.

    Returns
    -------
    Choice
        The figure function receives a `models.Model`.

    Raises
    ------
    ValueError
        For a name that the catalogue does not know, or fewer than two different ones.
    """
    return Choice(*(models.get(name) for name in names), value=value, label=label)


def chip_choice(*names: str, value: str | None = None, label: str = "") -> Choice:
    """Let the reader choose among accelerators of the catalogue.

    Parameters
    ----------
    *names, value, label
        As in `model_choice`.

    Returns
    -------
    Choice
        The figure function receives an `accelerators.Accelerator`. Names are refused as in `model_choice`.
    """
    return Choice(*(accelerators.get(name) for name in names), value=value, label=label)


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


def you_are_here(x: Any, y: Any) -> Point:
    """Mark where the reader's settings lie in the plot.

    Parameters
    ----------
    x, y : number or array
        In the units of the axes. [any]
    """
    return Point(x, y, "you are here", color=HERE)


def level(xs: Any, value: Any, label: str, color: int | None = None) -> Line:
    """Draw a level line: a quantity that the horizontal axis does not move.

    Parameters
    ----------
    xs : array
        Where the plot's other curves are evaluated. [any]
    value : number or array
        The same at each x; may depend on a control. [any]
    label : str
        Its name in the legend.
    color : int, optional
        Place in the palette.

    Returns
    -------
    Line
        Unlike a `Rule` it has a colour and a name in the legend, and the cursor reads it.
    """
    return Line(xs, value + 0 * xs, label, color)


class Engine(NamedTuple):
    """A model on a chip, and what an engine makes of the chip.

    Parameters
    ----------
    setup : Setup
        Model, format and chip as plain numbers, as `serving.setup` gives them.
    fitted : Constants
        As engines run: fitted to measurements, typical of the engines.
    sheet : Constants
        As the data sheet has it: no losses, with the same share of the memory left to weights and cache.
    """

    setup: Any
    fitted: Any
    sheet: Any


def fitted_and_sheet(chip: Any, engine: str = TYPICAL) -> tuple[Any, Any]:
    """Return the constants of a chip: fitted to measured engines, and those of its data sheet beside them.

    Parameters
    ----------
    chip : Accelerator or str
        One chip; in a figure function, what a `chip_choice` handed it.
    engine : str
        As in `calibration.constants`.

    Returns
    -------
    tuple of Constants
        Fitted, and without losses: an estimate with all parts in turn, no bound.
    """
    fitted = tabulate(calibration.constants, chip, engine)
    return fitted, fitted.bound()


def engine(model: Any, chip: Any, precision: Any = "fp8", bytes_per_value: Any = None) -> Engine:
    """Return a model on a chip as the step's formulas take it. In a figure function the page looks the numbers up.

    Parameters
    ----------
    model : Model or str
        What runs; in a figure function, what a `model_choice` handed it.
    chip : Accelerator or str
        One chip; likewise.
    precision : str
        Format of the weights, as in `serving.setup`.
    bytes_per_value : float, optional
        Bytes of one cached value, as in `serving.setup`. [B]

    Returns
    -------
    Engine
    """
    return Engine(tabulate(setup, model, chip, precision, bytes_per_value), *fitted_and_sheet(chip))


class Room(NamedTuple):
    """What the memory of one copy holds, as engines keep it.

    Parameters
    ----------
    weight_bytes : numeric
        Weights, over all chips. [B]
    kept_bytes : numeric
        What engines keep back for neither weights nor caches, over all chips. [B]
    free_bytes : numeric
        Memory that caches get, over all chips. [B]
    memory_bytes : numeric
        All memory of all chips. [B]
    sequences : numeric
        Whole sequences of the length asked for that memory holds. [1]
    joined : bool or array
        Whether links join the chips.
    divided : bool or array
        Whether the chips divide the model: its heads, layers and experts. Where not, no sequence fits, and a
        `serving.Deployment` refuses the layout.
    """

    weight_bytes: Any
    kept_bytes: Any
    free_bytes: Any
    memory_bytes: Any
    sequences: Any
    joined: Any
    divided: Any

    @property
    def kept_share(self) -> Any:
        """Share of the memory that the engine keeps back [1]."""
        return self.kept_bytes / self.memory_bytes

    @property
    def users(self) -> Any:
        """Sequences that are served: none where no link joins the chips [1]."""
        return np.where(self.joined, self.sequences, 0.0)


def room_of(model: Any, chip: Any, layout: Any, context_tok: Any, precision: Any = "fp8",
            bytes_per_value: Any = None) -> Room:
    """Return the room that a copy of a model has. In a figure function the page looks the numbers up.

    Parameters
    ----------
    model, chip, precision, bytes_per_value
        As in `engine`.
    layout : Layout or int
        How the copy is cut; a number of chips cuts every layer over them.
    context_tok : number or array
        Length of each sequence. [token]

    Returns
    -------
    Room
        Of a layout without groups: the sequences are those of `serving.Deployment.sequences_that_fit`.
    """
    at = engine(model, chip, precision, bytes_per_value)
    cut = layout if isinstance(layout, Layout) else Layout(layout)
    per_chip = step.weight_bytes_per_chip(at.setup, cut)
    free = cache_room_bytes(at.setup, at.fitted, cut)
    # weights that do not fit leave the engine's reserve where it is
    kept = at.setup.hbm_bytes - np.minimum(budget_bytes(at.setup, at.fitted, cut), per_chip + free)
    joined, divided = step.joined(at.setup, cut.n_chips), cut_of(model, cut).whole
    sequences = np.floor(step.capacity(at.setup, at.fitted, context_tok, cut))
    return Room(cut.n_chips * per_chip, cut.n_chips * kept, cut.n_chips * free,
                cut.n_chips * at.setup.hbm_bytes, np.where(divided, sequences, 0.0)[()], joined, divided)


def rent_usd_per_hour(chip: Any) -> Any:
    """Return what a chip costs by the hour today; in a figure function, of the chip that the reader chose.

    Parameters
    ----------
    chip : Accelerator
        One chip.

    Returns
    -------
    float
        As `prices.rental_usd_per_hour` has it. [USD/h]
    """
    return tabulate(lambda one: prices.rental_usd_per_hour(one.name), chip)


def sensitivity(function: Callable[..., Any], base: Mapping[str, Any], caption: str, *, unit: str = "",
                labels: Mapping[str, str] | None = None, show: Callable[[float], str] | None = None) -> Table:
    """Show a result with each input halved, as it is, and doubled, the others held.

    Parameters
    ----------
    function : callable
        Takes the inputs by name, and arrays of them.
    base : mapping
        Argument name to number.
    caption : str
        What the result is, and of what.
    unit : str
        Unit of the result, as `units.text` knows it.
    labels : mapping, optional
        Argument name to its words in the first column; by default the name itself.
    show : callable, optional
        Writes one result, in place of `units.text`.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        For labels that miss an input, or as in `uncertainty.sensitivity`.
    """
    words = {name: name for name in base} if labels is None else dict(labels)
    if words.keys() != base.keys():
        raise ValueError(f"labels are for {', '.join(words)}, but the inputs are {', '.join(base)}; name each once.")
    write = show if show is not None else lambda value: text(value, unit)
    return Table(["input", "halved", "as it is", "doubled"],
                 [(words[row.name], *map(write, row.results)) for row in uncertainty.sensitivity(function, base)],
                 caption)


def find_measurements(**known: Any) -> list[measurements.Point]:
    """Return the measured points that count and have these fields, by rising concurrency, then length.

    Parameters
    ----------
    **known
        Fields of `measurements.Point` and their values: ``model``, ``chip``, ``engine``, ``precision``,
        ``n_chips``, ``concurrency`` and so on.

    Returns
    -------
    list of Point

    Raises
    ------
    ValueError
        For a field that measurements do not have, or where none was measured.
    """
    fields = {field.name: field for field in dataclasses.fields(measurements.Point)}
    for name in known:
        lookup("field of a measurement", name, fields)
    found = [point for point in measurements.kept() if all(getattr(point, name) == known[name] for name in known)]
    if not found:
        raise ValueError("no measurement that counts has " + ", ".join(f"{k}={v!r}" for k, v in known.items())
                         + "; leave out a field, or see measurements.kept() for what was measured.")
    return sorted(found, key=lambda point: (point.concurrency, point.prompt_tok, point.output_tok))


def find_measurement(**known: Any) -> measurements.Point:
    """Return the measured point with these fields: the one of fewest requests, then of the shortest prompt and answer.

    Parameters
    ----------
    **known
        As in `find_measurements`, which refuses what it does not find.

    Returns
    -------
    Point
    """
    return find_measurements(**known)[0]
