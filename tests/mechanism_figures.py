"""What the tests of mechanism figures ask of every figure, and how they read one."""

from __future__ import annotations

import numpy as np
from chapters.test_corners import ends, found

from kernelless import Play


def readings(explorer, **setting) -> dict[str, float]:
    """Return the readouts as numbers."""
    return {readout.label: float(readout.value) for readout in explorer.figure(**setting).readouts}


def mark(explorer, label: str, **setting):
    """Return the mark of a name, which in a panel begins with that of the panel."""
    figure = explorer.figure(**setting)
    only, = (one for one, name in zip(figure.marks, figure.names(), strict=True) if name == label)
    return only


def check(explorer) -> None:
    """Assert what holds of every figure: it is traced, its corners are answered, its player moves something."""
    assert 2 <= len(explorer.controls_spec) <= 5
    assert explorer.program["code"]
    assert not explorer.precompute
    assert found(explorer) == {}
    for key, control in explorer.controls_spec.items():
        if isinstance(control, Play):
            first, middle, last = (drawn(explorer, {key: control.stops[k]})
                                   for k in (0, len(control.stops) // 2, -1))
            assert first != middle
            assert middle != last
    for end in (0, -1):
        explorer.draw(**{key: ends(control)[end] for key, control in explorer.controls_spec.items()})


def drawn(explorer, setting: dict) -> list:
    """Return everything that moves, to compare."""
    return [np.asarray(value, dtype=float).tobytes() for _, field, value in explorer.figure(**setting).moving()
            if not isinstance(value, str)]
