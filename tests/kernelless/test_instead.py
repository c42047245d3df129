"""What to write instead: every expression gives numpy's numbers, and traces."""

from __future__ import annotations

import re

import numpy as np
import pytest
from traced_numbers import in_page, traced

from kernelless.instead import EXPRESSIONS, WORDS, instead
from kernelless.trace import Graph, NotSupportedYet

RNG = np.random.default_rng(5)
A, B = RNG.uniform(0.5, 3, 6), RNG.uniform(0.5, 3, 6)
SIGNED = np.array([-2.5, -1.0, 0.0, 1.0, 1.5, -0.25])
HOLED = np.where(SIGNED == 1.5, np.nan, SIGNED)
PAIR = (A, B), (SIGNED, A)
# Arguments to try where two arrays of plain numbers will not do.
TRIED = {
    "nanmax": [(HOLED,)],
    "nanmean": [(HOLED,)],
    "nanmin": [(HOLED,)],
    "nansum": [(HOLED,)],
    "nan_to_num": [(HOLED,)],
    "fmax": [(HOLED, B), (A, HOLED), (HOLED, HOLED)],
    "fmin": [(HOLED, B), (A, HOLED), (HOLED, HOLED)],
    "swapaxes": [(A.reshape(2, 3), 0, 1)],
    "flipud": [(A.reshape(2, 3),)],
    "column_stack": [((A, B),)],
    "hstack": [((A, B),)],
    "vstack": [((A, B),)],
    "copysign": [(A, SIGNED), (SIGNED, SIGNED)],
    "heaviside": [(SIGNED, B)],
    "logical_xor": [(SIGNED, A), (SIGNED, SIGNED[::-1])],
    "signbit": [(SIGNED,)],
    "isclose": [(A, A + RNG.choice([0, 1e-9, 1e-3], 6))],
    "ldexp": [(A, np.arange(6))],
    "float_power": [(A, B)],
    "fmod": [(A, B), (SIGNED, B)],
    "geomspace": [(1.5, 40.0)],
    "linspace": [(1.5, 40.0)],
    "logspace": [(-1.0, 2.0)],
    "sinc": [(SIGNED,)],
    "trapezoid": [(SIGNED, np.cumsum(A))],
}
ONE = {"amax", "amin", "around", "count_nonzero", "cumulative_sum", "deg2rad", "degrees", "fabs", "fix", "ptp",
       "rad2deg", "radians", "std", "var"}


def tried(name: str) -> list[tuple]:
    return TRIED.get(name) or ([(A,), (SIGNED,)] if name in ONE else [*PAIR])


def written(name: str):
    return eval(f"lambda a, b=None, *_: {EXPRESSIONS[name]}", {"np": np})


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_gives_the_same_numbers_here_and_in_the_page(page, name):
    function = written(name)
    for arguments in tried(name):
        with np.errstate(all="ignore"):
            expected, here = getattr(np, name)(*arguments), function(*arguments)
        np.testing.assert_allclose(here, expected, rtol=1e-13, atol=1e-15)
        if all(isinstance(argument, (float, np.ndarray)) for argument in arguments):
            got = in_page(page, function, *map(np.asarray, arguments))
            np.testing.assert_allclose(np.reshape(got, np.shape(expected)), expected, rtol=1e-13, atol=1e-15)
        else:
            graph = Graph()
            values = arguments[0] if isinstance(arguments[0], tuple) else arguments[:1]
            lifted = tuple(graph.lift(value) for value in values)
            result = function(lifted if isinstance(arguments[0], tuple) else lifted[0])
            assert result.shape == expected.shape


@pytest.mark.parametrize("name", ["fabs", "argsort", "interp", "matmul"])
def test_the_tracer_says_it(name):
    given = (A.reshape(2, 3),) if name in {"fabs", "argsort"} else (A, A, B)[: 3 if name == "interp" else 2]
    with pytest.raises(NotSupportedYet, match=re.escape(f"uses np.{name}; {instead(name)}.")):
        traced(getattr(np, name), *given)


def test_nothing_has_two_repairs():
    assert EXPRESSIONS.keys() & WORDS.keys() == set()
    assert instead("spacing") == ""
