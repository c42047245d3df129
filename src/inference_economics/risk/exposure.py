"""What it costs that others set your prices: margins under shocks, the cost of moving, and commitments."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import checked
from ..quantities.mathematics import annuity_years, call_value, grown, normal_cdf, ratio


@checked
def margin_after_shock(revenue_usd, cost_usd, shock_factor, exposed_fraction=1.0):
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
def break_even_shock(revenue_usd, cost_usd, exposed_fraction=1.0):
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
def margin_at_risk(years, revenue_usd, cost_usd, drift_per_year, volatility, exposed_fraction=1.0, z=1.645):
    """Gross margin in a bad case: the cost at a high quantile of the supplier's price.

    Parameters
    ----------
    years : numeric
        Time from today. [year]
    revenue_usd, cost_usd : numeric
        Revenue and today's cost. [USD]
    drift_per_year, volatility : numeric
        Of the supplier's price; see `price_paths.simulate_prices`.
    exposed_fraction : numeric
        Share of the cost that this supplier sets. [1]
    z : numeric
        Standard normal quantile of the bad case: 1.645 is one in twenty. [1]

    Returns
    -------
    numeric
        Margin that only one path in twenty falls below. [1]
    """
    factor = grown((drift_per_year - np.square(volatility) / 2) * years + z * volatility * np.sqrt(years))
    return 1 - ratio(cost_usd * (1 + exposed_fraction * (factor - 1)), revenue_usd)


@checked
def loss_probability(years, revenue_usd, cost_usd, drift_per_year, volatility, exposed_fraction=1.0):
    """Chance that the supplier's price takes the whole margin by a given day.

    Parameters
    ----------
    years, revenue_usd, cost_usd, drift_per_year, volatility, exposed_fraction : numeric
        As in `margin_at_risk`.

    Returns
    -------
    numeric
        Probability of a negative margin on that day (not of one on some day before it). [1]

    Notes
    -----
    The price is lognormal, without steps; `price_paths.simulate_prices` adds them.
    """
    headroom = ratio(revenue_usd - cost_usd * (1 - exposed_fraction), cost_usd * exposed_fraction, 1e30)
    spread = volatility * np.sqrt(years)
    above = (drift_per_year - np.square(volatility) / 2) * years - np.log(np.maximum(headroom, 1e-30))
    moves = spread > 1e-12
    chance = np.where(moves, normal_cdf(above / np.where(moves, spread, 1.0)), np.where(above > 0, 1.0, 0.0))
    # Nothing exposed, nothing moves: the answer is today's.
    exposed = cost_usd * exposed_fraction > 0
    return np.where(exposed, np.where(headroom > 0, chance, 1.0), np.where(revenue_usd < cost_usd, 1.0, 0.0))


@checked
def concentration(shares):
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
def switching_cost_usd(engineer_months, engineer_usd_per_month, requalification_usd=0.0, overlap_months=0.0,
                       overlap_usd_per_month=0.0):
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
def switching_payback_years(switching_usd, saving_usd_per_year):
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
def switching_threshold(price, alternative_price, volume, switching_usd, horizon_years, discount_rate=0.0):
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
def committed_usd(list_usd, commitment_usd, committed_discount):
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
def expected_committed_usd(mean_list_usd, demand_volatility, commitment_usd, committed_discount):
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
