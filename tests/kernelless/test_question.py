"""A guess in Jupyter: the curve waits, then shows, and words say where the guess went wrong."""

from __future__ import annotations

from small_figures import ASKED, growing

from kernelless import Slider, explore


def asked():
    made = explore(growing, title="T", watch="W", name="asked", predict=ASKED,
                   users=Slider(1, 500, value=20))
    return made, made._made_widget()


def test_the_curve_and_the_readouts_wait_for_the_guess():
    _, widget = asked()
    assert widget.question.waiting
    assert widget.readout.value == ""
    before = widget.figure.value
    for box in widget.question.values:
        box.value = 0.005
    widget.question.show()
    assert not widget.question.waiting
    assert "Users: <b>20</b>" in widget.readout.value
    assert widget.figure.value != before
    assert widget.question.said.value.startswith("Level: the curve lies ")


def test_a_question_may_be_skipped():
    _, widget = asked()
    widget.question.skip()
    assert widget.question.said.value == ""
    assert "Users" in widget.readout.value


def test_its_places_are_named_with_their_unit():
    _, widget = asked()
    assert [box.description for box in widget.question.values][:2] == ["at 1", "at 7.94"]
    assert "In s." in widget.question.box.children[0].value
