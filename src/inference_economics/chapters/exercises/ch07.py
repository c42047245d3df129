"""Chapter 7, fewer bytes and fewer steps."""

from __future__ import annotations

import numpy as np

from ... import models, serving
from ...buying.contracts import Contract, break_even_reuse_per_hour
from ...hardware import accelerators, roofline
from ...quantities.units import text
from ...serving import measurements
from .exercise import Exercise, known

_70B, _V3, _OSS = (models.get(name) for name in ("llama-3.1-70b", "deepseek-v3", "gpt-oss-120b"))
_H100 = accelerators.get("h100-sxm")


def _measured(precision):
    """Mean time per token on four B200 with four requests in flight, prompts and answers of equal length."""
    times = [p.tpot_s for p in measurements.kept() if (p.model, p.chip, p.precision, p.engine, p.n_chips, p.concurrency)
             == ("llama-3.1-70b", "b200", precision, "trtllm", 4, 4) and p.prompt_tok == p.output_tok]
    return float(np.exp(np.mean(np.log(times))))


_halved = _measured("fp8") / _measured("fp4")
_awake = models.experts_touched(32, _V3.experts, _V3.experts_active)
_tokens = serving.expected_tokens(0.8, 4)
_fp4 = _70B.n_params * serving.BYTES_PER_PARAM["fp4"]
_oss_awake = models.experts_touched(16, _OSS.experts, _OSS.experts_active)
_gain = serving.speculative_speedup(0.75, 3, 0.1)
_critical = roofline.critical_batch(known(_H100.fp8_flop_per_s), known(_H100.hbm_bytes_per_s), 1.0)
_kept = Contract(5e-6, 25e-6, 0.1, 1.25)
_pays_hit = 0.25 / (0.25 + 0.9)
_pays = break_even_reuse_per_hour(_kept, 300.0)
_hit = serving.prefix_cached_fraction(3000, 4000, 5)

EXERCISES = (
    Exercise(
        id="byt-q1",
        level="guess",
        question="With their scales the weights take little more than half the bytes. How many times as fast does a token come, measured?",
        answer=_halved,
        unit="×",
        solution=f"{text(_measured('fp8'), 's')} in fp8 and {text(_measured('fp4'), 's')} in fp4: nothing was gained. On four chips "
                 "reading the weights is a small part of so short a step.",
    ),
    Exercise(
        id="byt-q2",
        level="guess",
        question=f"{_V3.title} has {_V3.experts} experts in a layer, and each token goes to {_V3.experts_active}. A batch of 32 tokens "
                 "passes. How many different experts does it wake in a layer?",
        answer=_awake,
        unit="experts",
        solution=f"\\( {_V3.experts} (1 - (1 - {_V3.experts_active}/{_V3.experts})^{{32}}) \\) = {_awake:.0f}. There are "
                 f"{32 * _V3.experts_active} visits, and many go to the same expert.",
    ),
    Exercise(
        id="byt-q3",
        level="guess",
        question="A draft of four tokens, each accepted with a chance of 80%. How many tokens does a step yield on average?",
        answer=_tokens,
        unit="tokens",
        solution=f"\\( (1 - 0.8^5) / (1 - 0.8) \\) = {text(_tokens)}. All four are accepted only two times in five; but the large "
                 "model's own next token is always added, so a step never yields less than one.",
    ),
    Exercise(
        id="byt-1",
        level="warm-up",
        question=f"{_70B.title} has {_70B.n_params:,} parameters. They are stored in four bits each, with a one-byte scale for every "
                 "16 weights. How many bytes is that? (Take all weights alike.)",
        answer=_fp4,
        unit="B",
        wrong=((_70B.n_params / 2, "You forgot the scales: a byte for 16 weights is half a bit for each."),
               (_70B.n_params * 4, "That is four bytes each, not four bits."),
               (_70B.n_params * (0.5 + 2 / 16), "That takes two bytes for a scale.")),
        solution=f"\\( 0.5 + 1/16 \\) bytes a weight: {text(_fp4, 'B')}. Published checkpoints keep embeddings and the output head in "
                 "bf16, which adds about three gigabytes.",
    ),
    Exercise(
        id="byt-2",
        question=f"{_OSS.title} has {_OSS.experts} experts in a layer and sends a token to {_OSS.experts_active}. How many experts do 16 "
                 "tokens wake in a layer, on average?",
        answer=_oss_awake,
        unit="experts",
        wrong=((16.0 * _OSS.experts_active, "That counts every visit as a new expert. Some tokens choose the same."),
               (float(_OSS.experts_active), "That is one token. Each of the 16 makes its own choice."),
               (float(_OSS.experts), "Not all of them: with 16 tokens many experts are still asleep.")),
        solution=f"\\( {_OSS.experts} (1 - (1 - {_OSS.experts_active}/{_OSS.experts})^{{16}}) \\) = {_oss_awake:.1f}, of which the "
                 "step must read every one.",
    ),
    Exercise(
        id="byt-3",
        question="A draft model takes a tenth of the large model's step. It drafts three tokens, each accepted with a chance of 75%. One "
                 "user is served, so that checking costs one plain step. What is the speed-up?",
        answer=_gain,
        unit="×",
        wrong=((serving.expected_tokens(0.75, 3), "Those are the tokens in a step. The draft takes time as well."),
               ((1 - 0.75**3) / 0.25 / 1.3, "You left out the token that the large model adds itself."),
               (serving.expected_tokens(0.75, 3) / 1.1, "That is one draft step. Three tokens need three of them.")),
        tolerance=0.01,
        solution=f"{text(serving.expected_tokens(0.75, 3))} tokens in \\( 3 \\times 0.1 + 1 \\) steps: {text(_gain, '×')}.",
    ),
    Exercise(
        id="byt-4",
        level="harder",
        question=f"A dense model runs on {_H100.title} with weights and arithmetic in fp8, no cache to speak of and every unit at "
                 "its peak. Each step checks four drafted tokens for every request. Up to which batch is checking free?",
        answer=_critical / 5,
        unit="requests",
        wrong=((_critical, "That is the batch without drafts. Each request now brings five tokens to a step."),
               (_critical / 4, "Nearly: besides the four drafts there is the token that follows them."),
               (_critical / 10, "That is for arithmetic in 16 bits, at half the peak. Here it is in fp8, like the weights.")),
        solution=f"The critical batch is {text(_critical)} tokens in a step (chapter 2; against bf16 a weight has half the "
                 f"bytes and the peak is twice as high, so it is the same). Five tokens a request leave {text(_critical / 5)} requests. Beyond that, every wrong guess displaces a right "
                 "token.",
    ),
    Exercise(
        id="byt-6",
        question="An API charges 1.25 times its list price to write a beginning to its cache and a tenth of it to read it there. Of every hundred "
                 "prompts with that beginning, how many must find it, as a share of all, before the cache pays?",
        answer=_pays_hit,
        unit="%",
        wrong=((0.25 / 0.9, "Nearly: whoever finds the beginning does not write it, and saves the surcharge as well."),
               (0.25, "That is the surcharge of a write. Divide it by what a hit saves against a write."),
               (0.1, "That is the price of a hit. Set the mean price of hits and writes equal to the list price.")),
        solution=f"\\( 0.1 h + 1.25 (1 - h) = 1 \\) gives \\( h = 0.25 / 1.15 \\): {text(_pays_hit, '%')}. With an entry that is kept "
                 f"for five minutes and requests at random, that takes {text(_pays, '', 2)} requests an hour.",
    ),
    Exercise(
        id="byt-5",
        level="open",
        question="Prompts have 4,000 tokens, of which the first 3,000 are common to five users before they are dropped. A vendor offers, for "
                 "the same money, a cache that keeps them four times as long; another offers a draft model that doubles the speed of one "
                 "user. Your service runs at 200 requests at once. Which do you take, and what would you measure first?",
        answer=None,
        unit="",
        solution=f"Now {text(_hit, '%')} of the prompt comes from the cache; with twenty uses it would be "
                 f"{text(serving.prefix_cached_fraction(3000, 4000, 20), '%')}. In a large batch half of the machine's time or more goes to "
                 "prompts, so the cache pays, if uses really rise with time kept. The draft was measured with one user; at 200 its checks "
                 "compete with the batch. Measure, at your own load: the share of step time that is prefill, the hit rate against the time "
                 "kept, and accepted tokens by position in the draft.",
    ),
)
