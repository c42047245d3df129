import numpy as np
import pytest
from mechanism_figures import check, mark, readings

from inference_economics.chapters.mechanisms import batching_timeline, queue_and_percentiles
from inference_economics.chapters.mechanisms.batching import ANSWERS, COUNT, END_S, PLACES, lanes
from inference_economics.serving import erlang_c, mean_wait_s
from inference_economics.serving.queueing import late_fraction

TIMELINE, QUEUE = batching_timeline(), queue_and_percentiles()


@pytest.mark.parametrize("explorer", [TIMELINE, QUEUE], ids=lambda one: one.name)
def test_the_figure_is_answered_at_its_corners(explorer):
    check(explorer)


@pytest.mark.parametrize("spread", ANSWERS)
def test_all_are_answered_at_the_end_and_none_at_the_start(spread):
    last, first = (readings(TIMELINE, t=t, length_cv=spread) for t in (END_S, 0))
    for label in ("Answered, batches that end together", "Answered, places refilled"):
        assert first[label] == 0
        assert last[label] == COUNT


@pytest.mark.parametrize("spread", ANSWERS.values(), ids=list(ANSWERS))
def test_no_place_holds_two_requests_and_busy_is_what_is_drawn(spread):
    made = lanes(spread)
    seen = np.isfinite(made.lane)
    for lane in np.unique(made.lane[seen]):
        own = np.flatnonzero(made.lane == lane)
        own = own[np.argsort(made.start_s[own])]
        assert np.all(made.start_s[own][1:] >= made.end_s[own][:-1] - 1e-12)
    length = made.end_s - made.start_s
    works = seen & (made.kind < 2)
    for mine, end_s, busy in ((made.lane < PLACES, made.static_s, made.static_busy),
                              (made.lane > PLACES, made.continuous_s, made.continuous_busy)):
        assert np.sum(length[works & mine]) / (PLACES * end_s) == pytest.approx(busy)
        assert np.max(made.end_s[seen & mine]) == end_s < END_S


def test_refilling_gains_with_uneven_answers_alone():
    even, uneven, wild = (lanes(spread) for spread in ANSWERS.values())
    assert even.continuous_s == pytest.approx(even.static_s)
    assert 1.2 < uneven.static_s / uneven.continuous_s < wild.static_s / wild.continuous_s


def test_bars_stop_at_now():
    spans = mark(TIMELINE, "places", t=0.5)
    seen = np.isfinite(spans.start)
    assert np.max(spans.end[seen]) == 0.5
    assert np.all(spans.start[seen] < 0.5)


@pytest.mark.parametrize("places", [1, 8, 40])
@pytest.mark.parametrize("utilisation", [0.3, 0.8, 0.98])
def test_a_hundred_cells_are_the_shares_of_the_queue(places, utilisation):
    seen = readings(QUEUE, places=places, utilisation=utilisation)
    for words, factor in (("these places", 1), ("ten times the places", 10)):
        servers = factor * places
        waits, late = erlang_c(servers, servers * utilisation), late_fraction(servers, servers * utilisation, 10, 2)
        kind = mark(QUEUE, f"{words}: a hundred requests", places=places, utilisation=utilisation).value
        assert abs(np.mean(kind >= 1) - waits) <= 0.005 + 1e-9
        assert abs(np.mean(kind == 2) - late) <= 0.005 + 1e-9
        assert seen[f"Wait, {words}"] == waits
        assert seen[f"Wait too long, {words}"] == late
        assert seen[f"Mean wait, {words}"] == mean_wait_s(servers, servers * utilisation, 10)


def test_more_places_wait_less_at_the_same_load():
    for utilisation in (0.3, 0.6, 0.9):
        seen = readings(QUEUE, utilisation=utilisation)
        assert seen["Wait, ten times the places"] < seen["Wait, these places"]
