"""The page of the decision: one figure whose function is the decision itself, and what stands beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from kernelless import Axis, Bars, Figure, Label, Point, Readout, Rule, State, explore, tabulate
from kernelless.explorer import Explorer
from kernelless.options import look_up

from ... import models, serving
from ...buying.contracts import Contract
from ...decision import cases, measured, offers, presets
from ...decision.answer import CLEAR, LIKELY
from ...decision.cash import WAYS
from ...decision.dollars import horizon_weight, present_usd, start_weights, year_weights
from ...decision.fleet import Machines, level_prompts_per_year, machines, waits_s
from ...decision.latency import plan_tail
from ...decision.ledger import CAUSES, DEMAND, books_usd
from ...decision.overview import Overview, best_first, break_evens, overview
from ...decision.own import Shape, either, on_own_chip, own_setup
from ...decision.plan import ADDRESSES, Need, Plan, Rent
from ...decision.prefixes import with_cached_prefix
from ...decision.workload import YEARS, Finance, Server
from ...quantities.checks import is_traced
from ...quantities.numeric import Numeric, Truth
from ...serving import calibration
from ...serving.batching import prefill_tok
from ...serving.constants import Constants
from ...serving.replica import Replica, best_replica
from .inputs import HELD, LIKE_API, LIKE_CHIP, LIKE_DENSE, LIKE_MIXTURE, OWN_NAME, controls, settings_of

TITLES = {name: title for name, (title, _) in WAYS.items()}
COPY = ("service_s", "batch", "n_chips", "ttft_s", "tpot_s")
_HOW_SURE = ("Clear: {}, the cheapest in nine draws of ten or more.",
             "Likely: {}, the cheapest in most draws, but do not call it clear.",
             "Open: {}. It leads by a little; the doubts below decide, not this number.")
_RULINGS = tuple(words.format(title) for words in _HOW_SURE for title in TITLES.values())
_NO_COPY = ("Prompt and answer are longer than the model's context: it cannot be run on them.",
            "The weights do not fit on up to eight of these chips: no machines.",
            "No room is left for the cache of one request: no machines.",
            "No batch meets both targets: no machines, of any kind.")
WORDS = ("Clear", "Likely", "Open")
CHART_USD = (1.0, 1e14)  # two decades more than anybody spends: the dollars beside the longest bar have room there
OUTSIDE = ("", "no model of this kind was measured on this chip", "prompts of this length were never measured",
           "answers of this length were never measured", "so many requests at once were never measured",
           "copies of so many chips were never measured", "prompts found in a cache of your own",
           "no copy of the model can serve it")
_UNMEASURED = tuple(f"Outside what was ever measured: {why}. So the answer is never called clear." for why in OUTSIDE)


class Asked(NamedTuple):
    """What a setting of the page stands for.

    Parameters
    ----------
    plan : Plan
    best : Replica
        The copy of the model that serves it.
    holds : bool
        Whether the model's context holds prompt and answer.
    outside : bool
        Whether anything of it was never measured.
    why : numeric
        Place in `OUTSIDE` of the first thing that was not; 0 where all was. [1]
    setup, constants : Setup, Constants
        Model, chip, and what was measured of them.
    """

    plan: Plan
    best: Replica
    holds: Truth
    outside: Truth
    why: Numeric
    setup: serving.Setup
    constants: Constants


def _is_own(choice: Any) -> Truth:
    return tabulate(lambda name: 1.0 if name == OWN_NAME else 0.0, choice) > 0


def _contract(choice: Any, s: Mapping[str, Any]) -> Contract:
    """Return the contract of a price list, or the reader's own row."""
    listed = tabulate(lambda name: cases.contract_of(offers.listing(LIKE_API if name == OWN_NAME else name)), choice)
    own = _is_own(choice)
    given = {"input_usd_per_token": s["own_input"] / 1e6, "output_usd_per_token": s["own_output"] / 1e6,
             "cached_input_factor": s["own_cached"], "cache_write_factor": 1.0, "batch_discount": s["own_batch"],
             "long_context_tok": np.inf, "long_input_factor": 1.0, "long_output_factor": 1.0}
    return Contract(**{name: np.where(own, value, getattr(listed, name)) for name, value in given.items()})


def _setup(s: Mapping[str, Any]) -> serving.Setup:
    def of(model: str, chip: str, form: str) -> serving.Setup:
        return serving.setup(model, chip, form or offers.precision_of(models.get(model)))

    known = tabulate(lambda m, k, f: of(LIKE_DENSE if m == OWN_NAME else m, LIKE_CHIP if k == OWN_NAME else k, f),
                     s["model"], s["machine"], s["precision"])
    dense, mixture = (tabulate(lambda k, f, like=like: of(like, LIKE_CHIP if k == OWN_NAME else k, f), s["machine"],
                               s["precision"]) for like in (LIKE_DENSE, LIKE_MIXTURE))
    shape = Shape(*(s[f"own_{name}"] for name in ("params", "active", "layers", "hidden", "kv", "heads", "experts",
                                                  "chosen")))
    setup = either(_is_own(s["model"]), own_setup(shape, dense, mixture), known)
    flop = s["own_flop"]
    own_chip = on_own_chip(setup, s["own_memory"], s["own_bandwidth"], flop)
    return either(_is_own(s["machine"]), own_chip, setup)


def asked(s: Mapping[str, Any]) -> Asked:
    """Return what a setting of the page stands for.

    Parameters
    ----------
    s : mapping
        By control: numbers, and what was chosen.

    Returns
    -------
    Asked
    """
    need = Need(s["users"] * s["queries_per_day"], **{row.address.partition(".")[2]: s[key] for key, row in HELD.items()
                                                     if row.address.startswith("need.")}, privacy=s["privacy"])
    own_chip = _is_own(s["machine"])
    setup = _setup(s)
    seen = with_cached_prefix(setup, need.prompt_tok, need.answer_tok, need.own_cached_fraction)
    constants = tabulate(lambda k: calibration.constants(LIKE_CHIP if k == OWN_NAME else k), s["machine"])
    found = best_replica(seen, constants, prefill_tok(need.prompt_tok, need.own_cached_fraction), need.answer_tok,
                         s["ttft_limit_s"] * s["speed"], s["tpot_limit_s"] * s["speed"])
    room = np.where(_is_own(s["model"]), s["own_context"], tabulate(
        lambda m: float(models.get(LIKE_DENSE if m == OWN_NAME else m).max_context_tok), s["model"]))
    context_tok = need.prompt_tok + need.answer_tok
    holds: Truth = context_tok <= room
    best = cases.within_context(found, context_tok, room)._replace(**{
        name: getattr(found, name) / s["speed"] for name in ("service_s", "tpot_s", "ttft_s")})
    by_name = {one.name: one for one in offers.machines()}
    rent = tabulate(lambda k: cases.rent_of(by_name[LIKE_CHIP if k == OWN_NAME else k]), s["machine"])
    machine = tabulate(lambda k: by_name[LIKE_CHIP if k == OWN_NAME else k], s["machine"])
    rent = Rent(np.where(own_chip, s["own_rent"], rent.price_usd_per_hour) * s["rent_factor"],
                spot_factor=rent.spot_factor * s["spot_quote"],
                lost_s_per_interruption=rent.lost_s_per_interruption)
    server = Server(np.where(own_chip, s["own_server"], machine.capex_usd) * s["server_factor"],
                    np.where(own_chip, s["own_power"], machine.power_w))
    plan = cases.assembled(need, best, _contract(s["api"], s), _contract(s["hosted"], s), rent, server,
                           Finance(s["horizon_years"], s["discount_rate"]))
    plan = plan.changed({address: s[key] if row.times == 1 else s[key] / row.times
                         for key, row in HELD.items() for address in row.addresses()})
    why = _outside(s, plan)
    return Asked(plan, best, holds, why > 0, why, setup, constants)


def _outside(s: Mapping[str, Any], plan: Plan) -> Numeric:
    """Say what of a setting was never measured: as `measured.outside_because`, by its place in `OUTSIDE`."""
    def ends(model: str, chip: str) -> Any:
        if OWN_NAME in (model, chip):
            return np.full((4, 2), np.nan)
        return np.array(measured.envelope(measured.kind_of(models.get(model)), chip))

    held = tabulate(ends, s["model"], s["machine"])
    values = (plan.need.prompt_tok, plan.need.answer_tok, measured.in_flight(plan), plan.copy.n_chips)
    none = np.zeros(4)
    why = np.where(plan.need.own_cached_fraction > 0, 6.0, 0.0)
    for k in (3, 2, 1, 0):
        alone = measured.Envelope(*((held[j, 0], held[j, 1]) if j == k else (none[j], np.inf) for j in range(4)))
        why = np.where(measured.inside(alone, *values), why, k + 2.0)
    why = np.where(np.isnan(held[0, 0]), 1.0, why)
    return np.where(plan.copy.batch > 0, why, 7.0)


def your_decision(**s: Any) -> Figure:
    """Return ten ways to serve one workload, with intervals and constraints."""
    one = asked(s)
    seen, fleet = overview(one.plan, one.outside), machines(one.plan)
    first, second, there = best_first(seen)
    some, choice = there[0], there[1]
    usd = np.where(some, np.min(np.where(np.isnan(seen.median_usd), np.inf, seen.median_usd)), np.nan)
    is_first = np.arange(len(WAYS)) == first
    share = np.sum(np.where(is_first, np.where(np.isnan(seen.draw_share), 0.0, seen.draw_share), 0.0))
    least = [np.where(some, np.sum(np.where(is_first, np.where(np.isnan(x), 0.0, x), 0.0)), np.nan)
             for x in (seen.low_usd, seen.high_usd)]
    need, copy, plan = one.plan.need, one.plan.copy, one.plan
    level = np.where(share >= CLEAR, np.where(one.outside, 1.0, 0.0), np.where(share >= LIKELY, 1.0, 2.0))
    verdict = one.best.verdict
    runs = copy.batch > 0
    waits, late = waits_s(plan), plan_tail(one.setup, one.constants, plan, speed=s["speed"])
    return Figure(
        x=Axis("level cost a year", CHART_USD, "USD", "log"), y=Axis("", categories=tuple(TITLES.values())),
        marks=[Bars(np.minimum(seen.high_usd, CHART_USD[1]), "nine draws in ten", color=0,
                    base=np.clip(seen.low_usd, *CHART_USD)),
               Point(seen.median_usd, np.arange(float(len(WAYS))), "median of the draws", color=1),
               Rule("", x=usd),
               *(Label(1.7 * seen.high_usd[k], k + 0.1, "", seen.median_usd[k], "USD") for k in range(len(WAYS)))],
        readouts=[
            Readout("Cheapest way, a year", usd, "USD"),
            Readout("Nine draws in ten: from", least[0], "USD"), Readout("… to", least[1], "USD"),
            Readout("Cheapest in so many draws", np.where(some, share, np.nan), "%"),
            Readout("Next way over it", np.where(choice, np.min(np.where(is_first, np.inf, np.where(
                np.isnan(seen.median_usd), np.inf, seen.median_usd))) / usd, np.nan), "×"),
            Readout("A thousand prompts, over all years", 1000 * usd / level_prompts_per_year(plan), "USD"),
            Readout("Tokens a day, today", need.prompts_per_day * (need.prompt_tok + need.answer_tok), "tokens"),
            Readout("Rent of a chip", plan.rent.price_usd_per_hour, "USD/h"),
            Readout("Chips of a copy", np.where(runs, copy.n_chips, np.nan)),
            Readout("Requests that a copy holds", np.where(runs, copy.batch, np.nan)),
            Readout("Copies, first year, with spare ones", np.where(runs, fleet.copies[0], np.nan)),
            Readout("Places in use, mean of the day", np.where(runs, fleet.utilisation[0], np.nan), "%"),
            Readout("First token, mean of a full copy", np.where(runs, copy.ttft_s, np.nan), "s"),
            Readout("Each further token, mean of a full copy", np.where(runs, copy.tpot_s, np.nan), "s"),
            Readout("First token in the busiest hour, 95% within", late.ttft_s, "s"),
            Readout("Each further token then, 95% within", late.tpot_s, "s"),
            Readout("Wait for a place then, 95% within", waits, "s")],
        states=[
            State(some, said(_RULINGS, level * len(WAYS) + first),
                  "No way is left: privacy or the targets rule all of them out.", finding=True),
            State(np.logical_not(one.outside), "All of it lies within what was measured.",
                  said(_UNMEASURED, one.why), finding=True),
            State(np.logical_and(one.holds, runs), "Some copy of the model meets the targets.",
                  said(_NO_COPY, np.where(one.holds, np.where(verdict.weights, np.where(verdict.cache, 3.0, 2.0), 1.0),
                                          0.0)))],
        data=_data(one, seen, fleet) | {"waits_s": waits, "late": np.stack([late.ttft_s, late.tpot_s]), "level": level,
                                        "first": first, "second": second, "there": there + 0.0})


def _data(one: Asked, seen: Overview, fleet: Machines) -> dict[str, Any]:
    """Return the numbers of memo and ledger."""
    plan, years = one.plan, np.zeros(YEARS.size)
    cash = list(seen.cash.values())
    front = np.stack([c.at_start_usd[0] for c in cash])
    return {
        "usd": seen.usd, "low": seen.low_usd, "median": seen.median_usd, "high": seen.high_usd,
        "share": seen.draw_share,
        "by_doubt": seen.by_doubt_usd.reshape(-1), "break_even": break_evens(seen, plan.need.prompts_per_day),
        "front": front, "outside": np.where(one.outside, 1.0, 0.0), "why": one.why,
        "cash": np.stack([getattr(c, cause) + years for c in cash for cause in CAUSES]).reshape(-1),
        "resale": np.stack([c.resale_usd + 0 * plan.need.prompts_per_day for c in cash]),
        "present": np.stack([present_usd(c, plan.finance) for c in cash]),
        "books": np.stack([usd + years for usd in books_usd(plan, seen.cash).values()]).reshape(-1),
        "end": horizon_weight(plan.finance), "start": start_weights(plan.finance),
        "through": year_weights(plan.finance),
        "fleet": np.stack([getattr(fleet, name) + years for name in DEMAND]).reshape(-1),
        "copy": np.stack([getattr(plan.copy, name) + 0 * plan.need.prompts_per_day for name in COPY]),
        "setup": _flat(one.setup, serving.Setup), "constants": _flat(one.constants, Constants),
        "plan": np.stack([plan.value(address) + 0 * plan.need.prompts_per_day for address in ADDRESSES])}


def _flat(spec: Any, kind: type) -> Any:
    """Return the fields of a record one after the other, arrays by their elements."""
    return np.concatenate([np.reshape(getattr(spec, one.name) + np.zeros(1), (-1,)) for one in fields(kind)])


def said(words: Sequence[str], place: Any) -> Any:
    """Return the words at a place; while tracing, those that the page will choose.

    Parameters
    ----------
    words : sequence of str
        To choose from.
    place : int
        Counted from 0; or a value that only the page will know. [1]

    Returns
    -------
    str
    """
    return look_up(place.graph, list(words), place) if is_traced(place) else words[int(place)]


def _held(given: Mapping[str, Any], moved: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given as numbers that a program works out, so that a page carries no tables of what follows."""
    sliders = (value for value in moved.values() if is_traced(value) and getattr(value, "shape", 1) == ())
    nothing = next((0.0 * value for value in sliders), 0.0)
    return {key: value + nothing if isinstance(value, float) and key != "wait_probability" else value
            for key, value in given.items()}


def starting_from(given: Mapping[str, Any], figure: Callable[..., Figure],
                  keys: Iterable[str]) -> Callable[..., Figure]:
    """Return a figure of all settings as one of some, with the others as given.

    Parameters
    ----------
    given : mapping
        Every setting of the page; see `inputs.arguments_of`.
    figure : callable
        From all settings.
    keys : iterable of str
        Those that the reader moves.

    Returns
    -------
    callable
        With a parameter for each of them.
    """
    def drawn(**settings: Any) -> Figure:
        shown = figure(**{**_held(given, settings), **settings})
        return replace(shown, data={}) if given else shown

    drawn.__name__ = figure.__name__
    drawn.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in keys])
    return drawn


@cache
def explorer() -> Explorer:
    """Return the figure of the page."""
    spec: dict[str, Any] = controls()
    decide = starting_from({}, your_decision, spec)
    decide.__name__ = "decide"
    made: Explorer = explore(
        decide, title="What serving costs you, each way",
        watch="Take the case nearest to yours, put your own numbers in, and open the groups that you doubt.",
        alt="Ten bars of cost a year on a logarithmic axis, each an interval of nine draws in ten with its median: "
            "API, open model at a host, dedicated endpoint, chips on demand, spot, reserved for one year and for "
            "three, own servers colocated and in a room of their own, own chip.",
        sources=("the catalogues of this book; under each input stands where its default comes from",),
        presets={title: settings_of(case) for title, case in presets.presets().items()}, **spec)
    return made
