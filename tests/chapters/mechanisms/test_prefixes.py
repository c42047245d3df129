import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import shared_prefixes
from inference_economics.models import get, kv_cache

EXPLORER = shared_prefixes()
PER_TOKEN = kv_cache.kv_bytes_per_token(get("llama-3.1-70b").kv_values_per_token)


def test_the_figure_is_answered_at_its_corners():
    check(EXPLORER)


@pytest.mark.parametrize("documents", [1, 3, 4])
@pytest.mark.parametrize("users", [1, 2, 6])
@pytest.mark.parametrize("own", [100, 600])
def test_what_is_stored_is_every_different_token_once(documents, users, own):
    setting = {"documents": documents, "users": users, "document_tok": 700, "own_tok": own}
    prompts = {(document, user): [*(("all", k) for k in range(1500)), *((document, k) for k in range(700)),
                                  *((document, user, k) for k in range(own))]
               for document in range(documents) for user in range(users)}
    # a token's cache depends on all before it, and these names say them
    once = len({name for tokens in prompts.values() for name in tokens})
    apart = sum(map(len, prompts.values()))
    seen = readings(EXPLORER, **setting)
    assert seen["Stored, for Llama 3.1 70B"] == pytest.approx(once * PER_TOKEN)
    assert seen["Each by itself"] == pytest.approx(apart * PER_TOKEN)
    assert seen["Saved"] == pytest.approx(1 - once / apart)
    assert readings(EXPLORER, shared="by every prompt", **setting)["Stored, for Llama 3.1 70B"] == pytest.approx(
        apart * PER_TOKEN)


@pytest.mark.parametrize("shared", ["once", "by every prompt"])
def test_a_tree_is_drawn_as_wide_as_its_tokens(shared):
    setting = {"shared": shared, "documents": 3, "users": 3, "document_tok": 700, "own_tok": 100}
    boxes = mark(EXPLORER, "cache", **setting)
    count = {kind: int(np.sum(np.isfinite(boxes.y) & (boxes.kind == kind))) for kind in range(3)}
    assert count == ({0: 1, 1: 3, 2: 9} if shared == "once" else {0: 9, 1: 9, 2: 9})
    stored = sum(number * width for number, width in zip(count.values(), (1500, 700, 100), strict=True))
    assert readings(EXPLORER, **setting)["Stored, for Llama 3.1 70B"] == pytest.approx(stored * PER_TOKEN)
    assert np.nanmin(boxes.y - boxes.height / 2) >= 0
    assert np.nanmax(boxes.y + boxes.height / 2) <= 1
