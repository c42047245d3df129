"""A fleet that follows its load: when replicas are ordered, and when they are given up."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, inf
from operator import attrgetter
from typing import Protocol

from .replica import Replica
from .service import Autoscale, Policy

_IN_FLIGHT = attrgetter("in_flight")


class Fleet(Protocol):
    """What a scaler needs of the fleet that it watches and changes."""

    policy: Policy
    pool: list[Replica]
    since: dict[int, float]
    sizes: list[tuple[float, int]]

    def at(self, time_s: float, action: Callable[[float], None]) -> None:
        """Call ``action(time_s)`` when the clock gets there."""

    def order(self, now: float) -> Replica:
        """Make a replica, and pay for it from now on."""

    def retire(self, replica: Replica, now: float) -> None:
        """Stop paying for a replica."""


class Scaler:
    """Orders replicas when the load per replica is high, and gives them up when it has been low for a while.

    Parameters
    ----------
    fleet : Fleet
        What it watches and changes.
    rule : Autoscale
        When.
    start_s : float
        When the run begins. [s]
    """

    def __init__(self, fleet: Fleet, rule: Autoscale, start_s: float) -> None:
        self.fleet, self.rule = fleet, rule
        self.coming = 0
        self.leaving: dict[int, Replica] = {}
        self.low_since = inf
        fleet.at(start_s + rule.interval_s, self.look)

    def look(self, now: float) -> None:
        """Compare the fleet with its load."""
        fleet, rule = self.fleet, self.rule
        load = sum(replica.in_flight for replica in fleet.pool)
        wanted = min(max(ceil(load / rule.target_in_flight), fleet.policy.replicas), rule.max_replicas)
        have = len(fleet.pool) + self.coming
        if wanted >= have:
            self.low_since = inf
        else:
            self.low_since = min(self.low_since, now)
        for _ in range(wanted - have):
            self._order(now)
        if wanted < have and now - self.low_since >= rule.cooldown_s:
            self._give_up(have - wanted, now)
        fleet.at(now + rule.interval_s, self.look)

    def _order(self, now: float) -> None:
        fleet = self.fleet
        if self.leaving:  # one that still drains is back at once
            _, replica = self.leaving.popitem()
            fleet.pool.append(replica)
            return
        replica = fleet.order(now)
        self.coming += 1
        self._size(now)
        fleet.at(now + self.rule.cold_start_s, lambda _: self._ready(replica))

    def _ready(self, replica: Replica) -> None:
        self.coming -= 1
        self.fleet.pool.append(replica)

    def _give_up(self, number: int, now: float) -> None:
        pool = self.fleet.pool
        for _ in range(min(number, len(pool) - self.fleet.policy.replicas)):
            replica = min(reversed(pool), key=_IN_FLIGHT)
            pool.remove(replica)
            self.leaving[replica.index] = replica
            self.drained(replica, now)

    def drained(self, replica: Replica, now: float) -> None:
        """Retire a replica that was given up, once it is empty."""
        if replica.index in self.leaving and not replica.in_flight:
            del self.leaving[replica.index]
            self.fleet.retire(replica, now)
            self._size(now)

    def _size(self, now: float) -> None:
        self.fleet.sizes.append((now, len(self.fleet.since)))
