"""How good the model is: published results beside what the package computes.

One registry, ``golden.toml``, read by the tests and by the book's page. A case states its source, its inputs,
the reported value and what the source's own rounding allows. Where the model is a bound rather than a prediction, it
states which side it must lie on, how far at most, and why the gap exists. Two kinds of case are made from the
catalogue: exact parameter counts of models, and MLPerf's results beside the calibrated model, whose own errors on what
it never saw say how far off it may be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import catalog, models
from ..quantities.checks import lookup
from ..quantities.units import text
from ..serving import calibration
from . import golden_physics
from .golden_formulas import FORMULAS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RULES = {
    "match": "equal, within the source's own rounding",
    "below": "the model is a floor: at or below the report, by no more than the stated factor",
    "above": "the model is a ceiling: at or above the report, by no more than the stated factor",
    "near": "the model is an estimate: above or below the report by no more than the stated factor",
}
BOUNDS = ("below", "above")
GROUPS = ("parameters", "memory", "roofline", "serving", "training", "money", "silicon")


@dataclass(frozen=True)
class Case(catalog.Recorded):
    """One published result and how the package derives it.

    Parameters
    ----------
    name, title, group : str
        Key, name for readers, and one of `GROUPS`.
    formula, inputs : str, dict
        Which formula, and its arguments.
    reported : float
        What the source says, in `unit`.
    unit : str
        As `units.text` takes it.
    tolerance : float
        For a match: at most half a unit of the last digit reported, unless `tolerance_from` says why more. In `unit`.
    tolerance_from : str
        Where a wider tolerance comes from, such as the rounding of the inputs.
    rule : str
        One of `RULES`.
    within : float
        For a bound: the largest factor by which it may differ before it says nothing. For an estimate: the factor that
        its errors elsewhere lead to expect, which `tolerance_from` names. [1]
    digits : int
        Significant digits to show.
    reason : str
        Why a bound is not reached, what an estimate assumes, or what a reader should know.
    source, date, confidence, note : str
        Of the report, as in `catalog.Recorded`; a case cannot do without a source.

    Raises
    ------
    ValueError
        When a case cannot be judged: a match whose tolerance nothing explains, a bound without reason or factor.
    """

    name: str
    title: str
    group: str
    formula: str
    inputs: dict[str, Any] = field(hash=False)
    reported: float
    unit: str
    tolerance: float = 0.0
    tolerance_from: str = ""
    rule: str = "match"
    within: float = 1.0
    digits: int = 4
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a case that cannot be judged."""
        catalog.check_provenance(self.source, self.date, self.confidence)
        lookup("group", self.group, {group: group for group in GROUPS})
        lookup("formula", self.formula, FORMULAS)
        lookup("rule", self.rule, RULES)
        if not self.reported > 0:
            raise ValueError(f"reported={self.reported!r} must be a positive number.")
        if not self.tolerance >= 0:
            raise ValueError(f"tolerance={self.tolerance!r} must be zero or more.")
        if self.rule == "match" and not self.tolerance_basis:
            raise ValueError(f"tolerance={self.tolerance!r} is more than half a unit of the last digit of "
                             f"{self.reported!r}; say in tolerance_from where it comes from.")
        if self.rule != "match" and not (self.reason and self.within > 1):
            raise ValueError(f"rule={self.rule!r} needs a reason, and a factor `within` above 1.")
        if self.rule == "near" and not self.tolerance_from:
            raise ValueError("rule='near' needs tolerance_from: where its factor comes from.")

    @property
    def tolerance_basis(self) -> str:
        """Where the tolerance comes from, in words; empty where nothing explains it."""
        if self.rule != "match":
            return f"a factor of {self.within:g}" + (f": {self.tolerance_from}" if self.tolerance_from else "")
        if self.tolerance_from or not self.tolerance:
            return self.tolerance_from or "exact"
        exponent = Decimal(repr(float(self.reported))).normalize().as_tuple().exponent
        half_unit = 0.5 * 10.0 ** int(exponent)
        return "half a unit of the last digit" if self.tolerance <= half_unit * (1 + 1e-9) else ""

    @property
    def published(self) -> bool:
        """Whether others published the value; otherwise it is a second derivation, made apart from this package."""
        return self.confidence != "derived"


class Result(NamedTuple):
    """A case, what the package computes for it, computed over reported, and the verdict in words."""

    case: Case
    computed: float
    ratio: float
    holds: bool
    verdict: str


@cache
def cases() -> dict[str, Case]:
    """Return all cases: the registry's rows, the count of every model with an independent figure, MLPerf's results.

    Returns
    -------
    dict
        Key to `Case`.
    """
    published = catalog.build_all(Case, catalog.path("golden.toml", __package__))
    counts = {f"params-{name}": _count_case(name, model) for name, model in models.load().items()
              if model.reference_n_params}
    return published | counts | _mlperf_cases()


def _count_case(name: str, model: models.Model) -> Case:
    return Case(
        name=f"params-{name}", title=f"{model.title}: parameters", group="parameters", formula="model_count",
        inputs={"model": name, "count": "n_params"}, reported=model.reference_n_params, unit="parameters",
        source=f"worked out independently from the configuration ({model.source})", date=model.date,
        confidence="derived", digits=13)


def _mlperf_cases(model: str = "llama-2-70b", rounds: tuple[str, ...] = ("v5.1", "v6.0")) -> dict[str, Case]:
    """Results on up to eight chips beside the calibrated model, which never saw any of them."""
    table, found = catalog.published("mlperf"), {}
    prompt_tok = catalog.published("mlperf-rules").records(model=model)[0]["mean_output_tok"]
    errors = calibration.unseen()["chip"]
    usual, worst = (max(errors[name]["tpot_p90"] for name in names) for names in (("all",), errors))
    for row in table.records(model=model):
        round_, scenario, chip = row["round"], row["scenario"], row["chip"]
        if round_ not in rounds or scenario not in ("Offline", "Server") or row["n_chips"] > 8:
            continue
        known = calibration.generation(chip) != calibration.OTHER
        name = f"mlperf-70b-{chip}-{round_}-{scenario.lower()}"
        found[name] = Case(
            name=name, title=f"Llama-2 70B, MLPerf {round_} {scenario.lower()}, {row['n_chips']} × {chip}",
            group="serving", formula=golden_physics.mlperf_output_rate.__name__, reported=row["tok_per_s"],
            unit="tok/s", rule="near",
            inputs={"model": model, "round": round_, "scenario": scenario, "chip": chip, "prompt_tok": prompt_tok},
            within=round(1 + (usual if known else worst), 2), source=table.source, date=table.date,
            confidence=table.confidence,
            tolerance_from="90th percentile of the error on chips left out of the fit" + (
                "" if known else ", of the worst of them: no chip of this maker was fitted"),
            reason=f"The rules state no prompt: {text(prompt_tok, 'tokens')} is taken, the mean answer." + (
                " The means are held to the limits." if scenario == "Server" else ""))
    return found


def evaluate(name: str) -> Result:
    """Compute one case and judge it.

    Parameters
    ----------
    name : str
        Key of a case.

    Returns
    -------
    Result
    """
    case = lookup("golden case", name, cases())
    computed = float(FORMULAS[case.formula](**case.inputs))
    ratio = computed / case.reported
    holds = {
        "match": abs(computed - case.reported) <= case.tolerance,
        # a bound may touch the report to within its rounding
        "below": computed <= case.reported + case.tolerance and ratio * case.within >= 1,
        "above": computed >= case.reported - case.tolerance and ratio <= case.within,
        "near": 1 / case.within <= ratio <= case.within,
    }[case.rule]
    words = {"match": "matches", "below": "floor holds", "above": "ceiling holds", "near": "predicted"}
    return Result(case, computed, ratio, holds, words[case.rule] if holds else "FAILS")


def results() -> list[Result]:
    """Evaluate every case, group by group.

    Returns
    -------
    list of Result
    """
    found = [evaluate(name) for name in cases()]
    return sorted(found, key=lambda result: GROUPS.index(result.case.group))


def rows() -> list[dict[str, str]]:
    """Return the rows of the book's page "How good is the model?", as text.

    Returns
    -------
    list of dict
        Keys ``case``, ``title``, ``group``, ``origin`` (``published`` or ``second derivation``), ``source``, ``date``,
        ``reported``, ``computed``, ``ratio``, ``tolerance``, ``verdict`` and ``reason``; ``tolerance`` says where it
        comes from.
    """
    return [{
        "case": case.name, "title": case.title, "group": case.group,
        "origin": "published" if case.published else "second derivation", "source": case.source, "date": case.date,
        "reported": text(case.reported, case.unit, case.digits), "computed": text(computed, case.unit, case.digits),
        "ratio": text(ratio, digits=3), "tolerance": case.tolerance_basis, "verdict": verdict, "reason": case.reason,
    } for case, computed, ratio, _, verdict in results()]


def summary() -> dict[str, int]:
    """Count the cases by what they prove.

    Returns
    -------
    dict
        ``cases``, ``published``, ``matches``, ``published_matches``, ``bounds``, ``predictions``, ``failures``.
    """
    found = results()
    matches = [r for r in found if r.case.rule == "match" and r.holds]
    return {
        "cases": len(found),
        "published": sum(r.case.published for r in found),
        "matches": len(matches),
        "published_matches": sum(r.case.published for r in matches),
        "bounds": sum(r.case.rule in BOUNDS and r.holds for r in found),
        "predictions": sum(r.case.rule == "near" and r.holds for r in found),
        "failures": sum(not r.holds for r in found),
    }


def figure() -> Figure:
    """Plot computed against reported on logarithmic axes, and beside it how far off each bound is.

    Matches are filled, bounds and predictions hollow; a bound below 1 is a floor, above 1 a ceiling.

    Returns
    -------
    matplotlib.figure.Figure
    """
    # imported here: the formulas must load without a plotting library
    from matplotlib import figure as drawing

    plot = drawing.Figure(figsize=(11, 6.5), layout="constrained")
    left, right = plot.subplots(1, 2, width_ratios=(3, 2))
    found = results()
    colours = {group: f"C{i}" for i, group in enumerate(GROUPS)}
    _scatter(left, found, colours)
    _ratios(right, sorted((r for r in found if r.case.rule in BOUNDS), key=lambda r: r.ratio), colours)
    return plot


def _scatter(axes: Axes, found: list[Result], colours: dict[str, str]) -> None:
    ends = [min(r.case.reported for r in found) / 3, max(r.case.reported for r in found) * 3]
    axes.plot(ends, ends, color="0.6", linewidth=1, zorder=0)
    for group, marker in zip(GROUPS, "osD^vP*", strict=True):
        for kind, rules in (("match", ("match",)), ("bound", BOUNDS), ("prediction", ("near",))):
            shown = [r for r in found if r.case.group == group and r.case.rule in rules]
            if shown:
                axes.plot([r.case.reported for r in shown], [r.computed for r in shown], marker, color=colours[group],
                          markersize=7 if kind != "prediction" else 5,
                          markerfacecolor=colours[group] if kind == "match" else "none", linestyle="none",
                          label=f"{group}, {kind} ({len(shown)})")
    axes.set(xscale="log", yscale="log", xlabel="reported, each in its own unit", ylabel="computed")
    axes.legend(frameon=False, fontsize="small")


def _ratios(axes: Axes, bounds: list[Result], colours: dict[str, str]) -> None:
    axes.axvline(1, color="0.6", linewidth=1, zorder=0)
    for place, result in enumerate(bounds):
        colour = colours[result.case.group]
        axes.plot([1, result.ratio], [place, place], color=colour, linewidth=1)
        axes.plot(result.ratio, place, "o", color=colour, markerfacecolor="none", markersize=7)
    axes.set_yticks(range(len(bounds)), [r.case.name for r in bounds], fontsize="small")
    axes.set(xscale="log", xlabel="computed / reported, bounds only")
