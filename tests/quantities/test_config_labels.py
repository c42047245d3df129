"""One table says which keys of a config.json change nothing, and whoever reads such a file passes over all of them."""

from __future__ import annotations

import pytest

from inference_economics import models
from inference_economics.decoder import checkpoint
from inference_economics.models.keys import table
from inference_economics.quantities.config_labels import labels

LLAMA = {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 24, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 31, "rms_norm_eps": 1e-5}


@pytest.mark.parametrize("key", sorted(labels()))
@pytest.mark.parametrize("value", [1, "x", {"a": {"b": [1]}}])
def test_both_readers_pass_over_a_label(key, value):
    given = LLAMA | {key: value}
    if key == "_name_or_path":
        given[key] = "some/model"
    assert models.from_config(given).n_params == models.from_config(LLAMA).n_params
    assert checkpoint.config_from(given) == checkpoint.config_from(LLAMA)


def test_no_key_stands_in_two_tables():
    """What changes a logit but no count stays with the counts, and is no label."""
    ignored = table()["ignored"]
    assert not labels() & {*ignored["keys"], *ignored["parts"]}
    assert {"attention_multiplier", "rope_scaling", "norm_topk_prob"} <= set(ignored["keys"])


@pytest.mark.parametrize("key", ["attention_multiplier", "use_rope", "num_experts", "lora_alpha"])
def test_what_may_change_the_result_is_no_label(key):
    assert key not in labels()
    with pytest.raises(ValueError, match=key):
        checkpoint.config_from(LLAMA | {key: 0.5})
