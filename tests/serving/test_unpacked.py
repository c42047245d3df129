"""A model and a chip unpacked: names, links, and parts in two formats."""

import numpy as np
import pytest

from inference_economics import accelerators, models
from inference_economics.serving import unpacked


def test_names_and_specs_are_the_same():
    for name in ("llama-3.1-70b", "deepseek-v3"):
        assert unpacked.of_model(name, "fp8") == unpacked.of_model(models.get(name), "fp8")
    assert unpacked.of_chip("b200", "fp4") == unpacked.of_chip(accelerators.get("b200"), "fp4")


def test_a_chip_without_links_stands_alone():
    alone = unpacked.of_chip("m3-ultra", "bf16")
    assert np.isnan(alone.link_bytes_per_s)
    assert alone.link_chips == 1


def test_a_latent_cache_has_one_head_and_grouped_heads_have_theirs():
    assert unpacked.of_model("deepseek-v3", "fp8").cache_shards == 1
    assert unpacked.of_model("llama-3.1-70b", "fp8").cache_shards == 8


def test_mixtures_in_fp8_are_scaled_by_blocks():
    assert unpacked.of_model("deepseek-v3", "fp8").fp8_block == 1
    assert unpacked.of_model("llama-3.1-70b", "fp8").fp8_tensor == 1


@pytest.mark.parametrize(("call", "message"), [
    (lambda: unpacked.model_of("llama"), "unknown model 'llama'"), (lambda: unpacked.model_of(7), "model=7 is neither"),
    (lambda: unpacked.chip_of("h100"), "unknown accelerator 'h100'"),
    (lambda: unpacked.chip_of(None), "chip=None is neither a slug of the catalogue nor an Accelerator"),
])
def test_names_that_are_not_known(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_norms_over_all_heads_are_read_from_the_configuration():
    every = {name: unpacked.of_model(name, "bf16").summed_norm_layers for name in models.load()}
    assert {name for name, layers in every.items() if layers} == {"minimax-m2.5", "olmo-2-7b", "olmo-2-32b"}
    assert every["minimax-m2.5"] == 62
