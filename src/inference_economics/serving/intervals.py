"""A prediction with the range that errors on points left out of the fit had."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..quantities.limits import check_records
from ..quantities.numeric import Numeric
from . import calibration
from .constants import Constants
from .deployment import Deployment
from .engines import TYPICAL
from .load import Load


class Interval(NamedTuple):
    """A prediction with the range that errors on points left out had.

    Parameters
    ----------
    tpot_s, tpot_low_s, tpot_high_s : numeric
        Time per output token: the prediction, and the range that held 80% of what was measured. [s]
    ttft_s, ttft_low_s, ttft_high_s : numeric
        Time to the first token. [s]
    source : str
        ``fitted``: engine and generation were measured together, the model was left out. ``shrunk``: an engine or a
        generation without points of its own has the mean of the others. ``unfitted``: nothing of the engine was fitted:
        the prediction and the low end are the bound, and nothing is known of the first token (NaN).
    """

    tpot_s: Numeric
    tpot_low_s: Numeric
    tpot_high_s: Numeric
    ttft_s: Numeric
    ttft_low_s: Numeric
    ttft_high_s: Numeric
    source: str

    @property
    def fitted(self) -> bool:
        """Whether engine and generation were measured together; where not, `source` says what stands in."""
        return self.source == "fitted"


def interval(deployment: Deployment, load: Load, constants: Constants | None = None) -> Interval:
    """Predict with a range.

    Parameters
    ----------
    deployment : Deployment
        What serves. Of an engine without fitted constants only the bound is known, and how far above it measured
        engines stand.
    load : Load
        What is asked.
    constants : Constants, optional
        As in `Deployment.serve`.

    Returns
    -------
    Interval
        The factors come from whole models left out of the fit (``fitted``), or whole engines and generations
        (``shrunk``), dense models and mixtures apart.

    Raises
    ------
    ValueError
        For constants of an engine that is not fitted, and as `Deployment.serve` does.
    """
    check_records(deployment=(deployment, Deployment), load=(load, Load))
    kind = "mixture" if deployment.setup.expert_layers > 0 else "dense"
    rows = calibration.fitted()["interval"]
    if deployment.engine not in (*calibration.ENGINES, TYPICAL):
        if constants is not None:
            raise ValueError(f"constants given, but engine={deployment.engine!r} is not fitted: leave them out; the "
                             "bound does not depend on them.")
        tpot = deployment.in_turn(load).tpot_s
        nothing = np.full(np.shape(tpot), np.nan)[()]
        high = tpot * rows["unfitted"][kind]["tpot_high"]
        return Interval(tpot, tpot, high, nothing, nothing, nothing, "unfitted")
    measured = deployment.engine != TYPICAL and calibration.generation(deployment.chip) != calibration.OTHER
    source = "fitted" if measured else "shrunk"
    point, row = deployment.serve(load, constants), rows[source][kind]
    return Interval(point.tpot_s, point.tpot_s * row["tpot_low"], point.tpot_s * row["tpot_high"], point.ttft_s,
                    point.ttft_s * row["ttft_low"], point.ttft_s * row["ttft_high"], source)
