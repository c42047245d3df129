"""A load: what is asked of a service, and what cannot be asked."""

import numpy as np
import pytest

from inference_economics import serving
from inference_economics.serving import Load, load
from kernelless.trace import Graph


def test_a_load_is_three_numbers():
    assert list(Load(8, 100, 50)) == [8, 100, 50]
    assert Load(8, 100, 50).context_tok == 150
    assert Load([1, 2]).concurrency.shape == (2,)
    assert load.load_of({"concurrency": 3, "tp": 8}) == Load(3)


def test_a_load_says_whether_it_is_traced():
    assert not Load(1).__traced__
    assert Load(Graph().parameter("users")).__traced__


@pytest.mark.parametrize(("arguments", "message"), [
    ({"concurrency": 0}, "concurrency"), ({"prompt_tok": None}, "prompt_tok"), ({"output_tok": "many"}, "output_tok"),
    ({"output_tok": float("nan")}, "output_tok"),
])
def test_what_cannot_be_asked(arguments, message):
    with pytest.raises(ValueError, match=message):
        Load(**arguments)


def test_chips_that_no_link_joins():
    with pytest.raises(ValueError, match="tp=16: the links of this accelerator join at most 8 chips"):
        serving.floor_s("llama-3.1-8b", "h100-pcie", tp=16)
    with pytest.raises(ValueError, match="tp=2, but the catalogue has no link bandwidth"):
        serving.floor_s("llama-3.1-8b", "m3-ultra", tp=2)


def test_the_floor_overlaps_prefill_too():
    alone, busy = (serving.floor_s("llama-3.1-8b", "h100-sxm", concurrency=n, prompt_tok=8000, output_tok=100)
                   for n in (1, 64))
    assert busy > alone
    assert np.all(serving.floor_s("llama-3.1-8b", "h100-sxm", concurrency=[1, 8, 64]) > 0)
