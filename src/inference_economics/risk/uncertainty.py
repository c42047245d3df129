"""Any result as an interval, and what it hinges on.

Give a formula some of its inputs as ranges. One vectorised call evaluates it on a seeded sample of all of them, and
once more with each range moved from end to end alone: the first gives the interval, the second the tornado.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..quantities.checks import lookup, require, require_whole
from ..quantities.mathematics import normal_ppf
from ..quantities.numeric import Numeric

_KINDS = ("triangular", "lognormal")


def _kept(value: float) -> float:
    """Return a number as a plain float, or as it is where it knows the row that it is from."""
    return value if hasattr(value, "provenance") else float(value)


@dataclass(frozen=True)
class Range:
    """An input that is not known exactly.

    low, mid, high : float
        In the unit of the input. Triangular: the least, the likeliest and the greatest value. Lognormal: three
        quantiles, with the median in the middle; the two sides may differ, which a plain lognormal does not allow.
    kind : str
        ``triangular`` or ``lognormal``; the latter for quantities known to within a factor.
    coverage : float
        For a lognormal, the probability between `low` and `high`. [1]
    """

    low: float
    mid: float
    high: float
    kind: str = "triangular"
    coverage: float = 0.9

    def __post_init__(self) -> None:
        """Refuse a range out of order."""
        lookup("kind of range", self.kind, dict.fromkeys(_KINDS))
        lowest = np.finfo(float).tiny if self.kind == "lognormal" else -1e300
        hint = "a lognormal needs values above zero." if self.kind == "lognormal" else "give a number."
        require(lowest, 1e300, hint=hint, **{f"Range.{name}": getattr(self, name) for name in ("low", "mid", "high")})
        require(0, 1, open_low=True, open_high=True, hint="give a probability.", coverage=self.coverage)
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"low={self.low:g}, mid={self.mid:g}, high={self.high:g} must be in rising order.")

    @classmethod
    def of(cls, values: Iterable[float], kind: str = "triangular") -> Range:
        """Return the range that published estimates span: their least, median and greatest, with their provenance."""
        listed = list(values)
        array = np.asarray(listed, dtype=float)
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"values={values!r} must be a list with one estimate or more.")
        require(-1e300, 1e300, values=array)
        rising, middle = np.argsort(array), array.size // 2
        low, mid, high = (_kept(listed[k]) for k in rising[[0, middle, -1]])
        return cls(low, mid if array.size % 2 else float(np.median(array)), high, kind)

    def quantile(self, probability: Numeric) -> Numeric:
        """Return the value that the input stays below with this probability, scalar or array."""
        require(0, 1, hint="give a probability.", probability=probability)
        p = np.asarray(probability, dtype=float)
        if self.kind == "lognormal":
            z: Any = normal_ppf(np.clip(p, 1e-12, 1 - 1e-12)) / normal_ppf((1 + self.coverage) / 2)
            side = np.where(z < 0, np.log(self.mid / self.low), np.log(self.high / self.mid))
            return (self.mid * np.exp(z * side))[()]
        span, rise = self.high - self.low, self.mid - self.low
        left = self.low + np.sqrt(p * span * rise)
        right = self.high - np.sqrt((1 - p) * span * (span - rise))
        return np.where(p * span <= rise, left, right)[()]

    def sample(self, samples: int, generator: np.random.Generator) -> npt.NDArray[Any]:
        """Return values drawn once from each of `samples` equally likely slices, in random order."""
        return np.asarray(self.quantile((generator.permutation(samples) + generator.random(samples)) / samples))


class Swing(NamedTuple):
    """What happens to the result when one input moves from end to end alone."""

    name: str
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        """Distance between the two results."""
        return abs(self.at_high - self.at_low) if np.isfinite(self.at_high) or np.isfinite(self.at_low) else 0.0


@dataclass(frozen=True)
class Interval:
    """A result with its uncertainty, in the unit of the formula.

    mid : the result with every input in its middle.
    quantiles : probability -> value that the result stays below with it.
    tornado : one `Swing` for each range, the largest first.
    values : the results of the whole sample.
    """

    mid: float
    quantiles: dict[float, float]
    tornado: tuple[Swing, ...]
    values: npt.NDArray[Any]

    @property
    def low(self) -> float:
        """Lowest quantile asked for."""
        return self.quantiles[min(self.quantiles)]

    @property
    def high(self) -> float:
        """Highest quantile asked for."""
        return self.quantiles[max(self.quantiles)]

    @property
    def median(self) -> float:
        """The value that half of the sample stays below: what is printed where the sample is skewed."""
        return float(np.median(self.values))

    def share_below(self, limit: float) -> float:
        """Share of the sample below `limit`."""
        return float(np.mean(self.values < limit))


def _evaluate(function: Callable[..., Any], inputs: Mapping[str, Any], output: str | None,
              size: int) -> npt.NDArray[Any]:
    result = function(**inputs)
    result = result if output is None else _field(result, output)
    try:
        values = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("function returned no array of numbers; name the part wanted with output=….") from None
    if values.shape not in ((), (size,)):
        raise ValueError(f"function returned shape {values.shape} for inputs of shape ({size},): it must broadcast and "
                         "return one number for each; name the part wanted with output=….")
    if np.isnan(values).any():
        raise ValueError("function returned NaN inside the ranges; narrow them to where it has a value.")
    return np.broadcast_to(values, (size,))


def _field(result: Any, output: Any) -> Any:
    if not isinstance(output, str) or not hasattr(result, output):
        raise ValueError(f"output={output!r} is not a part of the result; known: "
                         f"{', '.join(n for n in dir(result) if not n.startswith('_'))}.")
    return getattr(result, output)


def _inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(inputs, Mapping):
        raise ValueError(f"inputs={inputs!r} must map argument names to numbers and ranges.")
    return dict(inputs)


def interval(function: Callable[..., Any], inputs: Mapping[str, Any], *, samples: int = 10_000, seed: int = 0,
             quantiles: Iterable[float] = (0.05, 0.5, 0.95), output: str | None = None) -> Interval:
    """Evaluate a formula on uncertain inputs.

    Parameters
    ----------
    function : callable
        A formula of this package or of your own that takes keyword arguments and broadcasts over arrays.
    inputs : mapping
        Argument name to `Range`; anything else is passed on as it is.
    samples : int
        Size of the sample. [1]
    seed : int
        The same seed gives the same sample; an input's draws do not depend on the others. [1]
    quantiles : iterable of float
        Probabilities. [1]
    output : str or None
        Which part of a result with several, for example ``total_usd``.

    Returns
    -------
    Interval
        Quantiles, the result in the middle, the tornado, and the sample.

    Raises
    ------
    ValueError
        For inputs that are no mapping, a sample or seed that is not whole, a probability outside 0 to 1, a function
        that does not broadcast or returns NaN, or whatever the formula itself refuses.

    Notes
    -----
    ==============================  ======================================================================
    assumed                         if false
    ==============================  ======================================================================
    inputs are independent          price and power of a chip rise together: the interval is too narrow
    the ranges hold the truth       estimates are too sure of themselves: widen them
    the formula is right            this says nothing about what it leaves out
    ==============================  ======================================================================

    The sample is stratified: each input takes one value from each of its equally likely slices (McKay, Beckman and
    Conover, Technometrics 21(2), 1979). A quantile is a member of the sample, so infinite results ("never breaks
    even") are kept as they are.
    """
    given, probabilities = _inputs(inputs), [float(q) for q in quantiles]
    require_whole(1, samples=samples)
    require(1, 1e8, hint="that sample would not fit in memory.", samples=samples)
    require_whole(0, seed=seed)
    require(0, 1, hint="give probabilities.", quantiles=probabilities)
    if not probabilities:
        raise ValueError("quantiles=() holds no probability; give one or more.")
    samples = int(samples)
    ranges = {name: value for name, value in given.items() if isinstance(value, Range)}
    size = samples + 1 + 2 * len(ranges)
    for position, (name, value) in enumerate(ranges.items()):
        column = np.full(size, float(value.mid))
        generator = np.random.default_rng([int(seed), zlib.crc32(name.encode())])
        column[:samples] = value.sample(samples, generator)
        column[samples + 1 + 2 * position : samples + 3 + 2 * position] = value.low, value.high
        given[name] = column
    results = _evaluate(function, given, output, size)
    ends = results[samples + 1 :].reshape(-1, 2)
    swings = [Swing(name, float(low), float(high)) for name, (low, high) in zip(ranges, ends, strict=True)]
    found = np.quantile(results[:samples], probabilities, method="inverted_cdf")
    return Interval(float(results[samples]), dict(zip(probabilities, found.tolist(), strict=True)),
                    tuple(sorted(swings, key=lambda swing: -swing.size)), results[:samples])


def sample_quantile(values: npt.NDArray[Any], probability: float) -> Numeric:
    """Quantile of a sample that lies along the last axis, in arithmetic that can run on the page.

    Parameters
    ----------
    values : array
        Results of a sample, along the last axis. [any]
    probability : float
        Share of the sample at or below the result, above 0; known, not moved by a slider. [1]

    Returns
    -------
    numeric
        The smallest member of the sample that reaches that share, as `interval` reports it; infinities are kept.

    Raises
    ------
    ValueError
        For a probability that is not above 0 and at most 1, or values without an axis.
    """
    return sample_quantiles(values, (probability,))[0]


def sample_quantiles(values: npt.NDArray[Any], probabilities: Iterable[float]) -> list[Numeric]:
    """Quantiles of a sample that lies along the last axis, which is sorted once for all of them.

    Parameters
    ----------
    values, probabilities : array, sequence of float
        As in `sample_quantile`. [any], [1]

    Returns
    -------
    list of numeric
    """
    probabilities = list(probabilities)
    for probability in probabilities:
        require(0, 1, open_low=True, hint="give a probability.", probability=probability)
    if not np.ndim(values):
        raise ValueError(f"values={values!r} must be an array with the sample along its last axis.")
    risen = np.sort(np.where(np.isnan(values), np.inf, values), axis=-1)
    # A hair's breadth keeps 0.05 of 100 from asking for the sixth.
    places = (max(math.ceil(np.shape(values)[-1] * probability - 1e-9), 1) - 1 for probability in probabilities)
    return [risen[..., place][()] for place in places]


class Sensitivity(NamedTuple):
    """The result with one input multiplied by each factor, the others as they are."""

    name: str
    results: tuple[float, ...]


def sensitivity(function: Callable[..., Any], inputs: Mapping[str, Any], names: Iterable[str] | None = None,
                factors: Iterable[float] = (0.5, 1.0, 2.0), output: str | None = None) -> tuple[Sensitivity, ...]:
    """Multiply inputs one at a time, by default by one half and by two.

    Parameters
    ----------
    function : callable
        As in `interval`.
    inputs : mapping
        Argument name to number, or to `Range`, whose middle is used.
    names : iterable of str or None
        Inputs to move; all numbers by default. Leave out what cannot double, such as a share above one half.
    factors : iterable of float
        Multipliers. [1]
    output : str or None
        As in `interval`.

    Returns
    -------
    tuple of Sensitivity
        One row for each input, in the order given.

    Raises
    ------
    ValueError
        For a name that is not among the inputs, or a value that the formula refuses.
    """
    inputs = {name: value.mid if isinstance(value, Range) else value for name, value in _inputs(inputs).items()}
    numbers = {name: value for name, value in inputs.items() if isinstance(value, (int, float, np.number))}
    factors = np.asarray(list(factors), dtype=float)
    require(-1e12, 1e12, factors=factors)
    rows = []
    for name in numbers if names is None else names:
        moved = lookup("input", name, numbers) * factors
        results = _evaluate(function, inputs | {name: moved}, output, factors.size)
        rows.append(Sensitivity(name, tuple(results.tolist())))
    return tuple(rows)
