"""What a token costs on machines that are paid by the hour."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..hardware.accelerators import Accelerator
from ..models.flop import FLOP_PER_PARAM
from ..models.spec import Model
from ..quantities.checks import require_positive
from ..quantities.limits import SECONDS_PER_HOUR, check, checked
from ..quantities.mathematics import ratio
from ..quantities.numeric import Numeric
from . import step
from .batching import prefill_tok
from .calibration import calibrated
from .load import Load, load_of
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
def token_cost(price_usd_per_hour: Numeric, n_chips: Numeric, batch: Numeric, prompt_tok: Numeric,
               output_tok: Numeric, prefill_time_s: Numeric, decode_step_s: Numeric, utilisation: Numeric = 1.0,
               cached_fraction: Numeric = 0.0) -> TokenCost:
    """Cost of input and output tokens, by the machine time that each takes.

    Parameters
    ----------
    price_usd_per_hour, n_chips : numeric
        One chip for one hour; chips of one replica. [USD/h], [1]
    batch : numeric
        Sequences that run together. [1]
    prompt_tok, output_tok : numeric
        Lengths. [token]
    prefill_time_s : numeric
        Machine time of one whole prompt. [s]
    decode_step_s : numeric
        Decode step at that batch, without other requests' prefill. [s]
    utilisation : numeric
        Share of the capacity that is sold. [1]
    cached_fraction : numeric
        Share of the prompt found in the prefix cache, taken to cost nothing. [1]

    Returns
    -------
    TokenCost
        A prompt occupies the machine for its prefill; an output token for a step shared by the whole batch.
    """
    usd_per_s = price_usd_per_hour * n_chips / (SECONDS_PER_HOUR * utilisation)
    input_usd = usd_per_s * prefill_time_s * prefill_tok(prompt_tok, cached_fraction) / np.square(prompt_tok)
    output_usd = usd_per_s * decode_step_s / np.maximum(batch, 1.0)
    return TokenCost(input_usd, output_usd, input_usd * prompt_tok + output_usd * output_tok)


def served_token_cost(point: step.Serving, load: Load, price_usd_per_hour: Numeric, n_chips: Numeric,
                      utilisation: Numeric = 1.0, cached_fraction: Numeric = 0.0) -> TokenCost:
    """Cost of input and output tokens of a service at a load.

    Parameters
    ----------
    point, load : Serving, Load
        The service, and what is asked of it.
    price_usd_per_hour, n_chips : numeric
        One chip for one hour; chips of one replica. [USD/h], [1]
    utilisation, cached_fraction : numeric
        As in `token_cost`. [1]

    Returns
    -------
    TokenCost
        Sums to the price of the chips over the requests served.

    Raises
    ------
    ValueError
        If an argument lies outside its limits.
    """
    check(price_usd_per_hour=price_usd_per_hour, n_chips=n_chips, utilisation=utilisation,
          cached_fraction=cached_fraction)
    require_positive(utilisation=utilisation)
    request_usd = load.output_tok * usd_per_output_token(price_usd_per_hour, n_chips, point.output_tok_per_s,
                                                         utilisation)
    step_s = point.weights_s + point.cache_s + point.communication_s + point.launch_s + point.sequences_s
    decode_s = load.output_tok * step_s / np.maximum(point.batch, 1.0)
    of_prompt = point.prompt_s / (point.prompt_s + decode_s)
    input_usd = request_usd * of_prompt * (1 - cached_fraction)
    output_usd = request_usd * (1 - of_prompt)
    return TokenCost(input_usd / load.prompt_tok, output_usd / load.output_tok, input_usd + output_usd)


def calibrated_token_cost(model: Model | str, accelerator: Accelerator | str, price_usd_per_hour: Numeric, *,
                          utilisation: Numeric = 1.0, cached_fraction: Numeric = 0.0, **load: Any) -> TokenCost:
    """Cost of input and output tokens with the fitted constants.

    Parameters
    ----------
    model, accelerator, **load
        As in `calibration.calibrated`.
    price_usd_per_hour : numeric
        One chip for one hour. [USD/h]
    utilisation, cached_fraction : numeric
        As in `token_cost`. [1]

    Returns
    -------
    TokenCost
        As from `served_token_cost`; NaN (undefined) where the model does not fit.
    """
    point = calibrated(model, accelerator, **load)
    return served_token_cost(point, load_of(load), price_usd_per_hour, np.asarray(load.get("tp", 1.0), dtype=float)[()],
                             utilisation, cached_fraction)


# -- from peak arithmetic to a price ----------------------------------------------------------------------------------


def ladder(s: Setup, c: step.Constants, n_params_read: Numeric, price_usd_per_hour: Numeric, n_chips: Numeric,
           concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric,
           utilisation: Numeric) -> tuple[Numeric, Numeric, Numeric, Numeric]:
    """Price of an average token, rung by rung: peak arithmetic, the bound, an engine as measured, hours as used.

    Parameters
    ----------
    s, c : Setup, Constants
        A model in some format on some chip, and an engine's constants.
    n_params_read : float or array
        Weights that a token is multiplied with. [1]
    price_usd_per_hour : float or array
        Of one chip. [USD/h]
    n_chips, concurrency, prompt_tok, output_tok : float or array
        Chips of a copy, requests in flight, mean lengths. [1], [1], [token], [token]
    utilisation : float or array
        Share of the throughput that is sold. [1]

    Returns
    -------
    tuple
        Four prices, each counting one loss more than the one before; all but the first NaN (undefined) where the model
        does not fit. [USD/token]

    Raises
    ------
    ValueError
        As `step.serve` and `hourly_usd_per_token` do.
    """
    require_positive(n_params_read=n_params_read)

    def price(constants: step.Constants, sold: Numeric = 1.0) -> Numeric:
        served = step.serve(s, constants, concurrency, prompt_tok, output_tok, n_chips)
        tok_per_s = served.input_tok_per_s + served.output_tok_per_s
        return hourly_usd_per_token(n_chips * price_usd_per_hour, tok_per_s, sold)

    peak = hourly_usd_per_token(price_usd_per_hour, s.shared_flop_per_s / (FLOP_PER_PARAM * n_params_read))
    return peak, price(c.bound()), price(c), price(c, utilisation)
