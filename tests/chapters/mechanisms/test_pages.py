import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import pages_of_a_cache
from inference_economics.chapters.mechanisms.pages import COUNT, END_S, SIZES, SLOTS, run

EXPLORER = pages_of_a_cache()
TIMES = np.linspace(0.05, END_S, 23)


def test_the_figure_is_answered_at_its_corners():
    check(EXPLORER)


@pytest.mark.parametrize("size", SIZES)
def test_no_place_has_two_holders_and_no_page_overflows(size):
    made = run(size)
    for t in TIMES:
        tokens = made.tokens(t)
        held = np.isfinite(tokens)
        assert len(set(made.slot[held])) == np.sum(held) <= SLOTS // size
        assert np.all((tokens[held] >= 0) & (tokens[held] <= size))
        assert np.all(made.slot[held] % size == 0)


@pytest.mark.parametrize("size", SIZES)
def test_only_a_requests_last_page_has_room(size):
    made = run(size)
    for t in TIMES:
        tokens = made.tokens(t)
        open_pages = made.request[tokens < size]
        assert len(set(open_pages)) == len(open_pages)


def test_the_same_requests_hold_the_same_tokens_whatever_the_page():
    # until somebody has to wait, the page changes where tokens lie and not how many
    for t in (0.2, 0.4):
        counts = [np.nansum(run(size).tokens(t)) for size in SIZES[:3]]
        assert max(counts) - min(counts) <= COUNT


def test_reservations_waste_most_and_make_others_wait():
    paged, reserved = readings(EXPLORER, t=1.0), readings(EXPLORER, t=1.0, page_tok=256)
    assert paged["Held, but empty"] < 0.15 < 0.5 < reserved["Held, but empty"]
    assert reserved["Requests that wait"] > paged["Requests that wait"]
    assert reserved["Requests in the cache"] == SLOTS // 256


def test_all_is_given_back_at_the_end():
    for size in SIZES:
        seen = readings(EXPLORER, t=END_S, page_tok=size)
        assert seen["Tokens held"] == seen["Requests in the cache"] == seen["Requests that wait"] == 0


def test_spans_lie_in_the_cache():
    for size in SIZES:
        spans = mark(EXPLORER, "tokens", t=1.0, page_tok=size)
        seen = np.isfinite(spans.start)
        assert np.all((spans.start[seen] >= 0) & (spans.end[seen] <= 256))
        assert np.nansum((spans.end - spans.start)[seen]) == readings(EXPLORER, t=1.0, page_tok=size)["Tokens held"]
