"""The examples on the library's page: each runs, and between them they use every mark that is not a chart's."""

from __future__ import annotations

import numpy as np
import pytest

from kernelless import boxes, diagrams, examples
from kernelless.parts import Mark

MADE = {example.__name__: example() for example in examples.EXAMPLES}


@pytest.mark.parametrize("name", MADE)
def test_an_example_runs_at_random_settings(name):
    made, rng = MADE[name], np.random.default_rng(4)
    for _ in range(20):
        figure = made.figure(**{key: control.sample(rng) for key, control in made.controls_spec.items()})
        assert figure.unseen() == ""


def test_every_mark_of_a_diagram_has_an_example():
    shown = {type(mark).__name__ for made in MADE.values() for mark in made.figure().marks}
    known = {thing.__name__ for module in (boxes, diagrams) for thing in vars(module).values()
             if isinstance(thing, type) and issubclass(thing, Mark) and thing.__module__ == module.__name__}
    assert {name for name in known if name[0] != "_" and name != "Boxes"} <= shown


def test_the_page_has_source_and_figure():
    page = examples.markdown("###")
    assert page.count("\n### ") + page.startswith("### ") == len(MADE)
    assert page.count('<figure class="explorer"') == page.count("```python\n") == len(MADE)
    assert "\n\n" not in "".join(made.html() for made in MADE.values())  # Markdown would end the HTML there
