"""Submitted notebooks are scored by what they give to `check`, and a hostile one harms nothing and is named."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
import scores
from nbformat.v4 import new_code_cell, new_notebook

from inference_economics.chapters.exercises import exercise, of_chapter

SECONDS = 60
ASKED = sum(one.answer is not None for one in of_chapter("kv").values())


def works() -> bool:
    try:
        scores.sandbox()
    except RuntimeError:
        return False
    return True


in_sandbox = pytest.mark.skipif(not works(), reason="no bubblewrap that works on this machine")


def submitted(folder: Path, name: str, *cells: str) -> Path:
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in cells]), path)
    return path


REFUSED = {  # what a cell tries, and the error that it meets
    "import urllib.request\nurllib.request.urlopen('http://192.0.2.1', timeout=3)": "URLError",
    "open('/etc/passwd')": "FileNotFoundError",
    f"open({str(scores.ROOT / 'src' / 'evil.py')!r}, 'w')": "OSError",
    "held = [bytearray(10**9) for _ in range(50)]": "MemoryError",
    "with open('big', 'wb') as file:\n    while True:\n        file.write(b'0' * 10**6)": "OSError",
}
BOUNDED = {  # where nothing, or not much, can be written
    "import itertools\nfor n in itertools.count():\n    open(f'many{n}', 'wb').write(b'0' * 10**7)": "OSError",
    "for n in range(40):\n    open(f'/dev/shm/{n}', 'wb').write(b'0' * 10**7)": "OSError",
    "import os\nos.mkdir('/mine')": "OSError",
    "open('/dev/mine', 'w')": "OSError",
    "import os\nos.remove('/inside/told.jsonl')": "OSError",
}
STOPPED = {  # what a notebook does, and a word of the report
    "processes": ("import subprocess\nmany = [subprocess.Popen(['sleep', '100']) for _ in range(300)]\n"
                  "import time\ntime.sleep(100)", "processes"),
    "runner": ("import os\nos.kill(os.getppid(), 9)", "did not run"),
    "answers": ("open('/inside/told.jsonl', 'w').write('[1, 2]')\nimport os\nos.kill(os.getpid(), 9)",
                "something else"),
}


@in_sandbox
@pytest.mark.parametrize("tries", [REFUSED, BOUNDED], ids=["refused", "bounded"])
def test_nothing_is_in_reach(tmp_path, tries):
    found = scores.score(submitted(tmp_path, "tries", *tries), SECONDS, 2 * 2**30)
    assert found.trouble.split(", ") == list(tries.values())


@in_sandbox
@pytest.mark.parametrize("name", STOPPED)
def test_a_hostile_notebook_is_named(tmp_path, name):
    code, word = STOPPED[name]
    found = scores.score(submitted(tmp_path, name, code), SECONDS, 2 * 2**30)
    assert word in found.trouble
    assert found.right == 0


@in_sandbox
def test_an_endless_notebook_keeps_what_it_answered(tmp_path):
    path = submitted(tmp_path, "endless", 'from inference_economics import check\ncheck("kv-q1", "328 kB")',
                     "while True:\n    pass")
    found = scores.score(path, 15, 2 * 2**30)
    assert found.settled == {"kv-q1": True}
    assert "for ever" in found.trouble


@in_sandbox
def test_a_folder_is_summed_up(tmp_path, capsys):
    right, late = exercise("kv-1").answer, exercise("kv-2").answer
    submitted(tmp_path, "one", "from inference_economics import check, keep_answers\nkeep_answers('mine.csv')",
              f"check('kv-1', {right!r})", "check('kv-2', 'what?')", f"check('kv-2', {late!r})", "check('kv-3', 1e99)")
    (tmp_path / "two.ipynb").write_text('{"cells": 3}')
    submitted(tmp_path, "three", "check = print\ncheck('kv-1', 3)", "1 / 0")
    assert scores.main([str(tmp_path), "--csv", str(tmp_path / "scores.csv"), "--seconds", str(SECONDS)]) == 0
    rows = {row["notebook"]: row for row in csv.DictReader((tmp_path / "scores.csv").open())}
    assert (rows["one.ipynb"]["right"], rows["one.ipynb"]["answered"]) == ("2", "3")
    assert [rows["one.ipynb"][name] for name in ("kv-1", "kv-2", "kv-3")] == ["right", "right", "not yet"]
    assert rows["two.ipynb"]["trouble"].endswith("it is no notebook")
    assert rows["three.ipynb"]["answered"] == "0"
    assert rows["three.ipynb"]["trouble"] == "ZeroDivisionError"
    assert rows["one.ipynb"]["asked"] == str(ASKED)
    assert "not yet: kv-3" in capsys.readouterr().out


@in_sandbox
def test_what_was_taken_out_is_missed(tmp_path):
    """A chapter without its cells is named; a patched check, and its answer, count for nothing."""
    chapter = tmp_path / "03_the_kv_cache.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 + 1")]), chapter)
    gone = scores.score(chapter, SECONDS, 2 * 2**30)
    assert (gone.right, len(gone.settled), len(gone.asked)) == (0, 0, ASKED)
    assert "cells for its answers are gone" in gone.trouble
    patched = submitted(tmp_path, "patched", (
        "import inference_economics as i, inference_economics.chapters.exercises as e\n"
        "i.check = e.check = lambda *_: print('Right!')\n"
        "class One:\n    id = 'kv-1'\n    answer = 3\n    def reply(self, _): return 'Right!', True\n"
        "e.exercise = lambda _: One()\ni.check('kv-1', 3)\ne.keep(One(), 3)"))
    assert scores.score(patched, SECONDS, 2 * 2**30).settled == {"kv-1": False}
    assert "no exercise" in scores.score(submitted(tmp_path, "other", "1"), SECONDS, 2 * 2**30).trouble


def test_notebooks_of_one_name_are_told_apart(tmp_path, monkeypatch):
    for person in ("ada", "=HYPERLINK(1)"):
        (tmp_path / person).mkdir()
        submitted(tmp_path / person, "03_the_kv_cache", "1")
    monkeypatch.setattr(scores, "sandbox", lambda: "")
    monkeypatch.setattr(scores, "score", lambda path, seconds, memory, name: scores.Score(name))
    assert scores.main([str(tmp_path), "--csv", str(tmp_path / "scores.csv")]) == 0
    rows = [row["notebook"] for row in csv.DictReader((tmp_path / "scores.csv").open())]
    assert rows == ["'=HYPERLINK(1)/03_the_kv_cache.ipynb", "ada/03_the_kv_cache.ipynb"]  # no formula, in no program


def test_without_a_sandbox_nothing_runs(tmp_path, monkeypatch, capsys):
    path = submitted(tmp_path, "one", "open('harm', 'w')")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.chdir(tmp_path)
    assert scores.main([str(path)]) == 1
    assert "apt-get install bubblewrap" in capsys.readouterr().err
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(("words", "why"), [
    ([], "name the notebooks"), (["nothing.ipynb"], "there is no nothing.ipynb"), (["."], "no notebook in"),
    ([".", "--seconds", "0"], "at least 1 second"), ([".", "--memory-gib", "0.1"], "0.5 GiB")])
def test_what_is_asked_for_is_understood_or_refused(tmp_path, monkeypatch, capsys, words, why):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        scores.main(words)
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("told", ["[", "[1, 2]", '["kv-1", true]', '["kv-1", [1]]', "[" * 100_000, '{"a": 1}'])
def test_what_a_notebook_tells_is_read_with_care(tmp_path, told):
    file = tmp_path / "told"
    file.write_text(told)
    with pytest.raises(ValueError, match="something else"):
        scores.answers(file)


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text('["kv-1", 1]')
    (tmp_path / "told").symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="something else"):
        scores.answers(tmp_path / "told")
