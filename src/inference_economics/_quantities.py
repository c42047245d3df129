"""Names, units and plausible limits of the quantities in the economics formulas.

One name means one quantity everywhere, so the limits are written once, here, and `checked` applies them to every
argument of a formula by its name. The limits are wide: they exist to catch a NaN, a sign, a percentage given for a
fraction, or a unit off by a thousand or more, not to judge a scenario.
"""

from __future__ import annotations

import functools
import inspect
from typing import NamedTuple

import numpy as np

from ._checks import is_traced, require

HOURS_PER_YEAR = 8760.0
DAYS_PER_YEAR = 365.0
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_YEAR = HOURS_PER_YEAR * SECONDS_PER_HOUR


class Quantity(NamedTuple):
    """One argument name: its limits, unit, meaning, and the slip that a value outside suggests."""

    low: float
    high: float
    unit: str
    meaning: str
    hint: str = ""
    open_low: bool = False
    open_high: bool = False


def _usd(meaning, low=0.0, hint=""):
    return Quantity(low, 1e14, "USD", meaning, hint or "give US dollars.")


def _usd_per_year(meaning):
    return Quantity(0, 1e14, "USD/year", meaning, "give US dollars a year.")


def _usd_per_token(meaning):
    return Quantity(0, 0.1, "USD/token", meaning, "was it given per million tokens?")


def _usd_per_hour(meaning):
    return Quantity(0, 1e5, "USD/h", meaning, "give US dollars per chip and hour.")


def _fraction(meaning):
    return Quantity(0, 1, "1", meaning, "give a fraction, not a percentage.")


def _rate(meaning):
    return Quantity(0, 10, "1/year", meaning, "give a fraction per year, not a percentage.")


def _factor(meaning):
    return Quantity(0, 1e4, "1", meaning, "give a ratio, 1 for no change.", open_low=True)


def _tokens(meaning):
    return Quantity(0, 1e22, "token", meaning, "give tokens.")


def _years(meaning, open_low=False):
    return Quantity(0, 200, "year", meaning, "give years.", open_low=open_low)


def _count(meaning, low=0.0, high=1e12):
    return Quantity(low, high, "1", meaning, "give a count.")


_MARGIN = Quantity(-10, 1, "1", "", "give a fraction of the price below 1, not a percentage.", open_high=True)

QUANTITIES: dict[str, Quantity] = {
    # Training
    "n_params": Quantity(1e3, 1e15, "1", "parameters of the model", "was it given in billions?"),
    "n_params_active": Quantity(1e3, 1e15, "1", "parameters that one token uses", "was it given in billions?"),
    "training_tok": Quantity(1e3, 1e20, "token", "tokens that the model is trained on", "was it given in trillions?"),
    "inference_tok": _tokens("tokens served over the life of the model"),
    "training_flop": Quantity(1e6, 1e36, "FLOP", "arithmetic of a training run", "give FLOP, not zettaFLOP."),
    "flop_per_param_tok": Quantity(1, 100, "FLOP", "arithmetic per parameter and token", "6 for training, 2 to serve."),
    "recompute_fraction": _fraction("share of the forward pass that is run a second time to save memory"),
    "layers": Quantity(1, 1e4, "1", "transformer layers", "give a count."),
    "attention_width": Quantity(1, 1e7, "1", "query heads times head size", "give a count."),
    "context_tok": Quantity(1, 1e9, "token", "tokens in one sequence", "give tokens."),
    "causal_fraction": _fraction("share of the attention square that is computed"),
    "gpu_hours": Quantity(0, 1e12, "h", "chips times hours", "was it given in seconds?"),
    "flop_per_s": Quantity(1e9, 1e19, "FLOP/s", "dense peak of one chip", "was it given in TFLOP/s?"),
    "mfu": Quantity(0, 1, "1", "model FLOPs utilisation", "give a fraction, not a percentage.", open_low=True),
    "n_chips": Quantity(1, 1e9, "1", "chips", "give a count."),
    "goodput_fraction": Quantity(0, 1, "1", "share of the wall-clock time that advances the run",
                                 "give a fraction, not a percentage.", open_low=True),
    "final_run_fraction": Quantity(0, 1, "1", "share of a programme's compute spent on the released run",
                                   "give a fraction, not a percentage.", open_low=True),
    "loss": Quantity(0, 20, "nat/token", "cross-entropy on held-out text", "give nats per token.", open_low=True),
    "inference_cost_ratio": Quantity(1e-6, 1e6, "1", "dollars per FLOP served over dollars per FLOP trained",
                                     "give a ratio, 1 for equal cost."),
    # Demand and time
    "years": _years("time since the start"),
    "horizon_years": _years("time over which the programme is judged", open_low=True),
    "life_years": _years("economic life of the equipment", open_low=True),
    "building_life_years": _years("economic life of the building", open_low=True),
    "growth_per_year": Quantity(-1, 1e3, "1/year", "growth of demand per year, 1 for doubling",
                                "give a fraction, not a percentage.", open_low=True),
    "discount_rate": Quantity(0, 2, "1/year", "cost of capital per year", "give a fraction, not a percentage."),
    "price_decline_per_year": Quantity(-10, 1, "1/year", "fall of the cost per token per year",
                                       "give a fraction, not a percentage.", open_high=True),
    "training_growth_per_year": Quantity(-1, 1e3, "1/year", "growth of the cost of one training run per year",
                                         "give a fraction, not a percentage.", open_low=True),
    "retrain_every_years": Quantity(1e-3, 200, "year", "time between training runs",
                                    "for a model trained once, give a time beyond the horizon."),
    "users": _count("people who use the service", high=1e11),
    "queries_per_day": Quantity(0, 1e9, "1/day", "requests of one user on one day", "give requests per day."),
    "tokens_per_day": Quantity(0, 1e22, "token/day", "demand", "give tokens per day."),
    "prompt_tok": _tokens("tokens that go in"),
    "output_tok": _tokens("tokens that come out"),
    "serving_share": Quantity(0, 1, "1", "share of serving in the total", "give a fraction, not a percentage.",
                              open_high=True),
    # Money
    "training_usd": _usd("cost of one training run"),
    "final_run_usd": _usd("cost of the released training run"),
    "revenue_usd": _usd("revenue"),
    "cost_usd": Quantity(0, 1e14, "USD", "cost", "give US dollars."),
    "capex_usd": _usd("price of the equipment"),
    "residual_fraction": _fraction("share of the price recovered at the end of life"),
    "cost_usd_per_token": _usd_per_token("cost of one token"),
    "alternative_usd_per_token": _usd_per_token("what the alternative charges for one token"),
    "marginal_usd_per_token": _usd_per_token("cost that grows with every token"),
    "input_usd_per_token": _usd_per_token("list price of a token that goes in"),
    "output_usd_per_token": _usd_per_token("list price of a token that comes out"),
    "cached_input_usd_per_token": _usd_per_token("list price of an input token found in the provider's cache"),
    "price_usd_per_hour": _usd_per_hour("price of one chip for one hour"),
    "on_demand_usd_per_hour": _usd_per_hour("price by the hour, without commitment"),
    "reserved_usd_per_hour": _usd_per_hour("price under a reservation, paid whether used or not"),
    "demand_chips": _count("chips needed in an hour"),
    "reserved_chips": _count("chips reserved"),
    "input_output_ratio": Quantity(0, 1e6, "1", "input tokens per output token", "give a ratio."),
    "cached_fraction": _fraction("share of input tokens found in the provider's cache"),
    "batch_fraction": _fraction("share of the work that can wait for the batch queue"),
    "batch_discount": _fraction("discount on work that waits"),
    # Renting and owning
    "throughput_tok_per_s": Quantity(1e-3, 1e12, "token/s", "tokens per second of one machine at full load",
                                     "give tokens per second."),
    "utilisation": _fraction("share of the capacity that is used"),
    "interruptions_per_hour": Quantity(0, 1e3, "1/h", "times per hour that the machine is taken away", "give a rate."),
    "lost_s_per_interruption": Quantity(0, 1e7, "s", "paid time lost to one interruption", "give seconds."),
    "power_w": Quantity(0.1, 1e11, "W", "electric power", "was it given in kilowatts?"),
    "idle_power_fraction": _fraction("power when idle over power at full load"),
    "load_fraction": _fraction("average power over nameplate power"),
    "pue": Quantity(1, 10, "1", "power usage effectiveness: power of the site over power of the computers",
                    "give a ratio of at least 1."),
    "electricity_usd_per_kwh": Quantity(0, 5, "USD/kWh", "price of electricity", "was it given in cents?"),
    "colocation_usd_per_kw_month": Quantity(0, 1e4, "USD/(kW month)", "rent of space, cooling and power connection",
                                            "give US dollars per kilowatt and month."),
    "building_usd_per_w": Quantity(0, 1e3, "USD/W", "cost of a data centre per watt of computers",
                                   "was it given per kilowatt or megawatt?"),
    "network_fraction": Quantity(0, 10, "1", "network over the price of the servers", "give a fraction."),
    "spare_fraction": Quantity(0, 10, "1", "spare machines over machines in use", "give a fraction."),
    "operations_fraction": Quantity(0, 10, "1/year", "upkeep per year over the price of the equipment",
                                    "give a fraction per year, not a percentage."),
    "staff_usd_per_year": _usd_per_year("pay of the people who run it"),
    "repair_usd_per_year": _usd_per_year("parts and repair"),
    "n_servers": _count("servers", low=1),
    "servers_per_person": _count("servers that one person looks after", low=1e-3),
    "pay_usd_per_year": _usd_per_year("cost of one person"),
    "failures_per_year": Quantity(0, 1e5, "1/year", "failures of one machine per year", "give a rate per year."),
    "repair_days": Quantity(0, 3650, "day", "time until a failed machine is back", "give days."),
    "usd_per_year": _usd_per_year("running cost"),
    "fixed_usd_per_year": _usd_per_year("cost that does not depend on demand"),
    "server_usd_per_year": _usd_per_year("full cost of one server"),
    "peak_to_mean": Quantity(1, 1e4, "1", "demand of the busiest time over the average", "give a ratio of at least 1."),
    # Silicon
    "die_area_mm2": Quantity(0.1, 7e4, "mm²", "area of one die", "was it given in cm²?"),
    "aspect_ratio": Quantity(1, 100, "1", "longer side of the die over the shorter", "give a ratio of at least 1."),
    "wafer_mm": Quantity(25, 1000, "mm", "diameter of the wafer", "300 mm is usual."),
    "edge_mm": Quantity(0, 12, "mm", "rim of the wafer that holds no die", "give millimetres."),
    "scribe_mm": Quantity(0, 5, "mm", "width of the cut between dies", "give millimetres."),
    "defects_per_mm2": Quantity(0, 0.05, "1/mm²", "killing defects per area", "was it given per cm²?"),
    "clustering": Quantity(0.01, 1e9, "1", "clustering of defects, small for clustered",
                           "2 to 3 is usual; large for none."),
    "yield_fraction": Quantity(0, 1, "1", "share of dies that work", "give a fraction, not a percentage."),
    "package_yield": Quantity(0, 1, "1", "share of packages that work", "give a fraction, not a percentage.",
                              open_low=True),
    "repairable_fraction": _fraction("share of killed dies saved by spare parts on the die"),
    "wafer_usd": Quantity(0, 1e7, "USD", "price of a processed wafer", "give US dollars."),
    "gross_dies": _count("dies cut from one wafer, good or bad", high=1e7),
    "die_usd": _usd("cost of one good die"),
    "dies_per_package": _count("dies in one package", high=1e4),
    "memory_bytes": Quantity(0, 1e15, "B", "memory of the chip", "give bytes."),
    "memory_usd_per_gb": Quantity(0, 1e4, "USD/GB", "price of memory per 10⁹ bytes", "give US dollars per GB."),
    "memory_usd": _usd("price of the memory"),
    "packaging_usd": _usd("price of packaging"),
    "test_usd": _usd("price of test and assembly"),
    "chip_usd": _usd("cost of one packaged chip"),
    "other_parts_usd": _usd("everything in the server but the accelerators"),
    "gross_margin": _MARGIN._replace(meaning="gross profit over price"),
    "chip_margin": _MARGIN._replace(meaning="gross margin of the chip's seller"),
    "server_margin": _MARGIN._replace(meaning="gross margin of the server's seller"),
    "cloud_margin": _MARGIN._replace(meaning="gross margin of the cloud"),
    "capital_recovery": Quantity(0, 100, "1/year", "yearly payment per dollar of equipment",
                                 "see capital_recovery_factor."),
    "running_usd_per_year": _usd_per_year("power, space and people for one server"),
    # Custom silicon
    "design_usd": _usd("design, verification and software before the first tape-out"),
    "mask_usd": _usd("one set of masks and the first wafers"),
    "respins": Quantity(0, 100, "1", "tape-outs after the first", "give a count."),
    "respin_usd": _usd("one tape-out after the first, with its masks and engineering"),
    "software_usd_per_year": _usd_per_year("the software team"),
    "nre_usd": _usd("cost before the first unit: non-recurring engineering"),
    "tco_usd": _usd("lifetime cost of ownership of the work done on GPUs"),
    "tco_usd_per_unit": _usd("lifetime cost of ownership of one GPU"),
    "saving_fraction": Quantity(-1e6, 1, "1", "share of the GPU's cost of ownership saved",
                                "give a fraction, not a percentage.", open_high=True),
    "units": _count("GPU-equivalents of work"),
    "perf_per_tco": _factor("performance per cost of ownership over the GPU's"),
    "start_perf_per_tco": _factor("the same on the day the port begins"),
    "end_perf_per_tco": _factor("the same when the port is done"),
    "performance": Quantity(0, 1e30, "any", "work per second, in any unit", "give zero or more."),
    "months": Quantity(0, 2400, "month", "time since the port began", "give months."),
    "ramp_months": Quantity(0, 2400, "month", "time that the port takes", "give months.", open_low=True),
    "ramp_shape": Quantity(0.01, 100, "1", "below 1 for quick gains first", "1 is a straight line."),
    "delay_years": _years("time from decision to deployment"),
    "rival_improvement_per_year": Quantity(-1, 1e3, "1/year", "growth of the rival's performance per cost per year",
                                           "give a fraction, not a percentage.", open_low=True),
    "min_tco_over_nre": _factor("cost of ownership over NRE that the rule asks for"),
    "min_tco_ratio": _factor("fall of the cost per operation that the rule asks for"),
    # Exposure
    "drift_per_year": Quantity(-20, 20, "1/year", "logarithmic trend of the expected price",
                               "0.1 is about 10% a year."),
    "volatility": Quantity(0, 20, "1/√year", "standard deviation of the logarithm of the price after one year",
                           "give a fraction, not a percentage."),
    "up_per_year": Quantity(0, 1e3, "1/year", "steps up per year", "give a rate per year."),
    "down_per_year": Quantity(0, 1e3, "1/year", "steps down per year", "give a rate per year."),
    "up_factor": _factor("price after a step up over the price before"),
    "down_factor": _factor("price after a step down over the price before"),
    "price": Quantity(0, 1e14, "any", "price today, in any unit", "give a price above zero.", open_low=True),
    "alternative_price": Quantity(0, 1e14, "any", "price of the alternative, in the same unit", "give a price."),
    "z": Quantity(-10, 10, "1", "standard normal quantile, -1.645 for 5%", "give a quantile, not a probability."),
    "volume": Quantity(0, 1e30, "any", "units bought at the price", "give zero or more."),
    "horizon_months": Quantity(1, 1200, "month", "months that are counted, a whole number", "give months."),
    "switch_price": Quantity(0, 1e14, "any", "price above which you move", "give a price."),
    "steps_per_year": Quantity(0.1, 1e4, "1/year", "time steps per year", "12 for months."),
    "move_usd": _usd("cost of one move to the alternative"),
    "shock_factor": _factor("the supplier's price after a shock over the price before"),
    "exposed_fraction": _fraction("share of the cost that the supplier sets"),
    "engineer_months": Quantity(0, 1e6, "month", "work to move", "give person-months."),
    "engineer_usd_per_month": Quantity(0, 1e6, "USD/month", "cost of one engineer", "give US dollars per month."),
    "requalification_usd": _usd("evaluation, security review and contracts"),
    "overlap_months": Quantity(0, 1200, "month", "time for which both suppliers are paid", "give months."),
    "overlap_usd_per_month": Quantity(0, 1e12, "USD/month", "second bill in the overlap", "give US dollars a month."),
    "switching_usd": _usd("cost of moving"),
    "saving_usd_per_year": _usd_per_year("saving after the move"),
    "list_usd": _usd("what the demand would cost at list prices"),
    "mean_list_usd": Quantity(0, 1e14, "USD", "expected cost of the demand at list prices", "give US dollars.",
                              open_low=True),
    "demand_volatility": Quantity(0, 20, "1", "standard deviation of the logarithm of the demand",
                                  "give a fraction, not a percentage."),
    "commitment_usd": _usd("spend that is promised, used or not"),
    "committed_discount": _fraction("discount on list prices in return for the promise"),
    "shares": Quantity(0, 1, "1", "share of spend with each supplier, along the last axis", "give fractions."),
}


def check(**arguments):
    """Raise `ValueError` unless every argument lies within the limits of its name."""
    for name, value in arguments.items():
        row = QUANTITIES[name]
        require(row.low, row.high, open_low=row.open_low, open_high=row.open_high, hint=row.hint, **{name: value})


def _plain(name, value):
    """Return a float or an array of floats: whole numbers overflow or lose their logarithm, lists repeat themselves."""
    if is_traced(value):
        return value
    check(**{name: value})
    array = np.asarray(value, dtype=float)
    return array if array.ndim else np.float64(array)


def _scalar(result):
    return result[()] if isinstance(result, np.ndarray) and result.ndim == 0 else result


_RAISES = """Raises
------
ValueError
    If an argument lies outside its limits; the message names the argument, the value and what is accepted.

"""


def _with_raises(doc: str) -> str:
    doc = inspect.cleandoc(doc)
    for heading in ("Notes\n-----", "References\n----------"):
        if heading in doc:
            before, after = doc.split(heading, 1)
            return f"{before}{_RAISES}{heading}{after}"
    return f"{doc}\n\n{_RAISES.rstrip()}"


def checked(function):
    """Check every argument of a formula against `QUANTITIES`, by name, and hand it over as float or array.

    An argument that has no row there (a spec, a set of draws) passes as it is; `None` stands for "not given". A result
    without axes comes back as a plain number.
    """
    names = tuple(inspect.signature(function).parameters)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        # A wrong number of arguments, or one given twice, is left for Python to report.
        if len(args) <= len(names) and not set(names[: len(args)]) & set(kwargs):
            given = dict(zip(names, args, strict=False), **kwargs)
            for name, value in given.items():
                if name in QUANTITIES and value is not None:
                    given[name] = _plain(name, value)
            args = tuple(given.pop(name) for name in names[: len(args)])
            kwargs = given
        result = function(*args, **kwargs)
        if isinstance(result, tuple):
            return result._make(map(_scalar, result))
        return _scalar(result)

    wrapper.__doc__ = _with_raises(function.__doc__)
    return wrapper
