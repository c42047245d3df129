"""What arrives: requests with their lengths and times, from a process or a trace.

Open processes send whatever happens to the service. A closed loop has a fixed number of users, each of whom sends the
next request when the last is answered: it can never overload a service, which is why benchmarks that use one look calm.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...quantities.checks import number, require, require_non_negative, require_one, require_whole, shown, whole
from ...quantities.limits import check_records

MOST_TOK = 2**53  # up to which every whole number is a float64, and two are far from int64's end
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Lengths:
    """Lengths of prompts and answers, gamma-distributed and rounded to whole tokens, at least one.

    A mean of a few tokens that vary widely comes out higher for it: 2.2 where 2 is asked for with a variation of 1.

    Parameters
    ----------
    prompt_tok, output_tok : float
        Means. [token]
    prompt_cv, output_cv : float
        Standard deviation over mean: 0 for equal lengths, 1 for exponential ones. [1]
    """

    prompt_tok: float = 1024
    output_tok: float = 256
    prompt_cv: float = 0.0
    output_cv: float = 0.0

    def __post_init__(self) -> None:
        require_one(1, 1e7, prompt_tok=self.prompt_tok, output_tok=self.output_tok)
        require_one(0, 20, prompt_cv=self.prompt_cv, output_cv=self.output_cv)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw lengths.

        Parameters
        ----------
        count : int
            How many requests. [1]
        rng : numpy.random.Generator
            Source of chance.

        Returns
        -------
        tuple of array
            Tokens of prompts and of answers, at least 1 each. [token]
        """
        return tuple(np.maximum(np.rint(_gamma(mean, cv, count, rng)), 1).astype(np.int64) for mean, cv in
                     ((self.prompt_tok, self.prompt_cv), (self.output_tok, self.output_cv)))


def _gamma(mean: float, cv: float, count: int, rng: np.random.Generator) -> np.ndarray:
    # less variation than float64 resolves is none, and its square may be 0
    return rng.gamma(1 / cv**2, mean * cv**2, count) if cv > EPS else np.full(count, float(mean))


def _rng(lengths: Lengths, seed: int) -> np.random.Generator:
    """Return the source of chance, once what the lengths and the seed are is known."""
    check_records(lengths=(lengths, Lengths))
    return np.random.default_rng(whole(low=0, seed=seed))


def _whole(name: str, values: Any, low: int) -> np.ndarray:
    require_whole(low=low, **{name: values})
    require(low, MOST_TOK, hint="sums would overflow.", **{name: values})
    return np.asarray(values).astype(np.int64)


def _named(prefix_blocks: Any) -> tuple[tuple[Hashable, ...], ...]:
    """Return the names of blocks as tuples, or raise `ValueError` where they are no names, or one for all."""
    rows: list[tuple[Hashable, ...]] = []
    for names in prefix_blocks if _lists(prefix_blocks) else [prefix_blocks]:
        row = tuple(names) if _lists(names) else (names,)
        try:
            hash(row)
            good = _lists(names)
        except TypeError:
            good = False
        if not good:
            raise ValueError(f"prefix_blocks names {shown(names)} for request {len(rows)}; give one tuple per request, "
                             "with a name (a number or a text) for each block.")
        rows.append(row)
    return tuple(rows)


def _lists(value: Any) -> bool:
    return np.iterable(value) and not isinstance(value, (str, bytes))


@dataclass(frozen=True, eq=False)
class Requests:
    """Requests in order of arrival.

    Parameters
    ----------
    arrival_s : array
        When each is sent, not falling. Of a closed loop, only the first `users` count. [s]
    prompt_tok, output_tok : array
        Lengths, at least 1. [token]
    priority : array, optional
        Whole numbers; the lowest goes first. Equal unless given. [1]
    prefix_blocks : sequence of tuple, optional
        For each request, a name for each block of its prompt, such that equal leading names mean equal leading
        tokens. A last block that the prompt does not fill may be named, but cannot be shared.
    prefix_block_tok : int
        Length of such a block. [token]
    users : int
        0 for an open process; else a closed loop of so many, who take the requests in order. [1]
    think_s : float
        What passes in a closed loop between an answer and the user's next request. [s]
    """

    arrival_s: np.ndarray
    prompt_tok: np.ndarray
    output_tok: np.ndarray
    priority: np.ndarray | None = None
    prefix_blocks: tuple[tuple[Hashable, ...], ...] | None = field(default=None, repr=False)
    prefix_block_tok: int = 512
    users: int = 0
    think_s: float = 0.0

    def __post_init__(self) -> None:
        arrival = np.atleast_1d(number("arrival_s", self.arrival_s))
        count = arrival.size
        require_non_negative(arrival_s=arrival)
        require_one(0, np.inf, open_high=True, think_s=self.think_s)
        object.__setattr__(self, "prefix_block_tok", whole(prefix_block_tok=self.prefix_block_tok))
        object.__setattr__(self, "users", whole(low=0, users=self.users))
        priority = np.zeros(count) if self.priority is None else np.asarray(self.priority)
        columns = {"prompt_tok": _whole("prompt_tok", self.prompt_tok, 1),
                   "output_tok": _whole("output_tok", self.output_tok, 1),
                   "priority": _whole("priority", priority, -2**31)}
        for name, values in columns.items():
            if values.shape != arrival.shape:
                raise ValueError(f"{name} has shape {values.shape}, arrival_s {arrival.shape}; give one per request.")
            object.__setattr__(self, name, values)
        object.__setattr__(self, "arrival_s", arrival)
        if not count:
            raise ValueError("there are no requests; give at least one.")
        if np.any(np.diff(arrival) < 0):
            raise ValueError(f"arrival_s falls after request {int(np.argmax(np.diff(arrival) < 0))}; sort the "
                             "requests.")
        if self.prefix_blocks is not None:
            object.__setattr__(self, "prefix_blocks", _named(self.prefix_blocks))
            self._check_prefixes(self.prefix_blocks)

    def _check_prefixes(self, prefix_blocks: tuple[tuple[Hashable, ...], ...]) -> None:
        if len(prefix_blocks) != len(self):
            raise ValueError(f"prefix_blocks names blocks of {len(prefix_blocks)} prompts of {len(self)}; "
                             "give one tuple per request, empty where nothing is shared.")
        named = np.fromiter(map(len, prefix_blocks), np.int64, len(self))
        if np.any(over := named > -(-self.prompt_tok // self.prefix_block_tok)):
            at = int(np.argmax(over))
            raise ValueError(f"request {at} names {named[at]} blocks of {self.prefix_block_tok} tokens, but its prompt "
                             f"has {self.prompt_tok[at]} tokens.")

    @property
    def rank(self) -> np.ndarray:
        """Whole numbers by which they are served, lowest first: `priority`, equal unless given."""
        return np.zeros(len(self), dtype=np.int64) if self.priority is None else self.priority

    def __len__(self) -> int:
        return self.arrival_s.size

    @property
    def request_per_s(self) -> float:
        """Mean rate of an open process [1/s]."""
        span = self.arrival_s[-1] - self.arrival_s[0]
        return (len(self) - 1) / span if span > 0 else np.inf

    def faster(self, factor: float) -> Requests:
        """Return the same requests, sent more densely.

        Parameters
        ----------
        factor : float
            By which the rate grows; below 1 it falls. [1]

        Returns
        -------
        Requests
        """
        require_one(0, np.inf, open_low=True, open_high=True, factor=factor)
        return replace(self, arrival_s=self.arrival_s / factor)

    def first(self, count: int) -> Requests:
        """Return the first requests.

        Parameters
        ----------
        count : int
            How many, at most all. [1]

        Returns
        -------
        Requests
        """
        count = whole(count=count)
        require(1, len(self), count=count)
        prefixes = None if self.prefix_blocks is None else self.prefix_blocks[:count]
        return replace(self, arrival_s=self.arrival_s[:count], prompt_tok=self.prompt_tok[:count],
                       output_tok=self.output_tok[:count], priority=self.rank[:count], prefix_blocks=prefixes)


def process(request_per_s: float, count: int, lengths: Lengths, *, cv: float = 1.0, seed: int = 0) -> Requests:
    """Requests of an open process with independent gamma-distributed gaps.

    Parameters
    ----------
    request_per_s : float
        Mean rate. [1/s]
    count : int
        How many requests. [1]
    lengths : Lengths
        Of prompts and answers.
    cv : float
        Standard deviation of a gap over its mean: 1 for Poisson arrivals, 0 for a clockwork, more for bursts. [1]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Requests
    """
    require_one(0, np.inf, open_low=True, open_high=True, request_per_s=request_per_s)
    require_one(0, 20, cv=cv)
    count, rng = whole(count=count), _rng(lengths, seed)
    gaps = _gamma(1 / request_per_s, cv, count, rng)
    return Requests(np.cumsum(gaps) - gaps[0], *lengths.draw(count, rng))


def changing(request_per_s: npt.ArrayLike, interval_s: float, lengths: Lengths, *, seed: int = 0) -> Requests:
    """Requests of a Poisson process whose rate changes from interval to interval, as over a day.

    Parameters
    ----------
    request_per_s : array
        Rate in each interval. [1/s]
    interval_s : float
        How long each lasts. [s]
    lengths : Lengths
        Of prompts and answers.
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Requests
        As many as come: about the mean rate times the whole time.
    """
    rates = np.atleast_1d(number("request_per_s", request_per_s))
    if rates.ndim > 1:
        raise ValueError(f"request_per_s={shown(request_per_s)} has {rates.ndim} axes; give one rate per interval.")
    require_non_negative(request_per_s=rates)
    require_one(0, np.inf, open_low=True, open_high=True, interval_s=interval_s)
    rng = _rng(lengths, seed)
    counts = rng.poisson(rates * interval_s)
    starts_s = np.repeat(np.arange(len(rates)) * interval_s, counts)
    arrival_s = np.sort(starts_s + rng.uniform(0, interval_s, len(starts_s)))
    return Requests(arrival_s, *lengths.draw(len(arrival_s), rng))


def burst(count: int, lengths: Lengths, *, seed: int = 0) -> Requests:
    """Requests that all arrive at once, as in an offline benchmark.

    Parameters
    ----------
    count : int
        How many. [1]
    lengths : Lengths
        Of prompts and answers.
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Requests
    """
    count, rng = whole(count=count), _rng(lengths, seed)
    return Requests(np.zeros(count), *lengths.draw(count, rng))


def closed_loop(users: int, count: int, lengths: Lengths, *, think_s: float = 0.0, seed: int = 0) -> Requests:
    """Requests of users who each wait for an answer before they send the next.

    Parameters
    ----------
    users, count : int
        Requests in flight or being thought of; requests in all, at least `users`. [1]
    lengths : Lengths
        Of prompts and answers.
    think_s : float
        What passes between an answer and the next request. [s]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Requests
    """
    users, count = whole(users=users), whole(count=count)
    require(users, np.inf, hint="a closed loop needs at least one request per user.", count=count)
    return replace(burst(count, lengths, seed=seed), users=users, think_s=think_s)
