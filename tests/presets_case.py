"""The six decisions to start from, each worked out once for all tests."""

from __future__ import annotations

from functools import cache

from inference_economics.decision import cases, presets, report
from inference_economics.decision.cases import Case
from inference_economics.decision.plan import Plan
from inference_economics.decision.report import Decision


def case_of(start: str) -> Case:
    """Return the preset whose title begins so."""
    found, = (case for title, case in presets.presets().items() if title.startswith(start))
    return found


@cache
def plan_and_case(start: str) -> tuple[Plan, Case]:
    """Return a preset with its plan."""
    return cases.plan_of(case_of(start)), case_of(start)


@cache
def decided(start: str) -> Decision:
    """Return a preset worked out."""
    return report.decide(case_of(start))
