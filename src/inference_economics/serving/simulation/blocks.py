"""The cache of one replica in blocks, counted rather than listed.

Sequences that decode take a block each time their length passes a multiple of `block_tok`. They all grow by one token
per step, so it is enough to know how many of them stand at each remainder: what any number of steps will take has a
closed form, and a jump over many steps costs as much as one.

Blocks of prompts that can be shared have names and users. A named block without users stays until its room is needed;
the least recently used goes first, and of one request the end of the prompt before its beginning.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from itertools import accumulate


class Blocks:
    """Blocks of one replica.

    Parameters
    ----------
    capacity : int
        Blocks in all. [1]
    block_tok : int
        Tokens of a block. [token]
    named_tok : int
        Tokens of a named block, a multiple of `block_tok`; 0 without a prefix cache. [token]
    """

    def __init__(self, capacity: int, block_tok: int, named_tok: int = 0) -> None:
        self.capacity, self.block_tok, self.named_tok = capacity, block_tok, named_tok
        self.per_name = named_tok // block_tok
        self.users: dict[Hashable, int] = {}  # name to the number of requests that hold it
        self.idle: OrderedDict[Hashable, None] = OrderedDict()  # names without users, least recently used first
        self.growing = 0  # sequences that decode
        self._fixed = 0  # private blocks, but for what the growing sequences have beyond their whole multiples
        self._at = [0] * block_tok  # growing sequences by (length − steps) mod block_tok

    # -- private blocks -----------------------------------------------------------------------------------------------

    def private(self, steps: int) -> int:
        """Return the private blocks when each growing sequence has made `steps` steps by the replica's clock."""
        whole, part = divmod(steps, self.block_tok)
        if not part:
            return self._fixed + self.growing * (whole + 1) - self._at[0]
        return self._fixed + self.growing * (whole + 1) + sum(self._at[self.block_tok - part + 1:])

    def room(self, steps: int) -> int:
        """Return the blocks that are free, or would be once idle ones are dropped."""
        return self.capacity - self.private(steps) - self.per_name * (len(self.users) - len(self.idle))

    def used(self, steps: int) -> int:
        """Return the blocks that hold something, idle ones included."""
        return self.private(steps) + self.per_name * len(self.users)

    def steps_that_fit(self, steps: int, wanted: int) -> int:
        """Return how many further steps, at most `wanted`, all growing sequences can make."""
        room = self.room(steps)
        if (wanted // self.block_tok + 1) * self.growing <= room:
            return wanted
        rounds, left = divmod(room, self.growing)
        # in each step those grow that stand at a multiple: their remainders fall by one from step to step
        first = -steps % self.block_tok
        order = self._at[first::-1] + self._at[:first:-1]
        return min(wanted, rounds * self.block_tok + bisect_right(list(accumulate(order)), left))

    def hold(self, tok: int) -> None:
        """Take the private blocks of a prompt that is about to be prefilled."""
        self._fixed += -(-tok // self.block_tok)

    def drop(self, tok: int) -> None:
        """Give back what `hold` took."""
        self._fixed -= -(-tok // self.block_tok)

    def grow(self, base: int) -> None:
        """Take the blocks of a sequence that decodes; `base` is its length less the replica's steps."""
        whole, part = divmod(base, self.block_tok)
        self._fixed += whole
        self._at[part] += 1
        self.growing += 1

    def stop(self, base: int) -> None:
        """Give back what `grow` and later steps took."""
        whole, part = divmod(base, self.block_tok)
        self._fixed -= whole
        self._at[part] -= 1
        self.growing -= 1

    # -- named blocks -------------------------------------------------------------------------------------------------

    def matched(self, names: Sequence[Hashable], most: int) -> tuple[int, int]:
        """Return how many leading names are in the cache, at most `most`, and how many of those are idle."""
        users, count, idle = self.users, 0, 0
        for name in names[:most]:
            holders = users.get(name)
            if holders is None:
                break
            count += 1
            idle += not holders
        return count, idle

    def share(self, names: Sequence[Hashable]) -> None:
        """Hold named blocks in place of private ones: those in the cache, and new ones that others may hold later."""
        users = self.users
        for name in names:
            holders = users.get(name, 0)
            if not holders:
                self.idle.pop(name, None)
            users[name] = holders + 1
        self._fixed -= self.per_name * len(names)

    def release(self, names: Sequence[Hashable]) -> None:
        """Stop holding named blocks; they stay in the cache while there is room."""
        for name in reversed(names):
            self.users[name] -= 1
            if not self.users[name]:
                self.idle[name] = None
        self._fixed += self.per_name * len(names)

    def evict(self, steps: int) -> None:
        """Drop idle blocks until what is used fits."""
        over = self.used(steps) - self.capacity
        while over > 0 and self.idle:
            name, _ = self.idle.popitem(last=False)
            del self.users[name]
            over -= self.per_name
