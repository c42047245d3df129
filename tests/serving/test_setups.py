"""Plain numbers of a model on a chip: what goes in, and what is refused."""

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from inference_economics import accelerators, models, serving, step
from inference_economics.models import kv_cache
from inference_economics.serving import memory, setup

CONFIGS = Path(__file__).resolve().parents[1] / "fixtures" / "configs"
MODELS = models.load()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_number_is_plain(name):
    s = setup(name, "b200", "fp4")
    rows = {"kv_heads", "cache_shares", "sparse_shares", "window_shares", "kv_params", "q_heads"}
    values = {field.name: getattr(s, field.name) for field in fields(s)}
    assert all(np.ndim(value) == 0 and value >= 0 for key, value in values.items() if key not in rows)
    assert {values[key].shape for key in rows} == {(4,)}


def test_a_sparse_attention_keeps_and_reads_its_indexers_keys():
    """132 bytes a layer and token besides the latent, read at every step; the latent itself only where chosen."""
    m, s = MODELS["deepseek-v3.2"], setup("deepseek-v3.2", "h200-sxm", "fp8")
    assert s.indexer_bytes_per_tok == 132 * m.layers
    from inference_economics import step
    long = 100_000
    assert step.cached_bytes(s, long) == kv_cache.of_model(m, long, 1, 2)
    assert step.read_bytes(s, long) == pytest.approx(132 * m.layers * long + s.cache_bytes_per_tok * m.attend_tok)
    assert step.read_bytes(s, 1000) == step.cached_bytes(s, 1000)


def test_a_state_is_not_shrunk_by_a_narrow_cache():
    wide, narrow = (setup("qwen3.5-397b-a17b", "h200-sxm", "fp8", width) for width in (2, 1))
    assert wide.state_bytes == narrow.state_bytes > 0
    assert wide.cache_bytes_per_tok == 2 * narrow.cache_bytes_per_tok


def test_two_peaks_take_turns():
    """Half a mixture's shared arithmetic in 16 bits runs between the two peaks."""
    s, chip = setup("deepseek-v3", "b200", "fp4"), accelerators.get("b200")
    assert chip.bf16_flop_per_s < s.shared_flop_per_s < chip.fp4_flop_per_s
    assert s.expert_flop_per_s == chip.fp4_flop_per_s


def test_links_of_a_chip():
    pcie, alone = setup("llama-3.1-8b", "h100-pcie"), setup("llama-3.1-8b", "m3-ultra")
    assert (pcie.link_bytes_per_s, pcie.link_chips, pcie.far_link_bytes_per_s, pcie.far_link_chips) == (
        300e9, 2, 64e9, 8)
    assert (np.isnan(alone.link_bytes_per_s), alone.link_chips) == (True, 1)
    given = setup("llama-3.1-8b", "m3-ultra", link_bytes_per_s=1e10)
    assert (given.link_bytes_per_s, given.link_chips) == (1e10, np.inf)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: setup("llama-3.1-8b", accelerators.Accelerator("bare")), "no memory size or bandwidth"),
    (lambda: setup("deepseek-v3", "maia-200", "fp4"), "no bf16 peak"),
    (lambda: setup("llama-3.1-8b", "h100-sxm", bytes_per_value=16.5), "bytes, not bits"),
    (lambda: setup("llama-3.1-8b", "h100-sxm", link_bytes_per_s=450), "GB/s"),
    (lambda: serving.setup_with_kv_heads(setup("llama-3.1-8b", "h100-sxm"), MODELS["llama-3.1-8b"], 64), "kv_heads"),
])
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_models_own_heads_change_nothing(name):
    """Or the model is refused by name: what it keeps is not so many heads of every layer."""
    m, plain = MODELS[name], setup(name, "h200-sxm", "fp8")
    plainly = {(group.q_heads, group.kv_heads, group.qk_dim, group.v_dim) for group in m.groups}
    if m.attention == "gqa" and len(plainly) == 1 and not any(g.window_tok or g.kv_lora for g in m.groups):
        same = serving.setup_with_kv_heads(plain, m, m.kv_heads)
        for field in fields(plain):
            # where kinds of layers are listed, there is one kind; the rest of the list is empty
            one, other = (np.atleast_1d(getattr(given, field.name)) for given in (same, plain))
            assert one[0] == pytest.approx(other[0], rel=1e-12, nan_ok=True), field.name
        assert np.sum(plain.cache_shares) == plain.cache_shares[0]
        layouts = serving.Layout(np.array([1, 2, 4, 8]))
        assert memory.cached_bytes_per_chip(same, 9000.0, layouts) == pytest.approx(
            memory.cached_bytes_per_chip(plain, 9000.0, layouts), rel=1e-12)
        assert memory.weight_bytes_per_chip(same, layouts) == pytest.approx(
            memory.weight_bytes_per_chip(plain, layouts), rel=1e-12)
    else:
        with pytest.raises(ValueError, match=re.escape(m.title) + " has .*key-value heads are not one number for it"):
            serving.setup_with_kv_heads(plain, m, m.kv_heads)


@pytest.mark.parametrize("name", ["gemma-3-27b", "gpt-oss-120b", "qwen3.5-397b-a17b", "deepseek-v3"])
def test_windows_states_and_latents_have_no_one_number_of_heads(name):
    with pytest.raises(ValueError, match=r"a sliding window|without keys and values|latent attention"):
        serving.setup_with_kv_heads(setup(name, "h200-sxm"), MODELS[name], 8)


@pytest.mark.parametrize("tp", [1, 2, 4, 8, 16])
def test_layers_with_other_heads_are_copied_by_their_own(tp):
    """Gemma 4 has two key-value heads where layers see everything, and eight where they see a window."""
    m = models.from_config(CONFIGS / "gemma-4-26b-a4b.json")
    one = serving.Deployment(m, "h200-sxm", tp, "fp8")
    s, context = one.setup, 131_072
    values = (m.kv_values_per_token_global_on_chip(tp) * context
              + m.kv_values_per_token_window_on_chip(tp) * m.window_tok)
    c = one.constants
    room = c.cache_share * (memory.budget_bytes(s, c, serving.Layout(tp)) - one.weight_bytes_per_chip)
    width = s.cache_bytes_per_tok / m.kv_values_per_token_global
    assert one.capacity(serving.Load(1, context - 1, 1)) == pytest.approx(room / (values * width), rel=1e-12)
    c = replace(c, cache_mbu=1.0)
    assert step.cache_time_s(s, c, 1.0, float(context), layout=one.layout) == pytest.approx(
        values * width / s.hbm_bytes_per_s, rel=1e-12)
