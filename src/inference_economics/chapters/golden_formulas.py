"""Adapters from the inputs of a golden case to the package's general formulas.

Each takes plain numbers and names from the catalogues, calls the same functions that the chapters call, and returns one
number. No constant in here is fitted to a case.
"""

from __future__ import annotations

import numpy as np

from .. import models, silicon, training
from ..buying import market, ownership
from ..hardware import accelerators, roofline
from ..models import kv_cache
from ..models.ffn import n_params_ffn
from ..silicon import programme
from ..training import scaling

FORMULAS = {}


def formula(function):
    """Register an adapter under its own name."""
    FORMULAS[function.__name__] = function
    return function


# -- models and memory ------------------------------------------------------------------------------------------------


@formula
def model_count(model, count):
    """Any count of a model in the catalogue, such as ``n_params``."""
    return getattr(models.get(model), count)


@formula
def active_without_embeddings(model):
    """Active parameters with neither embedding nor output head, as some publishers count."""
    m = models.get(model)
    return m.n_params_active - m.n_params_embedding


@formula
def cache_bytes(model, context_tok, batch=1, bytes_per_value=2):
    """Cache of a batch."""
    return kv_cache.of_model(models.get(model), context_tok, batch, bytes_per_value)


@formula
def cache_saved(layers, kv_lora, rope_dim, bits, other_layers, other_kv_heads, other_head_dim):
    """Share of the cache that a latent cache at some bits saves against a plain one in 16 bits."""
    small = kv_cache.latent_values_per_token(layers, kv_lora, rope_dim) * kv_cache.quantised_bytes_per_value(bits)
    large = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(other_layers, other_kv_heads, other_head_dim))
    return 1 - small / large


@formula
def latent_as_groups(kv_lora, rope_dim, head_dim):
    """Key-value heads of a plain cache of the same size."""
    return kv_cache.latent_values_per_token(1, kv_lora, rope_dim) / kv_cache.kv_values_per_token(1, 1, head_dim)


@formula
def attention_crossover(hidden, q_heads, kv_heads, head_dim, ffn_hidden, causal):
    """Context at which attention costs as much as the linear layers."""
    return models.attention_crossover_tok(hidden, q_heads, kv_heads, head_dim, ffn_hidden, causal)


# -- roofline and serving ---------------------------------------------------------------------------------------------


@formula
def critical_batch(flop_per_s, hbm_bytes_per_s, bytes_per_param=2):
    """Sequences at the ridge."""
    return roofline.critical_batch(flop_per_s, hbm_bytes_per_s, bytes_per_param)


@formula
def chip_ridge(accelerator, memory="hbm"):
    """Ridge point of a chip, from main or on-chip memory."""
    chip = accelerators.get(accelerator)
    bandwidth = chip.hbm_bytes_per_s if memory == "hbm" else chip.sram_bytes_per_s
    return roofline.ridge_flop_per_byte(chip.bf16_flop_per_s, bandwidth)


@formula
def decode_step(batch, context_tok, kv_bytes_per_token, param_bytes, n_params, n_chips, hbm_bytes_per_s, flop_per_s):
    """Estimate of one decode step on some chips, by the scaling book's formula."""
    return roofline.decode_step_time_s(batch, context_tok, kv_bytes_per_token, param_bytes, n_params,
                                       n_chips * hbm_bytes_per_s, n_chips * flop_per_s)


@formula
def tokens_per_s_per_chip(step_s, batch, n_chips):
    """Throughput of one chip when every step gives every sequence a token."""
    return batch / step_s / n_chips


@formula
def queries_per_s_per_chip(hbm_bytes, param_bytes, n_chips, kv_bytes_per_token, context_tok, step_time_s, output_tok):
    """Queries finished per second and chip with the largest batch that fits."""
    room = kv_cache.cache_room_bytes(hbm_bytes, param_bytes, n_chips, reserve_fraction=0)
    batch = kv_cache.capacity_sequences(room, kv_bytes_per_token * context_tok)
    return batch / (step_time_s * output_tok) / n_chips


def _read_bytes(m, batch, bytes_per_param):
    """Weights a decode step reads: everything in a dense model, the experts touched in a mixture."""
    fixed = m.n_params_read - m.experts_active * m.n_params_expert
    touched = models.experts_touched(batch, m.experts, m.experts_active) if m.experts else 0
    return (fixed + touched * m.n_params_expert) * bytes_per_param


@formula
def decode_floor(model, accelerator, n_chips, batch, context_tok, steps, bytes_per_param, bytes_per_value=2):
    """Floor of some decode steps of a model on some chips, mean context given."""
    m, chip = models.get(model), accelerators.get(accelerator)
    cache = kv_cache.of_model(m, context_tok, 1, bytes_per_value) / context_tok if context_tok else 0
    return steps * roofline.decode_step_time_s(
        batch, context_tok, cache, _read_bytes(m, batch, bytes_per_param), m.n_params_read,
        n_chips * chip.hbm_bytes_per_s, n_chips * chip.bf16_flop_per_s)


@formula
def prefill_floor(model, accelerator, n_chips, batch, prompt_tok, bytes_per_param):
    """Floor of reading some prompts, attention included."""
    m, chip = models.get(model), accelerators.get(accelerator)
    bounds = roofline.prefill_bounds(
        batch, prompt_tok, m.n_params_read * bytes_per_param, m.n_params_read, m.layers, m.q_heads * m.head_dim,
        n_chips * chip.hbm_bytes_per_s, n_chips * chip.bf16_flop_per_s)
    return bounds.overlapped_s


@formula
def achieved_mfu(model, accelerator, n_chips, tokens, latency_s):
    """Share of peak that a measured latency amounts to, counting two FLOPs per parameter and token."""
    peak = n_chips * accelerators.get(accelerator).bf16_flop_per_s
    return models.linear_flop(tokens, models.get(model).n_params) / (latency_s * peak)


@formula
def share_of_peak(accelerator, achieved_flop_per_s):
    """Share of a chip's bf16 peak."""
    return achieved_flop_per_s / accelerators.get(accelerator).bf16_flop_per_s


@formula
def offline_ceiling(model, accelerator, n_chips, precision, output_tok):
    """Output tokens per second and chip that nothing can exceed.

    The largest batch that memory holds with no reserve, no prompt at all, the peak of the format, and every byte read
    once: whatever a real run adds makes it slower.
    """
    m, chip = models.get(model), accelerators.get(accelerator)
    width = {"bf16": 2, "fp8": 1, "fp4": 0.5}[precision]
    context_tok = output_tok / 2
    cache = kv_cache.of_model(m, context_tok, 1, bytes_per_value=1)
    room = kv_cache.cache_room_bytes(chip.hbm_bytes, m.n_params * width, n_chips, reserve_fraction=0)
    batch = kv_cache.capacity_sequences(room, cache)
    step = roofline.decode_step_time_s(
        batch, context_tok, cache / context_tok, _read_bytes(m, batch, width), m.n_params_read,
        n_chips * chip.hbm_bytes_per_s, n_chips * chip.flop_per_s(precision))
    return batch / step / n_chips


@formula
def encoder_decoder_floor(layers, hidden, ffn_hidden, q_heads, kv_heads, head_dim, input_tok, output_tok, batch,
                          hbm_bytes_per_s, flop_per_s, n_chips):
    """Chip-seconds per sample of an encoder-decoder with gated FFNs: read the input once, write the output by steps.

    The decoder keeps the keys and values of the whole input (cross-attention) and of what it has written.
    """
    block = models.LayerGroup(q_heads=q_heads, kv_heads=kv_heads, qk_dim=head_dim, v_dim=head_dim)
    attention, ffn = block.n_params_attention(hidden), n_params_ffn(hidden, ffn_hidden, 3)
    encoder, decoder = layers * (attention + ffn), layers * (2 * attention + ffn)
    cached = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(layers, kv_heads, head_dim))
    reading = roofline.prefill_bounds(batch, input_tok, 2 * encoder, encoder, layers, q_heads * head_dim,
                                      n_chips * hbm_bytes_per_s, n_chips * flop_per_s, causal_fraction=1.0)
    step = roofline.decode_step_time_s(batch, input_tok + output_tok / 2, cached, 2 * decoder, decoder,
                                       n_chips * hbm_bytes_per_s, n_chips * flop_per_s)
    return (reading.overlapped_s + output_tok * step) * n_chips / batch


@formula
def reading_time(words_per_minute, tokens_per_word):
    """Seconds a reader takes for one token."""
    return 60 / (words_per_minute * tokens_per_word)


# -- training ---------------------------------------------------------------------------------------------------------


@formula
def training_flop(n_params, training_tok):
    """Six FLOPs per parameter and token."""
    return training.training_flop(n_params, training_tok)


@formula
def training_mfu(n_params, training_tok, gpu_hours, flop_per_s):
    """Share of peak over a whole run."""
    return training.training_mfu(training.training_flop(n_params, training_tok), gpu_hours, flop_per_s)


@formula
def training_usd(gpu_hours, price_usd_per_hour):
    """Rent of a run."""
    return training.training_usd(gpu_hours, price_usd_per_hour)


@formula
def inference_aware(quality_n_params, inference_tok, result, inference_cost_ratio=1.0):
    """Best size (``n_params``), data ratio (``data``) or saving (``saving``) at the quality of a Chinchilla model."""
    fit = scaling.loss_constants("sardana")
    reference_tok = np.power(fit.b / fit.a * fit.beta / fit.alpha * quality_n_params**fit.alpha, 1 / fit.beta)
    loss = scaling.chinchilla_loss(quality_n_params, reference_tok, "sardana")
    best = scaling.inference_aware_optimum(loss, inference_tok, "sardana", inference_cost_ratio)
    if result == "n_params":
        return best.n_params
    if result == "data":
        return best.training_tok / reference_tok
    if result == "training_tok":
        return best.training_tok
    spent = 6 * quality_n_params * reference_tok + 2 * quality_n_params * inference_tok
    return 1 - (best.training_flop + best.inference_flop) / spent


# -- money ------------------------------------------------------------------------------------------------------------


@formula
def node_day_usd(nodes, chips_per_node, price_usd_per_hour):
    """A day's rent of some nodes."""
    return training.training_usd(nodes * chips_per_node * 24, price_usd_per_hour)


@formula
def day_revenue(input_tok, cached_tok, output_tok, input_usd_per_mtok, cached_usd_per_mtok, output_usd_per_mtok):
    """A day's tokens at list price."""
    return market.api_usd(input_tok, output_tok, input_usd_per_mtok / 1e6, output_usd_per_mtok / 1e6,
                          cached_fraction=cached_tok / input_tok, cached_input_usd_per_token=cached_usd_per_mtok / 1e6)


@formula
def markup(revenue_usd, cost_usd):
    """Profit over cost."""
    return market.markup(revenue_usd, cost_usd)


@formula
def gross_margin(revenue_usd, cost_usd):
    """Profit over revenue."""
    return market.gross_margin(revenue_usd, cost_usd)


@formula
def nodes_for_day(input_tok, prefill_tok_per_s, output_tok, decode_tok_per_s):
    """Nodes that a day's tokens keep busy at measured speeds."""
    return (input_tok / prefill_tok_per_s + output_tok / decode_tok_per_s) / 86400


@formula
def owned_gpu_hour(capex_usd, life_years, discount_rate, power_w, electricity_usd_per_kwh, pue,
                   colocation_usd_per_kw_month, operations_fraction, utilisation, idle_power_fraction=0.35, n_chips=8):
    """Cost of one sold GPU-hour, with depreciation in a straight line."""
    load = ownership.average_load_fraction(utilisation, idle_power_fraction)
    yearly = (ownership.straight_line_usd_per_year(capex_usd, life_years, discount_rate)
              + ownership.colocation_usd_per_year(power_w, colocation_usd_per_kw_month)
              + ownership.electricity_usd_per_year(power_w, electricity_usd_per_kwh, pue, load)
              + capex_usd * operations_fraction)
    return ownership.usd_per_used_hour(yearly, n_chips, utilisation)


# -- silicon ----------------------------------------------------------------------------------------------------------


@formula
def gross_dies(die_area_mm2):
    """Dies on a 300 mm wafer."""
    return silicon.gross_dies(die_area_mm2)


@formula
def die_yield(die_area_mm2, defects_per_mm2, model):
    """Share of good dies by one of the yield models."""
    return silicon.YIELD_MODELS[model](die_area_mm2, defects_per_mm2)


@formula
def good_die(die_area_mm2, defects_per_mm2, wafer_usd):
    """Cost of a good die; without defects, of any die."""
    good = silicon.negative_binomial_yield(die_area_mm2, defects_per_mm2)
    return silicon.good_die_usd(wafer_usd, silicon.gross_dies(die_area_mm2), good)


@formula
def perf_per_tco(saving_fraction):
    """Performance per cost that a saving amounts to."""
    return programme.perf_per_tco_from_saving(saving_fraction)


@formula
def break_even_units(nre_usd, tco_usd_per_unit, saving_fraction):
    """GPU-equivalents that pay for a chip programme."""
    return programme.break_even_units(nre_usd, tco_usd_per_unit, saving_fraction)


# -- speculative decoding ---------------------------------------------------------------------------------------------


@formula
def speculative_speedup(acceptance, draft_tok, draft_cost):
    """Speed-up of drafting; with a free draft, the tokens of one step."""
    from .. import serving

    return serving.speculative_speedup(acceptance, draft_tok, draft_cost)


# -- deployments ------------------------------------------------------------------------------------------------------


@formula
def checkpoint_bytes(model, form):
    """Weights in a format, with scales and what stays in 16 bits."""
    from ..serving import Deployment

    return Deployment(model, "h100-sxm", formats=form).weight_bytes


@formula
def critical_batch_of(model, accelerator, form):
    """Critical batch by stored bytes and by arithmetic."""
    from ..serving import Deployment

    return Deployment(model, accelerator, formats=form).critical_batch


@formula
def decode_step_floor(model, accelerator, batch, context_tok, form):
    """Least time of a step, all reading under all arithmetic, on one chip."""
    from ..serving import Deployment

    return Deployment(model, accelerator, formats=form).decode_floor_s(batch, context_tok)


@formula
def decode_step_estimate(model, accelerator, batch, context_tok, bytes_per_param):
    """The scaling book's estimate of the same step."""
    m, chip = models.get(model), accelerators.get(accelerator)
    return roofline.decode_step_time_s(
        batch, context_tok, kv_cache.kv_bytes_per_token(m.kv_values_per_token), bytes_per_param * m.n_params_read,
        m.n_params_read, chip.hbm_bytes_per_s, chip.bf16_flop_per_s)


@formula
def longest_context(accelerator, n_chips, memory_share, batch, layers, kv_heads, head_dim, batch_sharded):
    """Context whose cache fills a share of the memory, cut by head or by sequence."""
    from ..serving import Layout

    shards = Layout(tp=n_chips, batch_sharded=batch_sharded).cache_shards(kv_heads)
    per_tok = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(layers, kv_heads, head_dim))
    return memory_share * accelerators.get(accelerator).hbm_bytes * shards / (batch * per_tok)
