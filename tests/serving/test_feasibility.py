"""Whether something can run, by constraint."""

import numpy as np
import pytest

from inference_economics import calibration, serving, step
from inference_economics.serving import CONSTRAINTS, Feasibility, Layout, Load, verdict

S, C = serving.setup("llama-3.1-70b", "h100-sxm"), calibration.constants("h100-sxm")


def test_constraints_are_looked_at_in_order():
    assert list(CONSTRAINTS) == list(Feasibility._fields)
    for place, name in enumerate(CONSTRAINTS):
        truth = Feasibility(*(place != other for other in range(len(CONSTRAINTS))))
        assert (truth.fails, truth.reason) == (name, CONSTRAINTS[name])
        assert truth.runs == (name in ("context", "ttft", "tpot"))
        assert not truth.feasible


def test_a_verdict_is_that_of_a_service():
    layout = Layout([1, 2, 8])
    point = step.serve(S, C, Load(8, 1000, 100), layout)
    truth = verdict(S, C, point, layout, 10.0, float(np.nanmin(point.tpot_s)))
    assert np.array_equal(truth.runs, point.runs)
    assert truth.tpot.tolist() == (point.tpot_s <= np.nanmin(point.tpot_s)).tolist()
    assert verdict(S, C, point, layout).feasible.tolist() == point.runs.tolist()


@pytest.mark.parametrize("name", ["ttft_limit_s", "tpot_limit_s"])
@pytest.mark.parametrize("bad", [0, -1, np.nan, "soon", None])
def test_targets_that_cannot_be(name, bad):
    point = step.serve(S, C, Load(8, 1000, 100), Layout(8))
    with pytest.raises(ValueError, match=f"^{name}"):
        verdict(S, C, point, Layout(8), **{name: bad})
