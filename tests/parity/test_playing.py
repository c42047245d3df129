"""Time on the page: play, pause, step and stop, with what Python computes at every stop."""

from __future__ import annotations

import pytest
from parity.shown import EXPLORERS, SEE, check_against_python

# The page's clock stands still but for what a test lets pass, so a busy machine changes nothing.
NOW = SEE.replace("requestAnimationFrame(() => requestAnimationFrame(() => {", "((() => {").replace("})))", "})()))")


@pytest.fixture
def player(opened):
    page = opened(own_clock=True)
    page.locator("#explorer-timeline .ex-play").scroll_into_view_if_needed()
    yield page
    assert page.complaints == []


def see(page):
    """Read what the figure shows, once it has drawn."""
    page.clock.run_for(50)
    seen = page.evaluate(NOW, "timeline")
    check_against_python(EXPLORERS["timeline"], seen)
    return float(seen["settings"]["t"])


def test_time_runs_to_its_end_and_from_the_start_again(player):
    button = player.locator("#explorer-timeline .ex-play")
    assert button.get_attribute("aria-label") == "Play T"
    start = see(player)
    assert start == 9
    player.clock.run_for(5000)
    assert see(player) == 9  # it stands until it is asked
    button.click()
    assert button.get_attribute("aria-label") == "Pause T"
    places = [see(player)]
    for _ in range(4):
        player.clock.run_for(1000)
        places.append(see(player))
    assert places == sorted(places)
    assert places[0] < places[-1]
    assert 2 <= places[2] - places[1] <= 4  # 30 seconds of the figure's in 10
    player.clock.run_for(10_000)
    assert see(player) == 30
    assert button.get_attribute("aria-label") == "Play T"
    button.click()
    player.clock.run_for(500)
    assert 0 <= see(player) < 4


def test_a_press_a_key_or_a_hand_stops_it(player):
    button = player.locator("#explorer-timeline .ex-play")
    slider = player.locator("#explorer-timeline [data-parameter=t]")
    for stop in (button.click, lambda: slider.press("ArrowLeft"), lambda: slider.press(" "),
                 lambda: slider.click(position={"x": 20, "y": 8})):
        button.click()
        player.clock.run_for(400)
        assert button.get_attribute("data-playing") == "true"
        stop()
        assert button.get_attribute("data-playing") == "false"
        stands = see(player)
        player.clock.run_for(2000)
        assert see(player) == stands
    slider.press(" ")
    assert button.get_attribute("data-playing") == "true"


def test_it_stops_out_of_view_and_on_paper(player):
    button = player.locator("#explorer-timeline .ex-play")
    button.click()
    player.clock.run_for(200)
    player.evaluate("() => scrollTo(0, 0)")
    player.clock.run_for(200)
    assert button.get_attribute("data-playing") == "false"
    button.scroll_into_view_if_needed()
    button.click()
    player.clock.run_for(200)
    player.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert button.get_attribute("data-playing") == "false"


def test_a_reader_who_wants_no_motion_gets_a_step_for_a_press(opened):
    page = opened(own_clock=True, reduced_motion="reduce")
    button = page.locator("#explorer-timeline .ex-play")
    for stand in (9.5, 10, 10.5):
        button.click()
        page.clock.run_for(3000)
        assert see(page) == stand
    page.locator("#explorer-timeline [data-parameter=t]").press("End")
    button.click()
    assert see(page) == 0


def test_it_stops_where_the_page_is_left(player):
    button = player.locator("#explorer-timeline .ex-play")
    for leave in ("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))",
                  "dispatchEvent(new Event('pagehide'))"):
        button.click()
        player.clock.run_for(400)
        player.evaluate(leave)
        assert button.get_attribute("data-playing") == "false"
        stands = see(player)
        player.clock.run_for(60_000)
        assert see(player) == stands


def test_whatever_else_moves_its_slider_stops_it_and_stays(player):
    root, button = player.locator("#explorer-timeline"), player.locator("#explorer-timeline .ex-play")
    for name in ("Undo", "Reset", "Reset T"):
        other = root.get_by_role("button", name=name, exact=True)
        button.click()
        player.clock.run_for(2000)
        assert see(player) > 9
        other.click()
        player.clock.run_for(3000)
        assert see(player) == 9
        assert button.get_attribute("data-playing") == "false"


def test_a_hand_on_another_slider_while_it_plays_is_two_changes_to_undo(player):
    root, button = player.locator("#explorer-timeline"), player.locator("#explorer-timeline .ex-play")
    other = root.locator("[data-parameter=slow]")
    button.click()
    for k in range(12):
        player.clock.run_for(300)
        other.evaluate("(slider, k) => { slider.value = k; }", k)
        other.dispatch_event("input")
    other.dispatch_event("change")
    button.click()
    assert see(player) > 9
    undo, presses = root.locator("[data-action=undo]"), 0
    while not undo.is_disabled():
        undo.click()
        presses += 1
    assert (see(player), other.get_attribute("data-value")) == (9, "1")
    assert presses <= 3
