"""Compare the stored parameter counts of published and random configurations with what transformers counts now.

`layer_groups.from_config` counts parameters from a config.json by a table of its own. Here transformers builds the same
model on PyTorch's meta device, which has shapes and no memory, and its parameters are counted. The counts lie in
tests/fixtures/configs/: counts.json for the published configurations beside it, variants.json for small ones drawn
from a seed, so that the table is tried on odd heads, ties, biases and patterns that nobody published.

Counted are the parameters of the text decoder with its head, a tied one once, and the routers' correction biases, which
transformers keeps as buffers and a checkpoint stores. `make oracle` runs this; `--write` stores the counts anew.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import pathlib
import platform
import random
import sys
import warnings

import torch
import transformers

CONFIGS = pathlib.Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "configs"
OTHER = ("counts.json", "variants.json")
# The publisher's own class has another name for the same decoder.
ALIASES = {"kimi_k2": "deepseek_v3"}
SEED, VARIANTS = 20261126, 8
# Keys that from_config asks for, or that two defaults could not agree on.
KEPT = {"n_embd", "n_layer", "n_head", "n_routed_experts", "moe_intermediate_size", "num_experts_per_tok",
        "hybrid_override_pattern"}


def count(config):
    """Build a decoder on the meta device and count its parameters by part."""
    inner = dict(config.get("text_config") or config)
    for key in ("tie_word_embeddings",):
        if key in config:
            inner.setdefault(key, config[key])
    inner.setdefault("model_type", None)
    if inner["model_type"] is None:  # the outer class knows which decoder it holds
        outer = transformers.AutoConfig.for_model(**config)
        inner["model_type"] = outer.text_config.model_type
    inner["model_type"] = ALIASES.get(inner["model_type"], inner["model_type"])
    inner.pop("quantization_config", None)
    inner.pop("auto_map", None)
    made = transformers.AutoConfig.for_model(**inner)
    with torch.device("meta"):
        if type(made) in transformers.MODEL_FOR_CAUSAL_LM_MAPPING:
            model = transformers.AutoModelForCausalLM.from_config(made)
        else:  # a decoder that stands only inside a model with a vision tower
            model = transformers.AutoModelForImageTextToText.from_config(transformers.AutoConfig.for_model(**config))
    parameters = {name: value.numel() for name, value in model.named_parameters()
                  if not any(tower in name for tower in ("visual", "vision", "projector"))}
    parameters |= {name: value.numel() for name, value in model.named_buffers()
                   if name.endswith("e_score_correction_bias")}

    def total(*words, without="\0"):
        return sum(size for name, size in parameters.items()
                   if any(word in name for word in words) and without not in name)

    return {"n_params": sum(parameters.values()),
            "embedding": total("embed_tokens.", ".wte.", ".wpe.", "embed_in.", "word_embeddings.", ".embeddings.",
                               "lm_head.weight"),
            "experts": total(".experts.", without="shared")}


# -- variants ---------------------------------------------------------------------------------------------------------


def draw(rng, kind, whole):
    """Draw a small configuration of one model_type: general shape, then what is special to it, or a part of that."""
    kv = rng.randint(1, 4)
    heads = kv * rng.randint(1, 5)
    if kind == "gpt2" or kind == "gpt_neox" or kind == "falcon":
        kv = heads
    head = 2 * rng.randint(2, 9)
    base = {
        "model_type": kind, "vocab_size": rng.randint(50, 300), "hidden_size": heads * head,
        "num_hidden_layers": rng.randint(1, 9), "num_attention_heads": heads, "num_key_value_heads": kv,
        "intermediate_size": rng.randint(8, 99), "tie_word_embeddings": rng.random() < 0.5, "pad_token_id": 0,
    }
    special = SPECIAL.get(kind, lambda *_: {})(rng, base)
    return base | {key: value for key, value in special.items() if whole or key in KEPT or rng.random() < 0.5}


def variant(kind, turn):
    """Count a variant; every other one leaves keys to their defaults, where transformers accepts that."""
    for whole in ([True] if turn % 2 else [False, True]):
        config = draw(random.Random(f"{SEED} {kind} {turn}"), kind, whole)
        try:
            return {"config": config, **count(config)}
        except Exception as error:  # transformers' own refusals have many types
            if whole:
                raise ValueError(f"{kind}: {config}") from error
    return None


def flag(rng, *names):
    """Draw some flags."""
    return {name: rng.random() < 0.5 for name in names}


def layers(rng, base, *words):
    """Draw a word for each layer."""
    return [rng.choice(words) for _ in range(base["num_hidden_layers"])]


def wide(rng, base):
    """Draw a head that is not hidden / heads, or leave it out."""
    return {"head_dim": 2 * rng.randint(2, 9)} if rng.random() < 0.6 else {}


def window(rng, base):
    """Draw a window."""
    return {"sliding_window": rng.randint(4, 64)}


def by_layer(rng, base):
    """Say of each layer whether it has a window, or leave that to the family's pattern."""
    return {"layer_types": layers(rng, base, "sliding_attention", "full_attention")} if rng.random() < 0.5 else {}


def experts(rng, number="num_local_experts"):
    """Draw a mixture."""
    total = rng.randint(2, 9)
    return {number: total, "num_experts_per_tok": rng.randint(1, total)}


def gpt2(rng, base):
    names = {"hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head"}
    drawn = {theirs: base.pop(ours) for ours, theirs in names.items()}
    del base["num_key_value_heads"], base["intermediate_size"]
    return drawn | {"n_positions": rng.randint(16, 64)} | ({"n_inner": rng.randint(8, 99)} if rng.random() < 0.5 else {})


def gpt_neox(rng, base):
    del base["num_key_value_heads"]
    return flag(rng, "attention_bias", "use_parallel_residual")


def falcon(rng, base):
    del base["num_key_value_heads"], base["intermediate_size"]
    drawn = flag(rng, "new_decoder_architecture", "multi_query", "parallel_attn", "bias")
    if drawn["new_decoder_architecture"]:
        drawn["num_kv_heads"] = rng.choice([n for n in (1, 2, 3, 4) if base["num_attention_heads"] % n == 0])
        if drawn["parallel_attn"] and rng.random() < 0.5:
            drawn["num_ln_in_parallel_attn"] = rng.choice([1, 2])
    return drawn | ({"ffn_hidden_size": rng.randint(8, 99)} if rng.random() < 0.5 else {})


def qwen_moe(rng, base):
    drawn = experts(rng, "num_experts") | {
        "moe_intermediate_size": rng.randint(4, 40), "decoder_sparse_step": rng.randint(1, 3),
        "mlp_only_layers": sorted(n for n in range(base["num_hidden_layers"]) if rng.random() < 0.3)}
    if base["model_type"] != "qwen3_moe":
        drawn["shared_expert_intermediate_size"] = rng.randint(4, 40)
    return drawn | (flag(rng, "qkv_bias") if base["model_type"] == "qwen2_moe"
                    else wide(rng, base) | flag(rng, "attention_bias"))


def linear(rng, base):
    keys = rng.randint(1, 3)
    drawn = {"linear_num_key_heads": keys, "linear_num_value_heads": keys * rng.randint(1, 3),
             "linear_key_head_dim": rng.randint(4, 12), "linear_value_head_dim": rng.randint(4, 12),
             "linear_conv_kernel_dim": rng.randint(2, 5), "shared_expert_intermediate_size": rng.randint(4, 40)}
    drawn |= {"layer_types": layers(rng, base, "linear_attention", "full_attention")} if rng.random() < 0.5 else {}
    return drawn | wide(rng, base) | flag(rng, "attention_bias")


def qwen3_next(rng, base):
    return qwen_moe(rng, base) | linear(rng, base)


def qwen3_5_moe(rng, base):
    del base["intermediate_size"]
    return experts(rng, "num_experts") | {"moe_intermediate_size": rng.randint(4, 40)} | linear(rng, base)


def qwen3_5(rng, base):
    drawn = linear(rng, base)
    del drawn["shared_expert_intermediate_size"]
    return drawn


def latent(rng, base):
    total = rng.choice([4, 8, 12])
    drawn = {
        "kv_lora_rank": rng.randint(4, 20), "qk_nope_head_dim": 2 * rng.randint(2, 8),
        "qk_rope_head_dim": 2 * rng.randint(1, 6), "v_head_dim": rng.randint(3, 20), "n_routed_experts": total,
        "q_lora_rank": rng.randint(4, 20), "n_shared_experts": rng.randint(1, 3), "n_group": 1, "topk_group": 1,
        "num_experts_per_tok": rng.randint(1, total), "moe_intermediate_size": rng.randint(4, 40),
        "first_k_dense_replace": rng.randint(0, base["num_hidden_layers"])} | flag(rng, "attention_bias")
    if base["model_type"] in ("deepseek_v2", "deepseek_v3") and rng.random() < 0.5:
        drawn["q_lora_rank"] = None
    return drawn


def sparse(rng, base):
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


def glm4_moe(rng, base):
    return wide(rng, base) | flag(rng, "attention_bias", "use_qk_norm") | {
        "n_routed_experts": 8, "num_experts_per_tok": rng.randint(1, 8), "n_shared_experts": rng.randint(1, 3),
        "moe_intermediate_size": rng.randint(4, 40), "first_k_dense_replace": rng.randint(0, base["num_hidden_layers"])}


def llama4(rng, base):
    drawn = experts(rng) | {"intermediate_size_mlp": rng.randint(8, 99), "attention_chunk_size": rng.randint(4, 64),
                            "head_dim": 2 * rng.randint(2, 9)}
    choice = {"moe_layers": sorted(n for n in range(base["num_hidden_layers"]) if rng.random() < 0.5)}
    return drawn | flag(rng, "attention_bias") | (
        choice if rng.random() < 0.5 else {"interleave_moe_layer_step": rng.randint(1, 4)})


def mamba2(rng, base):
    size = rng.choice([n for n in range(2, 2 * base["hidden_size"] + 1) if 2 * base["hidden_size"] % n == 0])
    return {"mamba_n_heads": size, "mamba_d_head": rng.choice(["auto", 2 * base["hidden_size"] // size]),
            "mamba_n_groups": 1, "mamba_d_state": rng.randint(2, 12), "mamba_d_conv": rng.randint(2, 5),
            "mamba_expand": 2} | flag(rng, "mamba_conv_bias", "mamba_proj_bias", "attention_bias")


def granite_hybrid(rng, base):
    drawn = mamba2(rng, base) | {"layer_types": layers(rng, base, "mamba", "attention"),
                                 "shared_intermediate_size": rng.randint(4, 40)}
    return drawn | rng.choice([experts(rng), {"num_local_experts": 0, "num_experts_per_tok": 0}])


def falcon_h1(rng, base):
    drawn = mamba2(rng, base) | flag(rng, "mlp_bias", "projectors_bias", "mamba_rms_norm") | wide(rng, base)
    if rng.random() < 0.5:
        heads, head = rng.randint(1, 6), 2 * rng.randint(2, 9)
        return drawn | {"mamba_d_ssm": heads * head, "mamba_n_heads": heads, "mamba_d_head": head}
    return drawn | {"mamba_d_ssm": None}


def jamba(rng, base):
    attention, mixture = rng.randint(2, 4), rng.randint(2, 4)
    return experts(rng, "num_experts") | {
        "attn_layer_period": attention, "attn_layer_offset": rng.randrange(attention), "expert_layer_period": mixture,
        "expert_layer_offset": rng.randrange(mixture), "mamba_d_state": rng.randint(2, 12), "use_mamba_kernels": False,
        "mamba_d_conv": rng.randint(2, 5), "mamba_expand": rng.randint(1, 3),
        "mamba_dt_rank": rng.choice(["auto", rng.randint(1, 9)])} | flag(rng, "mamba_conv_bias", "mamba_proj_bias")


def nemotron_h(rng, base):
    pattern = "".join(layers(rng, base, "M", "*", "-", "E"))
    groups = rng.randint(1, 3)
    return {"hybrid_override_pattern": pattern, "head_dim": 2 * rng.randint(2, 9), "mamba_num_heads": groups * 2,
            "mamba_head_dim": 2 * rng.randint(2, 9), "n_groups": groups, "ssm_state_size": rng.randint(2, 12),
            "conv_kernel": rng.randint(2, 5), "n_routed_experts": 8, "num_experts_per_tok": rng.randint(1, 8),
            "moe_intermediate_size": rng.randint(4, 40), "moe_shared_expert_intermediate_size": rng.randint(4, 40),
            "moe_latent_size": rng.choice([None, rng.randint(4, 20)])} | flag(rng, "use_conv_bias", "use_bias")


def mixed(*parts):
    """Join what several parts draw."""
    def special(rng, base):
        drawn = {}
        for part in parts:
            drawn |= part(rng, base) if callable(part) else flag(rng, part)
        return drawn
    return special


SPECIAL = {
    "gpt2": gpt2, "gpt_neox": gpt_neox, "falcon": falcon, "llama": mixed(wide, "attention_bias", "mlp_bias"),
    "granite": mixed("attention_bias", "mlp_bias"), "mistral": mixed(wide, window),
    "ministral3": wide,
    "mixtral": mixed(wide, lambda rng, base: experts(rng)), "qwen3": mixed(wide, "attention_bias"),
    "qwen2_moe": qwen_moe, "qwen3_moe": qwen_moe, "qwen3_next": qwen3_next, "qwen3_5_text": qwen3_5,
    "qwen3_5_moe_text": qwen3_5_moe, "gemma": mixed(wide, "attention_bias"),
    "gemma2": mixed(wide, mixed(window, by_layer), "attention_bias"), "gemma3_text": mixed(wide, mixed(window, by_layer), "attention_bias"),
    "phi": mixed("qk_layernorm"), "phimoe": mixed("attention_bias", "lm_head_bias", lambda rng, base: experts(rng)),
    "olmo2": mixed("attention_bias"), "olmo3": mixed("attention_bias", mixed(window, by_layer)),
    "olmoe": mixed("attention_bias", lambda rng, base: experts(rng, "num_experts")),
    "glm4": mixed(wide, "attention_bias"), "glm4_moe": glm4_moe, "deepseek_v2": latent, "deepseek_v3": latent,
    "deepseek_v32": sparse, "glm_moe_dsa": sparse,
    "gpt_oss": mixed(wide, mixed(window, by_layer), "attention_bias", lambda rng, base: experts(rng)),
    "minimax_m2": mixed(wide, lambda rng, base: experts(rng)), "cohere": mixed("attention_bias", "use_qk_norm"),
    "cohere2": mixed("attention_bias", mixed(window, by_layer)), "starcoder2": mixed("use_bias"), "llama4_text": llama4,
    "granitemoe": mixed("attention_bias", lambda rng, base: experts(rng)), "granitemoehybrid": granite_hybrid,
    "falcon_h1": falcon_h1, "jamba": jamba, "nemotron_h": nemotron_h,
}
KINDS = sorted({*SPECIAL, "qwen2", "phi3"})


# -- storing and comparing --------------------------------------------------------------------------------------------


def answer():
    """Count the published configurations, and the variants."""
    published = {}
    for file in sorted(CONFIGS.glob("*.json")):
        if file.name not in OTHER:
            published[file.stem] = count(json.loads(file.read_text()))
            print(f"  {file.stem}: {published[file.stem]['n_params']:,}", flush=True)
    variants = []
    for kind in KINDS:
        for turn in range(VARIANTS):
            variants.append(variant(kind, turn))
        print(f"  {VARIANTS} variants of {kind}", flush=True)
    return published, variants


def main():
    """Count, then store or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="store the counts instead of comparing them")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    published, variants = answer()
    if options.write:
        versions = {"python": platform.python_version(), "torch": torch.__version__,
                    "transformers": transformers.__version__}
        record = {"date": dt.date.today().isoformat(), "versions": versions, "counts": published}
        (CONFIGS / "counts.json").write_text(json.dumps(record, indent=1) + "\n")
        lines = ",\n".join(json.dumps(variant) for variant in variants)
        (CONFIGS / "variants.json").write_text(f"[\n{lines}\n]\n")
        print(f"stored {len(published)} counts and {len(variants)} variants in {CONFIGS.name}/")
        return
    stored = json.loads((CONFIGS / "counts.json").read_text())["counts"]
    moved = [name for name in published.keys() | stored.keys() if published.get(name) != stored.get(name)]
    if json.loads((CONFIGS / "variants.json").read_text()) != json.loads(json.dumps(variants)):
        moved.append("the variants")
    if moved:
        sys.exit(f"The counts changed: {', '.join(sorted(moved))}.\n"
                 "If the change is right, run tools/oracle_counts.py --write.")
    print(f"{len(published)} configurations and {len(variants)} variants count as stored.")


if __name__ == "__main__":
    main()
