"""What a simulation tells: latencies of every request, percentiles, goodput, use of the machines, dollars."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ...quantities.checks import require, require_one
from ...quantities.limits import SECONDS_PER_HOUR, check_records, check_truths
from ...quantities.numeric import Numeric
from .requests import Requests
from .targets import Targets

Times: TypeAlias = npt.NDArray[np.float64]
PHASES = ("prefill", "decode", "transfer")
EVENT = np.dtype([("request", "i8"), ("phase", "i1"), ("start_s", "f8"), ("end_s", "f8"), ("replica", "i4")])
STEPS = np.dtype([("replica", "i4"), ("start_s", "f8"), ("end_s", "f8"), ("count", "i8"), ("first_s", "f8"),
                  ("rise_s", "f8"), ("decoding", "i8"), ("blocks", "i8"), ("blocks_after", "i8")])
PERCENTILES = (50, 95, 99)
LATENCIES = ("ttft_s", "tpot_s", "gap_s", "wait_s")


@dataclass(frozen=True, eq=False)
class Result:
    """One simulated run. Arrays have one entry per request, in order of arrival.

    Parameters
    ----------
    requests : Requests
        What was asked.
    arrival_s, start_s, first_s, finish_s : array
        When each was sent, first admitted, gave its first token and its last. [s]
    gap_s : array
        Longest time between two tokens of each answer, 0 for one token. A transfer between pools counts, without the
        step that follows it. [s]
    cached_tok : array
        Prompt tokens found in the prefix cache on first admission. [token]
    preemptions : array
        How often each lost its blocks. [1]
    replica : array
        Where each finished. [1]
    duration_s : float
        From the first arrival to the last token. [s]
    replica_s, chip_s : float
        Time for which replicas, and their chips, are paid. [s]
    busy_s, decode_s, block_s : float
        Time in steps; its integral with the number of sequences that decode, and with the blocks in use. [s]
    kv_blocks : int
        Blocks of one replica that decodes. [1]
    delay_s : float
        Fixed delay before an engine sees a request. [s]
    events : array
        Rows of `EVENT` for a timeline: when each request was prefilled, decoded and transferred, where. A gap between
        its rows is time in a queue; a row that a preemption cuts short is followed by another prefill. Empty unless
        asked for. [s]
    steps : array
        Rows of `STEPS`, kept with `events`: one chunk, or several steps in a row of which each takes `rise_s` longer
        than the last; sequences that decode throughout; blocks in use at the start, and at the end before anything is
        freed. [s], [1]
    fleet : array
        Times, and the replicas in service or on order from then on. [s], [1]
    """

    requests: Requests
    arrival_s: Times
    start_s: Times
    first_s: Times
    finish_s: Times
    gap_s: Times
    cached_tok: np.ndarray
    preemptions: np.ndarray
    replica: np.ndarray
    duration_s: float
    replica_s: float
    chip_s: float
    busy_s: float
    decode_s: float
    block_s: float
    kv_blocks: int
    delay_s: float
    events: np.ndarray = field(repr=False)
    steps: np.ndarray = field(repr=False)
    fleet: np.ndarray = field(repr=False)

    # -- of each request ----------------------------------------------------------------------------------------------

    @property
    def ttft_s(self) -> Times:
        """Time to first token [s]."""
        return self.first_s - self.arrival_s

    @property
    def tpot_s(self) -> Times:
        """Mean time per further token; NaN for answers of one token, which have none [s]."""
        further = np.where(self.requests.output_tok > 1, self.requests.output_tok - 1.0, np.nan)
        return (self.finish_s - self.first_s) / further

    @property
    def wait_s(self) -> Times:
        """Time from sending until first admitted, less the fixed delay before the engine sees a request [s]."""
        return self.start_s - self.arrival_s - self.delay_s

    # -- of the run ---------------------------------------------------------------------------------------------------

    def percentile(self, name: str, percent: Numeric) -> Numeric:
        """Percentile over the requests.

        Parameters
        ----------
        name : str
            ``ttft_s``, ``tpot_s``, ``gap_s`` or ``wait_s``.
        percent : float or array
            0 to 100. [%]

        Returns
        -------
        float or array
            NaN where no request has such a time. [s]
        """
        if name not in LATENCIES:
            raise ValueError(f"name={name!r} is not one of {', '.join(LATENCIES)}.")
        require(0, 100, percent=percent)
        values = getattr(self, name)
        values = values[~np.isnan(values)]
        return np.percentile(values, percent) if values.size else np.full(np.shape(percent), np.nan)[()]

    def met(self, targets: Targets) -> npt.NDArray[np.bool_]:
        """Say which requests met all limits.

        Parameters
        ----------
        targets : Targets
            Their limits. An answer of one token has no time per further token.

        Returns
        -------
        array of bool
        """
        check_records(targets=(targets, Targets))
        in_time = (self.ttft_s <= targets.ttft_limit_s) & (self.wait_s <= targets.wait_limit_s)
        return in_time & ~(self.tpot_s > targets.tpot_limit_s)

    def goodput_per_s(self, targets: Targets) -> float:
        """Requests per second that met all limits.

        Parameters
        ----------
        targets : Targets
            Their limits.

        Returns
        -------
        float
            Over the whole run. [1/s]
        """
        return float(np.sum(self.met(targets)) / self.duration_s)

    @property
    def output_tok_per_s(self) -> float:
        """Output tokens of all replicas, over the whole run [token/s]."""
        return float(np.sum(self.requests.output_tok) / self.duration_s)

    @property
    def utilisation(self) -> float:
        """Time that replicas spend in steps, over the time for which they are paid [1]."""
        return self.busy_s / self.replica_s

    @property
    def mean_batch(self) -> float:
        """Sequences that decode, mean over the time in steps [1]."""
        return self.decode_s / self.busy_s

    @property
    def kv_utilisation(self) -> float:
        """Blocks in use, idle cached ones included, over all; mean over the time in steps [1]."""
        return self.block_s / (self.busy_s * self.kv_blocks)

    @property
    def cached_fraction(self) -> float:
        """Prompt tokens found in the prefix cache, over all prompt tokens [1]."""
        return float(np.sum(self.cached_tok) / np.sum(self.requests.prompt_tok))

    def usd_per_million_tok(self, price_usd_per_hour: float, *, output_only: bool = True) -> float:
        """What the replicas cost per token served.

        Parameters
        ----------
        price_usd_per_hour : float
            One chip for one hour. [USD/h]
        output_only : bool
            Whether the answers carry all cost; otherwise prompt tokens, cached or not, count too.

        Returns
        -------
        float
            [USD per million tokens]
        """
        require_one(0, np.inf, open_low=True, open_high=True, price_usd_per_hour=price_usd_per_hour)
        check_truths(output_only=output_only)
        tok = np.sum(self.requests.output_tok) + (0 if output_only else np.sum(self.requests.prompt_tok))
        return float(price_usd_per_hour / SECONDS_PER_HOUR * self.chip_s / (tok / 1e6))

    def after(self, start_s: float) -> npt.NDArray[np.bool_]:
        """Say which requests came after a warm-up.

        Parameters
        ----------
        start_s : float
            Its length. [s]

        Returns
        -------
        array of bool
        """
        require_one(0, np.inf, open_high=True, start_s=start_s)
        return self.arrival_s >= start_s

    def summary(self, targets: Targets | None = None, price_usd_per_hour: float | None = None) -> dict[str, float]:
        """The run in a score of numbers.

        Parameters
        ----------
        targets : Targets, optional
            For the goodput; no limits unless given.
        price_usd_per_hour : float, optional
            One chip for one hour. [USD/h]

        Returns
        -------
        dict
            By name, with the unit in the name.
        """
        targets = Targets() if targets is None else targets
        numbers = {f"{name.removesuffix('_s')}_p{percent}_s": float(self.percentile(name, percent))
                   for name in LATENCIES[:3] for percent in PERCENTILES}
        numbers |= {
            "goodput_per_s": self.goodput_per_s(targets),
            "met_fraction": float(np.mean(self.met(targets))),
            "output_tok_per_s": self.output_tok_per_s, "utilisation": self.utilisation,
            "mean_batch": self.mean_batch, "kv_utilisation": self.kv_utilisation,
            "cached_fraction": self.cached_fraction, "preemptions": float(np.sum(self.preemptions))}
        if price_usd_per_hour is not None:
            numbers["usd_per_million_output_tok"] = self.usd_per_million_tok(price_usd_per_hour)
        return numbers
