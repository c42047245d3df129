"""How a figure starts: in steps between which the page can react, and whole as soon as a hand, a link or paper asks."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from parity.shown import POLICY, SEE, check_against_python

from kernelless import Axis, Choice, Figure, Label, Line, Readout, Slider, explore, standalone

MANY = 40


def _sum(**given):
    x = np.linspace(0, 10, 41)
    total = sum(given[f"a{k}"] for k in range(MANY)) * given["size"]
    return Figure(Axis("x", limits=(0, 10)), Axis("y", limits=(0, 4000)),
                  [Line(x, total * x / 10, "total"), Label(5.0, total / 2, "half")], [Readout("Total", total, "USD")])


_sum.__signature__ = inspect.Signature(
    [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("size", *(f"a{k}" for k in range(MANY)))])
SUM = explore(_sum, name="sum", title="Many controls", watch="Move one.", presets={"More": {"a0": 7, "size": "large"}},
              size=Choice({"small": 1.0, "large": 2.0}), **{f"a{k}": Slider(1, 50, value=5) for k in range(MANY)})
# Timers wait until the test lets one go.
HELD = """{
  const held = [];
  window.setTimeout = (act) => held.push(act);
  window.step = () => { const act = held.shift(); act?.(); return Boolean(act); };
}"""
# What each task does, by what only that job calls: a job's name and how often.
JOBS = """{
  window.jobs = [];
  const { step } = window;
  let now;
  window.step = () => {
    window.jobs.push(now = {});
    const went = step();
    now = undefined;
    return went;
  };
  const watch = (owner, name, job) => {
    const real = owner[name];
    owner[name] = function (...given) {
      const found = job(...given);
      if (found && now) now[found] = (now[found] ?? 0) + 1;
      return real.apply(this, given);
    };
  };
  watch(JSON, "parse", () => "spec");
  watch(String.prototype, "matchAll", () => "program");
  watch(Uint8Array.prototype, "fill", () => "values");
  watch(Element.prototype, "closest", (asked) => asked === ".ex-control" && "controls");
  watch(Element.prototype, "setAttribute", (name) => name === "aria-valuetext" && "shown");
  watch(Document.prototype, "createElement", (tag) => tag === "canvas" && "frame");
}"""
READY = "document.getElementById('explorer-sum').dataset.ready"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("starting") / "page.html"
    path.write_text(standalone(SUM).replace("<title>", POLICY + "<title>", 1), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def visit(tabs, address):
    with tabs.lent() as lend:
        def open_page(fragment=""):
            page = lend(once=True, offline=True)
            page.complaints = []
            page.add_init_script(HELD)
            page.add_init_script(JOBS)
            page.goto(address + fragment)
            page.locator(".ex-actions[role]").wait_for()
            return page

        yield open_page


def steps(page, most=100) -> int:
    """Let the page go on, at most so many tasks; return how many there were."""
    for k in range(most):
        if not page.evaluate("step()"):
            return k
    return most


def test_no_task_does_two_of_the_jobs(visit):
    page = visit("#explorer-sum?a0=7")
    steps(page)
    jobs = [job for job in page.evaluate("jobs") if job]
    assert page.evaluate(READY)
    assert all(len(job) == 1 for job in jobs), jobs
    order = [name for job in jobs for name in job]
    # The link that is followed in the last step sets one control.
    assert order == ["spec", "program", "values", *3 * ["controls"], "shown", "frame", "shown"]
    assert jobs[-1] == {"shown": 1}
    controls = [job["controls"] for job in jobs if "controls" in job]
    assert controls == [16, 16, 9]
    assert page.evaluate("document.querySelector('[data-parameter=a0]').dataset.value") == "7"
    check_against_python(SUM, page.evaluate(SEE, "sum"))
    assert page.complaints == []


HANDS = {
    "a button": lambda page: page.get_by_role("button", name="More", exact=True).click(),
    "a click without a pointer": lambda page: page.get_by_role("button", name="More", exact=True).evaluate(
        "(e) => e.click()"),
    "a key": lambda page: page.locator("[data-parameter=a0]").press("ArrowRight"),
    "a choice": lambda page: (page.locator("[data-parameter=size]").focus(),
                              page.locator("[data-parameter=size]").select_option("large")),
}


@pytest.mark.parametrize("done", [0, 1, 4, 8])
@pytest.mark.parametrize("name", HANDS)
def test_a_hand_that_comes_in_between_finds_the_figure_whole(visit, name, done):
    page = visit("#explorer-sum?a1=5")
    assert steps(page, done) == done
    HANDS[name](page)
    assert page.evaluate(READY)
    steps(page)
    seen = page.evaluate(SEE, "sum")
    check_against_python(SUM, seen)
    assert page.locator("[data-moved]").count() > 0
    assert page.complaints == []


@pytest.mark.parametrize("done", [0, 1, 4, 8])
def test_paper_finds_it_whole_and_a_link_is_followed(visit, done):
    page = visit("#explorer-sum?a1=6")
    assert steps(page, done) == done
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(READY)
    check_against_python(SUM, page.evaluate(SEE, "sum"))
    page = visit("#explorer-sum?a1=6")
    assert steps(page, done) == done
    page.evaluate("(hash) => new Promise((told) => { addEventListener('hashchange', told, { once: true });"
                  " location.hash = hash; })", "#explorer-sum?a2=8")
    steps(page)
    held = "['a1', 'a2'].map((n) => document.querySelector(`[data-parameter=${n}]`).dataset.value)"
    assert page.evaluate(held) == ["5", "8"]
    check_against_python(SUM, page.evaluate(SEE, "sum"))
    assert page.complaints == []


def test_a_figure_that_fails_in_a_later_step_leaves_its_default(visit):
    page = visit()
    page.evaluate("document.querySelector('.ex-settings').remove()")
    page.evaluate("location.hash = '#explorer-sum?a1=6'")
    page.evaluate("""() => new Promise((done) => {
      const look = () => {
        step();
        if (document.querySelector("[data-failed]")) done();
        else requestAnimationFrame(look);
      };
      look();
    })""")
    assert steps(page) < 100
    assert page.locator(".ex-controls, .ex-actions").locator("visible=true").count() == 0
    assert len(page.complaints) == 1
    assert "explorer-sum stays at its default" in page.complaints[0]


def focus(page) -> str:
    return page.evaluate("document.activeElement.dataset.action ?? document.activeElement.className")


def test_a_row_of_buttons_is_one_stop_and_arrows_go_on(visit):
    page = visit()
    row = page.get_by_role("toolbar", name="Actions")
    assert page.get_by_role("toolbar").count() == 2  # with the presets
    actions = row.locator("button").evaluate_all("all => all.map((e) => e.dataset.action)")
    assert actions[0] == "undo"
    assert row.locator("button").evaluate_all("all => all.filter((e) => e.tabIndex === 0).length") == 1
    row.locator("[data-action=undo]").focus()
    walked = [focus(page)]
    for _ in actions:
        page.keyboard.press("ArrowRight")
        walked.append(focus(page))
    assert walked == [*actions, "undo"]
    for key, there in (("ArrowLeft", actions[-1]), ("Home", "undo"), ("End", actions[-1]), ("ArrowLeft", actions[-2])):
        page.keyboard.press(key)
        assert focus(page) == there
    # Tab leaves the row; the way back leads to the button that was left.
    page.keyboard.press("Tab")
    assert focus(page) not in actions
    page.keyboard.press("Shift+Tab")
    assert focus(page) == actions[-2]
    page.keyboard.press("ArrowUp")
    assert focus(page) == actions[-2]
    # One that came later is in the row, one that is hidden is not.
    row.evaluate("""(row) => { const last = row.querySelector("[data-action=python]");
      last.hidden = true; last.before(Object.assign(document.createElement("button"), { className: "new" })); }""")
    page.keyboard.press("ArrowRight")
    assert focus(page) == "new"
    page.keyboard.press("ArrowRight")
    assert focus(page) == "undo"
    assert page.complaints == []


def test_what_has_nothing_to_undo_keeps_its_place_and_the_focus(visit):
    page = visit()
    undo = page.locator("[data-action=undo]")
    undo.focus()
    assert page.evaluate(READY)  # the focus has started it
    assert undo.get_attribute("aria-disabled") == "true"
    page.keyboard.press("Enter")
    page.locator("[data-parameter=a0]").focus()
    page.keyboard.press("ArrowRight")
    assert undo.get_attribute("aria-disabled") == "false"
    undo.focus()
    page.keyboard.press("Enter")
    assert page.locator("[data-parameter=a0]").get_attribute("data-value") == "5"
    assert undo.get_attribute("aria-disabled") == "true"
    assert focus(page) == "undo"
    page.keyboard.press("ArrowRight")
    assert focus(page) == "reset"
    assert page.complaints == []
