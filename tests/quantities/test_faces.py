"""A room's face hands its modules on, and loads none before it is asked."""

from __future__ import annotations

import sys

import pytest

from inference_economics.quantities.faces import handing_on


@pytest.fixture
def room(tmp_path, monkeypatch):
    folder = tmp_path / "made_up_room"
    folder.mkdir()
    (folder / "__init__.py").write_text("NAME = 1\n")
    (folder / "lamp.py").write_text("LIGHT = 3\n")
    (folder / "broken.py").write_text("import no_such_module_at_all\n")
    (folder / "_hidden.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("made_up_room")
    for name in [name for name in sys.modules if name.startswith("made_up_room")]:
        del sys.modules[name]


def test_a_module_is_loaded_when_it_is_asked_for(room):
    hand_on, names = handing_on("made_up_room")
    assert "made_up_room.lamp" not in sys.modules
    assert hand_on("lamp").LIGHT == 3
    assert {"NAME", "lamp", "broken"} <= set(names())
    assert "_hidden" not in names()


@pytest.mark.parametrize("name", ["lump", "_hidden", "__wrapped__"])
def test_what_is_not_there_is_an_attribute_error(room, name):
    with pytest.raises(AttributeError, match=f"module 'made_up_room' has no attribute '{name}'"):
        handing_on("made_up_room")[0](name)


def test_a_module_that_cannot_be_loaded_says_why(room):
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        handing_on("made_up_room")[0]("broken")
