"""Small configurations drawn from a seed, for tools/oracle_counts.py: shapes of every family that nobody published.

Odd head counts and widths, heads that are not hidden / heads, ties, biases, patterns of layers given and left to their
defaults. Nothing here knows how a parameter is counted.
"""

from __future__ import annotations

import random

SEED = 20261126
NUM_EXPERTS = {"jamba", "lfm2_moe", "olmoe", "qwen2_moe", "qwen3_5_moe_text", "qwen3_moe", "qwen3_next"}
# Keys that from_config asks for, or that two defaults could not agree on.
KEPT = {"n_embd", "n_layer", "n_head", "n_routed_experts", "moe_intermediate_size", "num_experts_per_tok",
        "hybrid_override_pattern", "tie_word_embeddings", "hidden_size_per_layer_input", "moe_num_experts",
        "moe_k", "ffn_dim", "d_model", "n_layers", "n_heads", "num_experts_per_token"}
KEPT_IN = {"ministral": {"head_dim"}, "hunyuan_v1_dense": {"head_dim"}, "hunyuan_v1_moe": {"head_dim"},
           "kimi_linear": {"num_experts"}, "lfm2_moe": {"layer_types"}}


def draw(kind, turn, share):
    """Draw a small configuration of one model_type: general shape, and a share of the keys that are special to it."""
    rng = random.Random(f"{SEED} {kind} {turn}")
    kv = rng.randint(1, 4)
    heads = kv * rng.randint(1, 5) if share else 32  # which every default number of key-value heads divides
    if kind == "gpt2" or kind == "gpt_neox" or kind == "falcon":
        kv = heads
    head = 2 * rng.randint(2, 9)
    base = {
        "model_type": kind, "vocab_size": rng.randint(50, 300), "hidden_size": heads * head,
        "num_hidden_layers": rng.randint(1, 9), "num_attention_heads": heads, "num_key_value_heads": kv,
        "intermediate_size": rng.randint(8, 99), "tie_word_embeddings": rng.random() < 0.5, "pad_token_id": 0,
    }
    special = SPECIAL.get(kind, lambda *_: {})(rng, base)
    if not share:
        base.pop("num_key_value_heads", None)
    kept = KEPT | KEPT_IN.get(kind, set())
    return base | {key: value for key, value in special.items() if key in kept or rng.random() < share}


def flag(rng, *names):
    """Draw some flags."""
    return {name: rng.random() < 0.5 for name in names}


def layers(rng, base, *words):
    """Draw a word for each layer."""
    return [rng.choice(words) for _ in range(base["num_hidden_layers"])]


def wide(rng, _):
    """Draw a head that is not hidden / heads, or leave it out."""
    return {"head_dim": 2 * rng.randint(2, 9)} if rng.random() < 0.6 else {}


def stated(rng, _):
    """Draw a head that is not hidden / heads, where transformers does not take its own default."""
    return {"head_dim": 2 * rng.randint(2, 9)}


def window(rng, _):
    """Draw a window."""
    return {"sliding_window": rng.randint(4, 64)}


def by_layer(rng, base):
    """Say of each layer whether it has a window, or leave that to the family's pattern."""
    return {"layer_types": layers(rng, base, "sliding_attention", "full_attention")} if rng.random() < 0.5 else {}


def experts(rng, base):
    """Draw a mixture, under the name that the family gives it."""
    total = rng.randint(2, 9)
    name = "num_experts" if base["model_type"] in NUM_EXPERTS else "num_local_experts"
    return {name: total, "num_experts_per_tok": rng.randint(1, total)}


def gpt2(rng, base):
    """Draw what is special to gpt2."""
    names = {"hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head"}
    drawn = {theirs: base.pop(ours) for ours, theirs in names.items()}
    del base["num_key_value_heads"], base["intermediate_size"]
    drawn["n_positions"] = rng.randint(16, 64)
    return drawn | ({"n_inner": rng.randint(8, 99)} if rng.random() < 0.5 else {})


def gpt_neox(rng, base):
    """Draw what is special to gpt-neox."""
    del base["num_key_value_heads"]
    return flag(rng, "attention_bias", "use_parallel_residual")


def falcon(rng, base):
    """Draw what is special to falcon."""
    del base["num_key_value_heads"], base["intermediate_size"]
    drawn = flag(rng, "new_decoder_architecture", "multi_query", "parallel_attn", "bias")
    if drawn["new_decoder_architecture"]:
        drawn["num_kv_heads"] = rng.choice([n for n in (1, 2, 3, 4) if base["num_attention_heads"] % n == 0])
        if drawn["parallel_attn"] and rng.random() < 0.5:
            drawn["num_ln_in_parallel_attn"] = rng.choice([1, 2])
    return drawn | ({"ffn_hidden_size": rng.randint(8, 99)} if rng.random() < 0.5 else {})


def qwen_moe(rng, base):
    """Draw a mixture in some layers."""
    drawn = experts(rng, base) | {
        "moe_intermediate_size": rng.randint(4, 40), "decoder_sparse_step": rng.randint(1, 3),
        "mlp_only_layers": sorted(n for n in range(base["num_hidden_layers"]) if rng.random() < 0.3)}
    if base["model_type"] != "qwen3_moe":
        drawn["shared_expert_intermediate_size"] = rng.randint(4, 40)
    return drawn | (flag(rng, "qkv_bias") if base["model_type"] == "qwen2_moe"
                    else wide(rng, base) | flag(rng, "attention_bias"))


def linear(rng, base):
    """Draw linear-attention layers."""
    keys = rng.randint(1, 3)
    drawn = {"linear_num_key_heads": keys, "linear_num_value_heads": keys * rng.randint(1, 3),
             "linear_key_head_dim": rng.randint(4, 12), "linear_value_head_dim": rng.randint(4, 12),
             "linear_conv_kernel_dim": rng.randint(2, 5), "shared_expert_intermediate_size": rng.randint(4, 40)}
    drawn |= {"layer_types": layers(rng, base, "linear_attention", "full_attention")} if rng.random() < 0.5 else {}
    return drawn | wide(rng, base) | flag(rng, "attention_bias")


def qwen3_next(rng, base):
    """Draw what is special to qwen3-next."""
    return qwen_moe(rng, base) | linear(rng, base)


def qwen3_5_moe(rng, base):
    """Draw what is special to qwen3-5-moe."""
    del base["intermediate_size"]
    return experts(rng, base) | {"moe_intermediate_size": rng.randint(4, 40)} | linear(rng, base)


def qwen3_5(rng, base):
    """Draw what is special to qwen3-5."""
    drawn = linear(rng, base)
    del drawn["shared_expert_intermediate_size"]
    return drawn


def latent(rng, base):
    """Draw latent attention, and the mixture that goes with it."""
    total = rng.choice([4, 8, 12])
    drawn = {
        "kv_lora_rank": rng.randint(4, 20), "qk_nope_head_dim": 2 * rng.randint(2, 8),
        "qk_rope_head_dim": 2 * rng.randint(1, 6), "v_head_dim": rng.randint(3, 20), "n_routed_experts": total,
        "q_lora_rank": rng.randint(4, 20), "n_shared_experts": rng.randint(1, 3), "n_group": 1, "topk_group": 1,
        "num_experts_per_tok": rng.randint(1, total), "moe_intermediate_size": rng.randint(4, 40),
        "first_k_dense_replace": rng.randint(0, base["num_hidden_layers"])} | flag(rng, "attention_bias")
    if base["model_type"] in ("deepseek_v2", "deepseek_v3") and rng.random() < 0.5:
        drawn["q_lora_rank"] = None
    if base["model_type"] == "glm4_moe_lite":
        del drawn["first_k_dense_replace"]
        drawn["mlp_layer_types"] = layers(rng, base, "dense", "sparse")
    return drawn


def sparse(rng, base):
    """Draw latent attention with an indexer."""
    drawn = latent(rng, base) | {"index_n_heads": rng.randint(1, 6), "index_head_dim": 16 * rng.randint(1, 3),
                                 "index_topk": rng.randint(4, 64)}
    if rng.random() < 0.5:
        del drawn["first_k_dense_replace"]
        drawn["mlp_layer_types"] = layers(rng, base, "dense", "sparse")
    if base["model_type"] == "glm_moe_dsa":
        drawn |= rng.choice([{}, {"indexer_types": ["full", *layers(rng, base, "full", "shared")[1:]]},
                             {"index_topk_freq": rng.randint(1, 4), "index_skip_topk_offset": rng.randint(1, 4)},
                             {"index_topk_pattern": "F" + "".join(layers(rng, base, "F", "S")[1:])}])
    return drawn


def compressed(rng, base):
    """Draw a cache whose entries stand for several tokens."""
    del base["intermediate_size"], base["num_key_value_heads"]
    groups = rng.choice([n for n in (1, 2, 3, 4) if base["num_attention_heads"] % n == 0])
    drawn = {"moe_intermediate_size": rng.randint(4, 40), "n_routed_experts": 8, "head_dim": 16 * rng.randint(1, 4),
             "num_experts_per_tok": rng.randint(1, 8), "o_groups": groups, "q_lora_rank": rng.randint(4, 20),
             "o_lora_rank": rng.randint(4, 20), "index_n_heads": rng.randint(1, 6), "hc_mult": rng.randint(2, 5),
             "index_head_dim": 16 * rng.randint(1, 3), "index_topk": rng.randint(4, 64)}
    if rng.random() < 0.5:
        drawn["compress_ratios"] = layers(rng, base, 0, 4, 128)
    return drawn | ({"num_hash_layers": rng.randint(0, 4)} if rng.random() < 0.5 else {})


def gemma4(rng, base):
    """Draw layers that see everything with heads of their own, and layers that read an earlier cache."""
    base["num_hidden_layers"] = rng.randint(4, 9)
    middle = layers(rng, base, "sliding_attention", "full_attention")[3:]
    drawn = {"hidden_size_per_layer_input": rng.choice([0, 4]), "vocab_size_per_layer_input": 60,
             "global_head_dim": 2 * rng.randint(2, 9), "sliding_window": 16,
             "num_kv_shared_layers": rng.randint(0, 2),
             "layer_types": ["sliding_attention", "full_attention", *middle, "full_attention"]}
    if rng.random() < 0.5:
        drawn |= {"enable_moe_block": True, "num_experts": 8, "top_k_experts": rng.randint(1, 8),
                  "moe_intermediate_size": rng.randint(4, 40)}
    heads = base["num_attention_heads"]
    drawn["num_global_key_value_heads"] = rng.choice([None, *(n for n in (1, 2, 3, 4) if heads % n == 0)])
    return drawn | wide(rng, base) | flag(rng, "attention_bias", "attention_k_eq_v", "use_double_wide_mlp")


def glm4_moe(rng, base):
    """Draw what is special to glm4-moe."""
    return wide(rng, base) | flag(rng, "attention_bias", "use_qk_norm") | {
        "n_routed_experts": 8, "num_experts_per_tok": rng.randint(1, 8), "n_shared_experts": rng.randint(1, 3),
        "moe_intermediate_size": rng.randint(4, 40), "first_k_dense_replace": rng.randint(0, base["num_hidden_layers"])}


def llama4(rng, base):
    """Draw what is special to llama4."""
    drawn = experts(rng, base) | {"intermediate_size_mlp": rng.randint(8, 99), "head_dim": 2 * rng.randint(2, 9),
                                  "attention_chunk_size": rng.randint(4, 64)}
    choice = {"moe_layers": sorted(n for n in range(base["num_hidden_layers"]) if rng.random() < 0.5)}
    return drawn | flag(rng, "attention_bias") | (
        choice if rng.random() < 0.5 else {"interleave_moe_layer_step": rng.randint(1, 4)})


def mamba2(rng, base):
    """Draw Mamba-2 layers."""
    size = rng.choice([n for n in range(2, 2 * base["hidden_size"] + 1) if 2 * base["hidden_size"] % n == 0])
    return {"mamba_n_heads": size, "mamba_d_head": rng.choice(["auto", 2 * base["hidden_size"] // size]),
            "mamba_n_groups": 1, "mamba_d_state": rng.randint(2, 12), "mamba_d_conv": rng.randint(2, 5),
            "mamba_expand": 2} | flag(rng, "mamba_conv_bias", "mamba_proj_bias", "attention_bias")


def granite_hybrid(rng, base):
    """Draw what is special to granite-hybrid."""
    drawn = mamba2(rng, base) | {"layer_types": layers(rng, base, "mamba", "attention"),
                                 "shared_intermediate_size": rng.randint(4, 40)}
    return drawn | rng.choice([experts(rng, base), {"num_local_experts": 0}])


def falcon_h1(rng, base):
    """Draw what is special to falcon-h1."""
    drawn = mamba2(rng, base) | flag(rng, "mlp_bias", "projectors_bias", "mamba_rms_norm") | wide(rng, base)
    if rng.random() < 0.5:
        heads, head = rng.randint(1, 6), 2 * rng.randint(2, 9)
        return drawn | {"mamba_d_ssm": heads * head, "mamba_n_heads": heads, "mamba_d_head": head}
    return drawn | {"mamba_d_ssm": None}


def jamba(rng, base):
    """Draw what is special to jamba."""
    attention, mixture = rng.randint(2, 4), rng.randint(2, 4)
    return experts(rng, base) | {
        "attn_layer_period": attention, "attn_layer_offset": rng.randrange(attention), "expert_layer_period": mixture,
        "expert_layer_offset": rng.randrange(mixture), "mamba_d_state": rng.randint(2, 12), "use_mamba_kernels": False,
        "mamba_d_conv": rng.randint(2, 5), "mamba_expand": rng.randint(1, 3),
        "mamba_dt_rank": rng.choice(["auto", rng.randint(1, 9)])} | flag(rng, "mamba_conv_bias", "mamba_proj_bias")


def nemotron_h(rng, base):
    """Draw what is special to nemotron-h."""
    pattern = "".join(layers(rng, base, "M", "*", "-", "E"))
    groups = rng.randint(1, 3)
    # transformers never ties this one, NVIDIA's own class does: from_config refuses to guess
    return {"tie_word_embeddings": False, "hybrid_override_pattern": pattern, "head_dim": 2 * rng.randint(2, 9),
            "mamba_num_heads": groups * 2, "mamba_head_dim": 2 * rng.randint(2, 9), "n_groups": groups,
            "ssm_state_size": rng.randint(2, 12), "conv_kernel": rng.randint(2, 5), "n_routed_experts": 8,
            "num_experts_per_tok": rng.randint(1, 8), "moe_intermediate_size": rng.randint(4, 40),
            "moe_shared_expert_intermediate_size": rng.randint(4, 40),
            "moe_latent_size": rng.choice([None, rng.randint(4, 20)])} | flag(rng, "use_conv_bias", "use_bias")


def shared(rng, _):
    """Draw what every token passes besides the experts."""
    return {"shared_intermediate_size": rng.randint(0, 40)}


def opt(rng, base):
    """Draw what is special to opt."""
    del base["num_key_value_heads"]
    return {"ffn_dim": base.pop("intermediate_size"), "max_position_embeddings": rng.randint(16, 64)} | flag(
        rng, "enable_bias")


def bloom(_, base):
    """Draw what is special to bloom."""
    del base["num_key_value_heads"], base["intermediate_size"]
    return {"n_layer": base.pop("num_hidden_layers"), "n_head": base.pop("num_attention_heads")}


def mpt(_, base):
    """Draw what is special to mpt."""
    del base["num_key_value_heads"], base["intermediate_size"]
    names = {"hidden_size": "d_model", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads"}
    return {theirs: base.pop(ours) for ours, theirs in names.items()} | {"attn_config": {"alibi": True}}


def gptj(rng, base):
    """Draw what is special to gpt-j."""
    drawn = gpt2(rng, base)
    return drawn | {"rotary_dim": 4}


def gpt_bigcode(rng, base):
    """Draw what is special to gpt-bigcode."""
    return gpt2(rng, base) | flag(rng, "multi_query")


def gemma3n(rng, base):
    """Draw layers that share a cache, streams, and widths by layer."""
    base["num_hidden_layers"] = count = rng.randint(6, 12)
    drawn = {"num_kv_shared_layers": rng.choice([0, 1, 2]), "laurel_rank": rng.randint(2, 9),
             "altup_num_inputs": rng.randint(2, 5), "hidden_size_per_layer_input": rng.randint(2, 12),
             "vocab_size_per_layer_input": rng.randint(50, 99), "sliding_window": 16,
             "activation_sparsity_pattern": [0.0] * count}
    if rng.random() < 0.5:
        drawn["layer_types"] = ["sliding_attention", "full_attention", *layers(rng, base, "sliding_attention",
                                                                               "full_attention")[2:]]
        drawn["num_kv_shared_layers"] = rng.choice([0, 1, 2])
    if rng.random() < 0.5:
        base["intermediate_size"] = [rng.randint(8, 99) for _ in range(count)]
    return drawn | wide(rng, base) | flag(rng, "attention_bias")


def ernie_moe(rng, base):
    """Draw what is special to ernie4.5's mixtures."""
    total = rng.randint(2, 9)
    return {"moe_num_experts": total, "moe_k": rng.randint(1, total), "moe_intermediate_size": rng.randint(4, 40),
            "moe_num_shared_experts": rng.randint(0, 3), "moe_layer_start_index": rng.randint(0, 3),
            "moe_layer_end_index": rng.choice([-1, rng.randint(1, base["num_hidden_layers"])]),
            "moe_layer_interval": rng.randint(1, 3)}


def hunyuan_moe(rng, base):
    """Draw what is special to hunyuan's mixtures."""
    total = rng.randint(2, 9)
    return {"num_experts": total, "moe_topk": rng.choice([
        rng.randint(1, total), [rng.randint(1, total)] * base["num_hidden_layers"]])} | stated(rng, base) | flag(
            rng, "attention_bias")


def dots(rng, base):
    """Draw what is special to dots."""
    drawn = glm4_moe(rng, base)
    del drawn["use_qk_norm"]
    return drawn | by_layer(rng, base) | {"sliding_window": rng.choice([None, 16])}


def minimax_m3(rng, base):
    """Draw blocks of tokens that an indexer chooses, and dense layers."""
    total = rng.randint(2, 9)
    drawn = {"num_local_experts": total, "num_experts_per_tok": rng.randint(1, total),
             "dense_intermediate_size": rng.randint(8, 99), "shared_intermediate_size": rng.randint(4, 40),
             "index_n_heads": rng.randint(1, 6), "index_head_dim": 2 * rng.randint(2, 9), "rotary_dim": 4,
             "head_dim": 2 * rng.randint(2, 9)}
    if rng.random() < 0.5:
        drawn["layer_types"] = layers(rng, base, "minimax_m3_sparse", "full_attention")
    if rng.random() < 0.5:
        drawn["mlp_layer_types"] = layers(rng, base, "sparse", "dense")
    return drawn


def lfm2(rng, base):
    """Draw short convolutions between attention layers."""
    if base["model_type"] == "lfm2_moe":
        return experts(rng, base) | flag(rng, "conv_bias", "use_expert_bias") | {
            "layer_types": layers(rng, base, "conv", "full_attention"), "moe_intermediate_size": rng.randint(4, 40),
            "num_dense_layers": rng.randint(0, 3), "conv_L_cache": rng.randint(2, 5)}
    drawn = flag(rng, "conv_bias", "block_auto_adjust_ff_dim") | {
        "conv_L_cache": rng.randint(2, 5), "block_multiple_of": rng.randint(2, 20)}
    return drawn | rng.choice([{}, {"layer_types": layers(rng, base, "conv", "full_attention")},
                               {"full_attn_idxs": [n for n in range(base["num_hidden_layers"]) if rng.random() < 0.5]}])


def bamba(rng, base):
    """Draw what is special to bamba."""
    return mamba2(rng, base) | flag(rng, "mlp_bias") | {
        "attn_layer_indices": [n for n in range(base["num_hidden_layers"]) if rng.random() < 0.5]}


def kimi_linear(rng, base):
    """Draw latent attention between layers with a state."""
    total, count = rng.choice([4, 8, 12]), base["num_hidden_layers"]
    drawn = {"kv_lora_rank": rng.randint(4, 20), "qk_nope_head_dim": 2 * rng.randint(2, 8),
             "qk_rope_head_dim": 2 * rng.randint(1, 6), "v_head_dim": rng.randint(3, 20), "num_experts": total,
             "num_experts_per_token": rng.randint(1, total), "num_shared_experts": rng.randint(1, 3),
             "moe_intermediate_size": rng.randint(4, 40), "q_lora_rank": rng.choice([None, rng.randint(4, 20)]),
             "tie_word_embeddings": False}  # which transformers' class does not do
    if rng.random() < 0.5:
        full = [n for n in range(1, count + 1) if rng.random() < 0.5]
        drawn["linear_attn_config"] = {
            "full_attn_layers": full, "kda_layers": [n for n in range(1, count + 1) if n not in full],
            "head_dim": 2 * rng.randint(2, 8), "num_heads": rng.randint(1, 5), "short_conv_kernel_size": 3}
        drawn["first_k_dense_replace"] = rng.randint(0, count)
    else:
        drawn |= {"linear_head_dim": 2 * rng.randint(2, 8), "linear_num_heads": rng.randint(1, 5)}
        drawn["mlp_layer_types"] = layers(rng, base, "dense", "sparse")
    return drawn | flag(rng, "attention_bias")


def mixed(*parts):
    """Join what several parts draw."""
    def special(rng, base):
        drawn = {}
        for part in parts:
            drawn |= part(rng, base) if callable(part) else flag(rng, part)
        return drawn
    return special


windows = mixed(window, by_layer)
SPECIAL = {
    "gpt2": gpt2, "gpt_neox": gpt_neox, "falcon": falcon, "llama": mixed(wide, "attention_bias", "mlp_bias"),
    "granite": mixed("attention_bias", "mlp_bias"), "mistral": mixed(wide, window),
    "ministral3": wide,
    "mixtral": mixed(wide, experts), "qwen3": mixed(wide, "attention_bias"),
    "qwen2_moe": qwen_moe, "qwen3_moe": qwen_moe, "qwen3_next": qwen3_next, "qwen3_5_text": qwen3_5,
    "qwen3_5_moe_text": qwen3_5_moe, "gemma": mixed(wide, "attention_bias"),
    "gemma2": mixed(wide, windows, "attention_bias"), "gemma4_text": gemma4,
    "gemma3_text": mixed(wide, windows, "attention_bias"),
    "phi": mixed("qk_layernorm"), "phimoe": mixed("attention_bias", "lm_head_bias", experts),
    "olmo2": mixed("attention_bias"), "olmo3": mixed("attention_bias", windows),
    "olmoe": mixed("attention_bias", experts),
    "glm4": mixed(wide, "attention_bias"), "glm4_moe": glm4_moe, "glm4_moe_lite": latent,
    "deepseek_v2": latent, "deepseek_v3": latent,
    "deepseek_v32": sparse, "deepseek_v4": compressed, "glm_moe_dsa": sparse,
    "gpt_oss": mixed(wide, windows, "attention_bias", experts),
    "minimax_m2": mixed(wide, experts), "cohere": mixed("attention_bias", "use_qk_norm"),
    "cohere2": mixed("attention_bias", windows), "starcoder2": mixed("use_bias"), "llama4_text": llama4,
    "granitemoe": mixed("attention_bias", experts), "granitemoehybrid": granite_hybrid,
    "falcon_h1": falcon_h1, "jamba": jamba, "nemotron_h": nemotron_h,
    "seed_oss": mixed(wide, "attention_bias", "attention_out_bias", "mlp_bias"),
    "smollm3": mixed("attention_bias", "mlp_bias"), "cwm": mixed(wide, windows, "mlp_bias"),
    "ministral": mixed(stated, windows), "arcee": mixed(wide, "attention_bias", "mlp_bias"),
    "nemotron": mixed(wide, "attention_bias", "mlp_bias"), "apertus": mixed("attention_bias"),
    "olmo": mixed("attention_bias"), "ernie4_5": mixed(wide, "use_bias"), "ernie4_5_moe": ernie_moe,
    "exaone4": mixed(wide, windows), "hunyuan_v1_dense": mixed(stated, "attention_bias"), "hunyuan_v1_moe": hunyuan_moe,
    "stablelm": mixed("use_qkv_bias", "qk_layernorm", "use_parallel_residual"), "glm": mixed(wide, "attention_bias"),
    "opt": opt, "bloom": bloom, "mpt": mpt, "gptj": gptj, "gpt_bigcode": gpt_bigcode, "gemma3n_text": gemma3n,
    "granitemoeshared": mixed("attention_bias", experts, shared),
    "dots1": dots, "minimax_m3_vl_text": minimax_m3, "lfm2": lfm2, "lfm2_moe": lfm2, "bamba": bamba,
    "kimi_linear": kimi_linear,
}
KINDS = sorted({*SPECIAL, "qwen2", "phi3"})
