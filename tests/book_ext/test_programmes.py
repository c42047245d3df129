"""The workshop's programmes: every link opens its setting, every answer is what the figure computes, minutes add up."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html import escape

import programmes
import pytest

from inference_economics.chapters.exercises import exercise

ALL, PATHS = programmes.read()
STEPS = [pytest.param(one, step, id=f"{one.key}-{number}") for one in ALL for number, step in enumerate(one.steps, 1)]


def test_three_programmes_for_three_audiences():
    assert [(one.key, one.minutes) for one in ALL] == [("engineers", 90), ("founders", 240), ("policy", 390)]
    assert all(step.minutes % 5 == 0 for one in ALL for step in one.steps)


@pytest.mark.parametrize(("one", "step"), STEPS)
def test_a_step_can_be_walked(one, step):
    """The figure can hold every setting of both links; every computed word is there; every exercise has an answer."""
    if step.figure:
        explorer = step.figure.explorer()
        for given in (step.figure.asked, step.figure.set):
            settings = explorer.settings(**given)
            assert {key: settings[key] for key in given} == given
        # the link for the answer says all that the one for the question says
        own = explorer.settings()
        assert all(key in step.figure.set or value != own[key] for key, value in step.figure.asked.items())
    for words in (step.say, step.ask, step.then):
        assert "[[" not in programmes.computed(words, step)
    if step.exercise:
        assert exercise(step.exercise).answer is not None
    if step.ask and step.figure:
        assert step.hears
        assert programmes.COMPUTED.search(step.then)


@pytest.mark.parametrize(("one", "step"), [row for row in STEPS if row.values[1].figure])
def test_the_question_does_not_show_its_answer(one, step):
    """What the leader says in the end stands nowhere in the figure that is projected while the room thinks."""
    explorer = step.figure.explorer()
    asked, shown = explorer.readouts(**step.figure.asked), explorer.readouts(**step.figure.set)
    answers = [label for when, label in programmes.COMPUTED.findall(step.then) if not when]
    assert answers
    assert all(shown[label] not in asked.values() for label in answers)
    for words in (step.say, step.ask):  # nor in the question
        assert not [label for when, label in programmes.COMPUTED.findall(words) if not when]
    guide = programmes.guide(one)
    links = [f'href="../{escape(step.figure.address(given))}"' for given in (step.figure.asked, step.figure.set)]
    assert guide.index(links[0]) < guide.index(links[1])
    assert links[1] not in programmes.handout(one)


def test_an_answer_in_sight_is_refused():
    step = next(step for step in ALL[0].steps if step.figure)
    label = programmes.COMPUTED.search(step.then)[2]
    same = replace(step, figure=replace(step.figure, before=step.figure.set))
    with pytest.raises(ValueError, match="while the question is asked"):
        programmes.computed(f"[[{label}]]", same)
    with pytest.raises(ValueError, match="while the question is asked"):
        programmes.computed(f"[[still: {label}]]", step)


def test_short_addresses_lead_to_the_questions():
    short = programmes.short_addresses()
    assert len(short) == sum(step.figure is not None for one in ALL for step in one.steps)
    for one in ALL:
        handout = programmes.handout(one)
        assert {name for name in short if f'href="../{name}"' in handout} == {
            one.short(number) for number, step in enumerate(one.steps, 1) if step.figure}
    assert "https://book.example/" in programmes.handout(ALL[0], "https://book.example")


def test_short_addresses_that_stand_are_not_asked_again(tmp_path):
    """But those of a chapter that has changed since."""
    short = programmes.short_addresses()
    (tmp_path / "go").mkdir()
    for name in short:
        (tmp_path / name).touch()
    assert programmes.short_addresses(tmp_path) == {}
    first = next(iter(short))
    os.utime(tmp_path / first, (0, 0))
    assert programmes.short_addresses(tmp_path) == {first: short[first]}
    (tmp_path / first).unlink()
    assert programmes.short_addresses(tmp_path) == {first: short[first]}


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_guide_and_handout(one):
    guide, handout = programmes.guide(one), programmes.handout(one)
    for step in one.steps:
        assert step.title in guide
        assert step.title in handout
    assert "n/a" not in guide
    assert not programmes.COMPUTED.search(guide + handout)
    for claim in programmes.claims():  # each with its statement: nobody can vote on a title
        row, = (line for line in handout.splitlines() if line.startswith(f"| **{claim.name}** "))
        assert len(row.split("|")[1].split()) > 10, row
        assert f"[chapter {int(claim.page[:2])}](/notebooks/{claim.page}.ipynb)" in programmes.sheet(rulings=True)
    # the paper exercise has its minutes in the programme; its answer is folded, and stands nowhere else on the sheet
    assert exercise(one.paper).solution
    assert handout.count("The answer, for the leader") == 1


def test_the_clock_runs_through():
    """Each step begins when the last one ended, from the first minute to the last, and nobody sits for two hours."""
    for one in ALL:
        times = re.findall(r"^### (\d+):(\d\d)–(\d+):(\d\d) (.+)$", programmes.guide(one), re.MULTILINE)
        minutes = [(int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d, _ in times]
        assert [end for _, end in minutes] == [start for start, _ in minutes[1:]] + [one.minutes]
        assert minutes[0][0] == 0
        breaks = [time for time, step in zip(minutes, one.steps, strict=True) if not step.ask + step.say]
        sat = zip([0, *(end for _, end in breaks)], [*(start for start, _ in breaks), one.minutes], strict=True)
        assert all(start - end <= 120 for end, start in sat), one.key


def test_the_table_names_what_the_programmes_open():
    page = (programmes.ROOT / "book" / "workshop.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip().split()[0]: line for line in page.splitlines() if line.startswith("| ")}
    for one in ALL:
        assert f"<!-- chapters: {one.key} -->" in rows[one.key]
        words = " ".join(step.say for step in one.steps)
        assert {int(number) for number in re.findall(r"(?:^|\s)Chapter (\d+)", words)} == set(one.chapters)


def test_times_of_the_clock():
    assert programmes.clock(0, 5) == "0:00–0:05"
    assert programmes.clock(55, 35) == "0:55–1:30"


def test_paths_lead_to_chapters():
    for row in PATHS:
        assert (programmes.ROOT / "notebooks" / f"{row['page']}.ipynb").exists()
        assert sum(int(re.match(r"(\d+) min", step)[1]) for step in row["steps"]) == 30


@pytest.mark.parametrize(("change", "why"), [
    (("minutes = 90", "minutes = 80"), "90 minutes, and it says 80"),
    (("audience =", "audiance ="), "'audiance' is no field"),
    (("set = { users = 16 }", "sets = { users = 16 }"), "'sets' is no field"),
    (('exercise = "kv-q1"\n', ""), "one step has the exercise"),
    (('learns = "They can', 'learns_ = "They can'), "is no field"),
])
def test_a_slip_is_named(tmp_path, change, why):
    file = tmp_path / "programmes.toml"
    file.write_text(programmes.DATA.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(why)):
        programmes.read(file)


def test_what_a_figure_lacks_is_named():
    step = next(step for step in ALL[0].steps if step.figure)
    first = next(iter(step.figure.explorer().readouts()))
    with pytest.raises(ValueError, match=f"no readout 'Colour'; it has {first}"):
        programmes.computed("[[Colour]]", step)
    with pytest.raises(ValueError, match="has no figure 'nothing'; it has"):
        programmes.Figure("index", "nothing", {}).explorer()
