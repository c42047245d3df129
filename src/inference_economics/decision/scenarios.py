"""Workloads to decide for.

Three workloads to start from, and the way from one to the inputs of `decision.yearly_costs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import catalog, serving
from ..models.spec import Model, longest_context_tok
from ..models.spec import get as get_model
from ..quantities.checks import lookup, shown
from ..quantities.limits import check, checked
from ..quantities.numeric import Numeric, Truth
from ..serving import calibration
from ..serving.constants import Constants
from ..serving.replica import Replica, best_replica
from ..serving.setups import Setup
from ..silicon.reference import nre_usd
from .doubts import SOFTWARE_PER_NRE
from .inputs import Inputs
from .offers import Listing, Machine, listed_decline_per_year, machines, offers, precision_of, reserved_factors

# The programme of chapters 10 and 14 before its first unit, to one digit: nobody knows a second.
NRE_USD = nre_usd()
# What a scenario may leave out: hits in an API's cache, work that can wait, and the format in place of the usual one.
OPTIONAL: dict[str, Any] = {"cached_fraction": 0.0, "batch_fraction": 0.0, "precision": ""}
_START_UP: dict[str, Any] = {
    "users": 5000, "queries_per_day": 5.0, "prompt_tok": 1500, "output_tok": 400, "growth_per_year": 1.0,
    "peak_to_mean": 2.0, "ttft_limit_s": 2.0, "tpot_limit_s": 0.05, "privacy": 0, "model": "llama-3.1-70b",
    "machine": "h100-sxm", "api": "gemini-3.5-flash-lite", "price_decline_per_year": listed_decline_per_year(),
    "horizon_years": 3, "discount_rate": 0.15, "team_usd_per_year": 3e5, "nre_usd": NRE_USD,
    "perf_per_tco": catalog.silicon("mtia-2i-perf-tco").value, "delay_years": 3.0, "rent_over_median": 1.0,
}
_CONTRACT = round(reserved_factors()[0], 1)  # of a year, over the list price
SCENARIOS: dict[str, dict[str, Any]] = {
    "Start-up": _START_UP,
    "Enterprise, private data": _START_UP | {
        "users": 20_000, "queries_per_day": 20.0, "prompt_tok": 4000, "output_tok": 500, "growth_per_year": 0.2,
        "peak_to_mean": 3.0, "privacy": 1, "machine": "h200-sxm", "api": "gpt-5.6-terra", "horizon_years": 4,
        "discount_rate": 0.1, "team_usd_per_year": 6e5, "rent_over_median": _CONTRACT},
    "A billion prompts a day": _START_UP | {
        "users": 250_000_000, "queries_per_day": 4.0, "prompt_tok": 1000, "output_tok": 300, "growth_per_year": 0.3,
        "machine": "b200", "api": "gpt-5.6-luna", "horizon_years": 5, "discount_rate": 0.08, "team_usd_per_year": 3e7,
        "rent_over_median": _CONTRACT},
}


def model_named(model: Any) -> Model:
    """Return a model, by its slug or itself."""
    found: Model = model if hasattr(model, "max_context_tok") else get_model(model)
    return found


@checked
def require_context(model: Model, context_tok: Numeric) -> None:
    """Refuse what a model's context does not hold.

    Parameters
    ----------
    model : Model
        What runs.
    context_tok : numeric
        Prompt and answer. [token]

    Raises
    ------
    ValueError
        Where they are more than it holds.
    """
    if not np.all(context_tok <= longest_context_tok(model)):
        raise ValueError(f"model={model.name!r} holds {model.max_context_tok:,} tokens; prompt and answer take "
                         f"{np.max(context_tok):,.0f}: shorten them, or take another model.")


def holds_context(scenario: Mapping[str, Any]) -> Truth:
    """Say whether the context of a scenario's model holds prompt and answer.

    Parameters
    ----------
    scenario : mapping
        As `inputs_of` takes it; the model by its slug or itself.

    Returns
    -------
    bool or array
    """
    lookup("entry of the scenario", "model", scenario)
    holds: Truth = _whole_tok(scenario) <= longest_context_tok(model_named(scenario["model"]))
    return holds


def _whole_tok(scenario: Mapping[str, Any]) -> Numeric:
    """Return the tokens of prompt and answer together [token]."""
    for name in ("prompt_tok", "output_tok"):
        lookup("entry of the scenario", name, scenario)
    prompt_tok, output_tok = check(prompt_tok=scenario["prompt_tok"], output_tok=scenario["output_tok"])
    whole_tok: Numeric = prompt_tok + output_tok
    return whole_tok


def replica_of(scenario: Mapping[str, Any], s: Setup | None = None, c: Constants | None = None) -> Replica:
    """Return the copy of the model that serves a scenario best, or says which constraint rules it out.

    Parameters
    ----------
    scenario : mapping
        As `inputs_of` takes it.
    s, c : Setup, Constants
        In place of what the scenario names.

    Returns
    -------
    Replica

    Raises
    ------
    ValueError
        For a model or machine that is not known, a target outside its limits, or a prompt and answer that the model's
        context does not hold.
    """
    if s is None or c is None:
        machine = lookup("machine", scenario["machine"], {one.name: one for one in machines()})
        lookup("entry of the scenario", "model", scenario)
        model = model_named(scenario["model"])
        require_context(model, _whole_tok(scenario))
        precision = scenario.get("precision") or precision_of(model)
        if not isinstance(precision, str):
            raise ValueError(f"precision={shown(precision)} is no name of a format, such as fp8 or fp4.")
        s, c = serving.setup(model, machine.chip, precision), calibration.constants(machine.chip)
    return best_replica(s, c, *(scenario[name] for name in ("prompt_tok", "output_tok", "ttft_limit_s",
                                                            "tpot_limit_s")))


def inputs_of(scenario: Mapping[str, Any], best: Replica | None = None, machine: Machine | None = None,
              api: Listing | None = None) -> Inputs:
    """Return the inputs of `yearly_costs` for a scenario such as those of `SCENARIOS`.

    Parameters
    ----------
    scenario : mapping
        Workload, targets, constraints and money, by the names in `SCENARIOS`, and those of `OPTIONAL`.
    best, machine, api : Replica, Machine, Listing
        In place of what the scenario names: a figure looks them up where the reader chooses. See `replica_of`. A copy
        whose model does not hold prompt and answer serves nothing.

    Returns
    -------
    Inputs

    Raises
    ------
    ValueError
        For a scenario that lacks a name, or a model, machine or API that is not known.
    """
    if not isinstance(scenario, Mapping):
        raise ValueError(f"scenario={shown(scenario)} is no mapping; start from one of SCENARIOS.")
    for name in _START_UP:
        lookup("entry of the scenario", name, scenario)
    for name in scenario:
        lookup("entry of the scenario", name, _START_UP | OPTIONAL)
    if machine is None:
        machine = lookup("machine", scenario["machine"], {one.name: one for one in machines()})
    if api is None:
        api = lookup("API offer", scenario["api"], {one.name: one for one in offers()})
    if best is None:
        best = replica_of(scenario)
    same = ("users", "queries_per_day", "prompt_tok", "output_tok", "growth_per_year", "peak_to_mean", "horizon_years",
            "price_decline_per_year", "discount_rate", "team_usd_per_year", "nre_usd", "perf_per_tco", "delay_years")
    return Inputs.of(
        **{name: scenario[name] for name in same},
        cached_fraction=scenario.get("cached_fraction", OPTIONAL["cached_fraction"]),
        batch_fraction=scenario.get("batch_fraction", OPTIONAL["batch_fraction"]),
        cached_input_factor=api.cached_input_factor, batch_discount=api.batch_discount,
        input_usd_per_token=api.input_usd_per_token, output_usd_per_token=api.output_usd_per_token,
        service_s=best.service_s, batch=np.where(holds_context(scenario), best.batch, 0.0)[()], n_chips=best.n_chips,
        price_usd_per_hour=machine.price_usd_per_hour * scenario["rent_over_median"],
        capex_usd=machine.capex_usd, power_w=machine.power_w,
        colocation_usd_per_kw_month=catalog.datacentre("colocation-2025").value,
        software_usd_per_year=scenario["nre_usd"] * SOFTWARE_PER_NRE)
