"""Chapter 5, SwiGLU and RoPE."""

from __future__ import annotations

import numpy as np

from ... import models, serving
from ...catalog import prices
from ...decoder import rope
from ...hardware import accelerators
from ...models import ffn, kv_cache
from ...quantities.units import text
from ...serving import calibration, step
from ..kit import room_of
from . import slips
from .exercise import Exercise, known

_70B, _13B = models.get("llama-3.1-70b"), models.get("llama-2-13b")
_H100 = accelerators.get("h100-sxm")
_H100_HBM = known(_H100.hbm_bytes)

_width = ffn.gated_width(8192)
_llama3 = np.asarray(rope.wavelengths_tok(rope.frequencies(128, 500_000.0)))
_unfinished = int(np.sum(_llama3 > 8192))
_llama2 = np.asarray(rope.wavelengths_tok(rope.frequencies(128, 10_000.0)))
_m40 = rope.yarn_attention_factor(40)
_long_cache = kv_cache.of_model(_70B, 131_072)
_room = room_of(_70B, _H100, 4, 131_072, "fp8", 2)


def _request(prompt_tok):
    served = step.serve(serving.setup(_70B, _H100, "fp8", 2), calibration.constants(_H100),
                        serving.Load(8, prompt_tok, 500), serving.Layout(8))
    return 500 * serving.usd_per_output_token(prices.rental_usd_per_hour(_H100.name), 8, served.output_tok_per_s)


EXERCISES = (
    Exercise(
        id="blk-q1",
        level="guess",
        question="A model's stream is 8,192 wide. A plain feed-forward part would be four times as wide, with two matrices. How "
                 "wide is a gated part, with three matrices, of the same number of parameters?",
        answer=_width,
        unit="",
        solution=f"\\( \\tfrac23 \\times 4 \\times 8192 \\) = {_width:,.0f}, rounded down.",
    ),
    Exercise(
        id="blk-q2",
        level="guess",
        question="Llama 3 has heads of 128 channels, so 64 pairs, and a base of 500,000. It was first trained on texts of 8,192 "
                 "tokens. How many of the 64 pairs had not finished a single turn at the end of such a text?",
        answer=_unfinished,
        unit="pairs",
        solution=f"Pair \\( i \\) turns once in \\( 2\\pi \\cdot 500000^{{2i/128}} \\) tokens. That exceeds 8,192 for the last "
                 f"{_unfinished}; the slowest takes {text(_llama3[-1], 'tokens')}.",
    ),
    Exercise(
        id="blk-q3",
        level="guess",
        question=f"Eight {_H100.title} serve {_70B.title} in fp8 to eight users, who get answers of 500 tokens. Their prompts grow from "
                 "8,192 to 131,072 tokens, sixteen times. By what factor does the cost of a request grow?",
        answer=_request(131_072) / _request(8192),
        unit="×",
        solution=f"From {text(_request(8192), 'USD')} to {text(_request(131_072), 'USD')}. Reading the prompt takes more than "
                 "sixteen times as long, because each token looks back at all before it, and writing becomes slower too, because each "
                 "step reads the longer cache. But of the short request most of the cost was writing, so the total grows less.",
    ),
    Exercise(
        id="blk-1",
        level="warm-up",
        question=f"{_13B.title} has a hidden width of {_13B.hidden:,}. By the 2/3 rule on four times that width, rounded up to a "
                 "multiple of 256, how wide is its gated feed-forward part?",
        answer=_13B.ffn_hidden,
        unit="",
        tolerance=1e-4,
        wrong=((4.0 * _13B.hidden, "That is the plain part. The gated one has three matrices for its two."),
               slips.unrounded(ffn.gated_width(_13B.hidden), "round up to a multiple of 256"),
               (np.floor(ffn.gated_width(_13B.hidden) / 256) * 256, "You rounded down. The rule rounds up.")),
        solution=f"\\( \\lfloor \\tfrac23 \\times 4 \\times {_13B.hidden} \\rfloor \\) = "
                 f"{ffn.gated_width(_13B.hidden):,.0f}, and the next multiple of 256 is {_13B.ffn_hidden:,}, as published.",
    ),
    Exercise(
        id="blk-2",
        question="Llama 2 has heads of 128 channels and a base of 10,000. In how many tokens does its slowest pair, "
                 "\\( i = 63 \\), turn once?",
        answer=_llama2[-1],
        unit="tokens",
        wrong=((2 * np.pi * 10_000, "That is \\( i = 64 \\), which does not exist: pairs are counted from 0."),
               (_llama2[-1] / (2 * np.pi), "That is the time for one radian. A turn has 2π of them."),
               (2 * np.pi * 10_000 ** (63 / 128), "The exponent is \\( 2i/d \\), not \\( i/d \\).")),
        solution=f"\\( 2\\pi \\cdot 10000^{{126/128}} \\) = {text(_llama2[-1], 'tokens')}, thirteen times the 4,096 tokens that "
                 "it was trained on.",
    ),
    Exercise(
        id="blk-3",
        question="A model is stretched by YaRN with a factor of 40, as DeepSeek-V3 is. By what factor do its attention scores "
                 "grow?",
        answer=_m40**2,
        unit="×",
        tolerance=0.01,
        wrong=((_m40, "That is the factor on queries. Keys carry it too, so scores grow by its square."),
               (1 / _m40**2, "Inverted: that is the temperature t. Scores are divided by it."),
               (1 / _m40, "Inverted: the formula gives √(1/t), not t."),
               ((0.1 * np.log10(40) + 1) ** 2, "The logarithm is the natural one.")),
        solution=f"\\( (0.1 \\ln 40 + 1)^2 = {_m40:.4f}^2 \\) = {_m40**2:.3f}. DeepSeek's published code multiplies its scores by "
                 "exactly this.",
    ),
    Exercise(
        id="blk-4",
        level="harder",
        question=f"One user of {_70B.title} sends 131,072 tokens; the cache is in bf16. An fp8 copy of the model takes "
                 f"{text(_room.weight_bytes, 'B')}, and the engine keeps {text(_room.kept_bytes, 'B')} of all the memory back. How many such "
                 f"users fit on four {_H100.title} of {text(_H100_HBM, 'B')} each?",
        answer=_room.sequences,
        unit="users",
        unrounded=_room.free_bytes / _long_cache,
        tolerance=0.01,
        wrong=((room_of(_70B, _H100, 4, 131_072, "fp8", 1).sequences, "That is an fp8 cache. This one is bf16."),
               (room_of(_70B, _H100, 8, 131_072, "fp8", 2).sequences, "That is eight chips.")),
        solution=f"Room: \\( 4 \\times {_H100_HBM / 1e9:.1f} - {_room.kept_bytes / 1e9:.1f} - {_room.weight_bytes / 1e9:.1f} \\) GB = "
                 f"{text(_room.free_bytes, 'B')}. Each user takes "
                 f"{text(_long_cache, 'B')}.",
    ),
    Exercise(
        id="blk-5",
        level="open",
        question="A colleague loads a model that was trained on 8,192 tokens, sets its window to 131,072 and a YaRN factor of 16, "
                 "and reports that it works: it answers short questions as before. What would you test before you believe it, "
                 "and what would you expect to go wrong first?",
        answer=None,
        unit="",
        solution="Short questions hardly use the slow pairs that were stretched, so they prove little. Measure the loss by place "
                 "in long held-out texts, as this chapter does: it should stay level up to the new length. Then ask for facts "
                 "planted near, in the middle and far away. Expect short texts to be read slightly worse (the ramp and the "
                 "sharper softmax touch them), and far facts to be missed, unless the model was trained further at length. Check "
                 "the factor on the scores in the engine's own code: it should be "
                 f"{rope.yarn_attention_factor(16) ** 2:.3f}, not its inverse and not its square. And check the bill: each long user "
                 f"holds {text(_long_cache, 'B')} for a 70B model.",
    ),
)
