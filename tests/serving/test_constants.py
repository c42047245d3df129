"""Constants: what a machine without losses has."""

from dataclasses import fields, replace

import numpy as np

from inference_economics import calibration, step

C = calibration.constants("h100-sxm")


def test_the_bound_keeps_only_the_rule_for_memory():
    names = ("memory_share", "cache_share", "held_share", "reserve_bytes", "reserve_bytes_per_chip")
    rule = {name: getattr(C, name) for name in names}
    assert C.bound() == replace(step.IDEAL, **rule)


def test_nothing_is_lost_or_launched_on_an_ideal_machine():
    for field in fields(step.IDEAL):
        value = getattr(step.IDEAL, field.name)
        if field.name.endswith(("_s", "_passes")) or field.name.startswith("reserve_"):
            assert value == 0, field.name
        elif field.name in ("message_share", "bulk_share"):
            assert value == np.inf
        else:
            assert value in (0, 1), field.name
