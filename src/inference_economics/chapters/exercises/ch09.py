"""Chapter 9, API, rent or own."""

from __future__ import annotations

from ... import catalog, serving
from ...buying import market, ownership, reference
from ...catalog import prices
from ...quantities.units import text
from . import slips
from .exercise import Exercise

_TERRA = prices.api_price("gpt-5.6-terra")
_IN, _OUT = _TERRA.input_usd_per_mtok, _TERRA.output_usd_per_mtok
_RENT = prices.rental_usd_per_hour("h100-sxm")
_CONTRACT = prices.rental_quotes("h100-sxm", terms="contract-1y")[-1].usd_per_hour
_DAY = catalog.deepseek_day()
_CAPEX = catalog.datacentre("server-hgx-h100-2025-01").value
_POWER = catalog.datacentre("power-dgx-h100").value

_HIT = _TERRA.cached_input_factor


def _usd_per_mtok(ratio, cached, batch=0.0):
    listed = market.TokenPrices(_TERRA.input_usd_per_token, _TERRA.output_usd_per_token, _HIT * _TERRA.input_usd_per_token)
    return market.blended_usd_per_token(listed, ratio, market.Discounts(cached, batch, 0.5)) * 1e6


_agent = _usd_per_mtok(20, 0.8)
_copy = serving.Deployment("llama-3.1-70b", "h100-sxm", 4).serve(serving.Load(64, 3000, 1000))
_rented = serving.hourly_usd_per_token(4 * _RENT, _copy.input_tok_per_s + _copy.output_tok_per_s) * 1e6
_owned = ownership.owned_usd_per_year(ownership.Server(_CAPEX, _POWER, 5.5, operations_fraction=0.08),
                                      reference.colocated(), 0.10)
_hour = ownership.usd_per_used_hour(_owned.total_usd, 8)
_capital = ownership.usd_per_used_hour(ownership.capital_usd_per_year(_CAPEX, 5, 0.10), 8)
_no_interest = ownership.usd_per_used_hour(ownership.capital_usd_per_year(_CAPEX, 5, 0.0), 8)
_revenue, _cost = _DAY.revenue_usd, _DAY.usd
_share = market.reserved_break_even_utilisation(_CONTRACT, _RENT)
_hours = {"all by contract": 300 * _CONTRACT, "base by contract": (24 * 100 * _CONTRACT + 12 * 200 * _RENT) / 24}

EXERCISES = (
    Exercise(
        id="buy-q1",
        level="guess",
        question=f"An API lists ${_IN:g} per million tokens in and ${_OUT:g} per million out. Your assistant reads twenty "
                 "tokens for each one it writes; four fifths of what it reads is in the provider's cache, where a token "
                 "costs a tenth of the list price. What does an average million tokens cost you?",
        answer=_agent,
        unit="USD/Mtok",
        solution=f"Input costs 0.2 × ${_IN:g} + 0.8 × ${_IN * _HIT:g} a million. Twenty of those and one at ${_OUT:g}, over "
                 f"twenty-one, is {text(_agent, 'USD/Mtok')}: less than the list price of either.",
    ),
    Exercise(
        id="buy-q2",
        level="guess",
        question=f"Four rented H100 at {text(_RENT, 'USD/h')} each run a 70B model in fp8. Sixty-four requests are "
                 "always in flight, each with 3,000 tokens in and 1,000 out. What does an average million tokens cost?",
        answer=_rented,
        unit="USD/Mtok",
        solution=f"The copy moves {text(_copy.input_tok_per_s + _copy.output_tok_per_s, 'tokens')} a second, in and out, for "
                 f"{text(4 * _RENT, 'USD')} an hour: {text(_rented, 'USD/Mtok')}.",
    ),
    Exercise(
        id="buy-q3",
        level="guess",
        question=f"A server with eight H100 was quoted at {text(_CAPEX, 'USD')} in January 2025. It lasts five and a half years, "
                 f"capital costs 10% a year, it draws {text(_POWER, 'W')}, and it stands in a rented site. What does one "
                 "chip cost for one hour, if every hour is used?",
        answer=_hour,
        unit="USD/h",
        solution=f"Capital takes {text(ownership.usd_per_used_hour(_owned.capital_usd, 8), 'USD')}, the site "
                 f"{text(ownership.usd_per_used_hour(_owned.facility_usd, 8), 'USD')}, electricity "
                 f"{text(ownership.usd_per_used_hour(_owned.electricity_usd, 8), 'USD')} and upkeep "
                 f"{text(ownership.usd_per_used_hour(_owned.operations_usd, 8), 'USD')}: together {text(_hour, 'USD/h')}.",
    ),
    Exercise(
        id="buy-1",
        level="warm-up",
        question=f"At the same list prices (${_IN:g} in, ${_OUT:g} out, per million), another product reads three tokens for each "
                 "one it writes. Half of its input is found in the cache, at a tenth of the price. What does an average "
                 "million tokens cost?",
        answer=_usd_per_mtok(3, 0.5),
        unit="USD/Mtok",
        wrong=((_usd_per_mtok(3, 0.0), "That leaves the cache out. Half of the input is cheaper."),
               ((_IN + _OUT) / 2, "That counts one token in for one token out. There are three."),
               (_usd_per_mtok(3, 1.0), "That takes all of the input from the cache. Only half of it is there.")),
        solution=f"\\( (3 \\times (0.5 \\times {_IN:g} + 0.5 \\times {_IN * _HIT:g}) + {_OUT:g}) / 4 \\) = "
                 f"{text(_usd_per_mtok(3, 0.5), 'USD/Mtok')}.",
    ),
    Exercise(
        id="buy-2",
        question=f"The same server, {text(_CAPEX, 'USD')} for eight chips, is written off over five years at 10% interest. What "
                 "does the capital alone cost for one chip and one hour, every hour used?",
        answer=_capital,
        unit="USD/h",
        wrong=(slips.straight_line(_no_interest),
               (_capital * 8, "That is the whole server. It has eight chips."),
               (_no_interest * 1.5, "That charges 10% on the full price in every year. The debt shrinks as you repay it.")),
        solution=f"The recovery factor is {text(ownership.capital_recovery_factor(0.10, 5), '%')} a year, so "
                 f"{text(_CAPEX * ownership.capital_recovery_factor(0.10, 5), 'USD')} a year, over eight chips and 8,760 hours: "
                 f"{text(_capital, 'USD/h')}. Without interest it would be {text(_no_interest, 'USD/h')}.",
    ),
    Exercise(
        id="buy-3",
        question=f"DeepSeek's day would have earned {text(_revenue, 'USD')} at list prices, on hardware that cost "
                 f"{text(_cost, 'USD')} in rent. What would its gross margin have been?",
        answer=market.gross_margin(_revenue, _cost),
        unit="%",
        tolerance=0.005,
        wrong=((market.markup(_revenue, _cost), "That is profit over cost, the figure in the headlines. A margin is over revenue."),
               (_cost / _revenue, "That is the share that the cost takes. The margin is what is left.")),
        solution=f"\\( 1 - \\) cost / revenue = {text(market.gross_margin(_revenue, _cost), '%')}. The same day as a markup on cost: "
                 f"{text(market.markup(_revenue, _cost), '%')}.",
    ),
    Exercise(
        id="buy-4",
        level="harder",
        question=f"You need 300 chips from eight in the morning to eight at night, and 100 for the rest of the day. On demand a "
                 f"chip costs {text(_RENT, 'USD/h')} (October 2026); under a one-year contract {text(_CONTRACT, 'USD/h')} (June 2026), used or not. "
                 "How many chips should be under contract?",
        answer=100,
        unit="chips",
        tolerance=0.005,
        wrong=((300, "The last 200 would be used half of the time. At these prices a contract pays only above "
                     f"{text(_share, '%')}."),
               (200, "The mean demand is not the rule. Ask of each chip for what share of the hours it is needed."),
               (0, "The first 100 chips are needed in every hour, and the contract is the cheaper hour.")),
        solution=f"A contract pays for chips that are needed more than {text(_share, '%')} of the time. The first 100 are always "
                 "needed, the other 200 half of the time. So 100 by contract: "
                 f"{text(_hours['base by contract'], 'USD')} an hour on average, against {text(_hours['all by contract'], 'USD')} with 300.",
    ),
    Exercise(
        id="buy-5",
        level="open",
        question="Your product runs on an API. Its provider announces a successor at four times the price and will retire the "
                 "old name in six months. What does the record say about how likely this was, and which of the three ways of "
                 "paying would have protected you from what?",
        answer=None,
        unit="",
        solution=f"Changes in the price of a listed name are rare ({text(prices.api_change_rate_per_year(), '')} per name and year), "
                 "so a budget on the old name was a fair forecast until it was retired. Replacement at a new price is the usual "
                 "way, and three of the four steps between versions in our catalogue since late 2024 were rises; it holds those that "
                 "were noticed. Renting protects you from a retired name, if the weights are open, and exposes you to rents, which rose in 2026. Owning fixes most of the cost for years, and "
                 "exposes you to idle hours and to the next chip. None protects you from needing the better model: chapter 12 "
                 "prices the option to move.",
    ),
)
