"""What a chip costs to make and to buy: a wafer with its defects, and the margins between the die and the cloud."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Axis, Blocks, Explorer, Figure, Line, Readout, Slider, Stack, State, explore

from ...buying.ownership import capital_recovery_factor
from ...catalog.facts import silicon
from ...silicon import die, margin_stack
from ...silicon.reference import DISCOUNT_RATE, LIFE_YEARS, RUNNING_USD_PER_YEAR, UTILISATION, h100_build, h100_margins

WAFER_MM = 300.0
MOST_DEFECTS = 280  # 0.4 per cm² on a wafer of 300 mm
FATES = {"good": 0, "has a defect": 1, "cut by the rim": None}
ACROSS = 24  # sites of the grid, each way: enough for dies of 160 mm²


def _defects() -> tuple[np.ndarray, np.ndarray]:
    """Return where the defects fall, drawn once, evenly over the wafer: the first n are those of a better process."""
    rng = np.random.default_rng(7)
    radius = WAFER_MM / 2 * np.sqrt(rng.random(MOST_DEFECTS))
    angle = 2 * np.pi * rng.random(MOST_DEFECTS)
    # to a micrometre, because a page carries them
    return np.round(radius * np.cos(angle), 3), np.round(radius * np.sin(angle), 3)


RIM = (WAFER_MM / 2 * np.cos(np.linspace(0, 2 * np.pi, 73)), WAFER_MM / 2 * np.sin(np.linspace(0, 2 * np.pi, 73)))
DEFECT_X, DEFECT_Y = _defects()


def wafer_with_defects() -> Explorer:
    """Show the dies of one wafer, and which of them a defect spoils.

    Square dies are laid on a grid from the middle, defects drawn once and evenly. What a wafer gives on average, and
    what a good die costs, are of `silicon.die`: `gross_dies`, `poisson_yield`, `good_die_usd`.

    Returns
    -------
    Explorer
    """
    wafer_usd = silicon("wafer-n5").value

    def figure(die_area_mm2: Any, defects_per_cm2: Any) -> Figure:
        side = np.sqrt(die_area_mm2)
        place = (np.arange(ACROSS) - (ACROSS - 1) / 2) * side
        x, y = place[None, :], place[:, None]
        far = np.square(np.abs(x) + side / 2) + np.square(np.abs(y) + side / 2)
        near = np.square(np.maximum(np.abs(x) - side / 2, 0.0)) + np.square(np.maximum(np.abs(y) - side / 2, 0.0))
        area_cm2 = np.pi * WAFER_MM * WAFER_MM / 400
        fallen = np.arange(MOST_DEFECTS) < defects_per_cm2 * area_cm2
        # the site in which each defect falls; those that have not fallen lie outside
        column = np.where(fallen, np.floor(DEFECT_X / side + ACROSS / 2), -1.0)
        row = np.where(fallen, np.floor(DEFECT_Y / side + ACROSS / 2), -1.0)
        site = np.arange(ACROSS)
        in_column = np.where(column[None, :] == site[:, None], 1.0, 0.0)
        in_row = np.where(row[None, :] == site[:, None], 1.0, 0.0)
        hit = np.sum(in_row[:, None, :] * in_column[None, :, :], axis=2)
        whole = far <= np.square(WAFER_MM / 2)
        kind = np.where(whole, np.where(hit > 0, 1.0, 0.0), np.where(near < np.square(WAFER_MM / 2), 2.0, np.nan))
        density = defects_per_cm2 / 100
        good = die.poisson_yield(die_area_mm2, density)
        dies = die.gross_dies(die_area_mm2)
        return Figure(
            x=Axis.blank(-160, 160), y=Axis.blank(-160, 160), equal=True,
            marks=[Blocks((x + 0 * y).reshape(-1), (y + 0 * x).reshape(-1), "dies", width=0.92 * side,
                          height=0.92 * side, kinds=FATES, kind=kind.reshape(-1)),
                   Line(*RIM, "edge of the wafer", color=5)],
            readouts=[
                Readout("Good dies here", np.sum(np.where(kind == 0, 1.0, 0.0))),
                Readout("Whole dies here", np.sum(np.where(whole, 1.0, 0.0))),
                Readout("Yield on average", good, "%"),
                Readout("A good die costs", die.good_die_usd(wafer_usd, dies, good), "USD"),
                Readout("Silicon at full yield", die.good_die_usd(wafer_usd, dies, 1.0), "USD"),
            ],
        )

    return explore(
        figure, name="wafer-with-defects", title="One wafer and its defects",
        watch="Make the die larger. The same defects spoil a larger share of fewer dies: what does a good one cost?",
        alt="A round wafer of square dies; some are spoilt by a defect, some cut by the rim.",
        die_area_mm2=Slider(180, 850, value=814, unit="mm²", label="Area of a die"),
        defects_per_cm2=Slider(0.0, 0.38, value=0.1, unit="/cm²", label="Defects"),
        presets={"The largest a mask allows": {"die_area_mm2": 850}, "A chiplet": {"die_area_mm2": 200},
                 "A young process": {"defects_per_cm2": 0.3}},
    )


HIGHEST = 8.0  # of the chart [USD/h]
PARTS = ("the parts, at cost", "maker of the chip", "maker of the server", "cloud")


def margin_tower() -> Explorer:
    """Show what a chip-hour from the cloud pays for: the hardware and its running, and one margin on another.

    Prices are of `silicon.margin_stack` for a server of eight H100, evaluated with the margins added one by one.

    Returns
    -------
    Explorer
    """
    recovery = capital_recovery_factor(DISCOUNT_RATE, LIFE_YEARS)
    default = h100_margins()

    def figure(chip_margin: Any, server_margin: Any, cloud_margin: Any, utilisation: Any) -> Figure:
        def price(*margins: Any) -> Any:
            return margin_stack(h100_build(), h100_margins(*margins), recovery, RUNNING_USD_PER_YEAR, utilisation)

        steps = [price(0.0, 0.0, 0.0), price(chip_margin, 0.0, 0.0), price(chip_margin, server_margin, 0.0),
                 price(chip_margin, server_margin, cloud_margin)]
        hourly = np.stack([step.cloud_usd_per_hour for step in steps])
        added = hourly - np.concatenate([np.zeros(1), hourly[:-1]])
        sold = steps[-1]
        return Figure(
            x=Axis.blank(-0.6, 2.0), y=Axis("price of a chip-hour", (0, HIGHEST), "USD/h"),
            marks=[
                Stack(np.where(hourly <= HIGHEST, added, np.nan), "who is paid", words=PARTS, unit="USD/h"),
            ],
            readouts=[
                Readout("A chip-hour in the cloud", sold.cloud_usd_per_hour, "USD/h"),
                Readout("With no margin at all", sold.bare_usd_per_hour, "USD/h"),
                Readout("Price over cost", sold.multiple, "×"),
                Readout("Margins, of the price", 1 - sold.bare_usd_per_hour / sold.cloud_usd_per_hour, "%"),
                Readout("Price of one chip", sold.chip_usd, "USD"),
            ],
            states=[State(hourly[-1] <= HIGHEST, "The tower fits the chart.", "The tower is taller than the chart.")],
        )

    return explore(
        figure, name="margin-tower", title="Who is paid by a chip-hour",
        watch="Take the chip maker's margin away. What of the tower was not hardware? Then take the cloud's.",
        chip_margin=Slider(0.0, 0.92, value=float(default.chip_margin), unit="%", label="Margin of the chip's maker"),
        server_margin=Slider(0.0, 0.3, value=float(default.server_margin), unit="%",
                             label="Margin of the server's maker"),
        cloud_margin=Slider(0.0, 0.7, value=float(default.cloud_margin), unit="%", label="Margin of the cloud"),
        utilisation=Slider(0.3, 1.0, value=UTILISATION, unit="%", label="Hours that are sold"),
        presets={"A chip of one's own": {"chip_margin": 0.0}, "Owning the servers too": {"chip_margin": 0.0,
                                                                                          "cloud_margin": 0.0}},
    )
