"""Chapter 4, sharing heads."""

from __future__ import annotations

from ... import catalog, models, serving
from ...catalog import prices
from ...hardware import accelerators
from ...models import head_sharing, kv_cache
from ...quantities.units import text
from ...serving import calibration, step
from ..kit import room_of
from .exercise import Exercise, known

_70B, _405B, _QWEN, _V3 = (models.get(name) for name in ("llama-3.1-70b", "llama-3.1-405b", "qwen3-32b", "deepseek-v3"))
_H100, _L40S = accelerators.get("h100-sxm"), accelerators.get("l40s")
_L40S_HBM = known(_L40S.hbm_bytes)


def _token(model, kv_heads=None, bytes_per_value=2):
    kv_heads = model.kv_heads if kv_heads is None else kv_heads
    return kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(model.layers, kv_heads, model.head_dim), bytes_per_value)


def _cost(kv_heads):
    setup = serving.setup_with_kv_heads(serving.setup(_70B, _H100, "fp8", 2), _70B, kv_heads, 2)
    rate = step.serve(setup, calibration.constants(_H100), serving.Load(256, 4096, 1024), serving.Layout(8)).output_tok_per_s
    return serving.usd_per_output_token(prices.rental_usd_per_hour(_H100.name), 8, rate)


_by_width = _token(_QWEN) * _QWEN.hidden / _QWEN.q_heads / _QWEN.head_dim
_latent = kv_cache.kv_bytes_per_token(_V3.kv_values_per_token)
_16 = _token(_405B, head_sharing.kv_heads_per_chip(_405B.kv_heads, 16))
_lost = [row["mha"] - row["mqa"] for row in catalog.published("deepseek-v2-table8").records()]
_room = room_of(_70B, _L40S, 4, 32_768, "fp8", 1)
_users_mha = room_of(head_sharing.with_kv_heads(_70B, 64), _L40S, 4, 32_768, "fp8", 1).sequences

EXERCISES = (
    Exercise(
        id="gqa-q1",
        level="guess",
        question=f"{_70B.title} has {_70B.layers} layers, {_70B.q_heads} query heads of {_70B.head_dim} channels, and "
                 f"{_70B.kv_heads} key-value heads. Suppose that it had kept a key and a value for every query head. How many "
                 "bytes would one token leave behind in bf16?",
        answer=_token(_70B, 64),
        unit="B",
        per="token",
        solution=f"\\( 2 \\times {_70B.layers} \\times {_70B.q_heads} \\times {_70B.head_dim} \\times 2 \\) = "
                 f"{text(_token(_70B, 64), 'B')}, eight times the {text(_token(_70B), 'B')} that it does leave.",
    ),
    Exercise(
        id="gqa-q2",
        level="guess",
        question=f"The cache of {_70B.title} is 8 times smaller than with a head for each query. Eight {_H100.title} hold it in fp8, with "
                 "a bf16 cache, and serve 256 users with prompts of 4,096 and answers of 1,024 tokens. By what factor is an "
                 "output token cheaper?",
        answer=_cost(64) / _cost(8),
        unit="×",
        solution=f"{text(_cost(64) * 1e6, 'USD/Mtok')} against {text(_cost(8) * 1e6, 'USD/Mtok')}. The cache shrinks 8 times, "
                 "and more users share each reading of the weights; the work on a prompt does not shrink.",
    ),
    Exercise(
        id="gqa-q3",
        level="guess",
        question="A model with 8 key-value heads runs on 8 chips that share each layer head by head. An engineer proposes one "
                 "key-value head in place of 8. By what factor does the cache on each chip shrink?",
        answer=head_sharing.kv_heads_per_chip(8, 8) / head_sharing.kv_heads_per_chip(1, 8),
        unit="×",
        solution="Not at all: the factor is 1. Each chip held one head before. The single head is not dealt out, so each chip "
                 "holds a copy of it. An engine that cuts the cache by position "
                 "would hold it once, and then the factor is 8.",
    ),
    Exercise(
        id="gqa-1",
        level="warm-up",
        question=f"{_QWEN.title} has {_QWEN.layers} layers, a hidden width of {_QWEN.hidden:,}, {_QWEN.q_heads} query heads, "
                 f"{_QWEN.kv_heads} key-value heads, and heads of {_QWEN.head_dim} channels. How many bytes does one token leave "
                 "in a bf16 cache?",
        answer=_token(_QWEN),
        unit="B",
        per="token",
        wrong=((_token(_QWEN, _QWEN.q_heads), "That is the count with query heads: keys and values are shared."),
               (_by_width, "You took the head size as hidden width over query heads. This model states it: 128."),
               (_token(_QWEN) / 2, "You forgot that both K and V are stored, or that bf16 takes two bytes.")),
        solution=f"\\( 2 \\times {_QWEN.layers} \\times {_QWEN.kv_heads} \\times {_QWEN.head_dim} \\times 2 \\) = "
                 f"{text(_token(_QWEN), 'B')}.",
    ),
    Exercise(
        id="gqa-2",
        question=f"{_V3.title} keep a latent of {_V3.kv_lora} values and a rotary key of {_V3.rope_dim} in each of "
                 f"{_V3.layers} layers, for all {_V3.q_heads} query heads. How many bytes does one token leave in bf16?",
        answer=_latent,
        unit="B",
        per="token",
        wrong=((2 * _latent, "There is no separate key and value: both are made from the one latent."),
               (_latent * _V3.kv_lora / (_V3.kv_lora + _V3.rope_dim), "You left out the rotary key."),
               (_token(_V3, _V3.q_heads), "That is multi-head attention with 128 heads. The latent serves all of them.")),
        solution=f"\\( {_V3.layers} \\times ({_V3.kv_lora} + {_V3.rope_dim}) \\times 2 \\) = {text(_latent, 'B')}, less than "
                 f"{_70B.title}'s {text(_token(_70B), 'B')} though the model is nearly ten times larger.",
    ),
    Exercise(
        id="gqa-3",
        question=f"{_405B.title} ({_405B.layers} layers, {_405B.kv_heads} key-value heads of {_405B.head_dim}) runs on 16 chips "
                 "that share each layer head by head. How many bytes of bf16 cache does each chip hold per token?",
        answer=_16,
        unit="B",
        per="token",
        wrong=((_token(_405B) / 16, "That cuts a head in two. Head by head, with more chips than heads, heads are copied."),
               (_token(_405B), "That is the whole cache. Each chip holds one head of eight.")),
        solution=f"\\( \\lceil 8/16 \\rceil = 1 \\) head: \\( 2 \\times {_405B.layers} \\times 1 \\times {_405B.head_dim} "
                 f"\\times 2 \\) = {text(_16, 'B')}. The second server brought no room for caches, and two copies of each head.",
    ),
    Exercise(
        id="gqa-4",
        level="harder",
        question=f"Four {_L40S.title} ({text(_L40S_HBM, 'B')} each) hold {_70B.title} with a cache in fp8 and "
                 f"{text(_room.weight_bytes, 'B')} of weights. The engine keeps {text(_room.kept_bytes, 'B')} of all the memory back. How "
                 "many users of 32,768 tokens fit?",
        answer=_room.sequences,
        unit="users",
        unrounded=_room.free_bytes / kv_cache.of_model(_70B, 32_768, 1, 1),
        tolerance=0.005,
        wrong=((_users_mha, "That is the count with query heads: keys and values are shared."),
               (room_of(_70B, _L40S, 4, 32_768, "fp8", 2).sequences,
                "That cache is in bf16. In fp8 a value takes one byte."),
               (kv_cache.capacity_sequences(kv_cache.cache_room_bytes(_L40S_HBM, _room.weight_bytes, 4, 0),
                                            kv_cache.of_model(_70B, 32_768, 1, 1)),
                "You left out what the engine keeps back.")),
        solution=f"Room: \\( 4 \\times {_L40S_HBM / 1e9:.1f} - {_room.kept_bytes / 1e9:.1f} - {_room.weight_bytes / 1e9:.1f} \\) GB = "
                 f"{text(_room.free_bytes, 'B')}; each user takes "
                 f"{text(kv_cache.of_model(_70B, 32_768, 1, 1), 'B')}. With 64 heads {_users_mha:.0f} would fit.",
    ),
    Exercise(
        id="gqa-5",
        level="open",
        question="A vendor says: our new model has one key-value head, so it needs an eighth of the memory of a GQA-8 model and "
                 "is eight times cheaper to serve, at the same quality. Name three questions that you would ask, and say which "
                 "answer would change your mind on each.",
        answer=None,
        unit="",
        solution="How many chips share a layer? At eight, a lone head is copied eight times and saves nothing, unless the engine "
                 "cuts the cache by position; at one chip it saves all it promises. How many users at once, and how long are "
                 "their contexts? With few and short ones the "
                 "weights dominate and the saving is small: "
                 f"attention does {text(models.attention_intensity_decode(64, 1), 'FLOP/B')} with one head of 64, but that "
                 "helps only the part of a step that reads the cache. Compared with what, on which tests, with how many "
                 f"training runs? In DeepSeek-V2's table one head loses {min(_lost):.1f} to {max(_lost):.1f} points to multi-head "
                 "attention.",
    ),
)
