"""What is asked of a service."""

from __future__ import annotations

from dataclasses import dataclass

from ..quantities.checks import is_traced, lookup
from ..quantities.limits import checked_fields
from ..quantities.numeric import Numeric

# how requests come: 1 where every prompt is read before the first answer goes on
ARRIVALS = {"steady": 0.0, "burst": 1.0}


@dataclass(frozen=True)
class Load:
    """What is asked of a service.

    Parameters
    ----------
    concurrency : numeric
        Requests in flight, running or waiting. [1]
    prompt_tok, output_tok : numeric
        Mean lengths of prompts and answers. [token]
    arrival : str
        ``steady``: requests replace each other one by one. ``burst``: all arrive at once, and their prompts count in
        the time to first token, not per output token.

    Raises
    ------
    ValueError
        When one is no number, or outside its limits; for an arrival that is not known.
    """

    concurrency: Numeric = 1.0
    prompt_tok: Numeric = 1024.0
    output_tok: Numeric = 1024.0
    arrival: str = "steady"

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, and hold every number as float64."""
        checked_fields(self)
        lookup("arrival", self.arrival, ARRIVALS)

    @property
    def burst(self) -> float:
        """1 where all requests arrive at once, else 0."""
        return ARRIVALS[self.arrival]

    @property
    def context_tok(self) -> Numeric:
        """Tokens of a whole sequence [token]."""
        return self.prompt_tok + self.output_tok

    @property
    def __traced__(self) -> bool:
        """Whether one of its numbers is known only in the browser."""
        return any(map(is_traced, (self.concurrency, self.prompt_tok, self.output_tok)))
