"""What a step reads and computes: against sums over tokens and layers, and bad input."""

import numpy as np
import pytest

from inference_economics import models
from inference_economics.hardware import work

STEP = {"batch": 8.0, "context_tok": 4096.0, "kv_bytes_per_token": 131072.0, "param_bytes": 16e9, "n_params": 8e9}
PREFILL = {"batch": 1.0, "prompt_tok": 2048.0, "param_bytes": 16e9, "n_params": 8e9, "layers": 32.0,
           "attention_width": 4096.0, "n_params_head": 0.5e9}


def test_attention_of_a_prompt_is_the_sum_over_its_tokens():
    contexts = np.arange(1, 4097)
    summed = (4 * 32 * 4096 * contexts).sum()  # two products of 2 FLOPs
    assert models.attention_flop_prefill(4096, 32, 4096) == pytest.approx(summed, rel=1e-3)


@pytest.mark.parametrize("name", ["llama-3.1-8b", "llama-3.1-70b", "gpt2", "palm-540b", "llama-2-7b"])
@pytest.mark.parametrize("prompt_tok", [1, 2, 2048, 131_072])
def test_the_head_counts_once_per_prompt(name, prompt_tok):
    """Chapters' bound and the model's own arithmetic agree, but for the half token between P / 2 and (P + 1) / 2."""
    m, batch = models.get(name), 3
    read = work.prefill_work(batch, prompt_tok, 2.0 * m.n_params_read, m.n_params_read, m.layers,
                             m.q_heads * m.head_dim, m.n_params_head)
    own = batch * prompt_tok * models.prefill_flop_per_token(m, prompt_tok)
    assert read.flop == pytest.approx(own - batch * prompt_tok * 2 * m.layers * m.q_heads * m.head_dim, rel=1e-12)


@pytest.mark.parametrize("name", STEP)
@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf"), "many"])
def test_decode_refuses_what_cannot_be(name, bad):
    with pytest.raises(ValueError, match=name):
        work.decode_work(**{**STEP, name: bad})


@pytest.mark.parametrize("name", PREFILL)
@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_prefill_refuses_what_cannot_be(name, bad):
    with pytest.raises(ValueError, match=name):
        work.prefill_work(**{**PREFILL, name: bad})
