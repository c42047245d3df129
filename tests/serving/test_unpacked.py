"""A model and a chip unpacked: names, links, and parts in two formats."""

import numpy as np
import pytest

from inference_economics import accelerators, models, serving
from inference_economics.hardware.fields import Link
from inference_economics.serving import unpacked


def test_names_and_specs_are_the_same():
    for name in ("llama-3.1-70b", "deepseek-v3"):
        np.testing.assert_equal(vars(unpacked.of_model(name, "fp8")), vars(unpacked.of_model(models.get(name), "fp8")))
    assert unpacked.of_chip("b200", "fp4") == unpacked.of_chip(accelerators.get("b200"), "fp4")


def test_a_chip_without_links_stands_alone():
    alone = unpacked.of_chip("m3-ultra", "bf16")
    assert np.isnan(alone.link_bytes_per_s)
    assert alone.link_chips == 1


def test_a_latent_cache_has_one_head_and_grouped_heads_have_theirs():
    for name, heads in (("deepseek-v3", 1), ("llama-3.1-70b", 8)):
        found = unpacked.of_model(name, "fp8")
        assert found.kv_heads.tolist() == [heads, 1, 1, 1]
        assert found.cache_shares.tolist() == [1, 0, 0, 0]
        assert not found.window_shares.any()


@pytest.mark.parametrize("name", sorted(models.load()))
def test_shares_of_heads_add_up(name):
    m, found = models.get(name), unpacked.of_model(name, "bf16")
    assert len(found.kv_heads) == unpacked.HEAD_ROWS
    assert np.all(found.kv_heads >= 1)
    for shares, values in ((found.cache_shares, m.kv_values_per_token_global),
                           (found.sparse_shares, m.kv_values_per_token_sparse),
                           (found.window_shares, m.kv_values_per_token_window)):
        assert shares.sum() == pytest.approx(float(values > 0))
    assert found.kv_params.sum() <= found.attention_params


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


def test_a_chip_of_your_own_needs_no_source():
    chip = accelerators.Accelerator("mine", hbm_bytes=64e9, hbm_bytes_per_s=2e12, bf16_flop_per_s=4e14, links=(
        Link("bridge", "a bridge", 300e9, 2), Link("pcie", "PCIe 5", 64e9, 8)))
    one = serving.Deployment("llama-3.1-8b", chip, 4, "bf16")
    assert one.serve(serving.Load(8, 1000, 100)).tpot_s > 0
    assert serving.step.link_bytes_per_s(one.setup, 2) == 300e9
    assert serving.step.link_bytes_per_s(one.setup, 4) == 64e9
