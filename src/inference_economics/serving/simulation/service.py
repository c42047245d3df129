"""What serves: one replica's engine and memory, and the rules of a fleet of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...quantities.checks import lookup, require_one, whole
from ...quantities.limits import check_records, check_truths
from ..deployment import Deployment
from ..load import Load
from .steps import StepTime, step_time

ROUTERS = ("least-loaded", "round-robin", "prefix")
LARGE_CHIP_BYTES = 70 * 2**30
MOST_REPLICAS = 1_000_000  # each is held in memory
SHORTEST_LOOK_S = 1e-3  # a fleet that is looked at more often than steps end would only be looked at


@dataclass(frozen=True)
class Service:
    """One replica: what a step takes, and what its cache holds.

    Parameters
    ----------
    step_time : StepTime
        What a step takes.
    kv_blocks : int
        Blocks of cache. [1]
    block_tok : int
        Tokens of a block; vLLM's default. [token]
    token_budget : int
        Tokens of one step, decoded and prefilled together. The default is what vLLM's server takes on a chip with at
        least 70 GiB; on smaller ones 2048. [token]
    max_batch : int
        Sequences that run at once; the same default, on smaller chips 256. [1]
    n_chips : int
        Chips of the replica, for its price. [1]
    kv_bytes_per_tok : float
        Cache of one token, over all chips; needed to send it between pools. [B/token]

    References
    ----------
    .. [1] vllm-project/vllm, ``EngineArgs.get_batch_defaults`` in ``vllm/engine/arg_utils.py``.
    """

    step_time: StepTime
    kv_blocks: int
    block_tok: int = 16
    token_budget: int = 8192
    max_batch: int = 1024
    n_chips: int = 1
    kv_bytes_per_tok: float = 0.0

    def __post_init__(self) -> None:
        for name in ("kv_blocks", "block_tok", "token_budget", "max_batch", "n_chips"):
            # 16.0 and numpy's short whole numbers stand for a count; held, they would fail or overflow far from here
            object.__setattr__(self, name, whole(**{name: getattr(self, name)}))
        check_records(step_time=(self.step_time, StepTime))
        require_one(0, np.inf, open_high=True, kv_bytes_per_tok=self.kv_bytes_per_tok)
        if self.token_budget < self.max_batch:
            raise ValueError(f"token_budget={self.token_budget} is below max_batch={self.max_batch}: a step decodes "
                             "one token of every sequence. Raise the first or lower the second.")

    @property
    def kv_tok(self) -> int:
        """Tokens that the cache holds [token]."""
        return self.kv_blocks * self.block_tok


@dataclass(frozen=True)
class Autoscale:
    """A fleet that follows its load.

    Parameters
    ----------
    max_replicas : int
        Upper limit; `Policy.replicas` is the lower one, with which it starts. [1]
    target_in_flight : float
        Requests, waiting or running, that one replica should have. [1]
    cold_start_s : float
        From the order of a replica until it serves: machine, container, weights. It is paid for. [s]
    interval_s, cooldown_s : float
        How often the load is looked at, a millisecond at the least, and how long it must have been low before a
        replica is given up. A replica given up finishes what it has. [s]
    """

    max_replicas: int
    target_in_flight: float
    cold_start_s: float = 120.0
    interval_s: float = 15.0
    cooldown_s: float = 300.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "max_replicas", whole(max_replicas=self.max_replicas))
        require_one(1, MOST_REPLICAS, max_replicas=self.max_replicas)
        require_one(0, np.inf, open_low=True, open_high=True, target_in_flight=self.target_in_flight)
        require_one(SHORTEST_LOOK_S, np.inf, open_high=True, hint="give seconds.", interval_s=self.interval_s)
        require_one(0, np.inf, open_high=True, cold_start_s=self.cold_start_s, cooldown_s=self.cooldown_s)


@dataclass(frozen=True)
class Policy:
    """How replicas schedule, and how a fleet shares the work.

    Parameters
    ----------
    replicas : int
        Replicas that decode (and prefill, unless `prefill_replicas` do). [1]
    chunked : bool
        Prompts are cut so that a step holds at most the token budget, and decoding goes on beside them. Otherwise
        whole prompts stop decoding while they are prefilled.
    prefix_cache : bool
        Blocks of prompts stay in the cache after an answer, the least recently used going first.
    router : str
        ``least-loaded`` (fewest requests in flight), ``round-robin``, or ``prefix`` (fewest prompt tokens to prefill,
        the replica's queue and what its cache lacks of this prompt together).
    prefill_replicas : int
        Replicas that only prefill and send the cache on; 0 for none. [1]
    transfer_bytes_per_s : float
        What one request's cache is sent with. [B/s]
    reserve_fraction : float
        Share of the blocks that admission leaves free for sequences that grow. [1]
    autoscale : Autoscale, optional
        A fixed fleet without.

    Notes
    -----
    Within a replica, requests are admitted in order of priority, then of arrival, when their whole prompt has room.
    Where a sequence that decodes finds no free block, the request last in that order loses its own and starts again
    with prompt and answer so far as its prompt ("recompute" in vLLM). A waiting request preempts nobody.
    """

    replicas: int = 1
    chunked: bool = True
    prefix_cache: bool = False
    router: str = "least-loaded"
    prefill_replicas: int = 0
    transfer_bytes_per_s: float = np.inf
    reserve_fraction: float = 0.01
    autoscale: Autoscale | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "replicas", whole(replicas=self.replicas))
        object.__setattr__(self, "prefill_replicas", whole(low=0, prefill_replicas=self.prefill_replicas))
        require_one(0, MOST_REPLICAS, replicas=self.replicas, prefill_replicas=self.prefill_replicas)
        check_truths(chunked=self.chunked, prefix_cache=self.prefix_cache)
        require_one(0, np.inf, open_low=True, transfer_bytes_per_s=self.transfer_bytes_per_s)
        require_one(0, 1, hint="give a fraction, not a percentage.", reserve_fraction=self.reserve_fraction)
        lookup("router", self.router, dict.fromkeys(ROUTERS))
        if self.autoscale is None:
            return
        check_records(autoscale=(self.autoscale, Autoscale))
        if self.prefill_replicas:
            raise ValueError("autoscale works on one pool; give prefill_replicas=0 or a fixed fleet.")
        if self.autoscale.max_replicas < self.replicas:
            raise ValueError(f"max_replicas={self.autoscale.max_replicas} is below replicas={self.replicas}, with "
                             "which the fleet starts.")


def calibrated_service(deployment: Deployment, *, context_tok: float = 2048, block_tok: int = 16,
                       token_budget: int | None = None, max_batch: int | None = None) -> Service:
    """A replica of the fitted serving model.

    Parameters
    ----------
    deployment : Deployment
        A model on machines, cut and stored in some way, under some engine.
    context_tok : float
        Length of sequence at which the cache is cut into blocks. It matters where some layers keep a window or a fixed
        state: a token of a long sequence then takes less. [token]
    block_tok, token_budget, max_batch : int, optional
        As in `Service`; the latter two as vLLM's server would choose for the chip. [token], [token], [1]

    Returns
    -------
    Service

    Raises
    ------
    ValueError
        For a deployment that no link joins, that leaves no room for a cache, or that runs as a pipeline.
    """
    require_one(0, np.inf, open_low=True, open_high=True, context_tok=context_tok)
    block_tok = whole(block_tok=block_tok)
    check_records(deployment=(deployment, Deployment))
    deployment.check()
    s, n_chips = deployment.setup, int(np.asarray(deployment.n_chips))
    held_tok = float(deployment.capacity(Load(1, context_tok / 2, context_tok / 2))) * context_tok
    if held_tok < block_tok:
        names = [getattr(one, "name", one) for one in (deployment.model, deployment.chip)]
        raise ValueError(f"{names[0]!r} leaves no room for a cache on {n_chips} × {names[1]!r}; use more chips or "
                         "fewer bits.")
    budget, sequences = (8192, 1024) if s.hbm_bytes >= LARGE_CHIP_BYTES else (2048, 256)
    return Service(
        step_time(deployment), kv_blocks=int(held_tok // block_tok), block_tok=block_tok,
        token_budget=budget if token_budget is None else token_budget,
        max_batch=sequences if max_batch is None else max_batch,
        n_chips=n_chips, kv_bytes_per_tok=float(deployment.cache_bytes(context_tok)) / context_tok)
