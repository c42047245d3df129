"""A tabulated figure says that it is one, and what no table can hold is refused."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from small_figures import X, declare, simple

from kernelless import Line, Slider, State, explore


def loop(a):
    return simple(1.0 + sum(1 for i in range(int(a)) if i % 2), 0.0)


def test_a_tabulated_figure_says_so_and_is_declared_once():
    made = explore(loop, title="T", watch="W", precompute=True, a=Slider(1, 4, value=2, stops=(1, 2, 3, 4)))
    assert "Tabulated" in made.html()
    assert "Tabulated" not in declare().html()


@pytest.mark.parametrize(("function", "stops", "message"), [
    (lambda a: simple(np.sin(np.arange(11) * a) @ np.ones(11) + a, a), range(1, 1 + 30_000),
     r"would tabulate 30,000 settings; 20,000 are accepted. Use fewer stops"),
    (lambda a: dataclasses.replace(simple(), marks=[Line(X, np.exp(X / 3) * math.sqrt(a), "l")]), range(1, 2000),
     r"the table takes [\d,]+ bytes of the page; 200,000 are accepted"),
    (lambda a: dataclasses.replace(simple(), marks=[Line(np.arange(a), np.arange(a) + a, "l")]), (1, 2, 3),
     r"y of a part changes its shape|x of a part changes its shape"),
    (lambda a: dataclasses.replace(simple(a), states=[State(a > 1, f"{a:.0f} fit", "no")]), (1, 2, 3),
     r"the words of the figure must be the same for every setting"),
])
def test_a_table_refuses(function, stops, message):
    stops = tuple(stops)
    with pytest.raises(ValueError, match=message):
        explore(function, name="table", title="T", watch="W", precompute=True,
                a=Slider(stops[0], stops[-1], value=stops[0], stops=stops))
