"""What a token costs on machines that are paid by the hour."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..quantities.checks import require_positive
from ..quantities.limits import SECONDS_PER_HOUR, check, checked
from ..quantities.mathematics import ratio
from . import step
from .batching import prefill_tok


class TokenCost(NamedTuple):
    """What tokens cost.

    Parameters
    ----------
    input_usd_per_token, output_usd_per_token : numeric
        By the machine time that each takes. [USD/token]
    request_usd : numeric
        Both for one request. [USD]
    """

    input_usd_per_token: object
    output_usd_per_token: object
    request_usd: object


# -- dollars ----------------------------------------------------------------------------------------------------------


@checked(utilisation="(0, 1]")
def usd_per_output_token(price_usd_per_hour, n_chips, throughput_tok_per_s, utilisation=1.0):
    """All cost on the output tokens.

    Parameters
    ----------
    price_usd_per_hour : numeric
        One chip for one hour. [USD/h]
    n_chips : numeric
        Chips of one replica. [1]
    throughput_tok_per_s : numeric
        Output tokens of the replica at full load. [token/s]
    utilisation : numeric
        Share of that which is sold. [1]

    Returns
    -------
    numeric
        Cost. [USD/token]
    """
    return price_usd_per_hour * n_chips / (SECONDS_PER_HOUR * throughput_tok_per_s * utilisation)


@checked(utilisation="(0, 1]")
def token_cost(price_usd_per_hour, n_chips, batch, prompt_tok, output_tok, prefill_time_s, decode_step_s,
               utilisation=1.0, cached_fraction=0.0):
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


def calibrated_token_cost(model, accelerator, price_usd_per_hour, *, utilisation=1.0, cached_fraction=0.0, **load):
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
        Sums to the price of the chips over the requests served; infinite where the model does not fit.
    """
    from .calibration import calibrated

    load = {"concurrency": 1, "prompt_tok": 1024, "output_tok": 1024, "tp": 1} | load
    check(price_usd_per_hour=price_usd_per_hour, utilisation=utilisation, cached_fraction=cached_fraction)
    require_positive(utilisation=utilisation)
    point = calibrated(model, accelerator, **load)
    prompt_tok, output_tok = (np.asarray(load[name], float) for name in ("prompt_tok", "output_tok"))
    usd_per_s = price_usd_per_hour * np.asarray(load["tp"], float) / (SECONDS_PER_HOUR * utilisation)
    serves = point.output_tok_per_s > 0
    request_usd = np.where(serves, usd_per_s * output_tok / np.where(serves, point.output_tok_per_s, 1.0), np.inf)
    decode_s = output_tok * (point.weights_s + point.cache_s + point.communication_s + point.launch_s
                             + point.sequences_s) / point.batch
    of_prompt = point.prompt_s / (point.prompt_s + decode_s)
    input_usd = request_usd * of_prompt * (1 - cached_fraction)
    output_usd = request_usd * (1 - of_prompt)
    return TokenCost(input_usd / prompt_tok, output_usd / output_tok, input_usd + output_usd)


@checked
def hourly_usd_per_token(price_usd_per_hour, throughput_tok_per_s, utilisation=1.0):
    """Cost of a token on a machine that is paid by the hour.

    Parameters
    ----------
    price_usd_per_hour : numeric
        Price of the machine for one hour, busy or not. [USD/h]
    throughput_tok_per_s : numeric
        Tokens per second of the same machine at full load. [token/s]
    utilisation : numeric
        Share of that throughput that demand uses. [1]

    Returns
    -------
    numeric
        Cost of one token; infinite for an idle machine. [USD/token]
    """
    return ratio(price_usd_per_hour, throughput_tok_per_s * utilisation * SECONDS_PER_HOUR)


# -- from peak arithmetic to a price ----------------------------------------------------------------------------------


def ladder(s, c, n_params_read, price_usd_per_hour, n_chips, concurrency, prompt_tok, output_tok, utilisation):
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
        Four prices, each counting one loss more than the one before. [USD/token]

    Raises
    ------
    ValueError
        As `step.serve` and `serving.hourly_usd_per_token` do.
    """
    require_positive(n_params_read=n_params_read)

    def price(served):
        tokens = np.maximum(served.input_tok_per_s + served.output_tok_per_s, 1e-3)
        return hourly_usd_per_token(n_chips * price_usd_per_hour, tokens)

    load = (concurrency, prompt_tok, output_tok, n_chips)
    peak = hourly_usd_per_token(price_usd_per_hour, s.shared_flop_per_s / (2 * n_params_read))
    ideal, real = (price(step.serve(s, one, *load)) for one in (replace(step.IDEAL, memory_share=c.memory_share), c))
    return peak, ideal, real, hourly_usd_per_token(real * 3600, 1.0, utilisation)
