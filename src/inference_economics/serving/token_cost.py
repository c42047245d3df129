"""What a token costs on machines that are paid by the hour."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..models.flop import FLOP_PER_PARAM
from ..quantities.limits import SECONDS_PER_HOUR, checked
from ..quantities.mathematics import ratio
from ..quantities.numeric import Numeric
from . import step
from .constants import Constants
from .layout import Layout
from .load import Load
from .setups import Setup


class TokenCost(NamedTuple):
    """What tokens cost.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        By the machine time that each takes; NaN where nothing is served. [USD/token]
    request_usd : numeric
        Both for one request. [USD]
    """

    input_usd_per_token: Numeric
    output_usd_per_token: Numeric
    request_usd: Numeric


# -- dollars ----------------------------------------------------------------------------------------------------------


@checked(throughput_tok_per_s="[0, 1e20]")
def hourly_usd_per_token(price_usd_per_hour: Numeric, throughput_tok_per_s: Numeric,
                         utilisation: Numeric = 1.0) -> Numeric:
    """Cost of a token on a machine that is paid by the hour.

    Parameters
    ----------
    price_usd_per_hour : numeric
        Price of the machine for one hour, busy or not. [USD/h]
    throughput_tok_per_s : numeric
        Tokens per second of the same machine at full load; 0 where it cannot run. [token/s]
    utilisation : numeric
        Share of that throughput that demand uses. [1]

    Returns
    -------
    numeric
        Cost of one token; infinite for a machine that idles, NaN (undefined) for one that cannot run. [USD/token]
    """
    sold = throughput_tok_per_s * utilisation * SECONDS_PER_HOUR
    return np.where(throughput_tok_per_s > 0, ratio(price_usd_per_hour, sold), np.nan)


@checked(utilisation="(0, 1]", throughput_tok_per_s="[0, 1e20]")
def usd_per_output_token(price_usd_per_hour: Numeric, n_chips: Numeric, throughput_tok_per_s: Numeric,
                         utilisation: Numeric = 1.0) -> Numeric:
    """All cost on the output tokens.

    Parameters
    ----------
    price_usd_per_hour : numeric
        One chip for one hour. [USD/h]
    n_chips : numeric
        Chips of one replica. [1]
    throughput_tok_per_s : numeric
        Output tokens of the replica at full load; 0 where it cannot run. [token/s]
    utilisation : numeric
        Share of that which is sold. [1]

    Returns
    -------
    numeric
        Cost; NaN (undefined) for a replica that cannot run. [USD/token]
    """
    return hourly_usd_per_token(price_usd_per_hour * n_chips, throughput_tok_per_s, utilisation)


@checked(utilisation="(0, 1]")
def token_cost(point: step.Serving, load: Load, price_usd_per_hour: Numeric, n_chips: Numeric,
               utilisation: Numeric = 1.0, cached_fraction: Numeric = 0.0) -> TokenCost:
    """Cost of input and output tokens of a service at a load, by the machine time that each takes.

    Parameters
    ----------
    point, load : Serving, Load
        The service, and what is asked of it.
    price_usd_per_hour, n_chips : numeric
        One chip for one hour; chips of one replica. [USD/h], [1]
    utilisation : numeric
        Share of the capacity that is sold. [1]
    cached_fraction : numeric
        Share of the prompt found in the prefix cache, taken to cost nothing. [1]

    Returns
    -------
    TokenCost
        A prompt occupies the machine for its prefill; an output token for a step shared by the whole batch. Sums to the
        price of the chips over the requests served.
    """
    request_usd = load.output_tok * usd_per_output_token(price_usd_per_hour, n_chips, point.output_tok_per_s,
                                                         utilisation)
    step_s = point.weights_s + point.cache_s + point.communication_s + point.launch_s + point.sequences_s
    decode_s = load.output_tok * step_s / np.maximum(point.batch, 1.0)
    of_prompt = point.prompt_s / (point.prompt_s + decode_s)
    input_usd = request_usd * of_prompt * (1 - cached_fraction)
    output_usd = request_usd * (1 - of_prompt)
    return TokenCost(input_usd / load.prompt_tok, output_usd / load.output_tok, input_usd + output_usd)


# -- from peak arithmetic to a price ----------------------------------------------------------------------------------


@checked
def ladder(s: Setup, c: Constants, load: Load, layout: Layout, n_params_read: Numeric, price_usd_per_hour: Numeric,
           utilisation: Numeric) -> tuple[Numeric, Numeric, Numeric, Numeric]:
    """Price of an average token, rung by rung: peak arithmetic, the bound, an engine as measured, hours as used.

    Parameters
    ----------
    s, c : Setup, Constants
        A model in some format on some chip, and an engine's constants.
    load, layout : Load, Layout
        What is asked of one copy, and how it is cut.
    n_params_read : numeric
        Weights that a token is multiplied with. [1]
    price_usd_per_hour : numeric
        Of one chip. [USD/h]
    utilisation : numeric
        Share of the throughput that is sold. [1]

    Returns
    -------
    tuple
        Four prices, each counting one loss more than the one before; all but the first NaN (undefined) where the model
        does not fit. [USD/token]
    """

    def price(constants: Constants, sold: Numeric = 1.0) -> Numeric:
        served = step.serve(s, constants, load, layout)
        tok_per_s = served.input_tok_per_s + served.output_tok_per_s
        return hourly_usd_per_token(layout.n_chips * price_usd_per_hour, tok_per_s, sold)

    peak = hourly_usd_per_token(price_usd_per_hour, s.shared_flop_per_s / (FLOP_PER_PARAM * n_params_read))
    return peak, price(c.bound()), price(c), price(c, utilisation)
