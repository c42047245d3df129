"""Compare the stored parameter counts of published and random configurations with what transformers counts now.

`models.from_config` counts parameters from a config.json by a table of its own. Here transformers builds the same
model on PyTorch's meta device, which has shapes and no memory, and its parameters are counted. The counts lie in
tests/fixtures/configs/: counts.json for the published configurations beside it, variants.json for small ones drawn
from a seed, so that the table is tried on odd heads, ties, biases and patterns that nobody published.

Counted are the parameters of the text decoder with its head, a tied one once, and what transformers keeps as buffers
and a checkpoint stores as weights: the routers' correction biases and Gemma 4's layer scalars. `make oracle` runs
this; `--write` stores the counts anew.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import pathlib
import platform
import sys
import warnings

import torch
import transformers
from config_variants import KINDS, draw

CONFIGS = pathlib.Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "configs"
OTHER = ("counts.json", "variants.json")
# The publisher's own class has another name for the same decoder.
ALIASES = {"kimi_k2": "deepseek_v3", "minimax_m3": "minimax_m3_vl_text"}
VARIANTS = 8  # of each model_type


def count(config):
    """Build a decoder on the meta device and count its parameters by part."""
    inner = dict(config.get("text_config") or config)
    if "tie_word_embeddings" in config:
        inner.setdefault("tie_word_embeddings", config["tie_word_embeddings"])
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
                   if name.endswith(("e_score_correction_bias", "layer_scalar", "expert_bias"))}

    def total(*words, without="\0"):
        return sum(size for name, size in parameters.items()
                   if any(word in name for word in words) and without not in name)

    return {"n_params": sum(parameters.values()),
            "embedding": total("embed_tokens.", "embed_tokens_per_layer.", "embed_positions.", ".wte.", ".wpe.",
                               "embed_in.", "word_embeddings.", ".embeddings.", "lm_head.weight"),
            "experts": total(".experts.", without="shared")}


def variant(kind, turn):
    """Count a variant; some leave keys to their defaults, where transformers accepts that."""
    for share in {0: [0, 0.5, 1], 1: [0.5, 1], 2: [0.5, 1]}.get(turn, [1]):
        config = draw(kind, turn, share)
        try:
            return {"config": config, **count(config)}
        except Exception as error:  # transformers' own refusals have many types
            if share == 1:
                raise ValueError(f"{kind}: {config}") from error
    return None


def answer():
    """Count the published configurations, and the variants."""
    published = {}
    for file in sorted(CONFIGS.glob("*.json")):
        if file.name not in OTHER:
            published[file.stem] = count(json.loads(file.read_text()))
            print(f"  {file.stem}: {published[file.stem]['n_params']:,}", flush=True)
    variants = []
    for kind in KINDS:
        variants += [variant(kind, turn) for turn in range(VARIANTS)]
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
