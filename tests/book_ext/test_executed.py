"""Executed notebooks are used again only while everything that their outputs depend on is the same."""

from __future__ import annotations

import executed
import pytest

ROOM = "src/inference_economics/serving"
FILES = {
    "requirements.lock": "numpy==2.0",
    f"{ROOM}/__init__.py": '"""What does an engine take?"""',
    f"{ROOM}/step.py": "x = 1",
    f"{ROOM}/calibration.toml": "share = 0.9",
    f"{ROOM}/serving_measurements.csv": "tokens\n7\n",
    f"{ROOM}/data/weights.safetensors": "\0\1",
    f"{ROOM}/static/answer_box.js": "start()",
    f"{ROOM}/static/answer_box.css": "a {}",
    f"{ROOM}/README.md": "# Serving",
    f"{ROOM}/static/answer_box.d.ts": "export type Answer = string;",
    f"{ROOM}/__pycache__/step.cpython-311.pyc": "\0",
}
ASIDE = {name for name in FILES if name.endswith((".css", ".js", ".md", ".pyc", ".ts"))}


@pytest.fixture
def house(tmp_path):
    for name, words in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(words)
    return tmp_path


@pytest.mark.parametrize("name", sorted(FILES.keys() - ASIDE))
def test_a_changed_file_changes_the_fingerprint(house, name):
    before = executed.code_fingerprint(house)
    (house / name).write_text(FILES[name] + " ")
    assert executed.code_fingerprint(house) != before


@pytest.mark.parametrize("name", sorted(FILES.keys() - ASIDE - {"requirements.lock"}))
def test_a_moved_file_changes_the_fingerprint(house, name):
    before = executed.code_fingerprint(house)
    (house / name).rename(house / "src" / "moved.py")
    assert executed.code_fingerprint(house) != before


@pytest.mark.parametrize("name", sorted(ASIDE))
def test_what_no_output_depends_on_leaves_the_fingerprint(house, name):
    before = executed.code_fingerprint(house)
    (house / name).write_text("changed")
    assert executed.code_fingerprint(house) == before


def test_the_cache_lies_beside_the_pages_and_is_named_after_the_code(tmp_path):
    path = executed.cache_path(tmp_path / "_build" / "html")
    assert path == tmp_path / "_build" / ".executed" / executed.code_fingerprint()
