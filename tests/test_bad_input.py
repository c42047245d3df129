"""Every economics formula, wrong in every argument; and every one of them traced and broadcast.

Where a formula takes records, their fields count as its arguments (`RECORDS`).

`CALLS` holds one valid call of each public formula, with an array where numbers alone would hide a missing axis. What
is missing from it fails a test, so a formula cannot be added without being tried.
"""

import dataclasses
import inspect
import re

import numpy as np
import pytest
from parity import harness

from inference_economics import (
    break_even,
    custom_silicon,
    exposure,
    market,
    options,
    ownership,
    price_paths,
    scaling,
    serving,
    silicon,
    spend,
    training,
)
from inference_economics.buying import running, seats
from inference_economics.quantities.limits import QUANTITIES
from inference_economics.silicon import chip, die, ramp

MODULES = (break_even, custom_silicon, exposure, market, options, ownership, price_paths, ramp, running, scaling, seats,
           chip, die, spend, training)
# Not formulas over numbers: their own tests feed them bad input.
NOT_FORMULAS = {"draws", "fit_moves", "fit_steps"}

TABLE = price_paths.draws(6, 4, seed=1)

# The records that a formula takes, by the argument's name.
RUNS, SERVICE = {"runs": spend.Runs}, {"service": spend.Service}
PRICES = {"prices": market.TokenPrices, "discounts": market.Discounts}
PROCESS_OF = {"process": price_paths.PriceProcess}
RECORDS = {
    spend.cumulative_serving_usd: SERVICE,
    spend.cumulative_training_usd: RUNS,
    spend.cumulative_spend: RUNS | SERVICE,
    spend.tokens_per_day_for_share: RUNS | SERVICE,
    spend.crossover_days: RUNS | SERVICE,
    market.api_usd: PRICES,
    market.blended_usd_per_token: PRICES,
    ownership.owned_usd_per_year: {"server": ownership.Server, "site": ownership.Site},
    silicon.margin_stack: {"build": silicon.ServerBuild, "margins": silicon.Margins},
    custom_silicon.programme_cost: {"programme": custom_silicon.ChipProgramme},
    custom_silicon.break_even_units_after_delay: {"terms": custom_silicon.Terms},
    price_paths.simulate_prices: PROCESS_OF,
    price_paths.price_quantile: PROCESS_OF,
    exposure.margin_at_risk: PROCESS_OF,
    options.option_to_move_usd: PROCESS_OF,
    options.portability_usd: PROCESS_OF,
}
API = {"input_usd_per_token": 3e-6, "output_usd_per_token": 15e-6, "cached_fraction": 0.5,
       "cached_input_usd_per_token": 3e-7, "batch_fraction": 0.2, "batch_discount": 0.5}
TRAINED = {"training_usd": 1e8, "retrain_every_years": 0.7, "training_growth_per_year": 0.4}
SERVED = {"tokens_per_day": 1e11, "cost_usd_per_token": 1e-6, "growth_per_year": 0.5, "price_decline_per_year": 0.3}
SPEND = TRAINED | SERVED | {"discount_rate": 0.1}
PROCESS = {"drift_per_year": 0.1, "volatility": 0.3, "up_per_year": 0.5, "up_factor": 1.5, "down_per_year": 0.2,
           "down_factor": 0.6}
WANDERS = {"drift_per_year": 0.1, "volatility": 0.3}  # what formulas without steps look at
RAMP = {"months": 5, "start_perf_per_tco": 0.5, "end_perf_per_tco": 1.8, "ramp_months": 8, "ramp_shape": 0.7}
OWNED = {"capex_usd": 25e4, "life_years": 5, "discount_rate": 0.08, "power_w": 10_200,
         "electricity_usd_per_kwh": 0.08, "pue": 1.3, "load_fraction": 0.7, "network_fraction": 0.1,
         "spare_fraction": 0.05, "residual_fraction": 0.1, "colocation_usd_per_kw_month": 150,
         "building_usd_per_w": 1, "building_life_years": 15, "operations_fraction": 0.05, "staff_usd_per_year": 1000,
         "repair_usd_per_year": 500}


def evaluate(function, **values):
    """Call a formula with the fields of its records among its arguments."""
    records = {}
    for argument, kind in RECORDS.get(function, {}).items():
        names = [field.name for field in dataclasses.fields(kind)]
        records[argument] = kind(**{name: values.pop(name) for name in names if name in values})
    return function(**values, **records)


CALLS = {
    training.training_flop: {"n_params": 7e9, "training_tok": 1e12, "flop_per_param_tok": 8},
    training.training_flop_with_attention: {"n_params": 7e9, "training_tok": 1e12, "layers": 32,
                                            "attention_width": 4096, "context_tok": 8192, "causal_fraction": 0.5,
                                            "recompute_fraction": 1},
    training.serving_flop: {"n_params_active": 7e9, "inference_tok": 1e12},
    training.thinking_factor: {"size_ratio": 14, "training_tok": 1e12, "inference_tok": 1e12},
    training.training_mfu: {"training_flop": 1e24, "gpu_hours": 1e6, "flop_per_s": 1e15},
    training.training_gpu_hours: {"training_flop": 1e24, "flop_per_s": 1e15, "mfu": 0.4},
    training.training_usd: {"gpu_hours": 1e6, "price_usd_per_hour": 2},
    training.programme_usd: {"final_run_usd": 1e7, "final_run_fraction": 0.1},
    scaling.chinchilla_loss: {"n_params": 7e9, "training_tok": 1e12},
    scaling.tokens_for_loss: {"n_params": 7e9, "loss": 2.2},
    scaling.compute_optimal_for_loss: {"loss": 2.2},
    scaling.inference_aware_optimum: {"loss": 2.2, "inference_tok": 1e13, "inference_cost_ratio": 2},
    scaling.compute_optimal_loss: {"n_params": 30e9},
    scaling.inference_tok_for_plan: {"n_params": 8e9, "training_tok": 1.5e13, "inference_cost_ratio": 2},
    spend.cumulative_serving_usd: {"years": 2, "discount_rate": 0.1} | SERVED,
    spend.cumulative_training_usd: {"years": 2, "discount_rate": 0.1} | TRAINED,
    spend.cumulative_spend: {"years": 2} | SPEND,
    spend.tokens_per_day_for_share: {"serving_share": 0.7, "horizon_years": 2} | SPEND,
    spend.crossover_days: SPEND,
    market.api_usd: {"prompt_tok": 1e9, "output_tok": 3e8} | API,
    market.blended_usd_per_token: {"input_output_ratio": 3} | API,
    serving.hourly_usd_per_token: {"price_usd_per_hour": 2, "throughput_tok_per_s": 1000, "utilisation": 0.5},
    market.spot_usd_per_hour: {"price_usd_per_hour": 2, "interruptions_per_hour": 0.1, "lost_s_per_interruption": 600},
    market.reserved_break_even_utilisation: {"reserved_usd_per_hour": 2, "on_demand_usd_per_hour": 3},
    market.gross_margin: {"revenue_usd": 100, "cost_usd": 60},
    market.markup: {"revenue_usd": 100, "cost_usd": 60},
    ownership.capital_recovery_factor: {"discount_rate": 0.08, "life_years": 5},
    ownership.capital_usd_per_year: {"capex_usd": 25e4, "life_years": 5, "discount_rate": 0.08,
                                     "residual_fraction": 0.1},
    ownership.straight_line_usd_per_year: {"capex_usd": 25e4, "life_years": 5, "discount_rate": 0.08},
    running.average_load_fraction: {"utilisation": 0.6, "idle_power_fraction": 0.35},
    running.electricity_usd_per_year: {"power_w": 10_200, "electricity_usd_per_kwh": 0.08, "pue": 1.3,
                                       "load_fraction": 0.7},
    running.colocation_usd_per_year: {"power_w": 10_200, "colocation_usd_per_kw_month": 150},
    ownership.building_usd_per_year: {"power_w": 10_200, "building_usd_per_w": 12, "building_life_years": 15,
                                      "discount_rate": 0.08},
    running.staff_usd_per_year: {"n_servers": 100, "servers_per_person": 30, "pay_usd_per_year": 2e5},
    running.spares_fraction: {"failures_per_year": 1.4, "repair_days": 14},
    ownership.owned_usd_per_year: OWNED,
    ownership.usd_per_used_hour: {"usd_per_year": 1e5, "n_chips": 8, "utilisation": 0.6},
    ownership.net_present_cost_usd: {"capex_usd": 25e4, "usd_per_year": 5e4, "life_years": 5, "discount_rate": 0.08,
                                     "residual_fraction": 0.1},
    break_even.break_even_utilisation: {"usd_per_year": 1e5, "n_chips": 8, "price_usd_per_hour": 3},
    break_even.break_even_tokens_per_day: {"fixed_usd_per_year": 1e5, "alternative_usd_per_token": 1e-6,
                                           "throughput_tok_per_s": 1e4, "marginal_usd_per_token": 1e-7},
    break_even.servers_for_demand: {"tokens_per_day": 1e9, "throughput_tok_per_s": 3000, "peak_to_mean": 2,
                                    "spare_fraction": 0.1},
    break_even.with_spares: {"machines": 33, "spare_fraction": 0.03},
    break_even.machines_for: {"needed": 35.4, "per_machine": 20},
    break_even.owned_usd_per_token: {"tokens_per_day": 1e9, "n_servers": 4, "usd_per_year": 1e5,
                                     "team_usd_per_year": 3e5},
    break_even.rented_usd_per_token: {"tokens_per_day": 1e9, "hourly_copies": [2, 3, 5], "n_chips": 4,
                                      "price_usd_per_hour": 2.5},
    running.storage_usd_per_year: {"tokens_per_day": 1e8, "bytes_per_token": 6, "storage_usd_per_byte_year": 3e-10},
    seats.requests_at_once: {"users": 500, "queries_per_day": 20, "service_s": 51},
    seats.machine_usd_per_year: {"capex_usd": 25e4, "power_w": 10_200, "site_share": 0.9, "life_years": 5,
                                 "discount_rate": 0.1},
    seats.seat_usd_per_month: {"users": 500, "machines": 2, "usd_per_year": 1e5, "team_usd_per_year": 75_000},
    seats.api_seat_usd_per_month: {"queries_per_day": 20, "prompt_usd": 0.01},
    seats.rented_seat_usd_per_month: {"users": 500, "n_chips": 8, "price_usd_per_hour": 4.02, "hours_per_day": 8},
    silicon.gross_dies: {"die_area_mm2": 814, "aspect_ratio": 1.3, "wafer_mm": 300, "edge_mm": 3, "scribe_mm": 0.1},
    silicon.poisson_yield: {"die_area_mm2": 814, "defects_per_mm2": 0.001},
    silicon.murphy_yield: {"die_area_mm2": 814, "defects_per_mm2": 0.001},
    silicon.seeds_yield: {"die_area_mm2": 814, "defects_per_mm2": 0.001},
    silicon.negative_binomial_yield: {"die_area_mm2": 814, "defects_per_mm2": 0.001, "clustering": 2},
    silicon.repaired_yield: {"yield_fraction": 0.6, "repairable_fraction": 0.5},
    silicon.good_die_usd: {"wafer_usd": 16_000, "gross_dies": 60, "yield_fraction": 0.6},
    silicon.die_usd: {"wafer_usd": 16_000, "die_area_mm2": 814, "defects_per_mm2": 0.001, "repairable_fraction": 0.5},
    silicon.memory_usd: {"memory_bytes": 192e9, "memory_usd_per_gb": 15},
    silicon.chip_cost: {"die_usd": 450, "memory_usd": 2900, "packaging_usd": 1100, "test_usd": 480,
                        "dies_per_package": 2, "package_yield": 0.85},
    silicon.price_at_margin: {"cost_usd": 3320, "gross_margin": 0.88},
    silicon.margin_stack: {"chip_usd": 3320, "chip_margin": 0.8, "n_chips": 8, "other_parts_usd": 32_000,
                           "server_margin": 0.1, "cloud_margin": 0.4, "capital_recovery": 0.25,
                           "running_usd_per_year": 5e4, "utilisation": 0.7},
    custom_silicon.programme_cost: {"design_usd": 3e8, "mask_usd": 2e7, "respins": 1, "respin_usd": 3e7,
                                    "software_usd_per_year": 4e7, "horizon_years": 5, "discount_rate": 0.1},
    custom_silicon.saving_from_perf_per_tco: {"perf_per_tco": 1.79},
    custom_silicon.perf_per_tco_from_saving: {"saving_fraction": 0.44},
    custom_silicon.perf_per_tco: {"performance": 100, "tco_usd": 6e4},
    custom_silicon.break_even_units: {"nre_usd": 3e8, "tco_usd_per_unit": 6e4, "saving_fraction": 0.44},
    custom_silicon.break_even_units_after_delay: {
        "nre_usd": 3e8, "software_usd_per_year": 4e7, "usd_per_unit_year": 15e3, "saving_fraction": 0.44,
        "delay_years": 3, "life_years": 5, "discount_rate": 0.1, "tax_fraction": 0.25, "deduction_years": 5},
    custom_silicon.net_saving_usd: {"units": 2e4, "nre_usd": 3e8, "tco_usd_per_unit": 6e4, "saving_fraction": 0.44},
    custom_silicon.design_usd_per_hour: {"nre_usd": 7e8, "units": 3e4, "life_years": 5, "utilisation": 0.7},
    custom_silicon.units_for_design_usd_per_hour: {"nre_usd": 7e8, "price_usd_per_hour": 0.9, "life_years": 5,
                                                   "utilisation": 0.7},
    chip.small_chip_gain: {"chips_needed": [0.3, 1.2, 2.5], "parts": 3},
    running.people_for_shifts: {"hours_per_week": 168, "hours_of_person": 34},
    ramp.porting_ramp: RAMP,
    ramp.mean_perf_per_tco: RAMP,
    ramp.perf_per_tco_after_delay: {"perf_per_tco": 1.79, "delay_years": 2, "rival_improvement_per_year": 0.3},
    ramp.years_until_overtaken: {"perf_per_tco": 1.79, "rival_improvement_per_year": 0.3},
    price_paths.simulate_prices: {"price": 2, "draws": TABLE} | PROCESS,
    price_paths.price_quantile: {"years": 2, "price": 2, "z": -1.6} | WANDERS,
    exposure.margin_after_shock: {"revenue_usd": 100, "cost_usd": 60, "shock_factor": 1.5, "exposed_fraction": 0.8},
    exposure.revenue_after_passing_on: {"revenue_usd": 100, "cost_usd": 60, "shock_factor": 1.5,
                                        "exposed_fraction": 0.8, "passed_on_fraction": 0.5},
    exposure.break_even_shock: {"revenue_usd": 100, "cost_usd": 60, "exposed_fraction": 0.8},
    exposure.margin_at_risk: {"z": 1.6, "years": 1.5, "revenue_usd": 100, "cost_usd": 60, "exposed_fraction": 0.8}
    | WANDERS,
    exposure.concentration: {"shares": [0.5, 0.3, 0.2]},
    exposure.switching_cost_usd: {"engineer_months": 6, "engineer_usd_per_month": 2e4, "requalification_usd": 5e4,
                                  "overlap_months": 2, "overlap_usd_per_month": 3e4},
    exposure.switching_payback_years: {"switching_usd": 2e5, "saving_usd_per_year": 1e5},
    exposure.switching_threshold: {"price": 2, "alternative_price": 2.2, "volume": 1e6, "switching_usd": 2e5,
                                   "horizon_years": 3, "discount_rate": 0.1},
    exposure.committed_usd: {"list_usd": 1e6, "commitment_usd": 9e5, "committed_discount": 0.3},
    exposure.expected_committed_usd: {"mean_list_usd": 1e6, "demand_volatility": 0.4, "commitment_usd": 9e5,
                                      "committed_discount": 0.3},
    options.option_to_move_usd: {"years": 1, "price": 2, "alternative_price": 2.2, "volume": 1000,
                                 "discount_rate": 0.1} | WANDERS,
    options.portability_usd: {"price": 2, "alternative_price": 2.2, "volume": 1000, "discount_rate": 0.1,
                              "horizon_months": 5} | WANDERS,
}
# Tables, and what sets the size of one.
FIXED = ("draws", "horizon_months", "shares", "chips_needed", "hourly_copies", "parts")
ARGUMENTS = [pytest.param(function, name, id=f"{function.__name__}-{name}") for function, call in CALLS.items()
             for name in call if name in QUANTITIES]
FUNCTIONS = [pytest.param(function, id=function.__name__) for function in CALLS]


def test_every_public_formula_is_here():
    found = {function for module in MODULES for name, function in vars(module).items() if inspect.isfunction(function)
             and function.__module__.startswith(module.__name__) and name[0] != "_" and name not in NOT_FORMULAS}
    assert {f.__name__ for f in found - set(CALLS)} == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_argument_is_here_documented_and_has_a_unit(function):
    records = RECORDS.get(function, {})
    names = set(inspect.signature(function).parameters) - set(records)
    fields = {field.name: kind for kind in records.values() for field in dataclasses.fields(kind)}
    assert names - set(CALLS[function]) <= {"constants", "model"}
    assert set(CALLS[function]) - names <= set(fields)
    assert (names | set(fields)) - set(QUANTITIES) <= {"constants", "draws", "model"}
    parameters, rest = function.__doc__.split("Returns\n-------")
    for name in (*names, *records):
        assert name in parameters, f"{name} is not documented"
    for name, kind in fields.items():
        assert name in kind.__doc__, f"{name} is not documented"
    assert "[" in rest or function.__name__ in (
        "cumulative_spend", "compute_optimal_for_loss", "inference_aware_optimum", "chip_cost",
        "owned_usd_per_year", "programme_cost", "margin_stack"), "the result has no unit"
    assert rest.count("Raises\n------\nValueError\n    If an argument lies outside its limits") == 1


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_a_bad_argument_is_named(function, name):
    undefined = () if QUANTITIES[name].undefined else (np.nan,)  # NaN may stand for "there is none"
    for bad in (*undefined, -1e30, 1e40, np.inf, "ten", [1, "ten"], {"usd": 3}):
        with pytest.raises(ValueError, match=rf"^{name}=.*(is outside|is not a number)"):
            evaluate(function, **CALLS[function] | {name: bad})


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_one_bad_value_in_an_array_is_named(function, name):
    good = np.ravel(np.asarray(CALLS[function][name], dtype=float))[0]
    if QUANTITIES[name].undefined:
        evaluate(function, **CALLS[function] | {name: np.array([good, np.nan])})
        return
    with pytest.raises(ValueError, match=rf"^{name}=nan is outside"):
        evaluate(function, **CALLS[function] | {name: np.array([good, np.nan])})


@pytest.mark.parametrize("function", [scaling.chinchilla_loss, scaling.tokens_for_loss,
                                      scaling.compute_optimal_for_loss, scaling.inference_aware_optimum,
                                      scaling.inference_tok_for_plan, scaling.compute_optimal_loss])
@pytest.mark.parametrize("bad", ["nobody", None, 3, np.nan])
def test_unknown_constants_are_named(function, bad):
    with pytest.raises(ValueError, match=r"unknown constants .*; known: epoch, hoffmann, hoffmann-unrounded, sardana"):
        function(**CALLS[function], constants=bad)


@pytest.mark.parametrize(("function", "name"), [p for p in ARGUMENTS if p.values[1] not in FIXED])
def test_arrays_are_the_same_as_one_call_each(function, name):
    """Move one argument a little up and down: a million configurations in one call must be a million calls."""
    row = QUANTITIES[name]
    value = float(CALLS[function][name])
    near = np.clip(value * np.array([0.9, 1.0, 1.1]), row.low, row.high)
    # Beside paths and steps, other arguments go on an axis before both.
    near = near.reshape(3, 1, 1) if "draws" in CALLS[function] else near
    together = evaluate(function, **CALLS[function] | {name: near})
    alone = [evaluate(function, **CALLS[function] | {name: float(x)}) for x in near.ravel()]
    parts = together if isinstance(together, tuple) else [together]
    for part, *single in zip(parts, *(x if isinstance(x, tuple) else [x] for x in alone), strict=True):
        for got, expected in zip(np.broadcast_to(part, (3, *np.shape(single[0]))), single, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_page_computes_what_numpy_computes(node, function):
    """With a slider for every argument, the formula becomes a program, and its numbers are numpy's."""
    call = CALLS[function]
    sliders = [name for name in call if name not in FIXED]

    def flat(*values):
        result = evaluate(function, **call | dict(zip(sliders, values, strict=True)))
        parts = result if isinstance(result, tuple) else (result,)
        return np.concatenate([np.ravel(part) for part in parts])

    for factor in (0.9, 1.0, 1.1):
        at = [float(np.clip(call[name] * factor, QUANTITIES[name].low, QUANTITIES[name].high)) for name in sliders]
        # log and exp of numpy and of the browser may differ in the last place; sums and Newton steps add to that.
        np.testing.assert_allclose(harness.page(node).evaluate(flat, *at), flat(*at), rtol=1e-11)


@pytest.mark.parametrize(("function", "name"), [one for one in ARGUMENTS if not RECORDS.get(one.values[0])])
def test_what_one_name_accepts_no_other_refuses(function, name):
    """At the ends of an argument's limits: a refusal further in would name what the caller never gave."""
    limits, own = QUANTITIES[name], set(inspect.signature(function).parameters)
    for end in filter(np.isfinite, (limits.low, limits.high)):
        for value in (end, end * (1 - 1e-9), end * (1 + 1e-9)):
            named = re.match(r"([a-z]\w*)=", refusal(function, {**CALLS[function], name: value}))
            assert named is None or named[1] in own


def refusal(function, call):
    """What a call is refused with; nothing where it is not."""
    try:
        with np.errstate(all="ignore"):
            function(**call)
    except ValueError as error:
        return str(error)
    return ""
