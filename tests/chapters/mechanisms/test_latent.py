import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import latent_cache
from inference_economics.models import get, head_sharing, kv_cache

EXPLORER = latent_cache()


def test_the_figure_is_answered_at_its_corners():
    check(EXPLORER)


def test_deepseek_by_hand():
    seen = readings(EXPLORER, absorbed="expanded again")
    assert seen["Kept per token and layer"] == 512 + 64
    assert seen["As many key-value heads"] == head_sharing.latent_as_kv_heads(512, 64, 128) == 2.25
    expand = 2 * 512 * 128 * (128 + 128) + 2 * 128 * (192 + 128)
    absorb = 2 * 128 * (2 * 512 + 64)
    assert seen["Work per cached token and layer"] == expand
    assert seen["Work against absorbing"] == pytest.approx(expand / absorb)
    assert readings(EXPLORER)["Work per cached token and layer"] == absorb


@pytest.mark.parametrize("model", ["deepseek-v3", "kimi-k2", "glm-5"])
def test_the_way_changes_the_work_and_not_the_cache(model):
    absorbed = readings(EXPLORER, model=model)
    expanded = readings(EXPLORER, model=model, absorbed="expanded again")
    assert absorbed["Cache of one sequence"] == expanded["Cache of one sequence"] == kv_cache.of_model(model, 8192)
    assert expanded["Work against absorbing"] > 50 > absorbed["Work against absorbing"] == 1
    assert absorbed["Work per cached token and layer"] == get(model).pair_flop_decode


def test_what_is_kept_is_drawn_as_kept_and_expansion_only_where_it_happens():
    for way, there in (("absorbed into the query", False), ("expanded again", True)):
        boxes = mark(EXPLORER, "what a token becomes", absorbed=way)
        kind = dict(zip(boxes.words, boxes.kind, strict=True))
        assert kind["latent"] == kind["rotary\nkey"] == 0
        assert np.isfinite(kind["keys and values\nof all heads"]) == there
