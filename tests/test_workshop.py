"""The notebooks of a workshop: exercises to fill in, solutions for the leader only, words that Jupyter can show."""

from __future__ import annotations

import json
import re
import tomllib

import nbformat
import pytest
import workshop
from book_site import executed
from packaging.requirements import Requirement

from inference_economics.chapters.exercises import exercise

CHAPTERS = sorted(workshop.NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def editions(request):
    notebook = executed(request.param)
    figures = workshop.titles(notebook)
    return request.param, *(workshop.edition(notebook, figures, solutions=kind) for kind in (False, True))


def sources(notebook, kind: str) -> str:
    return "\n\n".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == kind)


def test_editions(editions):
    path, participants, leaders = editions
    asked = workshop.ASKED
    names = [found[1] for cell in nbformat.read(path, as_version=4)["cells"]
             if cell["cell_type"] == "code" and (found := asked.match(cell["source"].strip()))]
    for notebook in (participants, leaders):
        ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
        assert ids == names
        assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
        assert not any(cell.get("outputs") for cell in notebook["cells"])
        words = sources(notebook, "markdown")
        assert not workshop.ROLE.search(words), "a role of the site is left"
        assert not re.search(r"```\{|:::\{", words), "a directive of the site is left"
        assert 'keep_answers("my_answers.csv")' in sources(notebook, "code")
        named, tagged = (set(re.findall(pattern, words)) for pattern in (r"quation \*([\w-]+)\*", r"\\tag\{([\w-]+)\}"))
        assert named <= tagged
        assert "](../" not in words, "a link leads out of the folder"
    with_solution = [name for name in names if exercise(name).solution]
    assert sources(leaders, "markdown").count("**Solution of ") == len(with_solution)
    assert "**Solution of " not in sources(participants, "markdown")
    assert "exercise(" not in sources(participants, "code")  # which would fold a solution into its output


def test_two_prices_are_no_formula():
    assert workshop.readable("{glue:text}`a` and {glue:text}`b`", {"a": "$1", "b": "$2"}, {}) == r"\$1 and \$2"
    assert workshop.markdown_of(r"From $1 to \( 2 \times 3 \)") == r"From \$1 to $2 \times 3$"


def test_boxes_become_quotations():
    box = "```{admonition} Takeaway 1\n:class: tip\nWords.\n\nMore.\n```\nAfter."
    assert workshop.readable(box, {}, {}) == "> **Takeaway 1**\n>\n> Words.\n>\n> More.\nAfter."


def test_words_that_the_site_would_resolve():
    words = "{fig}`a-b` shows it. {fig}`c` too, and {eq}`eq-one`. {eq}`eq-one` is [a](../book/api.md), [b](2.ipynb)."
    assert workshop.readable(words, {}, {"a-b": "A and B", "c": "C"}) == (
        "The figure *A and B* shows it. The figure *C* too, and equation *one*. Equation *one* is a, [b](2.ipynb).")
    assert workshop.readable("$$\nx = 1\n$$ (eq-one)", {}, {}) == "$$\nx = 1\n\\tag{one}\n$$"


def test_an_edition_runs(tmp_path):
    """Every cell of a participant's notebook as it was handed out, with one answer filled in."""
    import notebook_text

    made = workshop.edition(executed(CHAPTERS[2]), {}, solutions=False)
    right = exercise("kv-1").answer
    for cell in made["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "kv-1" and cell["cell_type"] == "code":
            cell["source"] = cell["source"].replace("my_answer = None", f"my_answer = {right!r}")
    done = notebook_text.run(made, tmp_path)
    outputs = [output for cell in done["cells"] for output in cell.get("outputs", [])]
    assert any("Right" in output.get("text", "") for output in outputs)
    assert (tmp_path / "my_answers.csv").read_text().count("\n") == 2


def test_the_zip(tmp_path, monkeypatch):
    import zipfile

    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<p>the book")
    monkeypatch.setattr(workshop, "run_all", lambda paths, jobs: {path: executed(path) for path in paths})
    monkeypatch.setattr(workshop, "NOTEBOOKS", workshop.NOTEBOOKS)
    first = workshop.write_zip(tmp_path / "one", 1, site).read_bytes()
    with zipfile.ZipFile(tmp_path / "one" / "workshop.zip") as pack:
        names = pack.namelist()
        wheel, = (name for name in names if name.endswith(".whl"))
        assert wheel in pack.read("READ ME FIRST.txt").decode()
        assert "site/index.html" in names
        assert sum(name.startswith("participants/") for name in names) == len(CHAPTERS)
        for name in names:
            if name.endswith(".ipynb"):
                nbformat.validate(nbformat.from_dict(json.loads(pack.read(name))))
    assert wheel.endswith("-py3-none-any.whl")
    assert len(first) > 10_000


def test_the_wheel_fetches_what_the_notebooks_need(tmp_path):
    """The instructions install the wheel, and pip what stands in it."""
    import zipfile

    wheel = workshop.build_wheel(tmp_path)
    with zipfile.ZipFile(wheel) as pack:
        said = pack.read(next(name for name in pack.namelist() if name.endswith(".dist-info/METADATA"))).decode()
    fetched = re.findall(r"^Requires-Dist: ([^;\n]+)$", said, re.MULTILINE)
    wanted = tomllib.loads((workshop.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert sorted(map(str, map(Requirement, fetched))) == sorted(str(Requirement(one)) for one in wanted)
    words = workshop.instructions(wheel.name)
    assert f"-m pip install jupyterlab ./{wheel.name}\n" in words
    assert "Python 3.11 or newer" in words


def test_the_instructions_name_what_is_in_the_zip():
    words = workshop.instructions("book.whl")
    for place in ("site/index.html", "site/book/workshop.html", "site/book/links.html", "participants", "leaders/"):
        assert place in words
    assert max(map(len, words.splitlines())) <= 120


def test_without_a_site_there_is_no_zip(tmp_path):
    with pytest.raises(SystemExit, match="make site"):
        workshop.write_zip(tmp_path, 1, tmp_path / "nothing")
