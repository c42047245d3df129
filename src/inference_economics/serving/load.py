"""A load, and a service under it: the arguments checked, then the step's formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..hardware.accelerators import Accelerator
from ..models.spec import Model
from ..quantities.checks import is_traced, require_whole
from ..quantities.limits import check
from ..quantities.numeric import Numeric
from .formats import Formats
from .layout import Layout
from .setups import Setup, setup
from .step import IDEAL, Constants, Serving, joined, serve, serving_floor_s

PROMPT_TOK, OUTPUT_TOK = 1024.0, 1024.0  # where nobody says


@dataclass(frozen=True)
class Load:
    """What is asked of a service.

    Parameters
    ----------
    concurrency : numeric
        Requests in flight, running or waiting. [1]
    prompt_tok, output_tok : numeric
        Mean lengths of prompts and answers. [token]

    Raises
    ------
    ValueError
        When one is no number, or outside its limits.
    """

    concurrency: Numeric = 1.0
    prompt_tok: Numeric = PROMPT_TOK
    output_tok: Numeric = OUTPUT_TOK

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, and turn lists into arrays."""
        check(concurrency=self.concurrency, prompt_tok=self.prompt_tok, output_tok=self.output_tok)
        for name in ("concurrency", "prompt_tok", "output_tok"):
            value = getattr(self, name)
            if not is_traced(value):
                object.__setattr__(self, name, np.asarray(value, dtype=float)[()])

    def __iter__(self) -> Iterator[Numeric]:
        """Yield the three numbers, in the order in which `step.serve` takes them."""
        return iter((self.concurrency, self.prompt_tok, self.output_tok))

    @property
    def context_tok(self) -> Numeric:
        """Tokens of a whole sequence [token]."""
        return self.prompt_tok + self.output_tok

    @property
    def __traced__(self) -> bool:
        """Whether one of them is known only in the browser."""
        return any(map(is_traced, self))


def check_joined(s: Setup, n_chips: Numeric, name: str = "tp") -> None:
    """Raise `ValueError` where no link joins the chips.

    Parameters
    ----------
    s : Setup
        Model and chip.
    n_chips : numeric
        Chips that share one copy. [1]
    name : str
        What the caller's user calls them.
    """
    reach = np.maximum(s.link_chips, s.far_link_chips)
    if is_traced(n_chips) or is_traced(reach) or np.all(joined(s, np.asarray(n_chips, dtype=float))):
        return
    asked = f"{np.max(n_chips):g}"
    if np.min(reach) <= 1:
        raise ValueError(f"{name}={asked}, but the catalogue has no link bandwidth for this accelerator; "
                         f"use {name}=1 or give link_bytes_per_s.")
    raise ValueError(f"{name}={asked}: the links of this accelerator join at most {np.min(reach):g} chips; use fewer "
                     "or give link_bytes_per_s.")


def _check_load(s: Setup, concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric, tp: Numeric,
                attention_dp: Numeric) -> None:
    check(concurrency=concurrency, prompt_tok=prompt_tok, output_tok=output_tok, tp=tp)
    require_whole(tp=tp, attention_dp=attention_dp)
    Layout.of(tp, attention_dp)
    check_joined(s, tp)


def _evaluate(s: Setup, c: Constants, concurrency: Numeric, prompt_tok: Numeric, output_tok: Numeric, tp: Numeric,
              attention_dp: Numeric) -> Serving:
    return serve(s, c, concurrency, prompt_tok, output_tok, layout=Layout.of(tp, attention_dp))


def floor_s(model: Model | str, accelerator: Accelerator | str, *, precision: str | Formats = "fp8",
            concurrency: Numeric = 1.0, prompt_tok: Numeric = PROMPT_TOK, output_tok: Numeric = OUTPUT_TOK,
            tp: Numeric = 1.0, attention_dp: Numeric = 1.0, bytes_per_value: float | None = None,
            link_bytes_per_s: float | None = None) -> Numeric:
    """Time per output token that no machine of this kind beats: reading and all arithmetic overlap perfectly.

    Parameters
    ----------
    model, accelerator, precision, concurrency, prompt_tok, output_tok, tp, attention_dp
        As in `calibration.bound_tpot_s`.
    bytes_per_value, link_bytes_per_s : float, optional
        As in `setup`.

    Returns
    -------
    numeric
        The slower of reading weights and cache, and of all arithmetic of decode and prefill at the full peak. [s]
    """
    s = setup(model, accelerator, precision, bytes_per_value, link_bytes_per_s)
    _check_load(s, concurrency, prompt_tok, output_tok, tp, attention_dp)
    return serving_floor_s(s, IDEAL, concurrency, prompt_tok, output_tok, layout=Layout.of(tp, attention_dp))


def load_of(arguments: dict[str, Any]) -> Load:
    """Take the three numbers of a load out of keyword arguments, with what stands for those not given."""
    return Load(**{name: arguments[name] for name in ("concurrency", "prompt_tok", "output_tok") if name in arguments})
