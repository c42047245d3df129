"""The probe: the arithmetic is right, whatever the speed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from measure.tiny import TINY

from inference_economics.measure import probe


def test_the_python_product_is_the_product():
    a, b = np.random.default_rng(0).integers(9, size=(2, 5, 5))
    assert probe.python_matmul(a.tolist(), b.tolist()) == (a @ b).tolist()


def test_times_leave_the_first_run_out():
    calls = []
    assert len(probe.times_s(lambda: calls.append(1), 3)) == 3
    assert len(calls) == 4


@pytest.mark.parametrize(("call", "message"), [
    (lambda: probe.bandwidth(0), "array_bytes=0"),
    (lambda: probe.bandwidth(8, 0), "repeats=0"),
    (lambda: probe.bandwidth(None), "array_bytes=None is not a number"),
    (lambda: probe.times_s(print, 0), "repeats=0"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_machine_is_described_without_its_name():
    import platform

    seen = probe.machine()
    assert {"date", "system", "cores", "cache_bytes", "free_bytes", "python", "numpy", "blas"} <= set(seen)
    assert platform.node() not in json.dumps(seen) or len(platform.node()) < 4


def test_rates_are_those_of_bytes_and_products():
    assert all(value > 0 for value in probe.bandwidth(np.int32(1 << 12), 1).values())
    assert set(probe.matrix_rates(TINY)) == {"library", "compiled", "python"}
