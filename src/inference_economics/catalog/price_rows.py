"""What a recorded price is: a quote for an hour of a chip, a monthly series, an API's list price, a change of it.

Dollars per hour, per million tokens where a price list says so (`Mtok` is then in the name), base units otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..quantities.checks import require, require_positive
from ..quantities.units import HOURS_PER_WEEK
from .facts import shipped_tables
from .provenance import Recorded, check_date


@dataclass(frozen=True)
class RentalQuote(Recorded):
    """One price of one chip for one hour.

    Parameters
    ----------
    chip : str
        Slug in the catalogue of chips.
    usd_per_hour : float
        Price. [USD/h]
    segment, terms : str
        ``hyperscaler``, ``neocloud``, ``marketplace``, ``spot`` or ``index``; ``on-demand``, ``spot``, ``reserved-1y``,
        ``reserved-3y`` or ``contract-1y``.
    provider : str
        Who; empty where the source names none.
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`; `date` is the day of the price.
    """

    chip: str
    usd_per_hour: float
    segment: str
    terms: str
    provider: str = ""

    def __post_init__(self) -> None:
        """Refuse a price that is none."""
        super().__post_init__()
        require_positive(usd_per_hour=self.usd_per_hour)


@dataclass(frozen=True)
class RentalSeries(Recorded):
    """Rental prices of one chip by month.

    Parameters
    ----------
    chip : str
        Slug in the catalogue of chips.
    months : tuple of str
        ``2024-03`` and so on, in order; months without a record are missing.
    ondemand_usd_per_hour, index_usd_per_hour, reserved_usd_per_hour : numpy.ndarray
        Median list price, normalised index, median reserved price; NaN where not recorded. [USD/h]
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`.
    """

    chip: str
    months: tuple[str, ...]
    ondemand_usd_per_hour: npt.NDArray[np.float64]
    index_usd_per_hour: npt.NDArray[np.float64]
    reserved_usd_per_hour: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse months out of order and prices that are none."""
        super().__post_init__()
        for month in self.months:
            check_date(month)
        if list(self.months) != sorted(set(self.months)) or any(len(month) != 7 for month in self.months):
            raise ValueError("months must be of the form 2024-03, each later than the one before.")
        for name in ("ondemand_usd_per_hour", "index_usd_per_hour", "reserved_usd_per_hour"):
            prices = np.array(getattr(self, name), dtype=float)
            if prices.shape != (len(self.months),):
                raise ValueError(f"{name} has shape {prices.shape} for {len(self.months)} months.")
            require_positive(**{name: prices[~np.isnan(prices)]})
            prices.flags.writeable = False
            object.__setattr__(self, name, prices)

    @property
    def years(self) -> npt.NDArray[np.float64]:
        """Time of each month since the first one [year]."""
        months = np.array([int(m[:4]) * 12 + int(m[5:]) for m in self.months], dtype=float)
        return np.asarray((months - months[0]) / 12)

    def log_steps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the index's log changes from one record to the next, and the years between them.

        Returns
        -------
        tuple of numpy.ndarray
            Log ratio [1], time between the records [year]. Months without an index are passed over.
        """
        known = np.isfinite(self.index_usd_per_hour)
        return np.diff(np.log(self.index_usd_per_hour[known])), np.diff(self.years[known])


def _of_the_week(peak_factor: float, peak_hours_per_week: float) -> float:
    """Return what a demand spread evenly over the hours of a week pays, over the price outside peak hours [1]."""
    return 1 + (peak_factor - 1) * peak_hours_per_week / HOURS_PER_WEEK


def _require_hours(peak_factor: float, peak_hours_per_week: float) -> None:
    """Refuse peak hours that are cheaper than the others, or more than a week holds."""
    require(1, 100, hint="give the price in peak hours over that outside.", peak_factor=peak_factor)
    require(0, HOURS_PER_WEEK, hint="count the peak hours of a week.", peak_hours_per_week=peak_hours_per_week)


@dataclass(frozen=True)
class ApiPrice(Recorded):
    """List price of a model at an API.

    Parameters
    ----------
    model : str
        The identifier on the price list.
    input_usd_per_mtok, output_usd_per_mtok : float
        Per million tokens read and written, outside peak hours. [USD/Mtok]
    peak_factor, peak_hours_per_week : float
        Price in peak hours over that outside, and how many of a week's hours they are; 1 and 0 where the hour does not
        matter. [1], [h]
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`; `date` is the day on which the price was first recorded.
    """

    model: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    peak_factor: float = 1.0
    peak_hours_per_week: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a price that is none."""
        super().__post_init__()
        require(0, 1e6, hint="give US dollars per million tokens.", input_usd_per_mtok=self.input_usd_per_mtok,
                output_usd_per_mtok=self.output_usd_per_mtok)
        _require_hours(self.peak_factor, self.peak_hours_per_week)

    @property
    def week_factor(self) -> float:
        """Price of a demand spread evenly over the hours of a week, over that outside peak hours [1]."""
        return _of_the_week(self.peak_factor, self.peak_hours_per_week)

    @property
    def input_usd_per_token(self) -> float:
        """Price of one token read, where demand is spread evenly over the week [USD/token]."""
        return self.input_usd_per_mtok * self.week_factor / 1e6

    @property
    def output_usd_per_token(self) -> float:
        """Price of one token written, where demand is spread evenly over the week [USD/token]."""
        return self.output_usd_per_mtok * self.week_factor / 1e6

    @property
    def cached_input_factor(self) -> float:
        """Price of input that the provider's cache holds over the list price; 1 where no discount is recorded [1]."""
        return self._term("cached_input")

    @property
    def batch_discount(self) -> float:
        """Share of the list price that is saved where the answer may wait a day; 0 where no batch tier is recorded."""
        return 1 - self._term("batch")

    def _term(self, column: str) -> float:
        for row in shipped_tables("api_prices.toml")["terms"].records():
            if self.model.startswith(row["prefix"]):
                return float(row[column])
        return 1.0


@dataclass(frozen=True)
class ApiChange(Recorded):
    """A change in the input price of one and the same model.

    Parameters
    ----------
    model : str
        The identifier on the price list.
    input_before_usd_per_mtok, input_after_usd_per_mtok : float
        Before and after, the latter outside peak hours. [USD/Mtok]
    peak_factor, peak_hours_per_week : float
        As in `ApiPrice`, after the change. [1], [h]
    source, date, confidence, note : str
        Provenance, as in `catalog.Recorded`; `date` is the day of the change.
    """

    model: str
    input_before_usd_per_mtok: float
    input_after_usd_per_mtok: float
    peak_factor: float = 1.0
    peak_hours_per_week: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a price that is none, or none before."""
        super().__post_init__()
        require_positive(input_before_usd_per_mtok=self.input_before_usd_per_mtok)
        require(0, 1e6, hint="give US dollars per million tokens.",
                input_after_usd_per_mtok=self.input_after_usd_per_mtok)
        _require_hours(self.peak_factor, self.peak_hours_per_week)

    @property
    def factor(self) -> float:
        """Price after over price before, for a demand spread evenly over the week [1]."""
        after = self.input_after_usd_per_mtok * _of_the_week(self.peak_factor, self.peak_hours_per_week)
        return after / self.input_before_usd_per_mtok
