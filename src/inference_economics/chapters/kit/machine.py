"""A model on a chip at hand: its numbers, the room that its memory has, and what the chip rents for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernelless import tabulate

from ...catalog import prices
from ...hardware.accelerators import Accelerator
from ...models.spec import Model
from ...quantities.numeric import Numeric, Truth
from ...serving import calibration, step
from ...serving.constants import Constants
from ...serving.cut import cut_of
from ...serving.engines import TYPICAL
from ...serving.layout import Layout
from ...serving.memory import budget_bytes, cache_room_bytes, cached_bytes_per_chip
from ...serving.setups import Setup, setup
from .own import OwnChip


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

    setup: Setup
    fitted: Constants
    sheet: Constants


def fitted_and_sheet(chip: Accelerator | str, engine: str = TYPICAL) -> tuple[Constants, Constants]:
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
    fitted: Constants = tabulate(calibration.constants, chip, engine)
    return fitted, fitted.bound()


def engine(model: Model | str, chip: Accelerator | str, precision: str = "fp8",
           bytes_per_value: Numeric | None = None) -> Engine:
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
    return Engine(setup(model, chip, precision, bytes_per_value), *fitted_and_sheet(chip))


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
    sequence_bytes : numeric
        What one sequence of the length asked for takes of `free_bytes`, with the copies that the chips keep of it. [B]
    sequences : numeric
        Whole sequences of the length asked for that memory holds. [1]
    joined : bool or array
        Whether links join the chips.
    divided : bool or array
        Whether the chips divide the model: its heads, layers and experts. Where not, no sequence fits, and a
        `serving.Deployment` refuses the layout.
    """

    weight_bytes: Numeric
    kept_bytes: Numeric
    free_bytes: Numeric
    memory_bytes: Numeric
    sequence_bytes: Numeric
    sequences: Numeric
    joined: Truth
    divided: Truth

    @property
    def kept_share(self) -> Numeric:
        """Share of the memory that the engine keeps back [1]."""
        return self.kept_bytes / self.memory_bytes

    @property
    def users(self) -> Numeric:
        """Sequences that are served: none where no link joins the chips [1]."""
        return np.where(self.joined, self.sequences, 0.0)


def room_of(model: Model | str, chip: Accelerator | str, layout: Layout | Numeric, context_tok: Numeric,
            precision: str = "fp8", bytes_per_value: Numeric | None = None) -> Room:
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
    sequence = cut.n_chips * cached_bytes_per_chip(at.setup, context_tok, cut) / cut.pp
    sequences = np.floor(step.capacity(at.setup, at.fitted, context_tok, cut))
    return Room(cut.n_chips * per_chip, cut.n_chips * kept, cut.n_chips * free,
                cut.n_chips * at.setup.hbm_bytes, sequence, np.where(divided, sequences, 0.0)[()], joined, divided)


def rent_usd_per_hour(chip: Accelerator) -> float:
    """Return what a chip costs by the hour today; in a figure function, of the chip that the reader chose.

    Parameters
    ----------
    chip : Accelerator
        One chip.

    Returns
    -------
    float
        As `prices.rental_usd_per_hour` has it, or as the reader says of an own chip. [USD/h]
    """
    found: float = tabulate(_rent_usd_per_hour, chip)
    return found


def _rent_usd_per_hour(chip: Accelerator) -> float:
    if isinstance(chip, OwnChip):
        return chip.rent_usd_per_hour
    return prices.rental_usd_per_hour(chip.name)
