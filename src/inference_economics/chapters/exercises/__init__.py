"""Questions and exercises with checked answers: one table for the notebook and the page.

A chapter's exercises stand in a module of this package, `ch03.py` for chapter 3, as a tuple named `EXERCISES`. An
answer is computed from the package's formulas, never typed. Both `check` and the page's answer box read what is typed by
one grammar (`reading`) and look the number up in one list of intervals (`Exercise.cases`), so they give the same reply.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from ...quantities.checks import lookup
from .exercise import Exercise
from .plain import plain
from .progress import keep, keep_answers, read_answers

__all__ = ["ANSWER_BOX", "ANSWER_BOX_STYLE", "CHAPTERS", "check", "everything", "exercise", "keep_answers", "of_chapter",
           "read_answers", "solution"]

# What a page with exercises needs besides the explorers' script and style: `kernelless.runtime.write` takes both.
ANSWER_BOX = Path(__file__).parent / "static" / "answer_box.js"
ANSWER_BOX_STYLE = ANSWER_BOX.with_suffix(".css")

# What the ids of a chapter's exercises begin with, so that only the chapter that is asked for need be computed.
CHAPTERS = {"inv": "ch01", "tok": "ch02", "kv": "ch03", "gqa": "ch04", "blk": "ch05", "lat": "ch06", "byt": "ch07",
            "own": "ch08", "buy": "ch09", "asic": "ch10", "stk": "ch11", "exp": "ch12", "dec": "ch13", "arg": "ch14"}


@cache
def of_chapter(prefix: str) -> dict[str, Exercise]:
    """Return the exercises of one chapter by their ids.

    Parameters
    ----------
    prefix : str
        What the ids begin with, such as ``kv`` for chapter 3.

    Returns
    -------
    dict
        In the order of the chapter.

    Raises
    ------
    ValueError
        For an unknown prefix, and where two exercises have one id or an id begins in another way.
    """
    module = importlib.import_module(f"{__name__}.{lookup('prefix of exercises', prefix, CHAPTERS)}")
    found: dict[str, Exercise] = {}
    for one in module.EXERCISES:
        if one.id in found:
            raise ValueError(f"two exercises are called {one.id!r}.")
        if one.id.partition("-")[0] != prefix:
            raise ValueError(f"the exercise {one.id!r} stands in {CHAPTERS[prefix]}, whose ids begin with {prefix}-.")
        found[one.id] = one
    return found


@cache
def everything() -> dict[str, Exercise]:
    """Return the exercises of all chapters by their ids.

    Returns
    -------
    dict
        In the order of the chapters.

    Raises
    ------
    ValueError
        As in `of_chapter`.
    """
    return {name: one for prefix in CHAPTERS for name, one in of_chapter(prefix).items()}


def exercise(name: str) -> Exercise:
    """Return an exercise to show: question, answer box on the page, folded solution.

    Raises ValueError for an unknown id, naming the known ones.
    """
    prefix = str(name).partition("-")[0]
    if prefix in CHAPTERS and name in of_chapter(prefix):
        return of_chapter(prefix)[name]
    return lookup("exercise", name, everything())


def check(name: str, answer: object) -> None:
    """Print the reply to an answer, given as a number in the unit of the answer or as text such as ``"6.71 GB"``.

    After `keep_answers` it is also kept in a file.
    """
    one = exercise(name)
    keep(one, answer)
    # half a surrogate pair, which a paste may bring, cannot be printed
    print(one.reply(answer)[0].encode("utf-8", "replace").decode("utf-8"))


def solution(name: str) -> None:
    """Print the solution of an exercise."""
    print(plain(exercise(name).solution))
