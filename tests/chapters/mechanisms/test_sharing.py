import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import heads_and_groups
from inference_economics.models import attention_intensity_decode, get, head_sharing, kv_cache

EXPLORER = heads_and_groups()


def test_the_figure_is_answered_at_its_corners():
    check(EXPLORER)


def test_the_default_is_the_published_model():
    llama = get("llama-3.1-70b")
    seen = readings(EXPLORER)
    assert seen["Key-value heads"] == llama.kv_heads == 8
    assert seen["Cache per token"] == kv_cache.kv_bytes_per_token(llama.kv_values_per_token) == 327_680
    assert seen["Cache of one sequence"] == kv_cache.of_model(llama, 8192)
    assert seen["Arithmetic per byte read"] == attention_intensity_decode(64, 8) == 8


@pytest.mark.parametrize("model", ["llama-3.1-70b", "llama-3.1-8b"])
@pytest.mark.parametrize("group", [1, 2, 4, 8, 16, 32])
def test_numbers_are_those_of_a_model_with_other_heads(model, group):
    changed = head_sharing.with_kv_heads(get(model), get(model).q_heads // group)
    assert readings(EXPLORER, model=model, group_heads=group)["Cache per token"] == kv_cache.kv_bytes_per_token(
        changed.kv_values_per_token)


@pytest.mark.parametrize(("model", "heads"), [("llama-3.1-70b", 64), ("llama-3.1-8b", 32)])
@pytest.mark.parametrize("group", [1, 8, 32])
def test_each_query_head_stands_above_the_key_that_it_reads(model, heads, group):
    setting = {"model": model, "group_heads": group}
    query, key = mark(EXPLORER, "query heads", **setting), mark(EXPLORER, "key-value heads", **setting)
    assert np.sum(np.isfinite(query.x)) == heads
    assert np.sum(np.isfinite(key.x)) == heads // group
    members = query.x[np.isfinite(query.x)].reshape(-1, group)
    np.testing.assert_allclose(members.mean(axis=1), key.x[np.isfinite(key.x)])
    np.testing.assert_array_equal(query.kind[:heads].reshape(-1, group)[:, 0], key.kind[: heads // group])
    fan = mark(EXPLORER, "reads", **setting)
    assert np.sum(np.isfinite(fan.x)) == 4 * heads // group
