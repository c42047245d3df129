"""Controls of the kit: what they hold and refuse."""

from __future__ import annotations

import pytest

from inference_economics import (
    accelerators,
    models,
)
from inference_economics.chapters import kit

NAMES = ("llama-3.1-70b", "llama-3.1-8b")
CHIPS = ("h100-sxm", "b200", "mi300x")


def test_choices_hold_what_the_catalogue_has_the_first_by_default():
    model, chip = kit.model_choice(*NAMES), kit.chip_choice(*CHIPS, value="b200", label="Machine")
    assert list(model.options.values()) == [models.get(name) for name in NAMES]
    assert model.value == NAMES[0]
    assert list(chip.options.values()) == [accelerators.get(name) for name in CHIPS]
    assert (chip.value, chip.label) == ("b200", "Machine")


@pytest.mark.parametrize(("choice", "message"), [
    (lambda: kit.model_choice("llama-3.1-70b", "llama-3.1-7b"), r"unknown model 'llama-3\.1-7b'.*Did you mean"),
    (lambda: kit.chip_choice("h100", "b200"), "unknown accelerator 'h100'"),
    (lambda: kit.chip_choice("b200", "b200"), "two or more different options"),
    (lambda: kit.model_choice("llama-3.1-8b"), "two or more different options"),
    (lambda: kit.chip_choice("h100-sxm", "b200", value="h200-sxm"), "unknown option 'h200-sxm'; known: h100-sxm, b200"),
    (lambda: kit.precision_choice(2, 3, label="Cache"), r"unknown bytes_each 3; known: 2, 1, 0\.5"),
    (lambda: kit.chips_slider(3), r"the default 3 is not one of the stops"),
])
def test_what_cannot_be_chosen_is_refused(choice, message):
    with pytest.raises(ValueError, match=message):
        choice()


def test_precisions_are_bytes_in_the_order_asked_for():
    assert kit.precision_choice(label="Cache precision").options == {
        "bf16, 2 bytes": 2, "fp8, 1 byte": 1, "4 bits, ½ byte": 0.5}
    one = kit.precision_choice(1, 2, label="Cache precision")
    assert (one.value, one.options) == ("fp8, 1 byte", {"fp8, 1 byte": 1, "bf16, 2 bytes": 2})


def test_chips_of_a_copy_have_stops():
    slider = kit.chips_slider(4)
    assert (slider.stops, slider.value, slider.unit) == ((1, 2, 4, 8), 4, "chips")
