"""Questions and exercises with checked answers: one table for the notebook and the page.

A chapter's exercises stand in a module of this package, `ch03.py` for chapter 3, as a tuple named `EXERCISES`. An
answer is computed from the package's formulas, never typed. Both `check` and the page's answer box look a number up in
the same list of intervals (`Exercise.cases`), so that they give the same reply.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from ...quantities.checks import lookup
from .exercise import Exercise

# What a page with exercises needs besides the explorers' script and style: `kernelless.runtime.write` takes both.
ANSWER_BOX = Path(__file__).parent / "static" / "answer_box.js"
ANSWER_BOX_STYLE = ANSWER_BOX.with_suffix(".css")


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
        Where two have one id.
    """
    found: dict[str, Exercise] = {}
    chapters = [module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("ch")]
    for chapter in chapters:
        for exercise in importlib.import_module(f"{__name__}.{chapter}").EXERCISES:
            if exercise.id in found:
                raise ValueError(f"two exercises are called {exercise.id!r}.")
            found[exercise.id] = exercise
    return found


def exercise(name: str) -> Exercise:
    """Return an exercise to show: question, answer box on the page, folded solution.

    Raises ValueError for an unknown id, naming the known ones.
    """
    return lookup("exercise", name, everything())


def check(name: str, answer: object) -> None:
    """Print the reply to an answer, given as a number in base units or as text such as ``"6.71 GB"``."""
    print(exercise(name).reply(answer)[0])


def solution(name: str) -> None:
    """Print the solution of an exercise."""
    print("\n\n".join(" ".join(part.split()) for part in exercise(name).solution.strip().split("\n\n")))
