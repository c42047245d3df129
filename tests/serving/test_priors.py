"""What may be fitted: values and searched numbers are two forms of one, and a group moves its own points."""

import pytest

from inference_economics import measurements
from inference_economics.serving import priors


@pytest.mark.parametrize("name", priors.NAMES)
def test_a_value_and_what_is_searched_for_are_two_forms_of_one(name):
    value = priors.CONSTANTS[name][0] if name in priors.CONSTANTS else 1.0
    assert priors.forward(name, priors.backward(name, value)) == pytest.approx(value)


def test_a_group_moves_its_own_points_alone():
    points = [p for p in measurements.kept() if p.model == "gpt-oss-120b"]
    slots = priors.Slots(points)
    own, mask = slots.design([priors.groups_of(p) for p in points])["cache_mbu"]
    for column, slot in enumerate(own):
        _, kind, key = slots.keys[slot]
        moved = [point for point, moves in zip(points, mask[:, column], strict=True) if moves]
        assert moved == (points if not kind else [p for p in points if (p.engine,) == key])
