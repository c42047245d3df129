"""A benchmark's two numbers, throughput with latency targets and without, and what was published of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from ... import catalog
from ...quantities.checks import lookup, require_one
from ...quantities.limits import check_records
from .. import calibration
from ..deployment import Deployment
from ..load import Load
from ..unpacked import chip_of
from .fleet import simulate
from .requests import Lengths, burst, process
from .service import Policy, Service, calibrated_service
from .study import highest_rate
from .targets import Targets


class Server(NamedTuple):
    """Throughput under latency targets, beside throughput without.

    Parameters
    ----------
    request_per_s : float
        Highest rate of Poisson arrivals that meets the targets. [1/s]
    server_tok_per_s, offline_tok_per_s : float
        Output tokens at that rate, and when all requests are there from the start. [token/s]
    """

    request_per_s: float
    server_tok_per_s: float
    offline_tok_per_s: float

    @property
    def ratio(self) -> float:
        """Server over offline [1]."""
        return self.server_tok_per_s / self.offline_tok_per_s


class PublishedRatio(NamedTuple):
    """Server throughput over offline, as published and as simulated.

    Parameters
    ----------
    round, chip, precision : str
        Round of the benchmark, chip and format.
    n_chips, tp : int
        Chips of the system, and of one replica in the simulation. [1]
    published, simulated : float
        The ratio. [1]
    """

    round: str
    chip: str
    precision: str
    n_chips: int
    tp: int
    published: float
    simulated: float


def server_against_offline(service: Service, lengths: Lengths, targets: Targets, policy: Policy | None = None, *,
                           duration_s: float = 600.0, seed: int = 0) -> Server:
    """The two numbers of a benchmark: throughput with and without latency targets.

    Parameters
    ----------
    service, policy
        As in `simulate`.
    lengths : Lengths
        Of prompts and answers.
    targets : Targets
        What is promised; MLPerf's limits are 99th percentiles.
    duration_s : float
        About how long each run lasts; MLPerf asks for 600 at least. [s]
    seed : int
        Equal seeds give equal requests.

    Returns
    -------
    Server
        Both throughputs count from the first request to the last token, as the benchmark does.
    """
    require_one(0, np.inf, open_low=True, open_high=True, duration_s=duration_s)
    check_records(targets=(targets, Targets))
    few = simulate(burst(2048, lengths, seed=seed), service, policy)
    count = max(int(2048 * duration_s / few.duration_s), 256)
    offline = simulate(burst(count, lengths, seed=seed), service, policy)
    requests = process(count / offline.duration_s, count, lengths, seed=seed)
    rate = highest_rate(requests, service, targets, policy)
    if not rate:
        return Server(0.0, 0.0, offline.output_tok_per_s)
    served = simulate(requests.faster(rate / requests.request_per_s), service, policy)
    return Server(float(rate), served.output_tok_per_s, offline.output_tok_per_s)


def mlperf_ratios(model: str = "llama-2-70b", *, prompt_tok: float = 300, engine: str = "trtllm",
                  scenario: str = "Server", rounds: Collection[str] = ("v5.1", "v6.0"),
                  chips: Collection[str] | None = None, duration_s: float = 600.0) -> list[PublishedRatio]:
    """MLPerf's server results over its offline results, beside the simulator's.

    One replica stands for the system: the ratio, unlike the throughput, hardly depends on their number.

    Parameters
    ----------
    model : str
        One whose mean answer the catalogue's rules of the benchmark give.
    prompt_tok : float
        Mean prompt: an assumption, as the rules do not give it. Lengths vary as in conversations, with a standard
        deviation of 0.8 of the mean for prompts and 0.7 for answers. [token]
    engine : str
        As in `calibration.constants`.
    scenario : str
        ``Server`` or ``Interactive``.
    rounds : sequence of str
        Rounds of the benchmark.
    chips : sequence of str, optional
        Chips; all that the constants were fitted to unless given.
    duration_s : float
        As in `server_against_offline`. [s]

    Returns
    -------
    list of PublishedRatio
        One per round, fitted chip and count with both results; one simulation serves all counts.
    """
    rules = {row[:2]: row[2:] for row in map(tuple, catalog.published("mlperf-rules").rows)}
    ttft_limit_s, tpot_limit_s, output_tok = lookup("model and scenario", (model, scenario), rules)
    if not np.isfinite(output_tok):
        raise ValueError(f"the catalogue has no mean answer for {model!r}.")
    held = dict.fromkeys(row["round"] for row in catalog.published("mlperf").records())
    rounds = [one for one in np.atleast_1d(np.asarray(rounds, dtype=object)) if lookup("round", one, held) is None]
    fitted = (list(chain(*calibration.GENERATIONS.values())) if chips is None else
              [chip_of(one).name for one in np.atleast_1d(np.asarray(chips, dtype=object))])
    results = {}
    for round_, name, kind, chip, n_chips, precision, tok_per_s, _ in catalog.published("mlperf").rows:
        if name == model and round_ in rounds and chip in fitted:
            results[round_, kind, chip, n_chips, precision] = tok_per_s
    lengths, simulated, rows = Lengths(prompt_tok, output_tok, 0.8, 0.7), {}, []
    for (round_, kind, chip, n_chips, precision), tok_per_s in results.items():
        offline = results.get((round_, "Offline", chip, n_chips, precision))
        if kind != scenario or offline is None:
            continue
        if (chip, precision) not in simulated:
            tp = _best_tp(Deployment(model, chip, 1, precision, engine), Load(1024, prompt_tok, output_tok))
            service = calibrated_service(Deployment(model, chip, tp, precision, engine),
                                         context_tok=prompt_tok + output_tok)
            simulated[chip, precision] = tp, server_against_offline(
                service, lengths, Targets(ttft_limit_s, tpot_limit_s), duration_s=duration_s).ratio
        tp, ratio = simulated[chip, precision]
        rows.append(PublishedRatio(round_, chip, precision, n_chips, tp, tok_per_s / offline, ratio))
    return rows


def _best_tp(deployment: Deployment, load: Load) -> int:
    """Return the chips per replica with the highest offline throughput per chip."""
    return max((1, 2, 4, 8), key=lambda tp: float(replace(deployment, layout=tp).serve(load).output_tok_per_s) / tp)
