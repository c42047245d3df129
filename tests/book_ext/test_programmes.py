"""The workshop's programmes: every link opens its setting, every answer is what the figure computes, minutes add up."""

from __future__ import annotations

import re

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
    """The figure can hold every setting of a link; every computed word is there; every exercise has an answer."""
    if step.figure:
        explorer = step.figure.explorer()
        settings = explorer.settings(**step.figure.set)
        assert {key: settings[key] for key in step.figure.set} == step.figure.set
        assert step.figure.page in programmes.PAGES or step.figure.page in one.chapters
    for words in (step.say, step.ask, step.then):
        assert "[[" not in programmes.computed(words, step)
    if step.exercise:
        assert exercise(step.exercise).answer is not None
    if step.ask and step.figure:
        assert step.hears
        assert step.then


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_guide_and_handout(one):
    guide, handout = programmes.guide(one), programmes.handout(one)
    for step in one.steps:
        assert step.title in guide
        assert step.title in handout
    assert "n/a" not in guide
    assert not programmes.COMPUTED.search(guide + handout)
    for claim in programmes.claims():
        assert f"**{claim.name}**" in handout
    # the answer of the paper exercise is folded, and stands nowhere else on the sheet
    assert handout.count("The answer, for the leader") == 1


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
