"""What a reader brings is read with scripts that come late: until then a hand may have chosen something else."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import numpy as np
import pytest
from browser import PATIENCE_MS

from kernelless import Axis, Choice, Figure, Line, Readout, Slider, explore, runtime
from kernelless.own import OWN, Field, Own

POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"
MINE = Own(title="your own tank", build=lambda numbers: numbers[0], fields={"litres": Field("Volume", "", 1, 40, 99)},
           hint="Type it.")
LATE = ("kernelless-third.js", "kernelless-later.js")
ENDS = np.array([0.0, 1.0])
EXPLORER = explore(lambda tank, a: Figure(
    x=Axis("x", (0, 1)), y=Axis("y", (0, 1)), marks=[Line(ENDS, ENDS * a, "line")],
    readouts=[Readout("Volume", tank + 0 * a)]), name="tank", title="Tank", watch="Bring one.",
    tank=Choice({"small": 10.0, "large": 50.0}, own=MINE), a=Slider(0.0, 1.0, value=0.5))


def own(litres: float) -> str:
    return OWN + json.dumps({"litres": litres}, separators=(",", ":"))


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    runtime.write(folder / "_static")
    (folder / "page.html").write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<title>Page</title><link rel="stylesheet" href="_static/kernelless.css">'
        f'<script defer src="_static/kernelless.js"></script>{EXPLORER.html()}', encoding="utf-8")
    return (folder / "page.html").as_uri()


class Slow:
    """A page whose further scripts wait for `release`."""

    def __init__(self, page, address):
        self.page, self.address, self.waiting, self.late = page, address, [], {*LATE}
        page.set_default_timeout(PATIENCE_MS)
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route(lambda url: any(name in url for name in LATE), self._hold)

    def _hold(self, route):
        if any(name in route.request.url for name in self.late):
            self.waiting.append(route)
        else:
            route.continue_()

    def leave(self, go):
        """Leave the page, and with it what it has asked for."""
        go()
        self.waiting.clear()

    def open(self, **settings):
        self.leave(lambda: self.page.goto("about:blank"))
        self.page.goto(self.address + (f"#explorer-tank?{urlencode(settings)}" if settings else ""),
                       wait_until="commit")
        self.page.locator("#explorer-tank[data-ready]").wait_for()

    def asked(self, name=LATE[0]):
        """Wait until a script has been asked for."""
        for _ in range(PATIENCE_MS // 20):
            if any(name in route.request.url for route in self.waiting):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{name} was not asked for")

    def release(self):
        """Let all come, and everything that waits for it happen."""
        self.late = set()
        while self.waiting:
            with self.page.expect_event("requestfinished"):
                self.waiting.pop().continue_()
        self.settle()

    def settle(self):
        for _ in range(3):  # frames, in each of which what has come may change something
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")

    def choose(self, value):
        self.page.locator("select[data-parameter=tank]").select_option(value)

    def shown(self):
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self.page.locator("[data-parameter=tank]").get_attribute("data-value"), self.page.locator(
            ".ex-readout output").text_content()

    def wait(self, value, volume):
        self.page.locator(f"select[data-value='{value}']").wait_for()
        assert self.shown() == (value, volume)

    def button(self, action):
        self.page.locator(f"[data-action={action}]").click()


@pytest.fixture
def slow(chromium, address):
    context = chromium.new_context(offline=True)
    made = Slow(context.new_page(), address)
    yield made
    assert made.complaints == []
    context.close()


def test_an_own_option_that_comes_late_is_taken_where_nothing_else_was_chosen(slow):
    slow.open()
    slow.choose(OWN)
    slow.asked()
    assert slow.shown() == ("small", "10")
    slow.page.locator("[data-parameter=a]").press("End")  # another control does not take it back
    slow.release()
    slow.wait(own(40), "40")
    assert slow.page.locator("[data-parameter=a]").get_attribute("data-value") == "1"


@pytest.mark.parametrize(("act", "value", "volume"), [
    (lambda slow: slow.choose("large"), "large", "50"), (lambda slow: slow.button("reset"), "small", "10"),
    (lambda slow: slow.button("undo"), "small", "10"),
    (lambda slow: slow.page.evaluate("() => { location.hash = '#explorer-tank?tank=large'; }"), "large", "50"),
    (lambda slow: slow.page.evaluate("() => document.querySelector('figure').dispatchEvent("
                                     "new CustomEvent('kernelless:give', { detail: { tank: 'large' } }))"),
     "large", "50"),
], ids=["another option", "reset", "undo", "a link", "the page's script"])
@pytest.mark.parametrize("brought", [OWN, own(70)], ids=["by hand", "by a link"])
def test_an_own_option_that_comes_late_overrides_nothing(slow, act, value, volume, brought):
    if brought == OWN:
        slow.open()
        slow.choose(OWN)
    else:
        slow.open()
        slow.page.locator("[data-parameter=a]").press("End")  # something to undo
        slow.page.evaluate("(query) => { location.hash = `#explorer-tank?${query}`; }", urlencode({"tank": brought}))
    slow.asked()
    act(slow)
    assert slow.shown() == (value, volume)
    slow.release()
    assert slow.shown() == (value, volume)
    slow.choose(OWN)  # and can be had afterwards
    slow.wait(*((own(40), "40") if brought == OWN else (brought, "70")))


def test_a_file_that_is_read_slowly_overrides_nothing_that_is_chosen_meanwhile(slow):
    slow.late = set()
    slow.open()
    slow.choose(OWN)
    slow.wait(own(40), "40")
    drop = """() => {
      const held = new DataTransfer();
      held.items.add(new File(['{"litres": 70}'], "tank.json"));
      File.prototype.text = function () {
        return new Promise((done) => { window.read = () => done('{"litres": 70}'); });
      };
      document.querySelector(".ex-own").dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true }));
    }"""
    slow.page.evaluate(drop)
    slow.choose("large")
    slow.page.evaluate("() => { window.read(); }")
    slow.settle()
    assert slow.shown() == ("large", "50")
    slow.choose(OWN)
    slow.wait(own(70), "70")  # what was brought last
    slow.page.evaluate(drop.replace("70", "30"))
    slow.page.evaluate("() => { window.read(); }")
    slow.wait(own(30), "30")


def test_a_link_keeps_what_it_waits_for(slow):
    slow.open(tank=own(70), a="0.25")
    slow.asked()
    link = slow.page.evaluate("() => location.hash")
    slow.leave(lambda: slow.page.goto("about:blank"))  # before it has come
    slow.page.go_back(wait_until="commit")
    slow.asked()
    assert slow.page.evaluate("() => location.hash") == link
    slow.release()
    slow.wait(own(70), "70")
    # One that cannot be read stands no longer in the address.
    slow.page.evaluate("() => { location.hash = '#explorer-tank?tank=own%3A7'; }")
    slow.page.locator(".ex-cursor", has_text="Volume: give a number from 1 to 99").wait_for()
    slow.page.wait_for_function("() => !location.hash.includes('own')")
    assert slow.shown() == ("small", "10")


def test_a_pinned_option_that_comes_late_is_pinned_unless_it_was_let_go(slow):
    slow.open(**{"tank": "large", "A.tank": own(70)})
    slow.asked()
    assert slow.shown() == ("large", "50")
    slow.release()
    slow.page.locator(".ex-pinned", has_text="A: 70; change").wait_for()
    slow.late = {*LATE}
    slow.page.evaluate("sessionStorage.clear()")
    slow.open(**{"tank": "large", "A.tank": own(70)})
    slow.asked()
    slow.button("pin")  # what is shown, not what is to come
    slow.release()
    slow.page.locator(".ex-pinned", has_text="A: 50; change: none").wait_for()
    # No option of this figure at all: the rest of the link is followed.
    slow.page.evaluate("() => { location.hash = '#explorer-tank?tank=large&a=1&A.tank=none&A.a=0'; }")
    slow.page.locator(".ex-pinned", has_text="A: 10; change").wait_for()
    assert slow.shown() == ("large", "50")
