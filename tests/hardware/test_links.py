"""Links: the speed of a group, and what collectives send."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import accelerators
from inference_economics.hardware import links


def test_the_nearest_tier_that_joins_the_group():
    n = np.array([1, 2, 3, 8, 9])
    speed = links.tier_bytes_per_s(n, 300e9, 2, 0.0, links.tier_bytes_per_s(n, 64e9, 8))
    assert list(speed[:4]) == [300e9, 300e9, 64e9, 64e9]
    assert np.isnan(speed[4])


@pytest.mark.parametrize("name", sorted(accelerators.load()))
def test_a_chip_and_the_formula_agree(name):
    chip = accelerators.get(name)
    if not chip.tiers:
        with pytest.raises(ValueError, match="has no link in the catalogue; use one chip or give link_bytes_per_s"):
            chip.group_bytes_per_s(2)
        return
    first = chip.tiers[0]
    n = first.chips or 64
    assert chip.group_bytes_per_s(n) == links.tier_bytes_per_s(n, first.bytes_per_s, n, float(first.kind == "mesh"))


@given(st.integers(2, 8))
def test_a_mesh_gives_a_group_its_wires(n):
    assert links.tier_bytes_per_s(n, 448e9, 8, 1.0) == pytest.approx(64e9 * (n - 1))


@given(message=st.floats(1, 1e9), n=st.integers(2, 64))
def test_an_all_to_all_sends_half_of_an_all_reduce(message, n):
    assert 2 * links.all_to_all_bytes(message, n) == pytest.approx(links.all_reduce_bytes(message, n))
    time = links.all_reduce_time_s(message, links.Group(n, 450e9))
    assert time == pytest.approx(links.all_reduce_bytes(message, n) / 450e9)


def test_one_chip_sends_nothing():
    assert links.all_reduce_bytes(1e9, 1) == links.all_to_all_bytes(1e9, 1) == 0


@pytest.mark.parametrize(("call", "name"), [
    (lambda: links.all_to_all_bytes(-1, 8), "message_bytes"), (lambda: links.all_to_all_bytes(1, 0), "n_chips"),
    (lambda: links.all_reduce_bytes(None, 8), "message_bytes"), (lambda: links.all_reduce_bytes(1, "8"), "n_chips"),
])
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
