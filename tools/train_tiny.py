"""Train the toy models that the book ships: `make train` (about 25 minutes on one core).

Five shapes of equal size, several seeds each, on the text of `inference_economics.decoder.toy`, byte by byte:

    mha, gqa, mqa      4, 2, 1 KV heads, SwiGLU        what sharing heads costs
    relu, gelu         2 KV heads, a plain FFN          what the gate buys

Runs in the oracle's environment (PyTorch on the CPU). The weights of the first seed of mha, gqa and mqa go to
src/inference_economics/decoder/data/toy-*.safetensors in fp16, the results of all to toy_results.json beside them.
One thread, seeded: the same versions on the same kind of processor give the same numbers again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import pathlib
import platform
import sys
import time

import numpy as np
import torch
from safetensors.numpy import save_file
from torch.nn import functional as F  # noqa: N812

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
from inference_economics import toy  # noqa: E402

DATA = ROOT / "src" / "inference_economics" / "decoder" / "data"
LAYERS, HIDDEN, HEADS, HEAD_DIM, THETA, EPS = 3, 64, 4, 16, 10000.0, 1e-5

# What K and V give up, or the gate, the FFN gets: the five are equal in size to three parts in a thousand.
VARIANTS = {
    "mha": {"kv_heads": 4, "ffn": "swiglu", "ffn_hidden": 144},
    "gqa": {"kv_heads": 2, "ffn": "swiglu", "ffn_hidden": 165},
    "mqa": {"kv_heads": 1, "ffn": "swiglu", "ffn_hidden": 176},
    "relu": {"kv_heads": 2, "ffn": "relu", "ffn_hidden": 248},
    "gelu": {"kv_heads": 2, "ffn": "gelu", "ffn_hidden": 248},
}
SHIPPED = ("mha", "gqa", "mqa")


def new_weights(kv_heads, ffn, ffn_hidden, generator):
    """Random weights under the names a Llama checkpoint uses. The embedding is also the output matrix."""
    def matrix(rows, columns, gain=1.0):
        return (torch.randn(rows, columns, generator=generator) * gain / math.sqrt(columns)).requires_grad_()

    def ones():
        return torch.ones(HIDDEN, requires_grad=True)

    deep = 1 / math.sqrt(2 * LAYERS)   # each layer adds twice to the residual stream; this keeps its size
    weights = {"model.embed_tokens.weight": matrix(toy.VOCAB, HIDDEN), "model.norm.weight": ones()}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        weights[at + "input_layernorm.weight"] = ones()
        weights[at + "post_attention_layernorm.weight"] = ones()
        weights[at + "self_attn.q_proj.weight"] = matrix(HEADS * HEAD_DIM, HIDDEN)
        weights[at + "self_attn.k_proj.weight"] = matrix(kv_heads * HEAD_DIM, HIDDEN)
        weights[at + "self_attn.v_proj.weight"] = matrix(kv_heads * HEAD_DIM, HIDDEN)
        weights[at + "self_attn.o_proj.weight"] = matrix(HIDDEN, HEADS * HEAD_DIM, deep)
        if ffn == "swiglu":
            weights[at + "mlp.gate_proj.weight"] = matrix(ffn_hidden, HIDDEN)
        weights[at + "mlp.up_proj.weight"] = matrix(ffn_hidden, HIDDEN)
        weights[at + "mlp.down_proj.weight"] = matrix(HIDDEN, ffn_hidden, deep)
    return weights


def rope_tables(length):
    """Cosines and sines of the rotation at each position, for both halves of a head."""
    frequency = THETA ** (-torch.arange(0, HEAD_DIM, 2) / HEAD_DIM)
    angle = torch.outer(torch.arange(length, dtype=torch.float32), frequency)
    return torch.cat([angle, angle], -1).cos(), torch.cat([angle, angle], -1).sin()


def rotate(x, cos, sin):
    """Rotate each (low, high) pair of a head by its angle."""
    low, high = x.chunk(2, -1)
    return x * cos + torch.cat([-high, low], -1) * sin


def feed_forward(x, w, at, ffn):
    """The FFN: gated (SwiGLU) or plain (ReLU, GELU)."""
    up = x @ w[at + "mlp.up_proj.weight"].T
    if ffn == "swiglu":
        up = F.silu(x @ w[at + "mlp.gate_proj.weight"].T) * up
    elif ffn == "relu":
        up = F.relu(up)
    else:
        up = F.gelu(up, approximate="tanh")
    return up @ w[at + "mlp.down_proj.weight"].T


def forward(w, tokens, kv_heads, ffn):
    """Logits of every position. tokens: (batch, length)."""
    batch, length = tokens.shape
    cos, sin = rope_tables(length)
    x = w["model.embed_tokens.weight"][tokens]

    def heads(h, name, count):
        return (h @ w[name].T).view(batch, length, count, HEAD_DIM).transpose(1, 2)

    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        h = F.rms_norm(x, (HIDDEN,), w[at + "input_layernorm.weight"], EPS)
        q = rotate(heads(h, at + "self_attn.q_proj.weight", HEADS), cos, sin)
        k = rotate(heads(h, at + "self_attn.k_proj.weight", kv_heads), cos, sin)
        v = heads(h, at + "self_attn.v_proj.weight", kv_heads)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + mixed.transpose(1, 2).reshape(batch, length, -1) @ w[at + "self_attn.o_proj.weight"].T
        h = F.rms_norm(x, (HIDDEN,), w[at + "post_attention_layernorm.weight"], EPS)
        x = x + feed_forward(h, w, at, ffn)
    return F.rms_norm(x, (HIDDEN,), w["model.norm.weight"], EPS) @ w["model.embed_tokens.weight"].T


def loss_of(w, tokens, variant):
    """Mean cross-entropy of the next byte. [nat/byte]."""
    logits = forward(w, tokens[:, :-1], variant["kv_heads"], variant["ffn"])
    return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def as_tokens(text):
    return torch.tensor(list(text.encode()))


def batches(tokens, steps, batch, seed):
    """Windows of the training text at places drawn from the seed: every variant reads the same ones."""
    starts = np.random.default_rng(seed).integers(len(tokens) - toy.CONTEXT_TOK - 1, size=(steps, batch))
    span = torch.arange(toy.CONTEXT_TOK + 1)
    for row in starts:
        yield tokens[torch.from_numpy(row)[:, None] + span]


def train(name, seed, steps, batch, rate, quiet=False):
    """Train one variant from one seed; return its weights (fp16, as shipped) and its result."""
    variant = VARIANTS[name]
    w = new_weights(**variant, generator=torch.Generator().manual_seed(seed))
    matrices, gains = [t for t in w.values() if t.ndim == 2], [t for t in w.values() if t.ndim == 1]
    optimiser = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.01}, {"params": gains, "weight_decay": 0.0}],
                                  lr=rate, betas=(0.9, 0.98))
    started, curve = time.perf_counter(), []
    for step, tokens in enumerate(batches(as_tokens(toy.training_text()), steps, batch, seed)):
        warm = min(1, (step + 1) / (0.05 * steps))
        for group in optimiser.param_groups:
            group["lr"] = rate * warm * (0.05 + 0.475 * (1 + math.cos(math.pi * step / steps)))
        loss = loss_of(w, tokens, variant)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(w.values()), 1.0)
        optimiser.step()
        if (step + 1) % max(1, steps // 10) == 0:
            curve.append([step + 1, round(loss.item(), 4)])
            if not quiet:
                print(f"  {name} seed {seed} step {step + 1}/{steps} loss {loss.item():.3f} "
                      f"{time.perf_counter() - started:.0f} s", flush=True)
    half = {key: t.detach().half() for key, t in w.items()}
    with torch.no_grad():
        held_out = loss_of({key: t.float() for key, t in half.items()}, as_tokens(toy.held_out_text())[
            torch.from_numpy(toy.held_out_windows())], variant)
    result = {"variant": name, "seed": seed, "n_params": sum(t.numel() for t in w.values()),
              "loss_nat_per_byte": round(held_out.item(), 5), "train_s": round(time.perf_counter() - started, 1),
              "curve": curve}
    return {key: t.numpy() for key, t in half.items()}, result


def metadata(name, batch_tokens):
    """What a loader must know, as strings (safetensors allows no others)."""
    shape = {"layers": LAYERS, "hidden": HIDDEN, "q_heads": HEADS, "head_dim": HEAD_DIM, "vocab": toy.VOCAB,
             "rope_theta": THETA, "norm_eps": EPS, "tied": True, **VARIANTS[name]}
    return {"config": json.dumps(shape), "trained_on_tokens": str(batch_tokens)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument("--out", type=pathlib.Path, default=DATA)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    results = []
    for seed in range(options.seeds):
        for name in options.variants:
            weights, result = train(name, seed, options.steps, options.batch, options.rate)
            print(f"{name} seed {seed}: {result['loss_nat_per_byte']:.4f} nat/byte", flush=True)
            results.append(result)
            if seed == 0 and name in SHIPPED:
                about = metadata(name, options.steps * options.batch * toy.CONTEXT_TOK)
                file = options.out / f"toy-{name}.safetensors"
                save_file(weights, file, metadata=about)
                file.chmod(0o644)
    record = {
        "what": "Held-out loss of toy byte-level decoders of equal size. Toy scale: it shows the mechanism, and says "
                "nothing about how large models compare.",
        "date": dt.date.today().isoformat(), "python": platform.python_version(), "torch": torch.__version__,
        "text": "Python 3.11.7 language reference (pydoc_data.topics), PSF licence; last tenth held out",
        "steps": options.steps, "batch": options.batch, "context_tok": toy.CONTEXT_TOK, "rate": options.rate,
        "layers": LAYERS, "hidden": HIDDEN, "q_heads": HEADS, "head_dim": HEAD_DIM, "vocab": toy.VOCAB,
        "variants": VARIANTS, "runs": results,
    }
    (options.out / "toy_results.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
