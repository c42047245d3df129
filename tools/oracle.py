"""Compare the stored answers of an independent implementation with what it answers now: `make oracle`.

The reference decoder is tested against Hugging Face transformers (Llama, Mistral and DeepSeek-V3 classes, on PyTorch).
Both are too heavy for `make test`, so their answers lie in tests/fixtures/. This script asks them again, in an
environment of its own, and fails when an answer moved by more than rounding. `--write` stores the answers anew.

Nothing is downloaded: each model is built from a small configuration, and every weight is drawn from a seed and its
name, by `weight` below. tests/decoder/test_decoder.py draws the same weights.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import pathlib
import platform
import sys
import zlib

import numpy as np
import torch
import transformers

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "tests" / "fixtures"
TOLERANCE = 1e-4  # float32 through a few layers; the logits are of order 1
TOKENS, GREEDY = 40, 12

LLAMA = {"model_type": "llama", "vocab_size": 48, "hidden_size": 32, "intermediate_size": 56, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64,
         "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": False}
DEEPSEEK = {"model_type": "deepseek_v3", "vocab_size": 48, "hidden_size": 32, "intermediate_size": 56,
            "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 4, "max_position_embeddings": 64,
            "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": False, "kv_lora_rank": 12,
            "q_lora_rank": 20, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 6, "n_routed_experts": 8,
            "num_experts_per_tok": 3, "n_shared_experts": 1, "moe_intermediate_size": 24, "first_k_dense_replace": 1,
            "n_group": 4, "topk_group": 2, "routed_scaling_factor": 2.5, "norm_topk_prob": True,
            "num_nextn_predict_layers": 0}
# a small base, so that the pairs of a small head fall before, on and after the ramp
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32, "beta_fast": 4, "beta_slow": 0.5}

CASES = {
    "mha": LLAMA | {"num_key_value_heads": 4},
    "gqa": LLAMA,
    "mqa": LLAMA | {"num_key_value_heads": 1},
    "tied": LLAMA | {"tie_word_embeddings": True},
    "wide-heads": LLAMA | {"head_dim": 16},
    "window": LLAMA | {"model_type": "mistral", "sliding_window": 8},
    "linear": LLAMA | {"rope_scaling": {"rope_type": "linear", "factor": 4.0}},
    # transformers knows NTK-aware scaling only as a larger base, so the base is worked out here: 10000 · 4^(8/6)
    "ntk": LLAMA | {"rope_theta": 10000.0 * 4.0 ** (8 / 6)},
    "dynamic": LLAMA | {"max_position_embeddings": 16, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}},
    "yarn": LLAMA | {"head_dim": 16, "rope_theta": 100.0, "rope_scaling": YARN},
    "llama3": LLAMA | {"head_dim": 16, "rope_theta": 100.0,
                       "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                        "high_freq_factor": 4.0, "original_max_position_embeddings": 32}},
    "mla-dense": DEEPSEEK | {"q_lora_rank": None, "first_k_dense_replace": 3},
    "mla-experts": DEEPSEEK,
    "mla-yarn": DEEPSEEK | {"qk_rope_head_dim": 8, "rope_theta": 100.0,
                            "rope_scaling": YARN | {"mscale": 1.0, "mscale_all_dim": 0.7}},
}


def weight(seed, name, shape):
    """Draw one weight: about one for gains, small for the router's bias, scaled by its inputs for a matrix."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    values = rng.standard_normal(shape)
    if name.endswith("_bias"):
        return 0.1 * values
    return 1 + 0.1 * values if len(shape) == 1 else values / np.sqrt(shape[-1])


def tokens(seed, vocab):
    """Two sequences of random tokens."""
    return np.random.default_rng(seed).integers(vocab, size=(2, TOKENS))


def build(config, seed):
    """Build the model of a configuration, its weights drawn by name."""
    made = transformers.AutoConfig.for_model(**config)
    model = transformers.AutoModelForCausalLM.from_config(made, attn_implementation="eager").float().eval()
    state = model.state_dict()
    for name in state:
        shape = tuple(state[name].shape)
        if name == "lm_head.weight" and config["tie_word_embeddings"]:
            continue
        if ".experts." in name:  # kept as one array for all experts there, one by one in checkpoints
            value = np.stack([experts(seed, name, expert, shape[1:]) for expert in range(shape[0])])
        else:
            value = weight(seed, name, shape)
        state[name].copy_(torch.from_numpy(value))
    return model


def experts(seed, name, expert, shape):
    """Draw one expert's weight, named as in a checkpoint."""
    at = name.rsplit(".", 1)[0] + f".{expert}."
    if name.endswith("down_proj"):
        return weight(seed, at + "down_proj.weight", shape)
    half = (shape[0] // 2, shape[1])
    return np.concatenate([weight(seed, at + "gate_proj.weight", half), weight(seed, at + "up_proj.weight", half)])


def answer():
    """Ask every model for the logits of its tokens and for a greedy continuation, with its own cache."""
    logits, greedy = {}, {}
    with torch.no_grad():
        for seed, (name, config) in enumerate(CASES.items()):
            model = build(config, seed)
            prompt = torch.from_numpy(tokens(seed, config["vocab_size"]))
            logits[name] = model(prompt).logits.numpy()
            # the dynamic base would change while the cache fills, and old keys with it
            if name != "dynamic":
                made = model.generate(prompt[:, :10], attention_mask=torch.ones(2, 10), max_new_tokens=GREEDY,
                                      do_sample=False, eos_token_id=None, pad_token_id=0)
                greedy[name] = made[:, 10:].numpy()
            print(f"  {name}: {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    return logits, greedy


def store(logits, greedy):
    """Write the answers, the versions that gave them, and one checkpoint as transformers saves it."""
    arrays = {f"logits/{name}": value for name, value in logits.items()}
    arrays |= {f"greedy/{name}": value.astype(np.int16) for name, value in greedy.items()}
    np.savez_compressed(FIXTURES / "oracle.npz", **arrays)
    versions = {"python": platform.python_version(), "torch": torch.__version__,
                "transformers": transformers.__version__, "numpy": np.__version__}
    record = {"date": dt.date.today().isoformat(), "versions": versions, "cases": CASES}
    (FIXTURES / "oracle.json").write_text(json.dumps(record, indent=1) + "\n")
    build(CASES["gqa"], list(CASES).index("gqa")).bfloat16().save_pretrained(FIXTURES / "checkpoint")
    (FIXTURES / "checkpoint" / "generation_config.json").unlink(missing_ok=True)
    (FIXTURES / "checkpoint" / "model.safetensors").chmod(0o644)


def compare(logits, greedy):
    """Return a line for each stored answer that is no longer given."""
    stored = np.load(FIXTURES / "oracle.npz")
    record = json.loads((FIXTURES / "oracle.json").read_text())
    moved = [] if record["cases"] == json.loads(json.dumps(CASES)) else ["the cases differ from the stored ones"]
    for name, value in logits.items():
        gap = np.abs(stored[f"logits/{name}"] - value).max() if f"logits/{name}" in stored else np.inf
        if not gap <= TOLERANCE:
            moved.append(f"{name}: logits differ by {gap:.2g}")
    moved += [f"{name}: greedy tokens differ" for name, value in greedy.items()
              if f"greedy/{name}" not in stored or not np.array_equal(stored[f"greedy/{name}"], value)]
    return moved


def main():
    """Ask, then store or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="store the answers instead of comparing them")
    options = parser.parse_args()
    torch.set_num_threads(1)
    logits, greedy = answer()
    if options.write:
        store(logits, greedy)
        print(f"stored {len(CASES)} cases in {FIXTURES.name}/")
        return
    moved = compare(logits, greedy)
    if moved:
        sys.exit("The oracle's answers changed:\n  " + "\n  ".join(moved)
                 + "\nIf the change is right, run tools/oracle.py --write.")
    print(f"{len(CASES)} cases: the oracle answers as stored, within {TOLERANCE:g}.")


if __name__ == "__main__":
    main()
