"""What the library's README shows is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kernelless
from kernelless import CannotBeTraced, Explorer, Slider

README = (Path(kernelless.__file__).parent / "README.md").read_text(encoding="utf-8")
EXAMPLE, = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_example_runs():
    *lines, last = EXAMPLE.strip().rsplit("\n", 1)
    scope = {}
    exec("".join(lines), scope)
    made = eval(last, scope)
    assert isinstance(made, Explorer)
    assert made.readouts(rate=1.0) == {"Half-life": "693 ms"}


def test_the_refusal_reads_as_shown():
    def decay(rate):
        if rate > 1:
            rate = 1
        return rate

    shown = " ".join(re.search(r"```text\nCannotBeTraced: (.*?) or …", README, re.DOTALL)[1].split())
    with pytest.raises(CannotBeTraced) as refusal:
        kernelless.explore(decay, title="T", watch="W", rate=Slider(0.1, 2.0, value=0.5))
    place = r"\(.*, line \d+, in decay: `if rate > 1:`\)"
    assert re.sub(place, "(…)", str(refusal.value)).startswith(re.sub(place, "(…)", shown))


def test_every_mark_is_listed():
    from kernelless.parts import Part

    limits = README[README.index("## Limits"):]
    things = [getattr(kernelless, name) for name in kernelless.__all__]
    parts = [thing.__name__ for thing in things if isinstance(thing, type) and issubclass(thing, Part)]
    assert len(parts) >= 8
    assert [name for name in parts if f"`{name}`" not in limits] == []
    assert f"up to {kernelless.declaration.MOST_CONTROLS} controls" in README


def test_every_setting_of_the_extension_is_listed():
    source = (Path(kernelless.__file__).parent / "sphinx.py").read_text(encoding="utf-8")
    settings = set(re.findall(r"app\.config\.(kernelless_\w+)", source))
    assert settings == set(re.findall(r"`(kernelless_\w+)", README))
