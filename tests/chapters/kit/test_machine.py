"""An engine and a room at hand: on numbers, and traced for the page."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import (
    Axis,
    Figure,
    Line,
    Readout,
    Slider,
    accelerators,
    calibration,
    explore,
    models,
    prices,
    serving,
    step,
)
from inference_economics.chapters import kit
from inference_economics.quantities.units import text

NAMES = ("llama-3.1-70b", "llama-3.1-8b")
CHIPS = ("h100-sxm", "b200", "mi300x")


def at_rest(model, chip, precision, bytes_per_value):
    found = serving.setup(model, chip, precision, bytes_per_value)
    one = serving.Deployment(model, chip, formats=serving.Formats(precision, bytes_per_value))
    return found, calibration.constants(chip), one.in_turn(serving.Load()).tpot_s


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize(("precision", "width"), [("fp8", None), ("bf16", 1.0)])
def test_an_engine_is_the_setup_and_two_sets_of_constants(chip, precision, width):
    engine = kit.engine("llama-3.1-8b", chip, precision, width)
    setup, fitted, bound_s = at_rest("llama-3.1-8b", chip, precision, width)
    np.testing.assert_equal(vars(engine.setup), vars(setup))
    assert engine.fitted == fitted
    assert step.serve(engine.setup, engine.sheet, serving.Load()).tpot_s == pytest.approx(bound_s, rel=1e-15)
    assert kit.fitted_and_sheet(chip) == (engine.fitted, engine.sheet)
    assert kit.fitted_and_sheet("h100-sxm", "vllm")[0] == calibration.constants("h100-sxm", "vllm")


def test_a_figure_may_ask_for_the_engine_that_the_reader_chose():
    """It can be traced for the page, whose digits `tests/parity` holds; in Python it is what the package computes."""
    def speeds(model, chip, tp):
        """Time per token, fitted and bound, and the rent of a chip."""
        setup, fitted, bound = kit.engine(model, chip)
        batches = np.array([1.0, 8.0])
        load, layout = serving.Load(batches, 512.0, 512.0), serving.Layout(tp)
        times = [step.serve(setup, constants, load, layout).tpot_s for constants in (fitted, bound)]
        return Figure(x=Axis("batch", (1, 8)), y=Axis("time", (0, 1), "s"),
                      marks=[Line(batches, times[0], "fitted"), kit.level(batches, times[1][0], "bound"),
                             kit.you_are_here(1.0, times[0][0])],
                      readouts=[Readout("Rent", kit.rent_usd_per_hour(chip), "USD/h"),
                                Readout("Fitted", times[0][0], "s")])

    explorer = explore(speeds, title="T", watch="W?", alt="A.", model=kit.model_choice(*NAMES),
                       chip=kit.chip_choice(*CHIPS), tp=kit.chips_slider(8))
    assert "<figure" in explorer.html()
    for name in NAMES:
        for chip in CHIPS:
            shown = explorer.readouts(model=name, chip=chip, tp=4)
            alone = serving.Deployment(name, chip, 4).serve(serving.Load(1, 512, 512)).tpot_s
            assert shown == {"Rent": text(prices.rental_usd_per_hour(chip), "USD/h"), "Fitted": text(alone, "s")}


@pytest.mark.parametrize(("model", "chip", "n_chips", "precision", "width"), [
    ("llama-3.1-70b", "h100-sxm", 8, "bf16", 2.0), ("llama-3.1-70b", "l40s", 4, "fp8", 1.0),
    ("deepseek-v3", "h200-sxm", 8, "fp8", 2.0), ("llama-3.1-70b", "rtx-5090", 1, "bf16", 2.0)])
def test_the_room_is_that_of_the_deployment(model, chip, n_chips, precision, width):
    one = serving.Deployment(model, chip, n_chips, serving.Formats(precision, width))
    room = kit.room_of(model, chip, n_chips, 8192, precision, width)
    assert room.sequences == room.users == one.sequences_that_fit(serving.Load(1, 7168, 1024))
    assert room.weight_bytes == pytest.approx(n_chips * one.weight_bytes_per_chip)
    assert 0.02 < room.kept_share < 0.2 or room.sequences == 0
    assert room.weight_bytes + room.kept_bytes + room.free_bytes == pytest.approx(
        max(n_chips * accelerators.get(chip).hbm_bytes, room.weight_bytes + room.kept_bytes))
    sequence = one.cache_bytes(8192)
    assert room.sequences * sequence <= room.free_bytes
    assert room == kit.room_of(model, chip, serving.Layout(n_chips), 8192, precision, width)


def test_chips_without_links_serve_nobody_together():
    room = kit.room_of("llama-3.1-70b", "m3-ultra", 2, 8192)
    assert room.sequences > 0
    assert (room.users, bool(room.joined)) == (0, False)


@pytest.mark.parametrize("model", ["gpt2", "llama-3.1-8b", "deepseek-v3"])
@pytest.mark.parametrize("layout", [1, 8, 64, serving.Layout(tp=3), serving.Layout(pp=80), serving.Layout(tp=2, ep=2),
                                    serving.Layout(tp=64, batch_sharded=1), serving.Layout(tp=2, attention_dp=4)])
def test_a_room_that_a_deployment_refuses_holds_nobody(model, layout):
    room = kit.room_of(model, "b200", layout, 1024, "bf16")
    try:
        one = serving.Deployment(model, "b200", layout, "bf16")
    except ValueError:
        assert (room.sequences, bool(room.divided)) == (0, False)
    else:
        assert bool(room.divided)
        assert room.weight_bytes == pytest.approx(one.n_chips * one.weight_bytes_per_chip)


def test_heads_that_chips_do_not_divide_hold_nobody_in_the_page_either():
    def figure(model, n_chips):
        """Room of a model on some chips."""
        room = kit.room_of(model, "h100-sxm", n_chips, 1024, "bf16")
        return Figure(x=Axis("chips", (1, 8)), y=Axis("users", (0, 1000)),
                      marks=[kit.you_are_here(n_chips, room.users)], readouts=[Readout("Fit", room.users)])

    page = explore(figure, title="T", watch="W?", alt="A.", model=kit.model_choice("gpt2", "llama-3.1-8b"),
                   n_chips=kit.chips_slider(4))
    assert page.readouts(model="gpt2", n_chips=8) == {"Fit": "0"}
    assert page.readouts(model="gpt2", n_chips=4) != {"Fit": "0"} != page.readouts(model="llama-3.1-8b", n_chips=8)


def test_the_room_is_traced_over_choices_and_contexts():
    def figure(model, n_chips, context_tok):
        """Room of a model on some chips."""
        room = kit.room_of(model, accelerators.get("h100-sxm"), n_chips, context_tok, "bf16")
        return Figure(x=Axis("context", (1024, 65_536)), y=Axis("users", (0, 1000)),
                      marks=[kit.you_are_here(context_tok, room.users)],
                      readouts=[Readout("Fit", room.users), Readout("Room", room.free_bytes, "B")])

    traced = explore(figure, title="T", watch="W?", alt="A.", model=kit.model_choice(*NAMES),
                     n_chips=kit.chips_slider(4), context_tok=Slider(1024, 65_536, value=8192, scale="log"))
    for model in NAMES:
        plain = kit.room_of(models.get(model), accelerators.get("h100-sxm"), 2, 8192, "bf16")
        shown = {"Fit": text(plain.users), "Room": text(plain.free_bytes, "B")}
        assert traced.readouts(model=model, n_chips=2) == shown


@pytest.mark.parametrize(("model", "chips"), [("qwen3.5-397b-a17b", 8), ("llama-3.1-70b", 8), ("llama-3.1-70b", 16),
                                              ("gpt-oss-120b", 16), ("deepseek-v3.2", 16)])
def test_a_sequence_takes_its_share_of_the_room_copies_included(model, chips):
    room = kit.room_of(models.get(model), accelerators.get("h200-sxm"), chips, 5120, "fp8", 2)
    assert np.floor(room.free_bytes / room.sequence_bytes) == room.sequences > 0
