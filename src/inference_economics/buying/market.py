"""What the market charges: API list prices, and chips rented by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..catalog.price_rows import ApiPrice
from ..quantities.limits import SECONDS_PER_HOUR, Limited, checked
from ..quantities.mathematics import ratio
from ..quantities.numeric import Numeric


@dataclass(frozen=True, eq=False)
class TokenPrices(Limited):
    """What an API asks for a token.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        List prices. [USD/token]
    cached_input_usd_per_token : numeric or None
        Price of an input token found in the provider's cache; None for no discount. [USD/token]
    """

    input_usd_per_token: Numeric
    output_usd_per_token: Numeric
    cached_input_usd_per_token: Numeric | None = None

    @classmethod
    def of(cls, listed: TokenPrices | ApiPrice | Any) -> TokenPrices:
        """Return the prices of anything that has them by these names, such as a row of the catalogue.

        Cached input has a price of its own, or a factor on the list price, or no discount.
        """
        try:
            cached = getattr(listed, "cached_input_usd_per_token", None)
            if cached is None and hasattr(listed, "cached_input_factor"):
                cached = listed.input_usd_per_token * listed.cached_input_factor
            return cls(listed.input_usd_per_token, listed.output_usd_per_token, cached)
        except AttributeError:
            raise ValueError(f"prices={listed!r} have no input_usd_per_token and output_usd_per_token; "
                             "give TokenPrices, or a row such as prices.api_price(name).") from None


@dataclass(frozen=True, eq=False)
class Discounts(Limited):
    """How much of the work meets a discount.

    Parameters
    ----------
    cached_fraction : numeric
        Share of the input found in the provider's cache. [1]
    batch_fraction, batch_discount : numeric
        Share of the work that can wait, and the discount for waiting. [1]
    """

    cached_fraction: Numeric = 0.0
    batch_fraction: Numeric = 0.0
    batch_discount: Numeric = 0.0


FULL_PRICE = Discounts()


@checked(prompt_tok="[0, 1e22]", output_tok="[0, 1e22]")
def api_usd(prompt_tok: Numeric, output_tok: Numeric, prices: TokenPrices | ApiPrice | Any,
            discounts: Discounts = FULL_PRICE) -> Numeric:
    """Bill of an API for a volume of tokens.

    Parameters
    ----------
    prompt_tok, output_tok : numeric
        Tokens in and out, of one request or of a year. [token]
    prices : TokenPrices
        Or anything with prices by these names, such as a row of the catalogue.
    discounts : Discounts
        None by default.

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
    listed = TokenPrices.of(prices)
    full, cached = listed.input_usd_per_token, listed.cached_input_usd_per_token
    cached = full if cached is None else cached
    per_input = full * (1 - discounts.cached_fraction) + cached * discounts.cached_fraction
    whole = prompt_tok * per_input + output_tok * listed.output_usd_per_token
    return whole * (1 - discounts.batch_fraction * discounts.batch_discount)


@checked
def blended_usd_per_token(prices: TokenPrices | ApiPrice | Any, input_output_ratio: Numeric,
                          discounts: Discounts = FULL_PRICE) -> Numeric:
    """Average price of a token, in and out counted alike.

    Parameters
    ----------
    prices : TokenPrices
        As in `api_usd`.
    input_output_ratio : numeric
        Input tokens per output token; published blends use 3. [1]
    discounts : Discounts
        As in `api_usd`.

    Returns
    -------
    numeric
        Price of an average token. [USD/token]

    Notes
    -----
    The mix moves it as much as a price change does: state the ratio beside every blended price.
    """
    return api_usd(input_output_ratio, 1.0, prices, discounts) / (input_output_ratio + 1)


@checked
def spot_usd_per_hour(price_usd_per_hour: Numeric, interruptions_per_hour: Numeric,
                      lost_s_per_interruption: Numeric) -> Numeric:
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
def reserved_break_even_utilisation(reserved_usd_per_hour: Numeric, on_demand_usd_per_hour: Numeric) -> Numeric:
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
def gross_margin(revenue_usd: Numeric, cost_usd: Numeric) -> Numeric:
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
def markup(revenue_usd: Numeric, cost_usd: Numeric) -> Numeric:
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
