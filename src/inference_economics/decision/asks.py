"""What is asked for, from what a reader has at hand: tokens a day, people, a usage export, or a trace of requests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..quantities.checks import require, require_positive
from ..quantities.limits import SECONDS_PER_HOUR, checked
from ..quantities.numeric import Numeric
from ..quantities.units import SECONDS_PER_DAY
from ..serving.simulation.requests import Requests
from .plan import Need
from .usage import Usage


@dataclass(frozen=True)
class Quality:
    """A class of models that would do, by size; no benchmark ranks them here.

    title : name for readers.
    models, apis : slugs of open weights, and of price lists, of about that class.
    """

    title: str
    models: tuple[str, ...]
    apis: tuple[str, ...]


# Grouped by size and price, as an assumption: which of them answers your prompts well enough, only your own tests say.
QUALITIES: dict[str, Quality] = {
    "small": Quality("short tasks: sort, extract, rewrite", ("llama-3.1-8b", "qwen3-8b", "gpt-oss-20b"),
                     ("gpt-5.6-luna", "gemini-3.5-flash-lite", "deepseek-flash")),
    "medium": Quality("chat, search, summaries", ("llama-3.1-70b", "qwen3-32b", "gpt-oss-120b"),
                      ("claude-4.5-haiku", "gpt-5.6-terra", "deepseek-flash")),
    "large": Quality("code, agents, long reasoning", ("deepseek-v3", "qwen3-235b-a22b", "kimi-k2", "minimax-m2.5"),
                     ("claude-sonnet-5", "gpt-5.6-sol", "deepseek-v4-pro"))}


@checked
def of_tokens(tokens_per_day: Numeric, prompt_tok: Numeric, output_tok: Numeric) -> Need:
    """Return the need of so many tokens a day.

    Parameters
    ----------
    tokens_per_day : numeric
        Read and written together. [token/day]
    prompt_tok, output_tok : numeric
        Mean tokens of a request and of its answer. [token]

    Returns
    -------
    Need
        Everything else as by default.
    """
    return Need(tokens_per_day / (prompt_tok + output_tok), prompt_tok, output_tok)


@checked
def of_people(users: Numeric, queries_per_day: Numeric, prompt_tok: Numeric, output_tok: Numeric) -> Need:
    """Return the need of people who ask.

    Parameters
    ----------
    users, queries_per_day : numeric
        People, and prompts of one of them on one day. [1], [1/day]
    prompt_tok, output_tok : numeric
        Mean tokens of a request and of its answer. [token]

    Returns
    -------
    Need
    """
    return Need(users * queries_per_day, prompt_tok, output_tok)


def of_usage(usage: Usage, requests: float | None = None) -> Need:
    """Return the need that a usage export shows.

    Parameters
    ----------
    usage : Usage
        From `usage.read_usage`.
    requests : float, optional
        Requests in all, where the export does not count them. [1]

    Returns
    -------
    Need
        With the busiest day over the mean day as the peak, at least 2: an export by day does not show the hours.
        What an API's cache gave back says nothing of a cache on machines: their own share is 0, see `with_caches`.

    Raises
    ------
    ValueError
        Where nobody counts the requests, or they are none.
    """
    counted = usage.requests if requests is None else requests
    if not np.isfinite(counted):
        raise ValueError("the export does not count requests; give their number over the same days.")
    require_positive(requests=counted)
    return of_totals(counted, *(getattr(usage, name) for name in TOTALS))


TOTALS = ("days", "input_tok", "cached_tok", "written_tok", "output_tok", "thinking_tok", "batch_tok", "peak_day_tok")


@checked(output_tok="[0, 1e22]", batch_tok="[0, 1e22]")
def of_totals(requests: Numeric, days: Numeric, input_tok: Numeric, cached_tok: Numeric, written_tok: Numeric,
              output_tok: Numeric, thinking_tok: Numeric, batch_tok: Numeric, peak_day_tok: Numeric) -> Need:
    """Return the need that totals of a usage export show, in arithmetic that a page can run.

    Parameters
    ----------
    requests : numeric
        In all. [1]
    days, input_tok, cached_tok, written_tok, output_tok, thinking_tok, batch_tok, peak_day_tok : numeric
        As in `usage.Usage`: of all requests together. [day], [token]

    Returns
    -------
    Need
        Its own machines find nothing in a cache; see `with_caches`.
    """
    whole, both = np.maximum(input_tok, 1e-300), input_tok + output_tok
    return Need(requests / days, input_tok / requests, (output_tok - thinking_tok) / requests, thinking_tok / requests,
                cached_tok / whole, written_tok / whole, 0.0, batch_tok / both,
                peak_to_mean=np.maximum(peak_day_tok * days / both, 2.0))


class Shape(NamedTuple):
    """How requests of a trace come, and how long they are.

    need : prompts of a day, mean lengths, and the busiest hour over the mean.
    arrival_cv, length_cv : standard deviation over mean of the gaps, and of the answers' lengths. [1]
    prompt_p95_tok, output_p95_tok : lengths that one in twenty exceeds. [token]
    """

    need: Need
    arrival_cv: float
    length_cv: float
    prompt_p95_tok: float
    output_p95_tok: float


def of_trace(requests: Requests) -> Shape:
    """Return what a trace of requests asks for, if every day were like it.

    Parameters
    ----------
    requests : Requests
        Of an open process, from `serving.simulation.traces.read` or `trace`.

    Returns
    -------
    Shape
        Its peak is the busiest whole hour over the mean where the trace has three hours or more, else 2.

    Raises
    ------
    ValueError
        For fewer than ten requests, or all at one moment.
    """
    require(10, np.inf, hint="a mean of fewer says nothing.", requests=len(requests))
    span_s = float(requests.arrival_s[-1] - requests.arrival_s[0])
    require_positive(hint="all requests come at one moment.", span_s=span_s)
    gaps, hours = np.diff(requests.arrival_s), int(span_s // SECONDS_PER_HOUR)
    peak = 2.0
    if hours >= 3:
        at = np.floor((requests.arrival_s - requests.arrival_s[0]) / SECONDS_PER_HOUR)
        counts = np.bincount(at[at < hours].astype(int), minlength=hours)
        peak = max(float(counts.max() / counts.mean()), 1.0)
    need = Need(requests.request_per_s * SECONDS_PER_DAY, float(np.mean(requests.prompt_tok)),
                float(np.mean(requests.output_tok)), peak_to_mean=peak)
    return Shape(need, float(np.std(gaps) / np.mean(gaps)),
                 float(np.std(requests.output_tok) / np.mean(requests.output_tok)),
                 float(np.quantile(requests.prompt_tok, 0.95)), float(np.quantile(requests.output_tok, 0.95)))


@checked
def with_caches(need: Need, cached_fraction: Numeric, written_fraction: Numeric = 0.0) -> Need:
    """Return a need whose prompts begin as earlier ones did, at an API and on machines of one's own alike.

    Parameters
    ----------
    need : Need
        What is asked for.
    cached_fraction, written_fraction : numeric
        As in `Need`; see `contracts.cache_shares`. [1]

    Returns
    -------
    Need
    """
    return replace(need, cached_fraction=cached_fraction, written_fraction=written_fraction,
                   own_cached_fraction=cached_fraction)
