"""The workshop pages: programmes from `book/programmes.toml`, with every answer computed from the figure it asks about.

A step names a figure and the settings of the link that the leader projects. The figure is run at these settings, as the
chapter declares it, and its readouts stand in the guide; so a guide cannot say what the page does not show.
"""

from __future__ import annotations

import contextlib
import re
import sys
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from kernelless.explorer import explorer_named

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "book" / "programmes.toml"
PAGES = {"index": "front page", "decide": "the page Decide"}  # that are no chapters
COMPUTED = re.compile(r"\[\[(.+?)\]\]")


@dataclass(frozen=True)
class Figure:
    """A figure at the settings of a link."""

    page: str
    name: str
    set: dict[str, Any]

    @property
    def source(self) -> Path:
        return ROOT / (f"book/{self.page}.md" if self.page in PAGES else f"notebooks/{self.page}.ipynb")

    @property
    def address(self) -> str:
        """The page's address from the folder `book/` of the site."""
        page = f"{self.page}.html" if self.page in PAGES else f"../notebooks/{self.page}.html"
        return f"{page}#explorer-{self.name}" + (f"?{urlencode(self.set)}" if self.set else "")

    def link(self) -> str:
        """Return a link as HTML: MyST would look for a page of that name among its sources."""
        return f'<a href="{escape(self.address)}">{escape(self.explorer().title)}</a>'

    def explorer(self):
        """Return the figure as its page declares it.

        Raises
        ------
        ValueError
            The page has no figure of that name.
        """
        made = {one.name: one for one in declared(self.source)}
        if self.name not in made and self.page in PAGES:
            # a page may show a figure that the package keeps, made once for all who ask
            with contextlib.suppress(ValueError):
                return explorer_named(self.name)
        if self.name not in made:
            raise ValueError(f"{self.source.name} has no figure {self.name!r}; it has {', '.join(sorted(made))}")
        return made[self.name]


@dataclass(frozen=True)
class Step:
    """One step of a programme."""

    minutes: int
    title: str
    say: str = ""
    ask: str = ""
    then: str = ""
    stuck: str = ""
    exercise: str = ""
    figure: Figure | None = None
    hears: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Programme:
    """A workshop for an audience."""

    key: str
    title: str
    audience: str
    learns: str
    minutes: int
    paper: str
    chapters: list[str]
    steps: list[Step]


@cache
def declared(source: Path) -> list:
    """Run a page's code and return the figures that it declares."""
    tools = str(ROOT / "tools")
    if tools not in sys.path:
        sys.path.append(tools)
    from declared import explorers_of

    return explorers_of(source)


def _made(kind: type, row: dict[str, Any], where: str):
    """Return a record of a row; an unknown or missing field is refused by name."""
    known = {one.name for one in fields(kind)}
    if set(row) - known:
        raise ValueError(f"{where}: {min(set(row) - known)!r} is no field; known: {', '.join(sorted(known))}")
    try:
        return kind(**row)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from None


def read(path: Path = DATA) -> tuple[list[Programme], list[dict[str, Any]]]:
    """Return the programmes and the short paths.

    Raises
    ------
    ValueError
        A field is unknown or missing, or the minutes of a programme's steps do not add up to its own.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    programmes = []
    for row in data["programme"]:
        steps = []
        for step in row.pop("step"):
            where = f"{row['key']}, {step.get('title')}"
            figure = step.pop("figure", None)
            steps.append(_made(Step, step | {"figure": figure and _made(Figure, figure, where)}, where))
        one = _made(Programme, row | {"steps": steps}, row["key"])
        total = sum(step.minutes for step in steps)
        if total != one.minutes:
            raise ValueError(f"{one.key}: its steps take {total} minutes, and it says {one.minutes}")
        programmes.append(one)
    return programmes, data["path"]


def computed(words: str, step: Step) -> str:
    """Return a step's words with what the book computes in them."""
    def put(found: re.Match) -> str:
        label = found[1]
        if label == "claims":
            return " · ".join(f"**{one.name}** {one.title}" for one in claims())
        if label == "exercise":
            from inference_economics import text
            from inference_economics.chapters.exercises import exercise

            one = exercise(step.exercise)
            return f"**{text(one.computed, one.unit)}**".replace("$", r"\$")
        if step.figure is None:
            raise ValueError(f"{step.title}: [[{label}]] asks for a readout, and the step has no figure")
        shown = step.figure.explorer().readouts(**step.figure.set)
        if label not in shown:
            raise ValueError(f"{step.title}: {step.figure.name} has no readout {label!r}; it has {', '.join(shown)}")
        return f"**{shown[label]}**".replace("$", r"\$")

    return COMPUTED.sub(put, words)


def claims():
    from inference_economics.chapters import argument

    return argument.claims()


def clock(start: int, minutes: int) -> str:
    """Return a step's time of the clock, from the beginning of the workshop."""
    def at(minute: int) -> str:
        return f"{minute // 60}:{minute % 60:02d}"

    return f"{at(start)}–{at(start + minutes)}"


def guide(one: Programme) -> str:
    """Return a programme as Markdown, step by step."""
    lines = [f"## {one.title}\n", f"**For whom.** {one.audience}\n", f"**What they take away.** {one.learns}\n"]
    start = 0
    for step in one.steps:
        lines.append(f"### {clock(start, step.minutes)} {step.title}\n")
        start += step.minutes
        if step.say:
            lines.append(computed(step.say, step) + "\n")
        if step.ask:
            lines.append(f"*Ask:* {computed(step.ask, step)}\n")
        if step.figure:
            lines.append(f"*Project, after the hands:* {step.figure.link()}, which opens at this setting.\n")
        if step.hears:
            lines += ["| what people say | what it shows |", "|---|---|"]
            lines += [f"| {said} | {shows} |" for said, shows in step.hears]
            lines.append("")
        if step.stuck:
            lines.append(f"*Where groups get stuck:* {step.stuck}\n")
        if step.then:
            lines.append(f"*What the book says:* {computed(step.then, step)}\n")
    return "\n".join(lines)


def sheet() -> str:
    """Return the voting sheet: every claim, with room for hands before and after."""
    lines = ["| claim | before: holds | in part | fails | after: holds | in part | fails |", "|" + "---|" * 7]
    return "\n".join(lines + [f"| **{one.name}** {one.title} |" + " |" * 6 for one in claims()]) + "\n"


def paper(one: Programme) -> str:
    """Return a programme's paper exercise: its question with room to work, the answer overleaf."""
    from inference_economics.chapters.exercises import exercise
    from inference_economics.chapters.exercises.plain import plain

    asked = exercise(one.paper)
    question, solution = (plain(words).replace("$", r"\$") for words in (asked.question, asked.solution))
    return (f"{question}\n\nMy guess: ……………………  My result: ……………………  Factors, each with its name and unit:\n\n"
            "………………………………………………………………………………………\n\n………………………………………………………………………………………\n\n"
            f"```{{dropdown}} The answer, for the leader\n{solution}\n```\n")


def handout(one: Programme) -> str:
    """Return what participants get on paper: the links, the questions, the paper exercise, the voting sheet."""
    lines = [f"# Handout: {one.title.lower()}\n",
             "For print, double-sided if you can. Where the site lies in a folder, open `index.html` and find the "
             "chapter by its number.\n", "## What we do\n",
             "| minutes | what | figure | question |", "|---|---|---|---|"]
    start = 0
    for step in one.steps:
        where = ""
        if step.figure:
            page = PAGES.get(step.figure.page) or f"chapter {int(step.figure.page[:2])}"
            where = f"{step.figure.link()} ({page})"
        ask = "" if "[[claims]]" in step.ask else step.ask
        lines.append(f"| {clock(start, step.minutes)} | {step.title} | {where} | {computed(ask, step)} |")
        start += step.minutes
    lines += ["\n## On paper\n", paper(one), "## The vote\n", sheet(),
              "## What I take away\n", "The number that surprised me: ……………………………………\n",
              "The number from my own service that I will look up: ……………………………………\n"]
    return "\n".join(lines)


def paths(rows: list[dict[str, Any]]) -> str:
    """Return the short paths through single chapters."""
    return "\n".join(f"**[{row['title']}](/notebooks/{row['page']}.ipynb)**\n\n"
                     + "".join(f"- {step}\n" for step in row["steps"]) for row in rows)


def write(_app, docname: str, source: list[str]) -> None:
    """Put programmes, sheet and paths where the workshop's pages ask for them."""
    if not docname.startswith("book/workshop") and not docname.startswith("book/handout"):
        return
    programmes, short = read()
    for one in programmes:
        for mark, made in (("guide", guide), ("handout", handout)):
            place = f"<!-- {mark}: {one.key} -->"
            if place in source[0]:
                source[0] = source[0].replace(place, made(one))
    if "<!-- sheet -->" in source[0]:
        source[0] = source[0].replace("<!-- sheet -->", sheet())
    source[0] = source[0].replace("<!-- paths -->", paths(short))
