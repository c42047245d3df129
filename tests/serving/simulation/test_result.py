"""What a run tells."""

import numpy as np
import pytest
from serving.simulation.stubs import SLOPED

from inference_economics.serving.simulation import (
    Lengths,
    Policy,
    Service,
    Targets,
    burst,
    process,
    simulate,
)


def test_dollars_follow_from_time_and_tokens():
    service = Service(SLOPED, 1000, n_chips=4)
    result = simulate(burst(100, Lengths(100, 50)), service, Policy(replicas=2))
    assert result.chip_s == pytest.approx(8 * result.duration_s)
    assert result.usd_per_million_tok(3.0) == pytest.approx(3 / 3600 * 8 * result.duration_s / (100 * 50 / 1e6))
    assert result.usd_per_million_tok(3.0, output_only=False) == pytest.approx(result.usd_per_million_tok(3.0) / 3)


def test_goodput_counts_requests_that_meet_both_targets():
    result = simulate(process(60, 300, Lengths(200, 50, 1, 1), seed=6), Service(SLOPED, 500))
    limit = float(result.percentile("ttft_s", 50))
    assert np.mean(result.met(Targets(limit))) == pytest.approx(0.5, abs=0.01)
    assert result.goodput_per_s(Targets(limit)) == pytest.approx(0.5 * 300 / result.duration_s, rel=0.02)
    assert not np.any(result.met(Targets(tpot_limit_s=1e-6)) & (result.requests.output_tok > 1))
    single = simulate(burst(3, Lengths(10, 1)), Service(SLOPED, 500))
    assert np.isnan(single.percentile("tpot_s", 99))
    assert np.all(single.met(Targets(tpot_limit_s=1e-9)))


@pytest.mark.parametrize(("ask", "message"), [
    (lambda r: r.met("x"), r"targets='x' is no Targets; give Targets\(ttft_limit_s"),
    (lambda r: r.goodput_per_s(None), "targets=None is no Targets"),
    (lambda r: r.summary(0), "targets=0 is no Targets"),
    (lambda r: r.usd_per_million_tok([1.0, 2.0]), r"price_usd_per_hour=\[1\.0, 2\.0\] must be one number"),
    (lambda r: r.usd_per_million_tok(1.0, output_only="no"), "output_only='no' is neither True nor False"),
    (lambda r: r.after([1.0, 2.0]), r"start_s=\[1\.0, 2\.0\] must be one number"),
])
def test_questions_that_cannot_be_answered_are_refused_by_name(ask, message):
    result = simulate(burst(3, Lengths(10, 5)), Service(SLOPED, 500))
    with pytest.raises(ValueError, match=message):
        ask(result)
