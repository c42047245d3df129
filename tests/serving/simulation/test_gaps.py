"""Longest gaps, against a look at every gap."""

from hypothesis import given
from hypothesis import strategies as st

from inference_economics.serving.simulation.gaps import Gaps


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.data())
def test_the_longest_gap_is_that_of_a_plain_list(spans, data):
    gaps = Gaps()
    for span in spans:
        gaps.advance(span, span)
    since = data.draw(st.integers(0, len(spans) - 1))
    assert gaps.longest_s(since) == max(spans[since:])


def test_nobody_waited_after_the_last_step():
    gaps = Gaps()
    gaps.advance(0.5, 0.5)
    assert gaps.longest_s(gaps.clock) == 0


def test_a_stall_counts_for_those_who_stood_still_and_in_the_gap_of_their_next_token():
    gaps = Gaps()
    gaps.stall(0.25)
    came_later = gaps.clock
    assert gaps.stalled_s(0) == 0.25
    assert gaps.stalled_s(came_later) == 0
    gaps.advance(0.5, 0.5)
    assert gaps.longest_s(0) == 0.75
    assert gaps.longest_s(came_later) == 0.5


def test_clear_forgets_all():
    gaps = Gaps()
    gaps.advance(1.0, 2.0)
    gaps.stall(3.0)
    gaps.clear()
    assert gaps.longest_s(0) == gaps.stalled_s(0) == 0
