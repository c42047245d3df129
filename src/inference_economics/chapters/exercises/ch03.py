"""Chapter 3, the KV cache."""

from __future__ import annotations

from ... import models
from ...hardware import accelerators
from ...models import kv_cache
from ...quantities.units import text
from ..kit import room_of
from .exercise import Exercise, known

_70B, _8B, _13B = (models.get(name) for name in ("llama-3.1-70b", "llama-3.1-8b", "llama-2-13b"))
_GEMMA = models.get("gemma-3-27b")
_H100, _H200 = accelerators.get("h100-sxm"), accelerators.get("h200-sxm")
_H100_HBM = known(_H100.hbm_bytes)
_H200_HBM = known(_H200.hbm_bytes)

_per_token = kv_cache.kv_bytes_per_token(_70B.kv_values_per_token)
_wrong_heads = kv_cache.kv_bytes_per_token(2 * _70B.layers * _70B.q_heads * _70B.head_dim)
_13b_cache = kv_cache.of_model(_13B, 8192)
_room = room_of(_70B, _H100, 8, 8192, "bf16")
_room_h200 = room_of(_70B, _H200, 4, 32_768, "fp8", 1)
_users_h200 = _room_h200.sequences
_kept = text(_room_h200.kept_bytes, "B")
_no_reserve = kv_cache.capacity_sequences(
    kv_cache.cache_room_bytes(_H200_HBM, _room_h200.weight_bytes, 4, 0), kv_cache.of_model(_70B, 32_768, 1, 1))
_gemma_cache = kv_cache.of_model(_GEMMA, 131_072)
_gemma_full = kv_cache.kv_bytes_per_token(_GEMMA.kv_values_per_token) * 131_072
_equal = kv_cache.context_where_cache_equals_weights(_8B.n_params * 2, 16, kv_cache.kv_bytes_per_token(
    _8B.kv_values_per_token))

EXERCISES = (
    Exercise(
        id="kv-q1",
        level="guess",
        question=f"{_70B.title} has {_70B.layers} layers, {_70B.q_heads} query heads, {_70B.kv_heads} key-value heads and "
                 f"{_70B.head_dim} channels per head. It keeps its cache in bf16, two bytes a value. How many bytes does "
                 "one token leave behind?",
        answer=_per_token,
        unit="B",
        per="token",
        solution=f"\\( 2 \\times {_70B.layers} \\times {_70B.kv_heads} \\times {_70B.head_dim} \\times 2 \\) = "
                 f"{text(_per_token, 'B')}: a key and a value, in every layer, for every key-value head.",
    ),
    Exercise(
        id="kv-q2",
        level="guess",
        question=f"A server has eight {_H100.title} with {text(_H100_HBM, 'B')} each. It holds {_70B.title} in bf16. "
                 f"Each user has 8,192 tokens in the cache. The engine keeps {text(_room.kept_bytes, 'B')} of the memory back. How many users fit?",
        answer=_room.sequences,
        unit="users",
        solution=f"The weights take {text(_room.weight_bytes, 'B')} of {text(8 * _H100_HBM, 'B')}, the engine {text(_room.kept_bytes, 'B')}. The rest, "
                 f"{text(_room.free_bytes, 'B')}, holds {_room.sequences:.0f} caches "
                 f"of {text(kv_cache.of_model(_70B, 8192), 'B')}.",
    ),
    Exercise(
        id="kv-q3",
        level="guess",
        question="A server sets aside room for 2,048 tokens whenever a request arrives, because it cannot know how long "
                 "the answer will be. The requests turn out to hold 500 tokens on average. What share of the cache memory "
                 "holds nothing?",
        answer=kv_cache.contiguous_waste_fraction(500, 2048),
        unit="%",
        solution="\\( 1 - 500/2048 \\). Three quarters of the dearest memory in the building is reserved and empty.",
    ),
    Exercise(
        id="kv-1",
        level="warm-up",
        question=f"{_13B.title} has {_13B.layers} layers and {_13B.kv_heads} key-value heads of {_13B.head_dim} channels: "
                 "every query head has keys and values of its own. How large is the cache of one sequence of 8,192 tokens "
                 "in bf16?",
        answer=_13b_cache,
        unit="B",
        wrong=((_13b_cache / 2, "You forgot that both K and V are stored."),
               (_13b_cache / 8192, "That is one token. There are 8,192."),
               (_13b_cache / 4, "That counts one byte a value and one of K and V. bf16 takes two bytes, and both are "
                                "stored.")),
        solution=f"\\( 2 \\times {_13B.layers} \\times {_13B.kv_heads} \\times {_13B.head_dim} \\times 2 \\times 8192 \\) = "
                 f"{text(_13b_cache, 'B')}, which is {text(_13b_cache, 'iB')}: the units differ by 7% at this size.",
    ),
    Exercise(
        id="kv-2",
        question=f"Take {_70B.title} again, now with an fp8 cache of one byte a value and 32,768 tokens. How large is one "
                 "sequence?",
        answer=kv_cache.of_model(_70B, 32_768, bytes_per_value=1),
        unit="B",
        wrong=((kv_cache.of_model(_70B, 32_768), "That is bf16. fp8 keeps one byte a value."),
               (_wrong_heads / 2 * 32_768, "That is the count with query heads: keys and values are shared."),
               (kv_cache.of_model(_70B, 32_768, bytes_per_value=1) / 2, "You forgot that both K and V are stored.")),
        solution=f"{text(_per_token / 2, 'B')} a token, times 32,768 tokens, is "
                 f"{text(kv_cache.of_model(_70B, 32_768, bytes_per_value=1), 'B')}.",
    ),
    Exercise(
        id="kv-3",
        question=f"Four {_H200.title} ({text(_H200_HBM, 'B')} each) hold {_70B.title} with a cache in fp8 and weights in "
                 f"fp8, which take {text(_room_h200.weight_bytes, 'B')} because the embedding and the head stay in 16 bits. The engine "
                 f"keeps {_kept} of all the memory back. How many sequences of 32,768 tokens fit?",
        answer=_users_h200,
        unit="sequences",
        unrounded=_room_h200.free_bytes / kv_cache.of_model(_70B, 32_768, bytes_per_value=1),
        wrong=((_no_reserve, f"You left out what the engine keeps back: {_kept} are not yours to fill."),
               (room_of(_70B, _H200, 4, 32_768, "bf16").sequences,
                "That is bf16. Here both the weights and the cache take one byte a value.")),
        tolerance=0.005,
        solution=f"\\( \\lfloor (4 \\times {_H200_HBM / 1e9:.1f}\\,\\text{{GB}} - {_room_h200.kept_bytes / 1e9:.1f}\\,\\text{{GB}} - "
                 f"{_room_h200.weight_bytes / 1e9:.1f}\\,\\text{{GB}}) / {kv_cache.of_model(_70B, 32768, bytes_per_value=1) / 1e9:.2f}"
                 f"\\,\\text{{GB}} \\rfloor \\) = {_users_h200:.0f}.",
    ),
    Exercise(
        id="kv-4",
        level="harder",
        question=f"{_GEMMA.title} has {_GEMMA.layers} layers. Five of six keep only the last {_GEMMA.window_tok:,} tokens; the "
                 f"others, {_GEMMA.layers - _GEMMA.window_layers} in all, keep everything. It has {_GEMMA.kv_heads} key-value "
                 f"heads of {_GEMMA.head_dim} channels. How large is its bf16 cache at 131,072 tokens?",
        answer=_gemma_cache,
        unit="B",
        wrong=((_gemma_full, "That keeps every token in every layer. Most layers stop at the window."),
               (kv_cache.kv_bytes_per_token(_GEMMA.kv_values_per_token_global) * 131_072,
                "Nearly: you left out the window's own tokens in the local layers.")),
        tolerance=0.01,
        solution=f"The global layers keep {text(_GEMMA.kv_values_per_token_global * 2, 'B')} a token for all tokens, the local "
                 f"ones {text(_GEMMA.kv_values_per_token_window * 2, 'B')} a token for {_GEMMA.window_tok:,} of them: together "
                 f"{text(_gemma_cache, 'B')}. Without windows it would be {text(_gemma_full, 'B')}.",
    ),
    Exercise(
        id="kv-5",
        level="open",
        question="Your users share a system prompt of 3,000 tokens and then write 1,000 tokens each. An engineer proposes to "
                 "store the shared part once; another proposes fp8 for the whole cache. Which saves more at 4 users, and at "
                 "400? What could go wrong with each?",
        answer=None,
        unit="",
        solution=f"Sharing saves {text(kv_cache.shared_prefix_saving(3000, 4000, 4), '%')} at 4 users and "
                 f"{text(kv_cache.shared_prefix_saving(3000, 4000, 400), '%')} at 400; its limit is the prefix's share of the "
                 "context. fp8 saves 50% at any number. Sharing is exact, but only where the first tokens are the same to the "
                 "letter: a date or a user's name at the top of the prompt undoes it. fp8 rounds, and its loss must be "
                 "measured on your task. They combine.",
    ),
)
