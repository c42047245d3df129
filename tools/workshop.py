"""Write a workshop's notebooks, for participants and for leaders, and one zip that needs no network.

    python tools/workshop.py notebooks [--output FOLDER]    participants/ and leaders/ under _build/workshop
    python tools/workshop.py zip [--output FOLDER]          these, the site, the wheel and instructions, as one zip

Both kinds come from the book's own notebooks. A participant's has the exercises open, with a cell for the answer and
its check, and no solutions; a leader's has the solutions below them. The answer cells carry nbgrader's metadata (grade
id, points, schema 3), so a course that uses nbgrader can collect and release them with it.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
import notebook_text

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
OUTPUT = ROOT / "_build" / "workshop"
SITE = ROOT / "_build" / "html"
ASKED = re.compile(r'^exercise\("([a-z]+-q?\d+)"\)$')
ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
BOX = re.compile(r"^(`{3,}|:{3,})\{[\w-]+\}([^\n]*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
LABEL = re.compile(r"^\$\$ \(eq-([\w-]+)\)", re.MULTILINE)
ELSEWHERE = re.compile(r"\[([^\[\]]+)\]\(\.\./[^)]+\)")  # a page that does not lie beside the notebooks
BEGINS = re.compile(r"(^|\n\n|[.?!][*)]* )\Z")
FIGURE = re.compile(r'<figure class="explorer" id="explorer-([a-z0-9-]+)".*?class="ex-spec">(.*?)</script>', re.DOTALL)
KEEP = """\
# Your answers are kept in this file, on this machine and nowhere else. Leave the line out if you do not want that.
from inference_economics import check, keep_answers

keep_answers("my_answers.csv")"""
INSTRUCTIONS = """\
The Infrastructure Trap: a workshop in one folder
=================================================

Unpack the whole zip first; the pages do not open from inside it.

1. The book needs no network and nothing installed: open  site/index.html  in a browser. Every figure works from disk.
   On a phone, or for a room of people, copy the folder  site  as it is, or serve it from one machine:

       python3 -m http.server --directory site 8000

   and let the others open  http://  and that machine's address and  :8000.

2. The notebooks are for those who want to change the code. They need Python {python}, and these two commands need
   a network: give them before the day, in a terminal in the folder where this file lies.

       python3 -m venv workshop
       workshop/bin/python -m pip install jupyterlab ./{wheel}

   On Windows write  py -m venv workshop  and, here and below,  workshop\\Scripts\\python  for  workshop/bin/python.
   From then on, without a network:

       workshop/bin/python -m jupyterlab --notebook-dir participants

   JupyterLab opens in the browser. Open  01_the_inversion.ipynb  and run its cells with Shift and Enter, one by one.
   At an exercise write your answer after  my_answer =  and run the cell: it says whether the answer is right.

3. Your answers stay on your machine, in  participants/my_answers.csv.  Send the file to the leader only if you
   like to; site/book/links.html shows a room's answers together, and sends nothing either.

For the leader: site/book/workshop.html has the programmes, step by step, and  leaders/  the notebooks with solutions.
Participants get this file,  site,  participants  and the .whl file, and not  leaders/.
"""


def instructions(wheel: str) -> str:
    """Return what the zip says of itself; what the notebooks need comes with the wheel, which says what it needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return INSTRUCTIONS.format(wheel=wheel, python=project["requires-python"].replace(">=", "") + " or newer")


def markdown_of(words: str) -> str:
    r"""Return the words of an exercise as Markdown of a notebook: its formulas stand between dollars there."""
    return re.sub(r"\\\(\s*(.*?)\s*\\\)", r"$\1$", words.replace("$", r"\$"))


def graded(ident: str, points: int) -> dict:
    """Return nbgrader's metadata of a cell that a participant fills in."""
    return {"nbgrader": {"grade": True, "solution": True, "locked": False, "task": False, "points": points,
                         "grade_id": ident, "schema_version": 3}}


def answer_cells(ident: str, *, solutions: bool) -> list[nbformat.NotebookNode]:
    """Return the cells that stand for an exercise: its question, a cell for the answer, and perhaps its solution."""
    from inference_economics.chapters.exercises import exercise

    one = exercise(ident)
    kind = "Question" if one.level == "guess" else "Exercise"
    cells = [nbformat.v4.new_markdown_cell(f"**{kind} {ident}** ({one.level}). {markdown_of(one.question)}")]
    if one.answer is None:
        cells[0]["source"] += "\n\n*Write here, in words:*"
        cells[0]["metadata"] = graded(ident, 0)
    else:
        cells.append(nbformat.v4.new_code_cell(
            f'my_answer = None  # a number in {one.said_in or "the unit asked for"}, or text such as "{one.example}"\n'
            f'if my_answer is not None:\n    check("{ident}", my_answer)',
            metadata=graded(ident, 0 if one.level == "guess" else 1)))
    if solutions:
        cells.append(nbformat.v4.new_markdown_cell(
            f"> **Solution of {ident}.** " + markdown_of(one.solution).replace("\n", "\n> "),
            metadata={"tags": ["solution"]}))
    return cells


def glued(executed: nbformat.NotebookNode) -> dict[str, str]:
    """Return the numbers that a chapter's code handed to its prose, by name."""
    found = {}
    for output in (output for cell in executed["cells"] for output in cell.get("outputs", [])):
        scrap = output.get("metadata", {}).get("scrapbook")
        if scrap:
            found[scrap["name"]] = ast.literal_eval(output["data"][f"{scrap['mime_prefix']}text/plain"])
    return found


def titles(executed: nbformat.NotebookNode) -> dict[str, str]:
    """Return the titles of a chapter's live figures, by name."""
    pages = (output.get("data", {}).get("text/html", "")
             for cell in executed["cells"] for output in cell.get("outputs", []))
    return {found[1]: json.loads(found[2])["title"] for page in pages for found in FIGURE.finditer(page)}


def readable(words: str, numbers: Mapping[str, str], figures: Mapping[str, str]) -> str:
    """Return prose as Jupyter can show it: what the site's build resolves is resolved, boxes are quotations."""
    def role(found: re.Match) -> str:
        said = meant(found[1], found[2])
        begins = found[1] in ("fig", "eq") and BEGINS.search(found.string[:found.start()])
        return said[0].upper() + said[1:] if begins else said

    def meant(kind: str, name: str) -> str:
        if kind == "glue:text":
            return numbers[name].replace("$", r"\$")  # Jupyter would take two prices for a formula
        if kind == "fig":
            return f"the figure *{figures.get(name, name.replace('-', ' '))}*"
        if kind == "cite":
            return f"[{name.replace(',', ', ')}]"
        if kind == "eq":
            return f"equation *{name.removeprefix('eq-')}*"
        return re.sub(r"\s*<[^>]*>$", "", name)  # of a reference: its words

    def box(found: re.Match) -> str:
        body = "\n".join(line for line in found[3].strip().split("\n") if not re.match(r":[a-z-]+:", line))
        title = f"**{found[2].strip()}**\n\n" if found[2].strip() else ""
        return "\n".join(f"> {line}".rstrip() for line in (title + body).split("\n"))

    words = ROLE.sub(role, BOX.sub(box, words))
    words = LABEL.sub(r"\\tag{\1}\n$$", words)  # so that the words that speak of an equation lead to it
    return ELSEWHERE.sub(r"\1", words)


def edition(executed: nbformat.NotebookNode, figures: Mapping[str, str], *, solutions: bool) -> nbformat.NotebookNode:
    """Return a chapter for a workshop: its words as Jupyter can show them, nothing run yet, exercises to fill in."""
    cells, kept, numbers = [], False, glued(executed)
    for cell in executed["cells"]:
        asked = ASKED.match(cell["source"].strip()) if cell["cell_type"] == "code" else None
        if asked:
            cells += answer_cells(asked[1], solutions=solutions)
            continue
        new = nbformat.from_dict({key: cell[key] for key in ("cell_type", "metadata", "source")})
        if new["cell_type"] == "markdown":
            new["source"] = readable(new["source"], numbers, figures)
        if new["cell_type"] == "code":
            if "remove-cell" in new["metadata"].get("tags", []):
                new["metadata"]["jupyter"] = {"source_hidden": True}  # it hands numbers to the site's prose
            new["outputs"], new["execution_count"] = [], None
            if not kept:
                cells.append(nbformat.v4.new_code_cell(KEEP, metadata={"tags": ["keep-answers"]}))
                kept = True
        cells.append(new)
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number:03d}"
    made = nbformat.v4.new_notebook(cells=cells, metadata=notebook_text.METADATA)
    nbformat.validate(made)
    return made


def run_all(paths: list[Path], jobs: int) -> dict[Path, nbformat.NotebookNode]:
    """Run the chapters, for the numbers that their prose shows."""
    def run(path: Path) -> nbformat.NotebookNode:
        return notebook_text.run(nbformat.read(path, as_version=4), path.parent)

    return notebook_text.each(run, paths, jobs)


def write_notebooks(output: Path, jobs: int = 1, paths: list[Path] | None = None) -> list[Path]:
    """Write both editions of every chapter and return their files."""
    written, executed = [], run_all(paths or sorted(NOTEBOOKS.glob("*.ipynb")), jobs)
    figures = {name: title for notebook in executed.values() for name, title in titles(notebook).items()}
    for kind, solutions in (("participants", False), ("leaders", True)):
        folder = output / kind
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for path in sorted(executed):
            nbformat.write(edition(executed[path], figures, solutions=solutions), folder / path.name)
            written.append(folder / path.name)
        print(f"  {kind}: {len(list(folder.iterdir()))} notebooks", flush=True)
    return written


def build_wheel(folder: Path) -> Path:
    """Build the package's wheel, with the build tool of the environment and no network."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


def write_zip(output: Path, jobs: int = 1, site: Path = SITE) -> Path:
    """Write the one zip: site, notebooks of both kinds, wheel, instructions."""
    if not (site / "index.html").exists():
        sys.exit("There is no site to put in; run: make site")
    write_notebooks(output, jobs)
    wheel = build_wheel(output / "wheel")
    target = output / "workshop.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        def add(name: str, data: bytes) -> None:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))  # the same bytes whenever it is written
            info.external_attr = 0o644 << 16
            pack.writestr(info, data, zipfile.ZIP_DEFLATED)

        add("READ ME FIRST.txt", instructions(wheel.name).encode())
        add(wheel.name, wheel.read_bytes())
        parts = ((output / "participants", "participants"), (output / "leaders", "leaders"), (site, "site"))
        for folder, name in parts:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                add(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())
    print(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB)", flush=True)
    return target


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["notebooks", "zip"])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many notebooks to run at once")
    options = parser.parse_args(arguments)
    if options.what == "zip":
        write_zip(options.output, options.jobs)
    else:
        write_notebooks(options.output, options.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
