"""What the market charges: API list prices, and chips rented by the hour."""

from __future__ import annotations

import numpy as np

from ..quantities.limits import SECONDS_PER_HOUR, checked
from ..quantities.mathematics import ratio


def _bill(prompt_tok, output_tok, input_price, output_price, cached_fraction, cached_price, batch_fraction, discount):
    cached_price = input_price if cached_price is None else cached_price
    per_input = input_price * (1 - cached_fraction) + cached_price * cached_fraction
    return (prompt_tok * per_input + output_tok * output_price) * (1 - batch_fraction * discount)


@checked(prompt_tok="[0, 1e22]", output_tok="[0, 1e22]")
def api_usd(prompt_tok, output_tok, input_usd_per_token, output_usd_per_token, *, cached_fraction=0.0,
            cached_input_usd_per_token=None, batch_fraction=0.0, batch_discount=0.0):
    """Bill of an API for a volume of tokens.

    Parameters
    ----------
    prompt_tok, output_tok : numeric
        Tokens in and out, of one request or of a year. [token]
    input_usd_per_token, output_usd_per_token : numeric
        List prices. [USD/token]
    cached_fraction : numeric
        Share of the input found in the provider's cache. [1]
    cached_input_usd_per_token : numeric or None
        Price of an input token found there; None for no discount. [USD/token]
    batch_fraction, batch_discount : numeric
        Share of the work that can wait, and the discount for waiting. [1]

    Returns
    -------
    numeric
        The bill. [USD]

    Notes
    -----
    ============================  =======================================================
    assumed                       if false
    ============================  =======================================================
    storing to the cache is free  where a provider charges for it, short reuse may not pay
    discounts multiply            where a provider refuses both at once, the bill is higher
    one price at any length       some list a higher price above a context limit
    ============================  =======================================================

    References
    ----------
    Checked against DeepSeek's "Inference System Overview", 2025-03-01: $562,027 for one day at list prices.
    """
    return _bill(prompt_tok, output_tok, input_usd_per_token, output_usd_per_token, cached_fraction,
                 cached_input_usd_per_token, batch_fraction, batch_discount)


@checked
def blended_usd_per_token(input_usd_per_token, output_usd_per_token, input_output_ratio, *, cached_fraction=0.0,
                          cached_input_usd_per_token=None, batch_fraction=0.0, batch_discount=0.0):
    """Average price of a token, in and out counted alike.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        List prices. [USD/token]
    input_output_ratio : numeric
        Input tokens per output token; published blends use 3. [1]
    cached_fraction, cached_input_usd_per_token, batch_fraction, batch_discount : numeric
        As in `api_usd`.

    Returns
    -------
    numeric
        Price of an average token. [USD/token]

    Notes
    -----
    The mix moves it as much as a price change does: state the ratio beside every blended price.
    """
    bill = _bill(input_output_ratio, 1.0, input_usd_per_token, output_usd_per_token, cached_fraction,
                 cached_input_usd_per_token, batch_fraction, batch_discount)
    return bill / (input_output_ratio + 1)


@checked
def spot_usd_per_hour(price_usd_per_hour, interruptions_per_hour, lost_s_per_interruption):
    """Price of one useful hour on a machine that can be taken away.

    Parameters
    ----------
    price_usd_per_hour : numeric
        Spot price. [USD/h]
    interruptions_per_hour : numeric
        Interruptions per useful hour. [1/h]
    lost_s_per_interruption : numeric
        Paid time that produces nothing: work lost, waiting for the next machine, loading the weights. [s]

    Returns
    -------
    numeric
        Price of an hour of work; at least the spot price. [USD/h]

    Notes
    -----
    ==============================  ==================================================
    assumed                         if false
    ==============================  ==================================================
    another machine can be had      spot capacity disappears for everyone at once
    interruptions are independent   keep on-demand machines for the peak
    ==============================  ==================================================
    """
    return price_usd_per_hour * (1 + interruptions_per_hour * lost_s_per_interruption / SECONDS_PER_HOUR)


@checked
def reserved_break_even_utilisation(reserved_usd_per_hour, on_demand_usd_per_hour):
    """Share of the time that a chip must be needed before reserving it pays.

    Parameters
    ----------
    reserved_usd_per_hour : numeric
        Price under a reservation, paid every hour. [USD/h]
    on_demand_usd_per_hour : numeric
        Price of an hour bought when needed. [USD/h]

    Returns
    -------
    numeric
        Break-even share of hours: above 1, never reserve; infinite where on-demand hours are free. [1]

    Notes
    -----
    Rank the chips by how often each is needed: reserve those needed more often than this, rent the rest. With demand
    that varies, the best reservation is therefore the ``1 - share`` quantile of the chips needed, the newsvendor rule.

    References
    ----------
    Arrow, Harris and Marschak, "Optimal Inventory Policy", Econometrica 19(3), 1951.
    """
    return ratio(reserved_usd_per_hour, on_demand_usd_per_hour)


@checked
def mixed_rental_usd_per_hour(demand_chips, reserved_chips, reserved_usd_per_hour, on_demand_usd_per_hour):
    """Cost of one hour with a reserved base and on-demand peaks.

    Parameters
    ----------
    demand_chips : numeric
        Chips needed in that hour; an array of hours gives an array of costs. [1]
    reserved_chips : numeric
        Chips reserved. [1]
    reserved_usd_per_hour, on_demand_usd_per_hour : numeric
        Price of one chip for one hour. [USD/h]

    Returns
    -------
    numeric
        Cost of the hour. [USD/h]
    """
    return (reserved_chips * reserved_usd_per_hour
            + np.maximum(demand_chips - reserved_chips, 0.0) * on_demand_usd_per_hour)


@checked
def gross_margin(revenue_usd, cost_usd):
    """Profit over revenue.

    Parameters
    ----------
    revenue_usd : numeric
        Revenue. [USD]
    cost_usd : numeric
        Cost of what was sold. [USD]

    Returns
    -------
    numeric
        1 where it costs nothing, negative for a loss, minus infinity without revenue. [1]
    """
    return 1 - ratio(cost_usd, revenue_usd)


@checked
def markup(revenue_usd, cost_usd):
    """Profit over cost, which is not the gross margin: a markup of 545% is a gross margin of 84.5%.

    Parameters
    ----------
    revenue_usd : numeric
        Revenue. [USD]
    cost_usd : numeric
        Cost of what was sold. [USD]

    Returns
    -------
    numeric
        Infinite where it costs nothing. [1]

    References
    ----------
    DeepSeek, "Inference System Overview", 2025-03-01, calls it "cost profit margin".
    """
    return ratio(revenue_usd - cost_usd, cost_usd)
