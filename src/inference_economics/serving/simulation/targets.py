"""What a service promises: limits on latency, and the share of requests that must keep within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...quantities.checks import require_one


@dataclass(frozen=True)
class Targets:
    """Limits that a share of the requests must all meet.

    Parameters
    ----------
    ttft_limit_s, tpot_limit_s : float
        Longest time to the first token, and mean time per further token; infinity for none. [s]
    wait_limit_s : float
        Longest time from sending to admission, less the fixed delay before the engine sees a request. [s]
    share : float
        Share of the requests that must meet all of them; 0.99 asks for the 99th percentile. [1]
    """

    ttft_limit_s: float = np.inf
    tpot_limit_s: float = np.inf
    wait_limit_s: float = np.inf
    share: float = 0.99

    def __post_init__(self) -> None:
        """Refuse limits that nothing can meet, and shares that are none."""
        require_one(0, np.inf, open_low=True, ttft_limit_s=self.ttft_limit_s, tpot_limit_s=self.tpot_limit_s)
        require_one(0, np.inf, wait_limit_s=self.wait_limit_s)
        require_one(0, 1, open_low=True, share=self.share)
