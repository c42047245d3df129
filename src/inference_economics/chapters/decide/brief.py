"""What the page says in words: the memo's facts and the ledger's rows, from the numbers of the figure.

`static/brief.js` does the same from the same numbers; the tests compare the two on random settings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

from kernelless import Choice
from kernelless.program import compile_program
from kernelless.trace import Graph

from ... import serving
from ...decision import asks, benchmarks, cards, usage
from ...decision.answer import Hinge, Spread
from ...decision.cases import OWN
from ...decision.cash import WAYS
from ...decision.ledger import CAUSES, DEMAND, OWNED, SUMS, WEIGHTS, outline
from ...decision.memo import memo_of, template
from ...decision.plan import ADDRESSES, KINDS, Plan
from ...decision.plan_doubts import PlanDoubt, plan_doubts
from ...decision.presets import FROM_PRESET
from ...decision.report import MOST_HINGES, NARROWEST, hinge_facts, way_facts, weakest_of
from ...decision.turning import turning
from ...decision.words import words_of
from ...decision.workload import YEARS
from ...models.spec import Model
from ...serving import calibration
from ...serving.constants import Constants
from ..kit.own import READER, of_row
from .inputs import LIKE_CHIP, LIKE_DENSE, OWN_NAME
from .page import COPY, OUTSIDE, WORDS, explorer

# -- the memo ---------------------------------------------------------------------------------------------------------


@cache
def kit() -> dict[str, Any]:
    """Return what the page's script needs besides the figure: words, the template, the ledger's rows, and programs.

    Returns
    -------
    dict
        To be written as JSON.
    """
    program, numbers = turning_program()
    spec = explorer().controls_spec
    return {
        "template": template(), "ways": [title for title, _ in WAYS.values()], "words": WORDS, "outside": OUTSIDE,
        "doubts": [[[one.title, one.why] for one in plan_doubts(outside)] for outside in (False, True)],
        "notes": {key: control.note for key, control in spec.items()},
        "open": [key for key, control in spec.items() if not control.group or isinstance(control, Choice)],
        "addresses": list(ADDRESSES), "turning": {"program": program, "at": numbers}, "copy": list(COPY),
        "fleet": list(DEMAND), "bring": bring(), "years": int(YEARS.size), "hinges": [MOST_HINGES, NARROWEST],
        "own": OWN, "preset": FROM_PRESET, "sentence": IN_A_SENTENCE,
        "prices": [[address, *words_of(address), key] for address, key in PRICES.items()], "ledger": ledger_rows()}


def bring() -> dict[str, Any]:
    """Return the tables and programs by which the page reads what a reader brings.

    Returns
    -------
    dict
        Shapes of usage exports, columns of a benchmark; and programs for both, and for a model's row of numbers.
    """
    return {
        "shapes": {name: dict(shape) for name, shape in usage.shapes().items()}, "batch": usage.BATCH,
        "full": usage.FULL,
        "columns": dict(benchmarks.columns()), "needed": benchmarks.NEEDED,
        "uneven": cards.UNEVEN, "reader": READER.name, "own": OWN_NAME,
        "totals": _program(("requests", *asks.TOTALS), _need_of_totals), "needs": list(NEEDS),
        "card": of_row(_card_of), "shape": list(CARD),
        "speed": _program((*_places("setup"), *_places("constants"), *benchmarks.NEEDED[:3], "n_chips"), _computed),
        "after": _program(("speed", "rows", "computed_tpot_s", "tpot_s"), lambda g: [benchmarks.speed_after(**g)])}


NEEDS = ("prompts_per_day", "prompt_tok", "output_tok", "thinking_tok", "cached_fraction", "written_fraction",
         "batch_fraction", "peak_to_mean")
CARD = ("own_params", "own_active", "own_layers", "own_hidden", "own_kv", "own_heads", "own_experts", "own_chosen",
        "own_context")

IN_A_SENTENCE = {"model": "a model of your own", "machine": "a chip of your own"}  # what is not the catalogue's

# what the choices cost, which a memo says beside their names; and the control by which each is chosen
PRICES = {"api.input_usd_per_token": "api", "api.output_usd_per_token": "api", "api.cached_input_factor": "api",
          "api.batch_discount": "api", "hosted.input_usd_per_token": "hosted", "hosted.output_usd_per_token": "hosted",
          "rent.price_usd_per_hour": "machine", "rent.spot_factor": "machine", "server.capex_usd": "machine"}


def _program(names: Iterable[str], function: Callable[[dict[str, Any]], list[Any]]) -> dict[str, Any]:
    """Return a function of some numbers as a program, and where its results stand."""
    graph = Graph()
    given = {name: graph.parameter(name) for name in names}
    with np.errstate(all="ignore"):
        results = [graph.lift(result) for result in function(given)]
    program, at = compile_program(graph, results)
    return {"program": program, "at": at}


def _need_of_totals(given: dict[str, Any]) -> list[Any]:
    need = asks.of_totals(**given)
    return [getattr(need, name) for name in NEEDS]


def _card_of(model: Model) -> list[Any]:
    shape, context = cards.shape_of(model)
    return [getattr(shape, one.name) for one in fields(shape)] + [context, cards.uneven(model)]


def _places(name: str) -> list[str]:
    """Return a name for each number of a record that the figure carries."""
    return [f"{name}.{k}" for k in range(explorer().figure().data[name].size)]


def _computed(given: dict[str, Any]) -> list[Any]:
    records = []
    like = (serving.setup(LIKE_DENSE, LIKE_CHIP), calibration.constants(LIKE_CHIP))
    for name, kind, known in zip(("setup", "constants"), (serving.Setup, Constants), like, strict=True):
        values, at, found = [given[key] for key in given if key.startswith(f"{name}.")], 0, {}
        for one in fields(kind):
            size = np.size(getattr(known, one.name))
            found[one.name] = np.stack(values[at : at + size]) if np.ndim(getattr(known, one.name)) else values[at]
            at += size
        records.append(kind(**found))
    return list(benchmarks.computed_s(*records, *(given[name] for name in (*benchmarks.NEEDED[:3], "n_chips"))))


def _plan(values: Mapping[str, Any]) -> Plan:
    """Return a plan by the addresses of all its fields."""
    return Plan(**{part: kind(**{address.partition(".")[2]: value for address, value in values.items()
                                 if address.startswith(f"{part}.")}) for part, kind in KINDS.items()})


@cache
def turning_program() -> tuple[dict[str, Any], list[int]]:
    """Return what would have to be true as a program of a plan's fields, and where its factors and doubts stand."""
    graph = Graph()
    given = {address: graph.parameter(address) for address in ADDRESSES}
    with np.errstate(all="ignore"):
        found = turning(_plan(given), graph.parameter("first"))
    return compile_program(graph, [found.factor, found.doubt])


def facts(date: str, address: str = "", **settings: Any) -> dict[str, Any]:
    """Return what the memo says of some settings.

    Parameters
    ----------
    date : str
        The day that stands on it.
    address : str
        A link to the settings.
    **settings
        As the page's figure takes them.

    Returns
    -------
    dict
        As the memo's template asks for them.
    """
    made = explorer()
    figure, given = made.figure(**settings), made.settings(**settings)
    d = {name: np.atleast_1d(value).astype(float) for name, value in figure.data.items()}
    ways = [title for title, _ in WAYS.values()]
    order = sorted((k for k in range(len(ways)) if math.isfinite(d["median"][k])), key=lambda k: d["median"][k])
    first, second = (*order, -1, -1)[:2]
    outside = d["outside"][0] != 0
    known = plan_doubts(outside)
    hinges = _hinges(d["by_doubt"].reshape(len(ways), len(known), 2), first, second, known) if second >= 0 else []
    why = OUTSIDE[int(d["why"][0])]
    weakest = weakest_of(why if outside else "", hinges)
    values = dict(zip(ADDRESSES, d["plan"], strict=True))
    with np.errstate(all="ignore"):
        found = turning(_plan(values), float(first))
    preset = _preset_of(given)
    copy = dict(zip(COPY, d["copy"], strict=True))
    fleet = dict(zip(DEMAND, d["fleet"].reshape(len(DEMAND), -1), strict=True))
    none = {"title": "", "usd": math.nan, "low": math.nan, "high": math.nan}
    told = [way_facts(ways[k], Spread(*(d[name][k] for name in ("low", "median", "high", "share"))),
                      float(d["usd"][k]), float(d["front"][k]), float(d["break_even"][k])) for k in order]
    best, following = (*told, none, none)[:2]
    return {
        "title": _title(given), "date": date, "address": address, "some": bool(order), "choice": second >= 0,
        "word": WORDS[int(d["level"][0])], "best": best["title"], "usd": best["usd"], "low": best["low"],
        "high": best["high"], "next": following["title"], "next_usd": following["usd"], "outside": bool(outside),
        "why": why,
        "inputs": [{"label": made.controls_spec[key].label, "value": made.controls_spec[key].show(given[key]),
                    "source": _source(key, given, preset)}
                   for key in made.controls_spec if key in kit()["open"] or given[key] != made.defaults[key]],
        "prices": [{"label": words_of(address).words, "value": words_of(address).show(float(values[address])),
                    "source": made.controls_spec[key].show(given[key])} for address, key in PRICES.items()],
        "runs": copy["batch"] > 0, "model": _named("model", given), "chip": _named("machine", given),
        "n_chips": copy["n_chips"],
        "batch": copy["batch"], "copies": fleet["copies"][0], "utilisation": fleet["utilisation"][0],
        "ttft": copy["ttft_s"], "tpot": copy["tpot_s"], "wait": d["waits_s"][0],
        "late_ttft": d["late"][0], "late_tpot": d["late"][1], "ways": told,
        "ruled": ", ".join(title for k, title in enumerate(ways) if k not in order),
        "weakest": [{"number": str(k), "words": words} for k, words in enumerate(weakest, 1)],
        "three": len(weakest) == 3,
        "hinges": hinge_facts(hinges),
        "truths": [{"way": ways[k], "doubt": known[int(found.doubt[k])].title if math.isfinite(found.factor[k]) else "",
                    "factor": float(found.factor[k])} for k in order[1:]]}


def _named(key: str, given: Mapping[str, Any]) -> str:
    """Return the name within a sentence of a model or machine that is chosen."""
    value = given[key]
    return IN_A_SENTENCE[key] if value == OWN_NAME else explorer().controls_spec[key].show(value)


def _title(given: Mapping[str, Any]) -> str:
    """Return the name of the preset that is set, if one is."""
    made = explorer()
    named = (title for title, preset in made.presets.items() if {**made.defaults, **preset} == given)
    return next(named, "A decision of my own")


def _preset_of(given: Mapping[str, Any]) -> str:
    """Return the name of the preset that most of what is set came with; empty where that is less than half."""
    made = explorer()
    moved = [key for key, value in made.defaults.items() if given[key] != value]
    came = {title: sum(preset.get(key, made.defaults[key]) == given[key] for key in moved)
            for title, preset in made.presets.items()}
    most = max(came, key=lambda title: came[title])
    return most if 2 * came[most] > len(moved) else ""


def _source(key: str, given: Mapping[str, Any], preset: str) -> str:
    """Return where a value that is set comes from: the default's source, a preset, or the reader.

    Of what is chosen, the note says where the offers come from, whoever chose among them.
    """
    made = explorer()
    control, value = made.controls_spec[key], given[key]
    if value == made.defaults[key]:
        return str(control.note)
    came = preset and made.presets[preset].get(key, made.defaults[key]) == value
    who = FROM_PRESET.format(preset) if came else OWN
    return f"{who}; {control.note}" if isinstance(control, Choice) and value != OWN_NAME else who


def _hinges(by_doubt: Any, first: int, second: int, known: Sequence[PlanDoubt]) -> list[Hinge]:
    """Return the ratio of the two ways at each doubt's ends, the widest first."""
    found = [Hinge(doubt.name, doubt.title, float(low), float(high), doubt.why)
             for doubt, (low, high) in zip(known, by_doubt[first] / by_doubt[second], strict=True)]
    return sorted(found, key=lambda one: -one.width)


def memo(date: str, address: str = "", **settings: Any) -> str:
    """Return the memo of some settings.

    Parameters
    ----------
    date, address, **settings
        As in `facts`.

    Returns
    -------
    str
        Markdown.
    """
    return memo_of(facts(date, address, **settings))


# -- the ledger -------------------------------------------------------------------------------------------------------


def ledger_rows() -> list[list[Any]]:
    """Return the rows of the ledger: way, item, how, unit, and where its cells stand in the figure's numbers.

    Returns
    -------
    list
        Each row ends with the name of the numbers, the first place, and how many. Rows of a way that is ruled out are
        left out by whoever writes the file.
    """
    years, causes, ways = YEARS.size, list(CAUSES), list(WAYS)
    at: dict[tuple[str, str], tuple[str, int, int]] = {
        ("inputs", address): ("plan", k, 1) for k, address in enumerate(ADDRESSES)}
    at |= {("demand", name): ("fleet", k * years, years) for k, name in enumerate(DEMAND)}
    at |= {("weights", name): (name, 0, years) for name in WEIGHTS}
    at |= {(way, "depreciation_usd"): ("books", k * years, years) for k, way in enumerate(OWNED)}
    for w, way in enumerate(ways):
        at |= {(way, cause): ("cash", (w * len(causes) + c) * years, years) for c, cause in enumerate(causes)}
        at |= {(way, item): (name, 0 if name == "end" else w, 1)
               for item, name in zip(SUMS, ("resale", "end", "present", "usd"), strict=True)}
    return [[way, item, how, unit, *at[way, item]] for way, item, how, unit in outline()]


def ledger(**settings: Any) -> list[list[Any]]:
    """Return the cells of the ledger of some settings.

    Parameters
    ----------
    **settings
        As the page's figure takes them.

    Returns
    -------
    list
        A row each: way, item, how, unit, then its numbers.
    """
    data = {name: np.atleast_1d(value).astype(float) for name, value in explorer().figure(**settings).data.items()}
    ways = list(WAYS)
    return [[way, item, how, unit, *data[name][start : start + count].tolist()]
            for way, item, how, unit, name, start, count in ledger_rows()
            if way not in ways or math.isfinite(data["usd"][ways.index(way)])]
