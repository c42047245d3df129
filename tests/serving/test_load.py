"""A load: what is asked of a service, and what cannot be asked."""

import numpy as np
import pytest

from inference_economics.serving import Load
from kernelless.trace import Graph


def test_a_load_holds_numbers_as_float64():
    assert Load(8, 100, 50).context_tok == 150
    assert Load([1, 2]).concurrency.shape == (2,)
    assert Load(np.int8(100), np.int8(100), np.int8(100)).context_tok == 200


def test_a_load_says_how_it_arrives():
    assert (Load().burst, Load(arrival="burst").burst) == (0, 1)


def test_a_load_says_whether_it_is_traced():
    assert not Load(1).__traced__
    assert Load(Graph().parameter("users")).__traced__


@pytest.mark.parametrize(("arguments", "message"), [
    ({"concurrency": 0}, "concurrency"), ({"prompt_tok": None}, "prompt_tok"), ({"output_tok": "many"}, "output_tok"),
    ({"output_tok": float("nan")}, "output_tok"), ({"concurrency": float("inf")}, "concurrency"),
    ({"arrival": "poisson"}, "unknown arrival 'poisson'; known: steady, burst"), ({"arrival": None}, "arrival"),
])
def test_what_cannot_be_asked(arguments, message):
    with pytest.raises(ValueError, match=message):
        Load(**arguments)
