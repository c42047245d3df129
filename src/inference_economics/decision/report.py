"""A decision worked out, and written down: a memo of one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..hardware import accelerators
from ..quantities.checks import day, require_positive
from ..quantities.limits import check_records
from ..serving.simulation.percentiles import Tail
from .answer import Hinge, Spread, Tie, break_even, hinges, ruling, spreads, ties
from .cases import OWN, Case, Source, model_of, plan_of, sources
from .cash import WAYS, by_way, capital_up_front_usd, costs_by_way
from .fleet import Machines, machines, waits_s
from .latency import tail
from .measured import outside_because
from .memo import memo_of
from .plan import Plan
from .plan_doubts import draws
from .presets import FROM_PRESET, presets
from .words import words_of

MOST_HINGES, NARROWEST = 8, 0.02  # rows of the memo's table, and a logarithm that nobody would notice


@dataclass(frozen=True)
class Decision:
    """One case worked out.

    Parameters
    ----------
    case, plan : Case, Plan
        What was decided about.
    outside : tuple of str
        What of it was never measured, in words; empty where all was.
    spreads : mapping
        Key of a way to `Spread`.
    order : list of tuple
        Ways that are allowed and can serve, with the medians of their level costs, the cheapest first. [USD/year]
    word : str
        ``Clear``, ``Likely`` or ``Open``; ``None`` where no way is left.
    hinges, ties, break_even : list of Hinge, list of Tie, mapping
        What it hinges on, what would turn it, and the demand from which each way stays cheaper than the API.
    fleet : Machines
        What serves it, by year.
    late : Tail
        95th percentiles of the latencies in the busiest hour; see `latency.tail`. [s]
    """

    case: Case
    plan: Plan
    outside: tuple[str, ...]
    spreads: Mapping[str, Spread]
    order: list[tuple[str, float]]
    word: str
    hinges: list[Hinge]
    ties: list[Tie]
    break_even: Mapping[str, float]
    fleet: Machines
    late: Tail

    @property
    def best(self) -> str:
        """Key of the cheapest way that is allowed; empty where none is left."""
        return self.order[0][0] if self.order else ""

    @property
    def weakest(self) -> tuple[str, ...]:
        """The weakest assumptions, at most three: the widest that it hinges on, and first what was never measured."""
        return weakest_of("; ".join(self.outside), self.hinges)


def weakest_of(outside: str, found: Sequence[Hinge]) -> tuple[str, ...]:
    """Return the weakest assumptions in words: three, or fewer where no more would be noticed.

    Parameters
    ----------
    outside : str
        What was never measured; empty where all was.
    found : sequence of Hinge
        The widest first.

    Returns
    -------
    tuple of str
    """
    said = [f"Never measured: {outside}."] if outside else []
    said += [f"{one.title[0].upper()}{one.title[1:]} ({one.why})"
             f"{': alone it can turn the answer' if one.turns else ''}." for one in found if one.width >= NARROWEST]
    return tuple(said[:3])


def hinge_facts(found: Sequence[Hinge]) -> list[dict[str, Any]]:
    """Return what the memo says of the hinges: as many as it has room for, and none that nobody would notice."""
    return [{"title": one.title, "turns": one.turns, "at_low": one.at_low, "at_high": one.at_high, "source": one.why}
            for one in found if one.width >= NARROWEST][:MOST_HINGES]


def decide(case: Case) -> Decision:
    """Work a case out.

    Parameters
    ----------
    case : Case
        By names.

    Returns
    -------
    Decision

    Raises
    ------
    ValueError
        For what `plan_of` refuses, and where nothing is asked.
    """
    plan = plan_of(case)
    require_positive(hint="where nothing is asked there is nothing to decide.",
                     prompts_per_day=case.need.prompts_per_day)
    outside = outside_because(case, plan)
    spread = spreads(plan, draws(outside=bool(outside)), bool(outside))
    order = sorted(((name, float(one.median_usd)) for name, one in spread.items() if np.isfinite(one.median_usd)),
                   key=lambda one: one[1])
    word = ruling(float(spread[order[0][0]].draw_share), bool(outside)) if order else "None"
    names = [name for name, _ in order]
    return Decision(case, plan, outside, spread, order, word, hinges(plan, bool(outside), names) if order else [],
                    ties(plan, names) if order else [], break_even(plan), machines(plan), tail(case, plan))


# -- the memo ---------------------------------------------------------------------------------------------------------


def memo(decision: Decision, date: str) -> str:
    """Write a decision down on one page.

    Parameters
    ----------
    decision : Decision
        From `decide`.
    date : str
        The day that stands on it, as 2026-11-26.

    Returns
    -------
    str
        Markdown, by the template that the page fills too.
    """
    check_records(decision=(decision, Decision))
    day(date)
    case, plan, fleet = decision.case, decision.plan, decision.fleet
    names = [name for name, _ in decision.order]
    front, stands = capital_up_front_usd(by_way(plan)), costs_by_way(plan)
    pair = [decision.spreads[name] for name in names[:2]]
    nothing = Spread(np.nan, np.nan, np.nan, np.nan)
    best, following = (*pair, nothing, nothing)[:2]
    return memo_of({
        "title": case.title, "date": date, "address": "", "some": bool(names), "choice": len(names) > 1,
        "word": decision.word, "best": WAYS[names[0]][0] if names else "", "usd": best.median_usd,
        "low": best.low_usd, "high": best.high_usd, "next": WAYS[names[1]][0] if names[1:] else "",
        "next_usd": following.median_usd, "outside": bool(decision.outside), "why": "; ".join(decision.outside),
        "inputs": [{"label": words_of(row.address).words, "value": words_of(row.address).show(row.value),
                    "source": f"{row.source}{f', {row.date}' if row.date else ''}"} for row in _asked(case, plan)],
        "prices": [],  # they are among the sources
        "runs": bool(np.all(plan.copy.batch > 0)), "model": model_of(case).title,
        "chip": accelerators.get(case.machine).title, "n_chips": plan.copy.n_chips, "batch": plan.copy.batch,
        "copies": fleet.copies[0],
        "utilisation": fleet.utilisation[0], "ttft": plan.copy.ttft_s, "tpot": plan.copy.tpot_s,
        "wait": waits_s(plan), "late_ttft": float(decision.late.ttft_s), "late_tpot": float(decision.late.tpot_s),
        "ways": [way_facts(WAYS[name][0], decision.spreads[name], float(stands[name]), float(front[name]),
                           decision.break_even.get(name, np.nan)) for name in names],
        "ruled": ", ".join(title for name, (title, _) in WAYS.items() if name not in names),
        "weakest": [{"number": str(k), "words": words} for k, words in enumerate(decision.weakest, 1)],
        "three": len(decision.weakest) == 3,
        "hinges": hinge_facts(decision.hinges),
        "truths": [{"way": WAYS[one.way][0], "doubt": one.title, "factor": one.factor} for one in decision.ties]})


def _asked(case: Case, plan: Plan) -> list[Source]:
    asked = (Source(f"need.{one.name}", float(np.max(getattr(plan.need, one.name))), OWN, "")
             for one in fields(plan.need))
    rows = [*asked, *sources(case)]
    preset = presets().get(case.title)
    if preset is None:
        return rows
    usual = plan_of(preset)
    return [row._replace(source=FROM_PRESET.format(case.title)) if row.source == OWN
            and row.value == float(np.max(usual.value(row.address))) else row for row in rows]


def way_facts(title: str, spread: Spread, stands_usd: float, front_usd: float, from_demand: float) -> dict[str, Any]:
    """Return what the memo says of one way.

    Parameters
    ----------
    title : str
        Of the way.
    spread : Spread
        Its cost over the draws.
    stands_usd : float
        Its level cost with every input as it stands, to which the ledger adds up. [USD/year]
    front_usd : float
        Capital before the first request. [USD]
    from_demand : float
        Demand from which it stays cheaper than the API; see `answer.break_even`. [1/day]

    Returns
    -------
    dict
    """
    return {"title": title, "usd": spread.median_usd, "low": spread.low_usd, "high": spread.high_usd,
            "share": spread.draw_share, "stands": stands_usd, "front": front_usd,
            "from": from_demand if np.isfinite(from_demand) else np.nan, "always": from_demand == 0,
            "never": bool(np.isposinf(from_demand)), "none": bool(np.isnan(from_demand))}
