"""From the inputs of a golden case to the formulas of models, hardware and serving: numbers in, one number out.

No constant is fitted to a case; what MLPerf measured is predicted with constants fitted to other measurements.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from .. import models, serving
from ..hardware import accelerators, roofline
from ..models import Model, kv_cache
from ..models.ffn import n_params_ffn
from ..quantities.checks import known
from ..quantities.numeric import Numeric
from ..serving import report

# -- models and memory ------------------------------------------------------------------------------------------------


def model_count(model: str, count: str) -> Numeric:
    """Any count of a model in the catalogue, such as ``n_params``."""
    return getattr(models.get(model), count)


def active_without_embeddings(model: str) -> Numeric:
    """Active parameters with neither embedding nor output head, as some publishers count."""
    m = models.get(model)
    return m.n_params_active - m.n_params_embedding


def cache_bytes(model: str, context_tok: float, batch: float = 1, bytes_per_value: float = 2) -> Numeric:
    """Cache of a batch."""
    return kv_cache.of_model(models.get(model), context_tok, batch, bytes_per_value)


def cache_saved(layers: float, kv_lora: float, rope_dim: float, bits: float, other_layers: float, other_kv_heads: float,
                other_head_dim: float) -> Numeric:
    """Share of the cache that a latent cache at some bits saves against a plain one in 16 bits."""
    small = kv_cache.latent_values_per_token(layers, kv_lora, rope_dim) * kv_cache.quantised_bytes_per_value(bits)
    large = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(other_layers, other_kv_heads, other_head_dim))
    return 1 - small / large


def latent_as_groups(kv_lora: float, rope_dim: float, head_dim: float) -> Numeric:
    """Key-value heads of a plain cache of the same size."""
    return kv_cache.latent_values_per_token(1, kv_lora, rope_dim) / kv_cache.kv_values_per_token(1, 1, head_dim)


def attention_crossover(hidden: float, q_heads: float, kv_heads: float, head_dim: float, ffn_hidden: float,
                        causal: bool) -> Numeric:
    """Context at which attention costs as much as the linear layers."""
    return models.attention_crossover_tok(hidden, q_heads, kv_heads, head_dim, ffn_hidden, causal)


def chip_memory(chip: str) -> Numeric:
    """Memory of one chip as shipped."""
    return known(accelerators.get(chip).hbm_bytes)


def cache_beyond(model: str, other: str, chip: str) -> Numeric:
    """Bytes per layer and token by which one model's cache exceeds another's, both of as many layers."""
    one, less = (serving.Deployment(name, chip) for name in (model, other))
    return (one.cache_bytes(1.0) - less.cache_bytes(1.0)) / models.get(model).layers


def default_cache(model: str, chip: str, form: str) -> Numeric:
    """Cache of one token in what the engine keeps it in by default."""
    return serving.Deployment(model, chip, formats=form).cache_bytes(1.0)


def users_that_fit(hbm_bytes: float, n_chips: float, param_bytes: float, kv_bytes_per_token: float,
                   context_tok: float) -> Numeric:
    """Whole sequences in what the weights and a tenth in reserve leave of the memory."""
    room = kv_cache.cache_room_bytes(hbm_bytes, param_bytes, n_chips)
    return kv_cache.capacity_sequences(room, kv_bytes_per_token * context_tok)


# -- roofline and serving ---------------------------------------------------------------------------------------------


def critical_batch(flop_per_s: float, hbm_bytes_per_s: float, bytes_per_param: float = 2) -> Numeric:
    """Sequences at the ridge."""
    return roofline.critical_batch(flop_per_s, hbm_bytes_per_s, bytes_per_param)


def chip_ridge(chip: str, memory: str = "hbm") -> Numeric:
    """Ridge point of a chip, from main or on-chip memory."""
    spec = accelerators.get(chip)
    bandwidth = spec.hbm_bytes_per_s if memory == "hbm" else spec.sram_bytes_per_s
    return roofline.ridge_flop_per_byte(spec.flop_per_s("bf16"), known(bandwidth))


def chip_bandwidth(chip: str) -> Numeric:
    """Bandwidth of one chip's memory."""
    return known(accelerators.get(chip).hbm_bytes_per_s)


def group_link(chip: str, n_chips: float) -> Numeric:
    """Link of one chip in a group."""
    return accelerators.get(chip).group_bytes_per_s(n_chips)


def decode_step(step: Mapping[str, float], roof: Mapping[str, float], n_chips: float) -> Numeric:
    """Estimate of one decode step on some chips, by the scaling book's formula."""
    return roofline.estimate_s(roofline.decode_work(**step), _together(n_chips, **roof))


def step_floor(step: Mapping[str, float], roof: Mapping[str, float], n_chips: float) -> Numeric:
    """Least time of one decode step on some chips, all reading under all arithmetic."""
    return roofline.bounds(roofline.decode_work(**step), _together(n_chips, **roof)).overlapped_s


def tokens_per_s_per_chip(step_s: float, batch: float, n_chips: float) -> Numeric:
    """Throughput of one chip when every step gives every sequence a token."""
    return batch / step_s / n_chips


def queries_per_s_per_chip(hbm_bytes: float, param_bytes: float, n_chips: float, kv_bytes_per_token: float,
                           context_tok: float, step_time_s: float, output_tok: float) -> Numeric:
    """Queries finished per second and chip with the largest batch that fits."""
    room = kv_cache.cache_room_bytes(hbm_bytes, param_bytes, n_chips, reserve_fraction=0)
    batch = kv_cache.capacity_sequences(room, kv_bytes_per_token * context_tok)
    return batch / (step_time_s * output_tok) / n_chips


def decode_floor(model: str, chip: str, n_chips: float, batch: float, context_tok: float, steps: float,
                 bytes_per_param: float) -> Numeric:
    """Least time of some decode steps of a model on some chips, mean context given, cache in 16 bits."""
    m = models.get(model)
    work = roofline.decode_work(batch, context_tok, _kv_bytes_per_token(m, context_tok, 2),
                                _read_bytes(m, batch, bytes_per_param), m.n_params_read)
    return steps * roofline.bounds(work, _roof(chip, n_chips)).overlapped_s


def prefill_floor(model: str, chip: str, n_chips: float, batch: float, prompt_tok: float,
                  bytes_per_param: float) -> Numeric:
    """Least time of reading some prompts, attention included."""
    m = models.get(model)
    work = roofline.prefill_work(batch, prompt_tok, m.n_params_read * bytes_per_param, m.n_params_read, m.layers,
                                 m.q_heads * m.head_dim, m.n_params_head)
    return roofline.bounds(work, _roof(chip, n_chips)).overlapped_s


def achieved_mfu(model: str, chip: str, n_chips: float, tokens: float, latency_s: float) -> Numeric:
    """Share of peak that a measured latency amounts to, counting two FLOPs per parameter and token."""
    peak = n_chips * accelerators.get(chip).flop_per_s("bf16")
    return models.linear_flop(tokens, models.get(model).n_params) / (latency_s * peak)


def share_of_peak(chip: str, achieved_flop_per_s: float) -> Numeric:
    """Share of a chip's bf16 peak."""
    return achieved_flop_per_s / accelerators.get(chip).flop_per_s("bf16")


def mlperf_output_rate(model: str, round: str, scenario: str, chip: str, prompt_tok: float) -> Numeric:
    """Output tokens per second that the calibrated model predicts for one of MLPerf's results."""
    return next(row.tok_per_s for row in _benchmarks(model, round, prompt_tok)
                if (row.scenario, row.chip) == (scenario, chip))


@cache
def _benchmarks(model: str, round_: str, prompt_tok: float) -> list[report.Benchmark]:
    return report.benchmarks(model, prompt_tok, (round_,))


def offline_ceiling(model: str, chip: str, n_chips: float, precision: str, output_tok: float) -> Numeric:
    """Output tokens per second and chip that no run exceeds whose weights are in a format and whose cache in 8 bits.

    The largest batch that memory holds with no reserve, no prompt at all, the peak of the format, every byte read once
    and all reading under all arithmetic: whatever a real run adds makes it slower. A smaller batch is slower too,
    because a step takes less than proportionally less time.
    """
    m, spec = models.get(model), accelerators.get(chip)
    width = {"bf16": 2, "fp8": 1, "fp4": 0.5}[precision]
    context_tok = output_tok / 2
    cache = kv_cache.of_model(m, context_tok, 1, bytes_per_value=1)
    room = kv_cache.cache_room_bytes(known(spec.hbm_bytes), m.n_params * width, n_chips, reserve_fraction=0)
    batch = kv_cache.capacity_sequences(room, cache)
    work = roofline.decode_work(batch, context_tok, cache / context_tok, _read_bytes(m, batch, width), m.n_params_read)
    return batch / roofline.bounds(work, _roof(chip, n_chips, precision)).overlapped_s / n_chips


def encoder_decoder_floor(block: Mapping[str, float], input_tok: float, output_tok: float, batch: float,
                          roof: Mapping[str, float], n_chips: float) -> Numeric:
    """Least chip-seconds per sample of an encoder-decoder with gated FFNs: read the input once, write by steps.

    The decoder keeps the keys and values of the whole input (cross-attention) and of what it has written. `block` has
    layers, hidden, ffn_hidden, q_heads, kv_heads and head_dim.
    """
    layers, hidden, q_heads, kv_heads, head_dim = (
        block[name] for name in ("layers", "hidden", "q_heads", "kv_heads", "head_dim"))
    group = models.LayerGroup(q_heads=q_heads, kv_heads=kv_heads, qk_dim=head_dim, v_dim=head_dim)
    attention, ffn = group.n_params_attention(hidden), n_params_ffn(hidden, block["ffn_hidden"], 3)
    encoder, decoder = layers * (attention + ffn), layers * (2 * attention + ffn)
    cached = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(layers, kv_heads, head_dim))
    machine = _together(n_chips, **roof)
    reading = roofline.prefill_work(batch, input_tok, 2 * encoder, encoder, layers, q_heads * head_dim, 0.0, 1.0)
    step = roofline.decode_work(batch, input_tok + output_tok / 2, cached, 2 * decoder, decoder)
    seconds = (roofline.bounds(reading, machine).overlapped_s
               + output_tok * roofline.bounds(step, machine).overlapped_s)
    return seconds * n_chips / batch


def reading_time(words_per_minute: float, tokens_per_word: float) -> Numeric:
    """Seconds a reader takes for one token."""
    return 60 / (words_per_minute * tokens_per_word)


# -- speculative decoding ---------------------------------------------------------------------------------------------


def speculative_speedup(acceptance: float, draft_tok: float, draft_cost: float) -> Numeric:
    """Speed-up of drafting; with a free draft, the tokens of one step."""
    return serving.speculative_speedup(acceptance, draft_tok, draft_cost)


# -- deployments ------------------------------------------------------------------------------------------------------


def checkpoint_bytes(model: str, form: str) -> Numeric:
    """Weights in a format, with scales and what stays in 16 bits."""
    return serving.Deployment(model, "h100-sxm", formats=form).weight_bytes


def critical_batch_of(model: str, chip: str, form: str) -> Numeric:
    """Critical batch by stored bytes and by arithmetic."""
    return serving.Deployment(model, chip, formats=form).critical_batch


def deployment_floor(model: str, chip: str, batch: float, context_tok: float, form: str) -> Numeric:
    """Least time of a step, all reading under all arithmetic, on one chip."""
    return serving.Deployment(model, chip, formats=form).decode_floor_s(batch, context_tok)


def decode_step_estimate(model: str, chip: str, batch: float, context_tok: float, bytes_per_param: float) -> Numeric:
    """The scaling book's estimate of the same step."""
    m = models.get(model)
    work = roofline.decode_work(batch, context_tok, _kv_bytes_per_token(m, context_tok, 2),
                                bytes_per_param * m.n_params_read, m.n_params_read)
    return roofline.estimate_s(work, _roof(chip, 1))


def throughput_by_links(chip: str, n_chips: float, form: str, cache: str, link_bytes_per_s: float,
                        load: Mapping[str, Any]) -> Numeric:
    """Output of Llama-3.1 70B over the links that there are, over that with one link between all chips."""
    real, dream = (serving.Deployment("llama-3.1-70b", chip, int(n_chips), serving.Formats(form, cache),
                                      link_bytes_per_s=link) for link in (None, link_bytes_per_s))
    asked = serving.Load(**load)
    return real.serve(asked).output_tok_per_s / dream.serve(asked).output_tok_per_s


def longest_context(chip: str, n_chips: float, memory_share: float, batch: float, heads: Mapping[str, float],
                    batch_sharded: float) -> Numeric:
    """Context whose cache fills a share of the memory, cut by head or by sequence.

    `heads` has layers, kv_heads and head_dim.
    """
    shards = serving.Layout(tp=n_chips, batch_sharded=batch_sharded).cache_shards(heads["kv_heads"])
    per_tok = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(**heads))
    return memory_share * known(accelerators.get(chip).hbm_bytes) * shards / (batch * per_tok)


# -- what several of them ask -----------------------------------------------------------------------------------------


def _together(n_chips: float, hbm_bytes_per_s: float, flop_per_s: float) -> roofline.Roof:
    """Return the rates of some chips, from those of one."""
    return roofline.Roof(n_chips * hbm_bytes_per_s, n_chips * flop_per_s)


def _roof(chip: str, n_chips: float, precision: str = "bf16") -> roofline.Roof:
    """Return the rates of some chips of the catalogue."""
    spec = accelerators.get(chip)
    return _together(n_chips, known(spec.hbm_bytes_per_s), spec.flop_per_s(precision))


def _kv_bytes_per_token(m: Model, context_tok: float, bytes_per_value: float) -> Numeric:
    """Return the mean cache of a token: less than that of the first where a window forgets."""
    return kv_cache.of_model(m, context_tok, 1, bytes_per_value) / context_tok if context_tok else 0.0


def _read_bytes(m: Model, batch: Numeric, bytes_per_param: float) -> Numeric:
    """Return the weights a decode step reads: all of a dense model, the experts touched in a mixture."""
    fixed = m.n_params_read - m.experts_active * m.n_params_expert
    touched = models.experts_touched(batch, m.experts, m.experts_active) if m.experts else 0
    return (fixed + touched * m.n_params_expert) * bytes_per_param
