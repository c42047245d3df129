"""API, rent, own or a chip of one's own: what a year of one workload costs each way, and how sure that is.

Everything before it in one chain: a model on a chip within latency targets (`replica`), a queue in the busiest hour
(`queueing`), list prices (`market`), owned servers (`ownership`) and a chip programme (`programme`). Costs are level
over the horizon: the same payment every year that has the present value of what is paid. What may be chosen stands in
`scenarios`, what is not known exactly in `doubts`. Chapters 12 and 13 count with it; `cash` counts the same by year and
cause, in ten ways, for plans.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..buying.break_even import machines_for, with_spares
from ..buying.contracts import price_in_year
from ..buying.market import Discounts, TokenPrices, api_usd
from ..buying.ownership import capital_recovery_factor, owned_usd_per_year
from ..buying.running import average_load_fraction
from ..quantities.checks import is_traced, number
from ..quantities.limits import DAYS_PER_YEAR, HOURS_PER_YEAR, checked
from ..quantities.numeric import Numeric
from ..quantities.units import SECONDS_PER_DAY
from ..serving.queueing import column, replicas_for
from ..silicon.programme import ChipProgramme, programme_cost, saving_from_perf_per_tco
from .dollars import year_weights
from .inputs import Inputs
from .workload import YEARS

WAYS = ("API", "rent", "own", "own chip")


class Costs(NamedTuple):
    """Level cost of one workload, each way [USD/year], and the machines that it takes.

    Parameters
    ----------
    api_usd, rent_usd, own_usd, custom_usd : numeric
        Undefined (NaN) where the model cannot be run within its targets. [USD/year]
    prompts : numeric
        Prompts of an average year, weighted as the money is. [1/year]
    first_chips, last_chips : numeric
        Chips rented in the first year and in the last of the horizon; undefined (NaN) where none can serve. [1]
    """

    api_usd: Numeric
    rent_usd: Numeric
    own_usd: Numeric
    custom_usd: Numeric
    prompts: Numeric
    first_chips: Numeric
    last_chips: Numeric

    @property
    def ways(self) -> tuple[Numeric, Numeric, Numeric, Numeric]:
        """The four costs, in the order of `WAYS`."""
        return self.api_usd, self.rent_usd, self.own_usd, self.custom_usd


@checked
def yearly_costs(inputs: Inputs) -> Costs:
    """Level yearly cost of one workload by API, on rented chips, on owned servers, and on a chip of one's own.

    Parameters
    ----------
    inputs : Inputs
        The workload, and everything that its cost depends on; see `scenarios.inputs_of`.

    Returns
    -------
    Costs

    Notes
    -----
    ==================================  =======================================================================
    assumed                             if false
    ==================================  =======================================================================
    the API's answers are good enough   no price compares two answers of different worth
    own machines keep no prompts        they get cheaper as well, by what their caches find
    the rented fleet runs day and       handing back idle chips at night saves rent, where chips come back
    night                               in the morning
    servers are replaced as they wear   a fleet that stands still is cheaper later and older
    owned servers never shrink          falling demand can be met by selling
    the own chip runs any model         it must be programmed anew for each; see `ramp.porting_ramp`
    ==================================  =======================================================================
    """
    demand, offer, fleet, programme = inputs.demand, inputs.offer, inputs.fleet, inputs.programme
    horizon_years, discount_rate = inputs.finance.horizon_years, inputs.finance.discount_rate
    t = YEARS + 0.5
    weight = year_weights(inputs.finance)
    total = np.sum(weight, axis=-1)
    growth = np.log1p(column(demand.growth_per_year))
    prompts = column(demand.users * demand.queries_per_day * DAYS_PER_YEAR) * np.exp(growth * t)
    # what a level yearly payment costs is the average over the years, weighted by their present value
    listed = TokenPrices(offer.input_usd_per_token, offer.output_usd_per_token,
                         offer.input_usd_per_token * offer.cached_input_factor)
    discounts = Discounts(demand.cached_fraction, demand.batch_fraction, offer.batch_discount)
    today = api_usd(demand.prompt_tok, demand.output_tok, listed, discounts)
    api = prompts * price_in_year(column(today), column(offer.price_decline_per_year), YEARS)
    busy_s = np.where(fleet.batch > 0, fleet.service_s, 1.0)
    load = prompts / (DAYS_PER_YEAR * SECONDS_PER_DAY) * column(demand.peak_to_mean * busy_s)
    chips = replicas_for(load, column(np.maximum(fleet.batch, 1.0)), demand.wait_probability) * column(fleet.n_chips)
    rent = chips * column(fleet.price_usd_per_hour * HOURS_PER_YEAR)
    server = owned_usd_per_year(
        inputs.server.owned_for(horizon_years), inputs.site, discount_rate,
        load_fraction=average_load_fraction(1 / demand.peak_to_mean, inputs.server.idle_power_fraction)).total_usd
    servers: Any = with_spares(machines_for(chips, column(fleet.chips_per_server)), column(fleet.spare_fraction))
    own = np.maximum(servers, servers[..., :1]) * column(server)
    serves = np.clip(YEARS + 1 - column(programme.delay_years), 0.0, 1.0)
    custom = own * (1 - serves * column(saving_from_perf_per_tco(programme.perf_per_tco)))
    design = ChipProgramme(programme.nre_usd, 0.0, software_usd_per_year=programme.software_usd_per_year)
    per_year = programme_cost(design, horizon_years, discount_rate).total_usd * capital_recovery_factor(
        discount_rate, horizon_years)
    api, rent, own, custom, prompts = (np.sum(x * weight, axis=-1) / total for x in (api, rent, own, custom, prompts))
    last = np.sum(np.where(np.ceil(column(horizon_years)) == YEARS + 1, chips, 0.0), axis=-1)
    team = fleet.team_usd_per_year
    machines = (rent + team, own + team, custom + team + per_year, chips[..., 0], last)
    # a model that does not fit, or misses its targets, cannot be run at any cost: there is no price, not a high one
    rent, own, custom, first, last = (np.where(fleet.batch > 0, x, np.nan) for x in machines)
    return Costs(api, rent, own, custom, prompts, first, last)


@checked
def within(costs: Costs, privacy: Numeric) -> tuple[Numeric, Numeric, Numeric, Numeric]:
    """Return the four costs with those that privacy forbids undefined (NaN): a constraint has no price.

    Parameters
    ----------
    costs : Costs
        From `yearly_costs`.
    privacy : numeric
        0: data may go to an API. 1: only to machines that nobody else uses. 2: only to machines of your own. [1]

    Returns
    -------
    tuple of numeric
        In the order of `WAYS`. [USD/year]

    Raises
    ------
    ValueError
        For a degree outside 0 to 2.
    """
    return (np.where(privacy < 1, costs.api_usd, np.nan)[()], np.where(privacy < 2, costs.rent_usd, np.nan)[()],
            costs.own_usd, costs.custom_usd)


def cheapest(ways: Iterable[Any]) -> Numeric:
    """Return the least of some costs, leaving out those that are undefined.

    Parameters
    ----------
    ways : iterable
        As `within` gives them; undefined (NaN) where a way is ruled out or cannot serve. [USD/year]

    Returns
    -------
    numeric
        Undefined (NaN) where nothing is left. [USD/year]
    """
    least: Numeric = np.inf
    for way in ways:
        way = way if is_traced(way) else number("way", way)
        least = np.minimum(least, np.where(np.isnan(way), np.inf, way))
    return np.where(np.isfinite(least), least, np.nan)[()]
