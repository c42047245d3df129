import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import layer_cut
from inference_economics.chapters.mechanisms.cutting import CHIPS, LAYOUTS, holdings
from inference_economics.models import get
from inference_economics.serving import Deployment, Layout, Load

EXPLORER = layer_cut()


def test_the_figure_is_answered_at_its_corners():
    check(EXPLORER)


@pytest.mark.parametrize("kv_heads", [1, 2, 4, 8])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_cells_hold_as_many_copies_as_the_layout_says(layout, kv_heads):
    held = np.isfinite(holdings(layout, kv_heads))
    assert not held[kv_heads:].any()
    groups = held.reshape(8, int(layout.attention_dp), int(layout.tp))
    # each group holds each head once, times the copies; a chip with a part of the positions holds that part of a head
    copies = groups.sum(axis=2) / layout.cp
    np.testing.assert_array_equal(copies[:kv_heads], layout.tp / layout.cache_shards(kv_heads))


def test_copies_are_marked_as_such():
    kinds = holdings(Layout(tp=8), 4)
    np.testing.assert_array_equal(np.sum(kinds == 0, axis=1)[:4], 1)
    np.testing.assert_array_equal(np.sum(kinds == 2, axis=1)[:4], 1)
    assert not np.any(holdings(Layout(tp=8, cp=8), 1) == 2)
    assert np.sum(holdings(Layout(tp=8), 1) == 2) == 7


@pytest.mark.parametrize("model", ["qwen3-235b-a22b", "mixtral-8x7b", "deepseek-v3"])
@pytest.mark.parametrize("words", LAYOUTS)
def test_numbers_are_those_of_a_deployment(model, words):
    layout = LAYOUTS[words]
    service = Deployment(model, "h200-sxm", layout)
    seen = readings(EXPLORER, model=model, layout=words)
    assert seen["Sequences that fit on all chips"] == np.floor(service.capacity(Load(1, 4096, 4096))) > 0
    assert layout.n_chips == CHIPS
    whole = mark(EXPLORER, "weights", model=model, layout=words).value
    assert np.all(whole == (get(model).experts > 0 and layout.ep > 1))
