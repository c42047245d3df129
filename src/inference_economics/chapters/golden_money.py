"""From the inputs of a golden case to the formulas of training, buying and silicon: numbers in, one number out.

No constant in here is fitted to a case.
"""

from __future__ import annotations

from collections.abc import Mapping

from .. import silicon, training
from ..buying import market, ownership, running
from ..catalog import prices
from ..quantities.checks import lookup
from ..quantities.numeric import Numeric
from ..quantities.units import SECONDS_PER_DAY
from ..silicon import programme
from ..training import scaling

# -- training ---------------------------------------------------------------------------------------------------------


def training_flop(n_params: float, training_tok: float) -> Numeric:
    """Six FLOPs per parameter and token."""
    return training.training_flop(n_params, training_tok)


def training_mfu(n_params: float, training_tok: float, gpu_hours: float, flop_per_s: float) -> Numeric:
    """Share of peak over a whole run."""
    return training.training_mfu(training.training_flop(n_params, training_tok), gpu_hours, flop_per_s)


def training_usd(gpu_hours: float, price_usd_per_hour: float) -> Numeric:
    """Rent of a run."""
    return training.training_usd(gpu_hours, price_usd_per_hour)


def inference_aware(quality_n_params: float, inference_tok: float, result: str,
                    inference_cost_ratio: float = 1.0) -> Numeric:
    """Best size (``n_params``), data ratio (``data``) or saving (``saving``) at the quality of a Chinchilla model."""
    optimal_loss = scaling.compute_optimal_loss(quality_n_params, "sardana")
    reference_tok = scaling.tokens_for_loss(quality_n_params, optimal_loss, "sardana")
    loss = scaling.chinchilla_loss(quality_n_params, reference_tok, "sardana")
    best = scaling.inference_aware_optimum(loss, inference_tok, "sardana", inference_cost_ratio)
    spent = training.training_flop(quality_n_params, reference_tok) + training.serving_flop(quality_n_params,
                                                                                            inference_tok)
    results = {"n_params": best.n_params, "data": best.training_tok / reference_tok,
               "training_tok": best.training_tok, "saving": 1 - best.total_flop / spent}
    return lookup("result", result, results)


# -- money ------------------------------------------------------------------------------------------------------------


def node_day_usd(nodes: float, chips_per_node: float, price_usd_per_hour: float) -> Numeric:
    """A day's rent of some nodes."""
    return training.training_usd(nodes * chips_per_node * 24, price_usd_per_hour)


def day_revenue(input_tok: float, cached_tok: float, output_tok: float, input_usd_per_mtok: float,
                cached_usd_per_mtok: float, output_usd_per_mtok: float) -> Numeric:
    """A day's tokens at list price."""
    listed = market.TokenPrices(input_usd_per_mtok / 1e6, output_usd_per_mtok / 1e6, cached_usd_per_mtok / 1e6)
    return market.api_usd(input_tok, output_tok, listed, market.Discounts(cached_fraction=cached_tok / input_tok))


def cached_over_input(model: str) -> Numeric:
    """Price of an input token found in the provider's cache, over the list price."""
    return prices.api_price(model).cached_input_factor


def markup(revenue_usd: float, cost_usd: float) -> Numeric:
    """Profit over cost."""
    return market.markup(revenue_usd, cost_usd)


def gross_margin(revenue_usd: float, cost_usd: float) -> Numeric:
    """Profit over revenue."""
    return market.gross_margin(revenue_usd, cost_usd)


def nodes_for_day(input_tok: float, prefill_tok_per_s: float, output_tok: float, decode_tok_per_s: float) -> Numeric:
    """Nodes that a day's tokens keep busy at measured speeds."""
    return (input_tok / prefill_tok_per_s + output_tok / decode_tok_per_s) / SECONDS_PER_DAY


def owned_gpu_hour(server: Mapping[str, float], site: Mapping[str, float], discount_rate: float, utilisation: float,
                   idle_power_fraction: float = 0.35, n_chips: float = 8) -> Numeric:
    """Cost of one sold GPU-hour, with depreciation in a straight line.

    `server` and `site` are fields of `ownership.Server` and `ownership.Site`.
    """
    bought, place = ownership.Server(**server), ownership.Site(**site)
    load = running.average_load_fraction(utilisation, idle_power_fraction)
    owned = ownership.owned_usd_per_year(bought, place, discount_rate, load_fraction=load)
    capital = ownership.straight_line_usd_per_year(bought.equipment_usd, bought.life_years, discount_rate)
    yearly = owned.total_usd - owned.capital_usd + capital
    return ownership.usd_per_used_hour(yearly, n_chips, utilisation)


# -- silicon ----------------------------------------------------------------------------------------------------------


def gross_dies(die_area_mm2: float) -> Numeric:
    """Dies on a 300 mm wafer."""
    return silicon.gross_dies(die_area_mm2)


def die_yield(die_area_mm2: float, defects_per_mm2: float, model: str) -> Numeric:
    """Share of good dies by one of the yield models."""
    return silicon.YIELD_MODELS[model](die_area_mm2, defects_per_mm2)


def good_die(die_area_mm2: float, defects_per_mm2: float, wafer_usd: float) -> Numeric:
    """Cost of a good die; without defects, of any die."""
    return silicon.die_usd(wafer_usd, die_area_mm2, defects_per_mm2)


def perf_per_tco(saving_fraction: float) -> Numeric:
    """Performance per cost that a saving amounts to."""
    return programme.perf_per_tco_from_saving(saving_fraction)


def break_even_units(nre_usd: float, tco_usd_per_unit: float, saving_fraction: float) -> Numeric:
    """GPU-equivalents that pay for a chip programme."""
    return programme.break_even_units(nre_usd, tco_usd_per_unit, saving_fraction)
