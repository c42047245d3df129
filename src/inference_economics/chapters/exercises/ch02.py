"""Chapter 2, what one token costs the hardware."""

from __future__ import annotations

from ... import models
from ...hardware import accelerators, links, roofline
from ...models import kv_cache
from ...quantities.units import text
from .exercise import Exercise, known

_8B, _70B = models.get("llama-3.1-8b"), models.get("llama-3.1-70b")
_H100, _H200 = accelerators.get("h100-sxm"), accelerators.get("h200-sxm")
_H100_BANDWIDTH = known(_H100.hbm_bytes_per_s)
_H100_BF16 = known(_H100.bf16_flop_per_s)
_H200_BANDWIDTH = known(_H200.hbm_bytes_per_s)
_H100_LINK = known(_H100.link_bytes_per_s)
_H100_RIDGE = known(_H100.ridge_flop_per_byte)
_H200_FP8 = known(_H200.fp8_flop_per_s)
_8B_TOKEN, _70B_TOKEN = (kv_cache.kv_bytes_per_token(m.kv_values_per_token) for m in (_8B, _70B))


def _step_8b(batch, context_tok):
    work = roofline.decode_work(batch, context_tok, _8B_TOKEN, 2 * _8B.n_params_read, _8B.n_params_read)
    return roofline.bounds(work, roofline.Roof(_H100_BANDWIDTH, _H100_BF16)).overlapped_s


_alone, _together = _step_8b(1, 512), _step_8b(24, 512)
_read_s = models.prefill_flop_per_token(_8B, 2048) / _H100_BF16
_shape = (_8B.hidden, _8B.q_heads, _8B.kv_heads, _8B.head_dim, _8B.ffn_hidden)
_crossing = models.attention_crossover_tok(*_shape, causal=False)

_floor = _70B.n_params_read / _H200_BANDWIDTH
_crit = roofline.critical_batch(_H100_BF16, _H100_BANDWIDTH, 1)
_equal = 2 * _70B.n_params_read / (_70B_TOKEN * 8192)
_wrong_heads = _equal * _70B.kv_heads / _70B.q_heads
_sums = (32, _70B.hidden, _70B.layers)
_eight = links.Group(8, _H100_LINK, 15e-6)
_links = links.tensor_parallel_time_s(*_sums, _eight)
_no_latency = links.tensor_parallel_time_s(*_sums, links.Group(8, _H100_LINK))
_once = links.tensor_parallel_time_s(*_sums, _eight, collectives_per_layer=1)

EXERCISES = (
    Exercise(
        id="tok-q1",
        level="guess",
        question=f"{_8B.title} in bf16 runs on one {_H100.title}. For one user with 512 tokens of context a step takes "
                 f"at least "
                 f"{text(_alone, 's')}, the user's own cache included. How long does a step take at least for 24 such "
                 f"users at once?",
        answer=_together,
        unit="s",
        solution=f"{text(_together, 's')}: the weights are read once for all, and only the 24 caches of "
                 f"{text(_8B_TOKEN * 512, 'B')} are added.",
    ),
    Exercise(
        id="tok-q2",
        level="guess",
        question="The same chip, the same model. While it writes one token for a single user, how many tokens of a "
                 "long prompt "
                 "could it have read at its arithmetic peak?",
        answer=_alone / _read_s,
        unit="tokens",
        solution=f"A step takes {text(_alone, 's')}, and reading a token of a 2,048-token prompt {text(_read_s, 's')} "
                 f"of pure "
                 f"arithmetic. Leave attention and the output head aside and the answer is the ridge point, "
                 f"{text(_H100_RIDGE)}: both phases do the same work per token, and only one reads the "
                 f"weights for "
                 "a single token.",
    ),
    Exercise(
        id="tok-q3",
        level="guess",
        question=f"At what context does a new token of {_8B.title} spend as much arithmetic on attention as in the "
                 f"matrices of its "
                 "layers?",
        answer=_crossing,
        unit="tokens",
        solution=f"{text(_crossing, 'tokens')}: the weights of a layer, times two, over four operations per attended "
                 f"token and "
                 "channel of the query heads. Most chats never get near it.",
    ),
    Exercise(
        id="tok-1",
        level="warm-up",
        question=f"{_70B.title} is stored in fp8, one byte a weight, on a single {_H200.title} of "
                 f"{text(_H200_BANDWIDTH, 'B/s')}. "
                 f"A step reads {text(_70B.n_params_read)} weights. What is the least time per token for one user with "
                 f"a short "
                 "context?",
        answer=_floor,
        unit="s",
        wrong=((2 * _floor, "That is bf16. fp8 takes one byte a weight."),
               (2 * _70B.n_params_read / _H200_FP8, "That is the time of the arithmetic. With one user, "
                                                               "memory is slower."),
               (_70B.n_params_read / _H100_BANDWIDTH, "That is the bandwidth of an H100."),
               (8 * _floor, "That reads the bandwidth in bits. It is in bytes a second, and a byte has eight bits."),
               (1 / _floor, "That is tokens per second.")),
        solution=f"\\( {_70B.n_params_read / 1e9:.1f}\\,\\text{{GB}} / "
                 f"{_H200_BANDWIDTH / 1e12:g}\\,\\text{{TB/s}} \\) = "
                 f"{text(_floor, 's')}, or {text(1 / _floor)} tokens per second. Software beats this only by "
                 f"reading fewer bytes for each token: smaller weights, or drafts that are checked several at a time.",
    ),
    Exercise(
        id="tok-2",
        question=f"Weights are stored in int8 on an {_H100.title} ({text(_H100_BF16, 'FLOP/s')} in bf16, "
                 f"{text(_H100_BANDWIDTH, 'B/s')}) and expanded to bf16 for the arithmetic. From how many "
                 f"sequences on is a "
                 "decode step with short contexts compute-bound?",
        answer=_crit,
        unit="sequences",
        wrong=((2 * _crit, "That is for weights of two bytes. Half the bytes take half the batch."),
               (_crit / 2, "Nearly: an operation count has two per weight, which cancels only with two-byte weights.")),
        solution=f"\\( \\pi b / 2\\beta \\) with \\( b = 1 \\): {text(_crit)} sequences. If the arithmetic ran in int8 "
                 f"too, the peak "
                 "would double and so would the answer.",
    ),
    Exercise(
        id="tok-3",
        question=f"{_70B.title} in bf16 serves users with 8,192 tokens each, at {text(_70B_TOKEN, 'B')} of cache per "
                 f"token. A step reads "
                 f"{text(2 * _70B.n_params_read, 'B')} of weights. At how many users does it spend as long on the "
                 f"caches as on the "
                 "weights?",
        answer=_equal,
        unit="users",
        wrong=((_wrong_heads, "That counts query heads: keys and values are shared by eight of them."),
               (_equal / 2, "You counted one byte a weight, or four a cached value. Both are bf16."),
               (2 * _equal, "You forgot that both K and V are stored, or counted four bytes a weight.")),
        solution=f"\\( W / (k c) \\) = {text(2 * _70B.n_params_read, 'B')} / {text(_70B_TOKEN * 8192, 'B')} = "
                 f"{text(_equal)} users. "
                 "The bandwidth cancels, and so does the number of chips. Beyond this batch, more users make the step "
                 "longer "
                 "almost in proportion.",
    ),
    Exercise(
        id="tok-4",
        level="harder",
        question=f"{_70B.title} ({_70B.layers} layers, width {_70B.hidden:,}) runs on eight {_H100.title} with links "
                 f"of "
                 f"{text(_H100_LINK, 'B/s')} in one direction. Each layer needs two all-reduces of bf16 "
                 f"activations, each "
                 "with a latency of 15 µs. How long does a decode step of 32 sequences spend on the links?",
        answer=_links,
        unit="s",
        wrong=((_no_latency, "You left out the latency: 160 all-reduces wait for it."),
               (_once, "That is one all-reduce a layer. Attention and the feed-forward part each need one."),
               (_links - _no_latency, "That is the latency alone. The bytes add a little.")),
        solution=f"Latency: \\( 2 \\times {_70B.layers} \\times 15\\,\\mu\\text{{s}} \\) = "
                 f"{text(_links - _no_latency, 's')}. Bytes: "
                 f"\\( 2 \\times {_70B.layers} \\times \\tfrac{{14}}{{8}} \\times 32 \\times {_70B.hidden} \\times 2 "
                 f"\\) over the link: "
                 f"{text(_no_latency, 's')}. Together {text(_links, 's')}. Faster links would help little.",
    ),
    Exercise(
        id="tok-5",
        level="open",
        question="A vendor offers a chip with twice the arithmetic of yours, the same memory and bandwidth, at 1.4 "
                 "times the price. "
                 "You serve (a) a chat assistant with short prompts and long answers, (b) a service that reads long "
                 "contracts and "
                 "answers yes or no, (c) both on the same chips. Who should buy? What would you measure first?",
        answer=None,
        unit="",
        solution="(a) decodes. Its step does not contain the peak below the critical batch, which the new chip "
                 "doubles: it pays 40% "
                 "more for nothing. (b) is prefill: up to twice the tokens for 1.4 times the price, so about 30% less "
                 "per token, if "
                 "the kernels reach the same share of the new peak. (c) depends on the share of time spent in each "
                 "phase: with a "
                 "share p in prefill, time falls by p/2, so the chip pays only if p is above four sevenths. It may pay "
                 "to split the "
                 "phases over different chips. Measure p, and the share of peak that prefill reaches today: a prefill "
                 "at a third of "
                 "its peak may be bound by something else.",
    ),
)
