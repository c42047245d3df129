"""An explorer is what the page, the widget and the table take it for."""

from __future__ import annotations

from small_figures import simple

from kernelless import Figure, Slider, explore
from kernelless.declared import Declared


def test_an_explorer_has_all_that_is_declared():
    explorer = explore(lambda a=1.0: simple(a), a=Slider(0.5, 2, 1.0), title="T", watch="Move it.", name="one")
    fields = {*Declared.__annotations__, *(name for name in vars(Declared) if not name.startswith("_"))}
    assert {"title", "controls_spec", "figure", "html"} <= fields
    assert [name for name in fields if not hasattr(explorer, name)] == []
    assert isinstance(explorer.figure(), Figure)
