"""The workshop pages: programmes from `book/programmes.toml`, with every answer computed from the figure it asks about.

A step names a figure, the settings from which its question is asked, and those that show the answer: two links. The
figure is run at both, as the chapter declares it, and its readouts stand in the guide. So a guide cannot say what the
page does not show, and no link for a question shows its answer. Handouts have short links: `go/e1.html` leads to the
question of the engineers' first step.
"""

from __future__ import annotations

import contextlib
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import address
import nbformat

from kernelless.explorer import explorer_named

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "book" / "programmes.toml"
ARGUMENT = ROOT / "notebooks" / "14_the_argument_tested.ipynb"
PAGES = {"index": "front page", "decide": "the page Decide"}  # that are no chapters
COMPUTED = re.compile(r"\[\[(?:(before|still): )?(.+?)\]\]")


@dataclass(frozen=True)
class Figure:
    """A figure at the settings that show an answer, and at those from which the question is asked."""

    page: str
    name: str
    set: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        return ROOT / (f"book/{self.page}.md" if self.page in PAGES else f"notebooks/{self.page}.ipynb")

    @property
    def asked(self) -> dict[str, Any]:
        """The settings from which the question is asked: of what the answer sets, and of what the step names."""
        own = self.explorer().settings()
        return {name: own[name] for name in self.set} | self.before

    def address(self, settings: Mapping[str, Any]) -> str:
        """Return the figure's address from the site's root."""
        folder = "book" if self.page in PAGES else "notebooks"
        query = urlencode({name: int(value) if isinstance(value, float) and value.is_integer() else value
                           for name, value in settings.items()})
        return f"{folder}/{self.page}.html#explorer-{self.name}?{query}"

    def link(self, settings: Mapping[str, Any], words: str = "") -> str:
        """Return a link as HTML: MyST would look for a page of that name among its sources."""
        return f'<a href="../{escape(self.address(settings))}">{escape(words or self.explorer().title)}</a>'

    def said(self, settings: Mapping[str, Any]) -> str:
        """Return settings in words, as the figure's controls show them."""
        controls = self.explorer().controls_spec
        return "; ".join(f"{controls[name].label}: {controls[name].show(controls[name].find(value))}"
                         for name, value in settings.items())

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
    steps: list[Step]

    @property
    def paper(self) -> str:
        """The exercise that is worked on paper."""
        return next(step.exercise for step in self.steps if step.exercise)

    @property
    def chapters(self) -> list[int]:
        """The numbers of the chapters whose figures are projected."""
        return sorted({int(step.figure.page[:2]) for step in self.steps
                       if step.figure and step.figure.page not in PAGES})

    def short(self, number: int) -> str:
        """Return the short address of the question of a step, counted from 1."""
        return f"go/{self.key[0]}{number}.html"


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
        A field is unknown or missing, the minutes of a programme's steps do not add up to its own, or there is not one
        step among them for the paper exercise.
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
        if sum(bool(step.exercise) for step in steps) != 1:
            raise ValueError(f"{one.key}: one step has the exercise that is worked on paper")
        programmes.append(one)
    return programmes, data["path"]


def computed(words: str, step: Step) -> str:
    """Return a step's words with what the book computes in them."""
    def put(found: re.Match) -> str:
        when, label = found.groups()
        if label == "claims":
            return " · ".join(f"**{one.name}** {one.title}" for one in claims())
        if label == "exercise":
            from inference_economics import text
            from inference_economics.chapters.exercises import exercise

            one = exercise(step.exercise)
            return f"**{text(one.computed, one.unit)}**".replace("$", r"\$")
        if step.figure is None:
            raise ValueError(f"{step.title}: [[{label}]] asks for a readout, and the step has no figure")
        asked, shown = (step.figure.explorer().readouts(**given) for given in (step.figure.asked, step.figure.set))
        if label not in shown:
            raise ValueError(f"{step.title}: {step.figure.name} has no readout {label!r}; it has {', '.join(shown)}")
        if (when == "still") != (asked[label] == shown[label]):
            raise ValueError(f"{step.title}: {label} is {asked[label]} while the question is asked, and "
                             f"{shown[label]} after")
        return f"**{(asked if when == 'before' else shown)[label]}**".replace("$", r"\$")

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
            asked, shown = step.figure.asked, step.figure.set
            lines.append(f"*Project while they think:* {step.figure.link(asked)} ({step.figure.said(asked)}).\n")
            lines.append(f"*After the hands:* {step.figure.link(shown, 'then show')} ({step.figure.said(shown)}).\n")
        if step.hears:
            lines += ["| what people say | what it shows |", "|---|---|"]
            lines += [f"| {said} | {shows} |" for said, shows in step.hears]
            lines.append("")
        if step.stuck:
            lines.append(f"*Where groups get stuck:* {step.stuck}\n")
        if step.then:
            lines.append(f"*What the book says:* {computed(step.then, step)}\n")
    return "\n".join(lines)


@cache
def statements() -> dict[str, str]:
    """Return each claim as chapter 14 states it, by its name: a title alone is nothing to vote on."""
    words = "\n".join(cell["source"] for cell in nbformat.read(ARGUMENT, as_version=4)["cells"])
    return dict(re.findall(r"^> \*\*(C\d+)\.\*\* (.+)$", words, re.MULTILINE))


def sheet(*, rulings: bool = False) -> str:
    """Return the voting sheet: every claim, with room for hands before and after, and for a leader its chapter."""
    last, rows = (" ruling |" if rulings else ""), []
    for one in claims():
        place = f" [chapter {int(one.page[:2])}](/notebooks/{one.page}.ipynb) |" if rulings else ""
        rows.append(f"| **{one.name}** {statements()[one.name]} |" + " |" * 6 + place)
    head = "| claim | before: holds | in part | fails | after: holds | in part | fails |"
    return "\n".join([head + last, "|" + "---|" * (8 if rulings else 7), *rows]) + "\n"


def paper(one: Programme) -> str:
    """Return a programme's paper exercise: its question with room to work, the answer overleaf."""
    from inference_economics.chapters.exercises import exercise
    from inference_economics.chapters.exercises.plain import plain

    asked = exercise(one.paper)
    question, solution = (plain(words).replace("$", r"\$") for words in (asked.question, asked.solution))
    return (f"{question}\n\nMy guess: ……………………  My result: ……………………  Factors, each with its name and unit:\n\n"
            "………………………………………………………………………………………\n\n………………………………………………………………………………………\n\n"
            f"```{{dropdown}} The answer, for the leader\n{solution}\n```\n")


def handout(one: Programme, site: str = "") -> str:
    """Return what participants get on paper: the links, the questions, the paper exercise, the voting sheet.

    A link leads to the figure as it is while the question is asked. Where the site's public address is known, it is
    printed before the short one.
    """
    first = next(one.short(number) for number, step in enumerate(one.steps, 1) if step.figure)
    lines = [f"# Handout: {one.title.lower()}\n",
             "For print, double-sided if you can. "
             + (f"The short addresses below begin with `{site}/`.\n" if site else
                f"The short addresses below lie in the site's folder: open `{first}` there as you would open "
                "`index.html`.\n"),
             "## What we do\n",
             "| minutes | what | figure | question |", "|---|---|---|---|"]
    start = 0
    for number, step in enumerate(one.steps, 1):
        where = ""
        if step.figure:
            page = PAGES.get(step.figure.page) or f"chapter {int(step.figure.page[:2])}"
            short = one.short(number)
            where = f'{escape(step.figure.explorer().title)} ({page}), <a class="short" href="../{short}">{short}</a>'
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


def short_addresses(site: Path | None = None) -> dict[str, str]:
    """Return the short address of each question, and where it leads, both from the site's root.

    Where a folder of pages is given, those are left out that it has and that are newer than all they come from: to ask
    a figure for its settings is to run its chapter.
    """
    code = (path for kind in ("py", "toml") for path in (ROOT / "src").rglob(f"*.{kind}"))
    shared = max(path.stat().st_mtime for path in (DATA, *code))

    def stands(short: str, figure: Figure) -> bool:
        page = site and site / short
        return bool(page and page.exists() and page.stat().st_mtime > max(shared, figure.source.stat().st_mtime))

    asked = {one.short(number): step.figure
             for one in read()[0] for number, step in enumerate(one.steps, 1) if step.figure}
    return {short: figure.address(figure.asked) for short, figure in asked.items() if not stands(short, figure)}


def write(app, docname: str, source: list[str]) -> None:
    """Put programmes, sheet and paths where the workshop's pages ask for them."""
    if not docname.startswith("book/workshop") and not docname.startswith("book/handout"):
        return
    programmes, short = read()
    for one in programmes:
        for mark, made in (("guide", lambda one=one: guide(one)),
                           ("handout", lambda one=one: handout(one, address.addresses(app.config).site)),
                           ("chapters", lambda one=one: ", ".join(map(str, one.chapters)))):
            place = f"<!-- {mark}: {one.key} -->"
            if place in source[0]:
                source[0] = source[0].replace(place, made())
    if "<!-- sheet -->" in source[0]:
        source[0] = source[0].replace("<!-- sheet -->", sheet(rulings=True))
    source[0] = source[0].replace("<!-- paths -->", paths(short))
