"""Names, units and plausible limits of the quantities in the roofline, serving and calibration formulas.

One name means one quantity everywhere. The limits are wide: they catch a NaN, a sign, a percentage given for a
fraction, or a unit off by a thousand or more; they do not judge a design.
"""

from __future__ import annotations

import functools
import inspect

import numpy as np

from ._checks import is_traced, require
from ._quantities import Quantity


def _count(meaning, low=1.0, high=1e9):
    return Quantity(low, high, "1", meaning, "give a count.")


def _seconds(meaning, high=1e6, open_low=False):
    return Quantity(0, high, "s", meaning, "give seconds; was it given in milliseconds?", open_low=open_low)


def _share(meaning, open_low=False):
    return Quantity(0, 1, "1", meaning, "give a fraction, not a percentage.", open_low=open_low)


def _bytes(meaning, low=0.0, high=1e16):
    return Quantity(low, high, "B", meaning, "was it given in GB?")


def _per_s(meaning, unit, hint, low=0.0, high=1e20, open_low=True):
    return Quantity(low, high, unit, meaning, hint, open_low=open_low)


QUANTITIES = {
    # work
    "batch": _count("sequences that run together", low=0),
    "concurrency": _count("requests in flight, running or waiting"),
    "context_tok": Quantity(0, 1e9, "token", "tokens already in a sequence's cache", "give tokens."),
    "prompt_tok": Quantity(1, 1e9, "token", "length of a prompt", "give tokens."),
    "output_tok": Quantity(1, 1e9, "token", "tokens generated per request", "give tokens."),
    "batch_tok": Quantity(0, 1e12, "token", "tokens that pass a layer together", "give tokens."),
    "flop": Quantity(0, 1e36, "FLOP", "arithmetic", "give FLOP."),
    "moved_bytes": _bytes("bytes moved between memory and chip", high=1e30),
    # model
    "n_params": Quantity(0, 1e15, "1", "weights that a token passes", "give a count."),
    "param_bytes": _bytes("weights as stored"),
    "kv_bytes_per_token": Quantity(0, 1e9, "B/token", "cache written per token, all layers", "give bytes."),
    "bytes_per_param": Quantity(0, 16, "B", "bytes of one weight", "give bytes, not bits.", open_low=True),
    "bytes_per_value": Quantity(0, 16, "B", "bytes of one cached value", "give bytes, not bits.", open_low=True),
    "bytes_per_activation": Quantity(0, 16, "B", "bytes of one activation", "give bytes, not bits.", open_low=True),
    "layers": _count("transformer layers", high=1e4),
    "hidden": _count("width of the residual stream", high=1e7),
    "q_heads": _count("query heads", high=1e5),
    "kv_heads": _count("key-value heads", high=1e5),
    "intensity": Quantity(0, 1e12, "FLOP/B", "arithmetic per byte", "give FLOP per byte."),
    "attention_width": _count("query heads times head size", high=1e7),
    "experts": _count("routed experts of a layer", high=1e6),
    "experts_active": _count("routed experts of one token", high=1e6),
    "n_params_expert": Quantity(0, 1e14, "1", "one routed expert over all layers", "give a count."),
    "causal_fraction": _share("share of the attention square that counts"),
    # hardware
    "hbm_bytes": _bytes("memory of one chip", low=1e8, high=1e14),
    "hbm_bytes_per_s": _per_s("memory bandwidth of one chip", "B/s", "was it given in TB/s?", low=1e9, high=1e17),
    "flop_per_s": _per_s("dense peak of one chip", "FLOP/s", "was it given in TFLOP/s?", low=1e9, high=1e19),
    "link_bytes_per_s": _per_s("link of one chip, one direction", "B/s", "was it given in GB/s?", low=1e6, high=1e15),
    "message_bytes": _bytes("what every chip contributes to a collective"),
    "collective_latency_s": _seconds("time of a collective with nothing to send", high=1),
    "n_chips": _count("chips that share one copy of the model", high=1e6),
    "tp": _count("tensor-parallel degree", high=1e5),
    "attention_dp": _count("groups of chips that each hold whole attention layers", high=1e5),
    "collectives_per_layer": Quantity(0, 100, "1", "all-reduces in one layer", "give a count."),
    "mfu": _share("share of the peak that arithmetic reaches", open_low=True),
    "mbu": _share("share of the bandwidth that reading reaches", open_low=True),
    "reserve_fraction": _share("memory kept for activations and fragmentation"),
    # service
    "step_time_s": _seconds("one step of the running batch", open_low=True),
    "decode_step_s": _seconds("one decode step", open_low=True),
    "fixed_time_s": _seconds("time of a step that depends on nothing"),
    "prefill_time_s": _seconds("prefill of one prompt, alone on the machine"),
    "ttft_s": _seconds("time to first token"),
    "tpot_s": _seconds("time per output token", open_low=True),
    "ttft_limit_s": _seconds("longest acceptable time to first token", open_low=True),
    "tpot_limit_s": _seconds("longest acceptable time per output token", open_low=True),
    "request_per_s": _per_s("requests that arrive", "1/s", "give requests per second.", open_low=False),
    "demand_tok_per_s": _per_s("output tokens asked for", "token/s", "give tokens per second.", open_low=False),
    "throughput_tok_per_s": _per_s("output tokens of one replica at full load", "token/s", "give tokens per second."),
    "largest": Quantity(0, np.inf, "1", "batch that memory allows", "give a count."),
    "queue_share": _share("prompts ahead of a new one, per other request in flight"),
    "kv_bytes_per_sequence": _bytes("cache of one sequence at its full length"),
    "prefix_tok": Quantity(0, 1e9, "token", "common beginning of prompts", "give tokens."),
    "uses_per_prefix": Quantity(1, 1e12, "1", "prompts with one prefix before it is evicted", "it is at least 1."),
    "input_tok_per_s": _per_s("input tokens asked for", "token/s", "give tokens per second.", open_low=False),
    "output_tok_per_s": _per_s("output tokens asked for", "token/s", "give tokens per second.", open_low=False),
    "prefill_tok_per_s": _per_s("prompt tokens that one machine reads", "token/s", "give tokens per second."),
    "decode_tok_per_s": _per_s("tokens that one machine generates", "token/s", "give tokens per second."),
    "weights_s": _seconds("time to read the weights", open_low=True),
    "compute_per_token_s": _seconds("arithmetic of one token"),
    "other_s": _seconds("rest of the step"),
    "peak_hour": Quantity(0, 24, "h", "hour of the peak", "give an hour of the day."),
    "service_s": _seconds("time that one request occupies its place", open_low=True),
    "wait_limit_s": _seconds("longest acceptable mean wait", open_low=True),
    "wait_probability": Quantity(0, 1, "1", "share of requests that have to wait", "give a fraction.", open_low=True,
                                 open_high=True),
    "servers": _count("places that serve one request each", low=1, high=1e8),
    "offered_load": Quantity(0, 1e8, "1", "arrivals per second times service time", "give a mean number of requests."),
    "peak_to_mean": Quantity(1, 12, "1", "demand of the busiest hour over the day's mean", "it is at least 1."),
    "cached_fraction": _share("share of prompt tokens found in the prefix cache"),
    "price_usd_per_hour": Quantity(0, 1e6, "USD/h", "price of one chip for one hour", "give US dollars per hour."),
    "utilisation": _share("share of the capacity that is used", open_low=True),
    "input_weight": Quantity(0, 1e6, "1", "price of an input token over an output token", "give a ratio."),
    "acceptance": _share("chance that a drafted token is accepted"),
    "draft_tok": Quantity(0, 1e4, "token", "tokens drafted per verification", "give a whole number of tokens."),
    "draft_cost": Quantity(0, 10, "1", "draft step over target step", "give a ratio."),
    "verify_cost": Quantity(1, 1e4, "1", "verification step over a plain step", "it is at least 1."),
}


def check(**arguments):
    """Raise `ValueError` unless every argument lies within the limits of its name."""
    for name, value in arguments.items():
        if is_traced(value):
            continue
        row = QUANTITIES[name]
        if isinstance(value, (int, float)) and row.low < value < row.high:
            continue
        array = value if isinstance(value, np.ndarray) and value.dtype.kind == "f" else None
        # two reductions settle the usual case; a NaN fails both comparisons and goes on to the full check
        if array is not None and array.size and array.min() > row.low and array.max() < row.high:
            continue
        require(row.low, row.high, open_low=row.open_low, open_high=row.open_high, hint=row.hint, **{name: value})


def _scalar(result):
    return result[()] if isinstance(result, np.ndarray) and result.ndim == 0 else result


def checked(function):
    """Check every argument that has a row in `QUANTITIES`.

    A list becomes an array, so that it does not repeat itself. A result without axes comes back as a plain number.
    """
    names = tuple(inspect.signature(function).parameters)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        given = dict(zip(names, args, strict=False))
        for name, value in (*given.items(), *kwargs.items()):
            if name in QUANTITIES and value is not None:
                check(**{name: value})
                if isinstance(value, (list, tuple)):
                    (given if name in given else kwargs)[name] = np.asarray(value, dtype=float)
        result = function(*given.values(), *args[len(given):], **kwargs)
        return result._make(map(_scalar, result)) if hasattr(result, "_make") else _scalar(result)

    return wrapper
