"""Jupyter's form of an explorer."""

from __future__ import annotations

import asyncio
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _instances as open_widgets
from parity.synthetic import explorers
from small_figures import declare, figure_of

from kernelless import Explorer, Slider, State
from kernelless.widget import _make


@pytest.fixture
def lines():
    return explorers()[0]


def buttons(explorer):
    found, stack = {}, [explorer.widget]
    while stack:
        widget = stack.pop()
        stack.extend(getattr(widget, "children", ()))
        if type(widget).__name__ == "Button":
            found[widget.description] = widget
    return found


# A mark for all: each test moves widgets, which wait for a loop where one runs.
pytestmark = pytest.mark.usefixtures("no_loop_of_others")


def test_moving_a_widget_changes_values_readouts_and_figure(lines):
    assert lines.widget
    before = lines._widget
    drawn, numbers = before.figure.value, before.readout.value
    lines.controls["batch"].value = 64
    assert lines.values["batch"] == 64
    assert lines.values["context_tok"] == 8192
    assert before.readout.value != numbers
    assert before.figure.value != drawn
    assert lines.readouts(batch=64)["Time"] in before.readout.value
    assert "64 sequences" in before.shown["batch"].value
    assert repr(lines).startswith("Lines, bands, points, rules & labels (batch 64 sequences")


def test_widgets_hold_the_declared_defaults_and_ends(lines):
    assert lines.controls
    assert lines.values == lines.defaults
    for key, control in lines.controls_spec.items():
        widget = lines.controls[key]
        if isinstance(control, Slider):
            for end in (control.low, control.high):
                widget.value = type(widget.value)(end)
                assert lines.values[key] == end
            widget.value = type(widget.value)(control.value)
            assert lines.values[key] == control.value


@given(low=st.floats(1e-12, 1e12), ratio=st.floats(1.001, 1e9), where=st.floats(0, 1))
def test_log_sliders_reach_their_ends_exactly(low, ratio, where):

    high = low * ratio
    value = min(max(low * ratio**where, low), high)
    control = Slider(low, high, value=value, scale="log", label="x")
    widget = _make(control)
    assert control.snap(widget.value) == value
    for end in (low, high):
        widget.value = end
        assert control.snap(widget.value) == end


def test_reset_and_presets_move_all_controls_and_draw_once(lines):
    pressed = buttons(lines)
    assert set(pressed) == {"Reset", "One user", "Big & wide"}
    lines.controls["exponent"].value = 0.4
    with mock.patch.object(Explorer, "figure", autospec=True, side_effect=Explorer.figure) as drawn:
        pressed["Big & wide"].click()
    assert drawn.call_count == 1
    assert lines.values == lines.defaults | {"spec": "big-3", "wide": "yes", "context_tok": 1e6}
    pressed["Reset"].click()
    assert lines.values == lines.defaults
    assert "Small 1 is fast" in lines._widget.readout.value


def test_each_kind_of_control_has_its_widget():
    kinds = {type(widget).__name__ for explorer in explorers() for widget in explorer.controls.values()}
    assert kinds == {"FloatLogSlider", "FloatSlider", "IntSlider", "Dropdown", "SelectionSlider"}


def test_a_widgets_values_are_those_of_the_stops():
    bars = explorers()[1]
    assert bars.controls["years"].options[1] == ("2.5 years", 2.5)
    bars.controls["years"].value = 5.0
    assert bars.values["years"] == 5.0
    buttons(bars)["Reset"].click()
    assert bars.values == bars.defaults


def test_text_of_the_author_is_escaped_in_the_widget(lines):
    made = declare(title="<script>alert(1)</script>")
    texts = [child.value for child in made.widget.children if hasattr(child, "value")]
    assert "&lt;script&gt;" in texts[0]
    lines.controls["batch"].value = 900
    lines.controls["spec"].value = "big-3"
    assert "Big &quot;3&quot; is fast" in lines._widget.readout.value


def test_running_a_cell_again_leaves_no_widgets_behind():
    counts = []
    for _ in range(4):
        made = explorers()[0]
        assert made.widget
        counts.append(len(open_widgets))
    assert counts[1:] == [counts[1]] * 3
    made.controls["batch"].value = 64  # the last one is alive
    assert made.readouts(batch=64)["Time"] in made._widget.readout.value
    assert made.widget is made.widget


def test_a_dropdown_set_to_none_is_refused_and_stays(lines):
    before = lines.controls["spec"].value
    drawn = lines._widget.figure.value
    with pytest.raises(ValueError, match=r"spec=None is not an option; known: 'small-1'"):
        lines.controls["spec"].value = None
    assert lines.controls["spec"].value == before
    assert lines._widget.figure.value == drawn


def test_rapid_moves_are_drawn_once_at_the_last():
    made = explorers()[0]
    assert made.controls

    async def drag():
        with mock.patch.object(Explorer, "figure", autospec=True, side_effect=Explorer.figure) as drawn:
            for batch in range(33, 64):
                made.controls["batch"].value = batch
            assert drawn.call_count == 0
            while not drawn.call_count:
                await asyncio.sleep(0.01)
            assert drawn.call_count == 1

    asyncio.run(drag())
    assert made.readouts(batch=63)["Time"] in made._widget.readout.value


def test_a_finding_is_neither_good_nor_bad_in_the_widget():
    for finding, sign in ((True, "→"), (False, "✗")):
        made = figure_of(states=lambda a, finding=finding: [State(a > 9, "One.", "The other.", finding=finding)])
        assert f"{sign} The other." in made._made_widget().readout.value
        assert f"{sign} The other." in repr(made)
