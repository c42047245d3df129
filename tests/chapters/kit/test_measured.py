"""Measured points are found by their fields."""

from __future__ import annotations

import pytest

from inference_economics.chapters import kit
from inference_economics.serving import measurements


def test_measurements_are_found_by_their_fields():
    found = kit.find_measurements(model="gpt-oss-120b", chip="b200", engine="vllm", n_chips=1)
    assert len(found) > 5
    assert {(p.model, p.chip, p.engine, p.n_chips) for p in found} == {("gpt-oss-120b", "b200", "vllm", 1)}
    assert [p.concurrency for p in found] == sorted(p.concurrency for p in found)
    assert set(found) == {p for p in measurements.kept()
                          if (p.model, p.chip, p.engine, p.n_chips) == ("gpt-oss-120b", "b200", "vllm", 1)}
    assert kit.find_measurement(model="gpt-oss-120b", chip="b200", engine="vllm", n_chips=1) == found[0]


@pytest.mark.parametrize(("known", "message"), [
    ({"accelerator": "b200"}, "unknown field of a measurement 'accelerator'; known: id"),
    ({"model": "gpt-2"}, "no measurement that counts has model='gpt-2'; leave out a field"),
])
def test_a_measurement_that_is_not_there_is_refused(known, message):
    with pytest.raises(ValueError, match=message):
        kit.find_measurement(**known)
