"""Latent attention and the mixture of experts, each against a plainer way to compute the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from decoder.kinds import EXPERTS, MLA, TINY, tokens

from inference_economics import decoder_block, decoder_deepseek, rope
from inference_economics.decoder import Decoder


def test_latent_attention_equals_expanded_keys_and_values():
    """Moving the matrices onto query and output changes nothing: compare with keys and values written out."""
    c = MLA
    model = Decoder.random(replace(c, layers=1), 4, "float64")
    x = np.random.default_rng(0).standard_normal((1, 7, c.hidden))
    at, positions = "model.layers.0.self_attn.", np.arange(7)
    frequency = 10000.0 ** -(np.arange(0, c.rope_dim, 2) / c.rope_dim)
    place = decoder_block.Place(positions, frequency, model.cache(1, 7), 0)
    got = decoder_deepseek.latent_attention(c, model.weights, at, x, place)

    w = {name.removeprefix(at): array for name, array in model.weights.items()}
    turn = lambda v: rope.rotate(v, positions, frequency, interleaved=True)  # noqa: E731
    q = (x[0] @ w["q_proj.weight"].T).reshape(7, c.q_heads, -1).swapaxes(0, 1)
    low = x[0] @ w["kv_a_proj_with_mqa.weight"].T
    latent = decoder_block.rms_norm(low[:, : c.kv_lora], w["kv_a_layernorm.weight"], 1e-6)
    kv = (latent @ w["kv_b_proj.weight"].T).reshape(7, c.q_heads, -1).swapaxes(0, 1)
    k = np.concatenate([kv[..., : c.head_dim], np.broadcast_to(turn(low[None, :, c.kv_lora :]), (4, 7, 4))], -1)
    q = np.concatenate([q[..., : c.head_dim], turn(q[..., c.head_dim :])], -1)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(c.head_dim + c.rope_dim)
    weights = decoder_block.softmax(np.where(np.tril(np.ones((7, 7))), scores, -np.inf))
    expected = (weights @ kv[..., c.head_dim :]).swapaxes(0, 1).reshape(7, -1) @ w["o_proj.weight"].T
    np.testing.assert_allclose(got[0], expected, atol=1e-12)


def test_routing_stays_in_the_chosen_groups_and_weights_sum_to_the_scale():
    model = Decoder.random(EXPERTS, 0, "float64")
    x = np.random.default_rng(0).standard_normal((200, EXPERTS.hidden))
    chosen, weight = decoder_deepseek.route(EXPERTS, model.weights, "model.layers.1.mlp.", x)
    np.testing.assert_allclose(weight.sum(-1), EXPERTS.routed_scale)
    assert all(len(set(row)) == 3 for row in chosen)
    assert all(len(set(row // 2)) <= 2 for row in chosen)
    assert len(set(chosen.ravel())) > 3


def test_one_expert_that_is_always_chosen_is_a_dense_ffn():
    c = replace(TINY, experts=1, experts_active=1, expert_hidden=TINY.ffn_hidden)
    model = Decoder.random(c, 5, "float64")
    dense = {name.replace("experts.0.", ""): array for name, array in model.weights.items() if ".gate." not in name}
    text = tokens(TINY, 9)
    np.testing.assert_allclose(model.logits(text), Decoder(TINY, dense, "float64").logits(text), atol=1e-12)
