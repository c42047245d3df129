"""Questions that take many runs: how much a replica can bear, and how many a target needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...quantities.checks import require_one, whole
from ...quantities.limits import check_records
from .fleet import simulate
from .requests import Requests
from .service import Policy, Service
from .targets import Targets

FACTOR_LIMIT = 2.0**20  # by which a rate is raised or lowered in search of a limit


def replicas_for(requests: Requests, service: Service, targets: Targets, policy: Policy | None = None, *,
                 warm_up_s: float = 0.0, guess: int = 1, most: int = 1024) -> int:
    """Replicas with which enough requests meet their targets.

    Parameters
    ----------
    requests, service, policy
        As in `simulate`; the policy's own number of replicas is not used.
    targets : Targets
        What is promised.
    warm_up_s : float
        Requests before this time fill the fleet and are not judged. [s]
    guess : int
        Where to begin: a good guess saves runs, and does not change the answer. [1]
    most : int
        Where to give up. [1]

    Returns
    -------
    int
        The fewest, found by doubling and halving: more replicas are taken never to do worse.

    Raises
    ------
    ValueError
        If `most` replicas do not suffice.
    """
    most, guess, policy = whole(most=most), whole(guess=guess), Policy() if policy is None else policy
    check_records(requests=(requests, Requests), targets=(targets, Targets), policy=(policy, Policy))
    require_one(0, np.inf, open_high=True, warm_up_s=warm_up_s)
    # the last to come: a closed loop's may come later than it says
    if not requests.users and warm_up_s > requests.arrival_s[-1]:
        raise ValueError(f"warm_up_s={warm_up_s:g}, but the last request comes after {requests.arrival_s[-1]:g} s: "
                         "none is left to judge. Give a shorter warm-up, or more requests.")

    def enough(count: int) -> bool:
        result = simulate(requests, service, replace(policy, replicas=count, autoscale=None))
        return bool(np.mean(result.met(targets)[result.after(warm_up_s)]) >= targets.share)

    low, high = 0, min(guess, most)
    while not enough(high):
        if high >= most:
            raise ValueError(f"{most} replicas do not meet the targets for {targets.share:.0%} of the requests; an "
                             "idle replica may already be too slow. Loosen a target, or raise most.")
        low, high = high, min(2 * high, most)
    # a guess that is enough leaves all below it open, and most likely what is just below
    step = 1
    while not low and high > 1 and enough(max(high - step, 1)):
        high, step = max(high - step, 1), 2 * step
    low = low or max(high - step, 0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def highest_rate(requests: Requests, service: Service, targets: Targets, policy: Policy | None = None, *,
                 tolerance: float = 0.01) -> float:
    """Rate at which enough requests still meet their targets.

    Parameters
    ----------
    requests : Requests
        Of an open process, at any rate; they are sent faster or more slowly as they are.
    service, policy
        As in `simulate`.
    targets : Targets
        What is promised.
    tolerance : float
        Of the answer, relative. [1]

    Returns
    -------
    float
        0 where not even single requests meet the targets. [1/s]
    """
    require_one(0, np.inf, open_low=True, open_high=True, tolerance=tolerance)
    check_records(requests=(requests, Requests), targets=(targets, Targets))
    if requests.users or not np.isfinite(requests.request_per_s):
        raise ValueError("highest_rate needs requests of an open process; see `process` and `trace`.")

    def enough(factor: float) -> bool:
        result = simulate(requests.faster(factor), service, policy)
        return bool(np.mean(result.met(targets)) >= targets.share)

    low = high = 1.0
    while enough(high):
        low, high = high, 2 * high
        if high > FACTOR_LIMIT:
            raise ValueError("the targets are met however fast requests come; give more requests, or targets.")
    while low == high or not enough(low):
        low, high = low / 2, low
        if low < 1 / FACTOR_LIMIT:
            return 0.0
    while high > low * (1 + tolerance):
        middle = (low + high) / 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low * requests.request_per_s
