"""What it costs that others set your prices: margins under shocks, the cost of moving, and commitments."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.mathematics import annuity_years, call_value, ratio
from ..quantities.numeric import Numeric
from .price_paths import PriceProcess, price_quantile


@checked
def margin_after_shock(revenue_usd: Numeric, cost_usd: Numeric, shock_factor: Numeric,
                       exposed_fraction: Numeric = 1.0) -> Numeric:
    """Gross margin after a supplier changes its price.

    Parameters
    ----------
    revenue_usd, cost_usd : numeric
        Revenue and cost before. [USD]
    shock_factor : numeric
        Supplier's price after over before: 2 doubles it, 0.5 halves it. [1]
    exposed_fraction : numeric
        Share of the cost that this supplier sets. [1]

    Returns
    -------
    numeric
        Gross margin, if no price of your own changes. [1]
    """
    return 1 - ratio(cost_usd * (1 + exposed_fraction * (shock_factor - 1)), revenue_usd)


@checked
def revenue_after_passing_on(revenue_usd: Numeric, cost_usd: Numeric, shock_factor: Numeric,
                             exposed_fraction: Numeric = 1.0, passed_on_fraction: Numeric = 1.0) -> Numeric:
    """Revenue after customers are charged a part of what a supplier's rise costs; a cut is not handed on.

    Parameters
    ----------
    revenue_usd, cost_usd : numeric
        Revenue and cost before. [USD]
    shock_factor, exposed_fraction : numeric
        As in `margin_after_shock`. [1]
    passed_on_fraction : numeric
        Share of the rise that customers pay, at the same sales. [1]

    Returns
    -------
    numeric
        Revenue after. [USD]
    """
    return revenue_usd + passed_on_fraction * cost_usd * exposed_fraction * np.maximum(shock_factor - 1, 0.0)


@checked
def break_even_shock(revenue_usd: Numeric, cost_usd: Numeric, exposed_fraction: Numeric = 1.0) -> Numeric:
    """Supplier's price rise that takes the whole margin.

    Parameters
    ----------
    revenue_usd, cost_usd : numeric
        Revenue and cost before. [USD]
    exposed_fraction : numeric
        Share of the cost that this supplier sets. [1]

    Returns
    -------
    numeric
        Price after over before; below 1 for a business that already loses, infinite for one not exposed. [1]
    """
    return 1 + ratio(revenue_usd - cost_usd, cost_usd * exposed_fraction)


@checked
def margin_at_risk(years: Numeric, revenue_usd: Numeric, cost_usd: Numeric, process: PriceProcess,
                   exposed_fraction: Numeric = 1.0, z: Numeric = 1.645) -> Numeric:
    """Gross margin in a bad case: the cost at a high quantile of the supplier's price.

    Parameters
    ----------
    years : numeric
        Time from today. [year]
    revenue_usd, cost_usd : numeric
        Revenue and today's cost. [USD]
    process : PriceProcess
        How the supplier's price moves; its steps are left out.
    exposed_fraction : numeric
        Share of the cost that this supplier sets. [1]
    z : numeric
        Standard normal quantile of the bad case: 1.645 is one in twenty. [1]

    Returns
    -------
    numeric
        Margin that only one path in twenty falls below. [1]
    """
    return margin_after_shock(revenue_usd, cost_usd, price_quantile(years, 1.0, z, process), exposed_fraction)


@checked
def concentration(shares: Numeric) -> Numeric:
    """Herfindahl index of spend over suppliers.

    Parameters
    ----------
    shares : numeric
        Share of spend with each supplier along the last axis; rescaled to add up to one. [1]

    Returns
    -------
    numeric
        1 for a single supplier, ``1/n`` for n equal ones; its inverse counts the suppliers that matter. [1]
    """
    if np.ndim(shares) == 0:
        raise ValueError(f"shares={shares!r} must be a list with one share for each supplier.")
    return ratio(np.sum(np.square(shares), axis=-1), np.square(np.sum(shares, axis=-1)), 1.0)


@checked
def switching_cost_usd(engineer_months: Numeric, engineer_usd_per_month: Numeric, requalification_usd: Numeric = 0.0,
                       overlap_months: Numeric = 0.0, overlap_usd_per_month: Numeric = 0.0) -> Numeric:
    """Cost of moving from one supplier to another.

    Parameters
    ----------
    engineer_months : numeric
        Work: prompts, interfaces, kernels, operations. [month]
    engineer_usd_per_month : numeric
        Full cost of one engineer. [USD/month]
    requalification_usd : numeric
        Evaluation, security review, contracts. [USD]
    overlap_months, overlap_usd_per_month : numeric
        Time for which both suppliers are paid, and the second bill. [month, USD/month]

    Returns
    -------
    numeric
        Cost of one move. [USD]
    """
    return engineer_months * engineer_usd_per_month + requalification_usd + overlap_months * overlap_usd_per_month


@checked
def switching_payback_years(switching_usd: Numeric, saving_usd_per_year: Numeric) -> Numeric:
    """Time until a move has paid for itself.

    Parameters
    ----------
    switching_usd : numeric
        Cost of the move. [USD]
    saving_usd_per_year : numeric
        Saving afterwards. [USD/year]

    Returns
    -------
    numeric
        Years, undiscounted; infinite without a saving. [year]
    """
    return ratio(switching_usd, saving_usd_per_year)


@checked
def switching_threshold(price: Numeric, alternative_price: Numeric, volume: Numeric, switching_usd: Numeric,
                        horizon_years: Numeric, discount_rate: Numeric = 0.0) -> Numeric:
    """Rise of today's price from which moving pays.

    Parameters
    ----------
    price, alternative_price : numeric
        Price of a unit now and after a move. [USD]
    volume : numeric
        Units bought per year. [1/year]
    switching_usd : numeric
        Cost of the move. [USD]
    horizon_years : numeric
        Years that the saving is counted. [year]
    discount_rate : numeric
        Cost of capital. [1/year]

    Returns
    -------
    numeric
        Price over today's: 1.5 means that a rise of half is needed; below 1, move now. [1]

    Notes
    -----
    A supplier who knows this number knows how far to raise the price.
    """
    per_unit = ratio(switching_usd, volume * annuity_years(discount_rate, horizon_years))
    return (alternative_price + np.where(switching_usd > 0, per_unit, 0.0)) / price


@checked
def committed_usd(list_usd: Numeric, commitment_usd: Numeric, committed_discount: Numeric) -> Numeric:
    """Bill under a spend commitment.

    Parameters
    ----------
    list_usd : numeric
        What the demand would cost at list prices. [USD]
    commitment_usd : numeric
        Spend promised, used or not. [USD]
    committed_discount : numeric
        Discount on list prices in return. [1]

    Returns
    -------
    numeric
        The larger of the promise and the discounted use. Dearer than list prices whenever demand at list is below the
        promise. [USD]
    """
    return np.maximum(commitment_usd, list_usd * (1 - committed_discount))


@checked
def expected_committed_usd(mean_list_usd: Numeric, demand_volatility: Numeric, commitment_usd: Numeric,
                           committed_discount: Numeric) -> Numeric:
    """Expected bill under a spend commitment when demand is uncertain.

    Parameters
    ----------
    mean_list_usd : numeric
        Expected cost of the demand at list prices. [USD]
    demand_volatility : numeric
        Standard deviation of the logarithm of demand over the term. [1]
    commitment_usd, committed_discount : numeric
        As in `committed_usd`.

    Returns
    -------
    numeric
        Mean of `committed_usd` over lognormal demand. [USD]

    Notes
    -----
    The promise plus an option on demand above it (Black's formula): a commitment is never cheaper for being uncertain.
    """
    return commitment_usd + call_value(mean_list_usd * (1 - committed_discount), commitment_usd, demand_volatility)
