"""API, rent, own or a chip of one's own: what a year of one workload costs each way, and how sure that is.

Everything before it in one chain: a model on a chip within latency targets (`step`), a queue in the busiest hour
(`queueing`), list prices (`market`), owned servers (`ownership`) and a chip programme (`custom_silicon`). Costs are
level over the horizon: the same payment every year that has the present value of what is paid. What may be chosen, and
what is not known exactly, stands in `scenarios`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..buying.market import api_usd
from ..buying.ownership import average_load_fraction, capital_recovery_factor, owned_usd_per_year
from ..quantities.checks import require, require_fraction, require_non_negative
from ..quantities.limits import DAYS_PER_YEAR, checked
from ..serving.queueing import chips_needed, column
from ..silicon.programme import programme_cost, saving_from_perf_per_tco

YEARS = np.arange(10.0)  # a horizon ends within them
OPTIONS = ("API", "rent", "own", "own chip")


class Costs(NamedTuple):
    """Level cost of one workload, each way [USD/year], and the machines that it takes.

    Parameters
    ----------
    api_usd, rent_usd, own_usd, custom_usd : numeric
        Infinite where the model cannot be run within its targets. [USD/year]
    prompts : numeric
        Prompts of an average year, weighted as the money is. [1/year]
    first_chips, last_chips : numeric
        Chips rented in the first year and in the last of the horizon. [1]
    """

    api_usd: object
    rent_usd: object
    own_usd: object
    custom_usd: object
    prompts: object
    first_chips: object
    last_chips: object

    @property
    def ways(self):
        """The four costs, in the order of `OPTIONS`."""
        return self[:4]


@checked(prompt_tok="[0, 1e22]", output_tok="[0, 1e22]", service_s="(0, inf]")
def yearly_costs(users, queries_per_day, prompt_tok, output_tok, *, growth_per_year=0.0, horizon_years=3.0,
                 discount_rate=0.08, peak_to_mean=2.0, input_usd_per_token, output_usd_per_token,
                 price_decline_per_year=0.0, service_s, batch, n_chips, price_usd_per_hour, capex_usd, power_w,
                 life_years=5.0, resale_fraction=0.5, electricity_usd_per_kwh=0.08, pue=1.3,
                 colocation_usd_per_kw_month=150.0, operations_fraction=0.08, idle_power_fraction=0.35,
                 network_fraction=0.1, spare_fraction=0.03, team_usd_per_year=0.0, nre_usd=0.0,
                 software_usd_per_year=0.0, perf_per_tco=1.0, delay_years=0.0, chips_per_server=8.0,
                 wait_probability=0.05):
    """Level yearly cost of one workload by API, on rented chips, on owned servers, and on a chip of one's own.

    Parameters
    ----------
    users, queries_per_day : numeric
        People today, and prompts of one of them on one day. [1], [1/day]
    prompt_tok, output_tok : numeric
        Tokens of a prompt and of its answer. [token]
    growth_per_year, horizon_years, discount_rate : numeric
        Growth of demand; years that are counted, at most ten; cost of capital. [1/year], [year], [1/year]
    peak_to_mean : numeric
        Busiest hour over the average; the fleet is fixed at what that hour needs. [1]
    input_usd_per_token, output_usd_per_token, price_decline_per_year : numeric
        Price list of the API, and how fast it falls. [USD/token], [USD/token], [1/year]
    service_s, batch, n_chips : numeric
        One copy of the model; see `best_replica`. [s], [1], [1]
    price_usd_per_hour : numeric
        Rent of one chip. [USD/h]
    capex_usd, power_w : numeric
        One server. [USD], [W]
    life_years, resale_fraction : numeric
        Life of a server; where the horizon is shorter, the share of its straight-line book value that it sells for.
        [year], [1]
    electricity_usd_per_kwh, pue, colocation_usd_per_kw_month : numeric
        Price of electricity, overhead of the site and rent of it. [USD/kWh], [1], [USD/(kW month)]
    operations_fraction, idle_power_fraction, network_fraction, spare_fraction : numeric
        As in `ownership`. [1/year], [1], [1], [1]
    team_usd_per_year : numeric
        People who run a model themselves, rented or owned; an API needs none of them. [USD/year]
    nre_usd, software_usd_per_year : numeric
        A chip programme before its first unit, and its software in every year. [USD], [USD/year]
    perf_per_tco, delay_years : numeric
        Its performance per cost of ownership over the bought server's, and the years until it serves. [1], [year]
    chips_per_server : numeric
        Chips in a server; servers are bought whole, chips are rented one by one. [1]
    wait_probability : numeric
        Share of requests that may wait for a place in the busiest hour. [1]

    Returns
    -------
    Costs

    Notes
    -----
    ==================================  =======================================================================
    assumed                             if false
    ==================================  =======================================================================
    the API's answers are good enough   no price compares two answers of different worth
    no prompt meets a cache             both sides get cheaper, by what their caches find
    the rented fleet runs day and       handing back idle chips at night saves rent, where chips come back
    night                               in the morning
    servers are replaced as they wear   a fleet that stands still is cheaper later and older
    owned servers never shrink          falling demand can be met by selling
    the own chip runs any model         it must be programmed anew for each; see `programme.porting_ramp`
    ==================================  =======================================================================
    """
    require(0.1, YEARS[-1] + 1, hint="the model looks at ten years at most.", horizon_years=horizon_years)
    require_fraction(resale_fraction=resale_fraction)
    require_non_negative(team_usd_per_year=team_usd_per_year)
    require(1, 1e4, hint="give a count.", chips_per_server=chips_per_server)
    t = YEARS + 0.5
    growth, rate = np.log1p(column(growth_per_year)), np.log1p(column(discount_rate))
    weight = np.clip(column(horizon_years) - YEARS, 0.0, 1.0) * np.exp(-rate * t)
    total = np.sum(weight, axis=-1)
    prompts = column(users * queries_per_day * DAYS_PER_YEAR) * np.exp(growth * t)
    # what a level yearly payment costs is the average over the years, weighted by their present value
    api = prompts * column(api_usd(prompt_tok, output_tok, input_usd_per_token, output_usd_per_token)) * np.exp(
        np.log1p(-column(price_decline_per_year)) * t)
    busy_s = np.where(batch > 0, service_s, 1.0)
    load = prompts / (DAYS_PER_YEAR * 86400) * column(peak_to_mean * busy_s)
    chips = chips_needed(load, column(batch), column(n_chips), wait_probability)
    rent = chips * column(price_usd_per_hour * 24 * DAYS_PER_YEAR)
    used_years = np.minimum(life_years, horizon_years)
    server = owned_usd_per_year(
        capex_usd, used_years, discount_rate, power_w, electricity_usd_per_kwh, pue=pue,
        load_fraction=average_load_fraction(1 / peak_to_mean, idle_power_fraction), network_fraction=network_fraction,
        residual_fraction=resale_fraction * (1 - used_years / life_years), operations_fraction=operations_fraction,
        colocation_usd_per_kw_month=colocation_usd_per_kw_month).total_usd
    servers = np.ceil(chips / column(chips_per_server) * (1 + column(spare_fraction)))
    own = np.maximum(servers, servers[..., :1]) * column(server)
    serves = np.clip(YEARS + 1 - column(delay_years), 0.0, 1.0)
    custom = own * (1 - serves * column(saving_from_perf_per_tco(perf_per_tco)))
    programme = programme_cost(nre_usd, 0.0, software_usd_per_year=software_usd_per_year, horizon_years=horizon_years,
                               discount_rate=discount_rate).total_usd * capital_recovery_factor(discount_rate,
                                                                                                 horizon_years)
    api, rent, own, custom, prompts = (np.sum(x * weight, axis=-1) / total for x in (api, rent, own, custom, prompts))
    last = np.sum(np.where(np.ceil(column(horizon_years)) == YEARS + 1, chips, 0.0), axis=-1)
    machines = (rent + team_usd_per_year, own + team_usd_per_year, custom + team_usd_per_year + programme,
                chips[..., 0], last)
    # a model that does not fit, or misses its targets, cannot be run at any cost
    rent, own, custom, first, last = (np.where(batch > 0, x, np.inf) for x in machines)
    return Costs(api, rent, own, custom, prompts, first, last)


def within(costs: Costs, privacy) -> tuple:
    """Return the four costs with those that privacy forbids made infinite: a constraint has no price.

    Parameters
    ----------
    costs : Costs
        From `yearly_costs`.
    privacy : numeric
        0: data may go to an API. 1: only to machines that nobody else uses. 2: only to machines of your own. [1]

    Returns
    -------
    tuple of numeric
        In the order of `OPTIONS`. [USD/year]

    Raises
    ------
    ValueError
        For a degree outside 0 to 2.
    """
    require(0, 2, hint="0: anywhere; 1: machines of your own or hired alone; 2: machines of your own.", privacy=privacy)
    return (np.where(privacy < 1, costs.api_usd, np.inf), np.where(privacy < 2, costs.rent_usd, np.inf), costs.own_usd,
            costs.custom_usd)
