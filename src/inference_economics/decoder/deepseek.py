"""DeepSeek's two departures from the usual block: latent attention and a mixture of experts.

Latent attention keeps one compressed vector per token, shared by all heads, and one rotary key. Keys and values are
matrix products of the latent; but a product can be moved to the other side, onto the query and onto the output. Moved
that way, latent attention *is* multi-query attention with one very wide head, and nothing is ever expanded.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .block import Place, attend, feed_forward, linear, rms_norm
from .config import Config
from .rope import Array, rotate


def latent_attention(c: Config, w: Mapping[str, Array], at: str, x: Array, place: Place) -> Array:
    """Multi-head latent attention, on the compressed cache. x: (batch, tokens, hidden)."""
    positions, frequency, cache, layer = place
    batch, tokens, _ = x.shape
    if c.q_lora:
        # the two inner norms have their own epsilon in the published code, whatever the configuration says
        q = rms_norm(linear(x, w[at + "q_a_proj.weight"]), w[at + "q_a_layernorm.weight"], 1e-6)
        q = linear(q, w[at + "q_b_proj.weight"])
    else:
        q = linear(x, w[at + "q_proj.weight"])
    q = q.reshape(batch, tokens, c.q_heads, c.head_dim + c.rope_dim).swapaxes(1, 2)
    q, q_rotary = q[..., : c.head_dim], q[..., c.head_dim :]

    kv = linear(x, w[at + "kv_a_proj_with_mqa.weight"])[:, None]  # one head
    latent = rms_norm(kv[..., : c.kv_lora], w[at + "kv_a_layernorm.weight"], 1e-6)
    factor = x.dtype.type(c.rope_scaling.rotary_factor if c.rope_scaling else 1)
    k_rotary = rotate(kv[..., c.kv_lora :], positions, frequency, interleaved=True) * factor
    q_rotary = rotate(q_rotary, positions, frequency, interleaved=True) * factor

    expand = w[at + "kv_b_proj.weight"].reshape(c.q_heads, c.head_dim + c.v_head_dim, c.kv_lora)
    to_key, to_value = expand[:, : c.head_dim], expand[:, c.head_dim :]
    # q · (to_key latent) = (q to_key) · latent: move the matrix onto the query, and the latent is the key
    q = np.concatenate([q @ to_key, q_rotary], axis=-1)
    (kept,), k_positions = cache.extend(layer, np.concatenate([latent, k_rotary], axis=-1)[None])
    scale = (c.head_dim + c.rope_dim) ** -0.5 * (c.rope_scaling.score_factor if c.rope_scaling else 1.0)
    mixed = attend(q, kept, kept[..., : c.kv_lora], positions, k_positions, x.dtype.type(scale), c.window_tok)
    mixed = mixed @ to_value.swapaxes(-1, -2)
    return linear(mixed.swapaxes(1, 2).reshape(batch, tokens, -1), w[at + "o_proj.weight"])


def route(c: Config, w: Mapping[str, Array], at: str, x: Array) -> tuple[Array, Array]:
    """Choose the experts of each token.

    Parameters
    ----------
    c : decoder.Config
        Shape of the model.
    w : dict
        Weights.
    at : str
        Where in it, such as ``model.layers.3.mlp.``.
    x : numpy.ndarray
        Tokens, (tokens, hidden).

    Returns
    -------
    tuple of numpy.ndarray
        The chosen experts and their weights, both (tokens, experts_active).

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024, section 2.1.2.
    """
    affinity = 1 / (1 + np.exp(-linear(x, w[at + "gate.weight"])))
    # the bias balances the load: it takes part in the choice, not in the weights
    choice = affinity + w[at + "gate.e_score_correction_bias"]
    if c.expert_groups > 1:
        groups = choice.reshape(len(x), c.expert_groups, -1)
        strength = np.sort(groups, axis=-1)[..., -2:].sum(axis=-1)
        best = np.argsort(-strength, axis=-1, kind="stable")[:, : c.expert_groups_active]
        open_ = np.zeros_like(strength, dtype=bool)
        np.put_along_axis(open_, best, True, axis=-1)
        choice = np.where(open_[..., None], groups, -np.inf).reshape(len(x), -1)
    chosen = np.argsort(-choice, axis=-1, kind="stable")[:, : c.experts_active]
    weight = np.take_along_axis(affinity, chosen, axis=-1)
    return chosen, weight / weight.sum(axis=-1, keepdims=True) * x.dtype.type(c.routed_scale)


def mixture(c: Config, w: Mapping[str, Array], at: str, x: Array) -> Array:
    """Send each token through its chosen experts and the shared one. Only experts that some token chose are read."""
    flat = x.reshape(-1, x.shape[-1])
    chosen, weight = route(c, w, at, flat)
    out = np.zeros_like(flat)
    for expert in np.unique(chosen):
        token, rank = np.nonzero(chosen == expert)
        y = feed_forward(flat[token], w, f"{at}experts.{expert}.", "swiglu")
        out[token] += weight[token, rank, None] * y  # a token has an expert at most once
    if c.experts_shared:
        out += feed_forward(flat, w, at + "shared_experts.", "swiglu")
    return out.reshape(x.shape)
