"""Adapters from the inputs of a golden case to the package's general formulas.

Each takes plain numbers and names from the catalogues, calls the same functions that the chapters call, and returns one
number. No constant in here is fitted to a case.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import models, serving, silicon, training
from ..buying import market, ownership
from ..hardware import accelerators, roofline
from ..models import Model, kv_cache
from ..models.ffn import n_params_ffn
from ..quantities.checks import known, lookup
from ..quantities.numeric import Numeric
from ..quantities.units import SECONDS_PER_DAY
from ..silicon import programme
from ..training import scaling

FORMULAS: dict[str, Callable[..., Numeric]] = {}


def formula(function: Callable[..., Numeric]) -> Callable[..., Numeric]:
    """Register an adapter under its own name."""
    FORMULAS[function.__name__] = function
    return function


# -- models and memory ------------------------------------------------------------------------------------------------


@formula
def model_count(model: str, count: str) -> Numeric:
    """Any count of a model in the catalogue, such as ``n_params``."""
    return getattr(models.get(model), count)


@formula
def active_without_embeddings(model: str) -> Numeric:
    """Active parameters with neither embedding nor output head, as some publishers count."""
    m = models.get(model)
    return m.n_params_active - m.n_params_embedding


@formula
def cache_bytes(model: str, context_tok: float, batch: float = 1, bytes_per_value: float = 2) -> Numeric:
    """Cache of a batch."""
    return kv_cache.of_model(models.get(model), context_tok, batch, bytes_per_value)


@formula
def cache_saved(layers: float, kv_lora: float, rope_dim: float, bits: float, other_layers: float, other_kv_heads: float,
                other_head_dim: float) -> Numeric:
    """Share of the cache that a latent cache at some bits saves against a plain one in 16 bits."""
    small = kv_cache.latent_values_per_token(layers, kv_lora, rope_dim) * kv_cache.quantised_bytes_per_value(bits)
    large = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(other_layers, other_kv_heads, other_head_dim))
    return 1 - small / large


@formula
def latent_as_groups(kv_lora: float, rope_dim: float, head_dim: float) -> Numeric:
    """Key-value heads of a plain cache of the same size."""
    return kv_cache.latent_values_per_token(1, kv_lora, rope_dim) / kv_cache.kv_values_per_token(1, 1, head_dim)


@formula
def attention_crossover(hidden: float, q_heads: float, kv_heads: float, head_dim: float, ffn_hidden: float,
                        causal: bool) -> Numeric:
    """Context at which attention costs as much as the linear layers."""
    return models.attention_crossover_tok(hidden, q_heads, kv_heads, head_dim, ffn_hidden, causal)


# -- roofline and serving ---------------------------------------------------------------------------------------------


@formula
def critical_batch(flop_per_s: float, hbm_bytes_per_s: float, bytes_per_param: float = 2) -> Numeric:
    """Sequences at the ridge."""
    return roofline.critical_batch(flop_per_s, hbm_bytes_per_s, bytes_per_param)


@formula
def chip_ridge(accelerator: str, memory: str = "hbm") -> Numeric:
    """Ridge point of a chip, from main or on-chip memory."""
    chip = accelerators.get(accelerator)
    bandwidth = chip.hbm_bytes_per_s if memory == "hbm" else chip.sram_bytes_per_s
    return roofline.ridge_flop_per_byte(chip.flop_per_s("bf16"), known(bandwidth))


@formula
def decode_step(batch: float, context_tok: float, kv_bytes_per_token: float, param_bytes: float, n_params: float,
                n_chips: float, hbm_bytes_per_s: float, flop_per_s: float) -> Numeric:
    """Estimate of one decode step on some chips, by the scaling book's formula."""
    return roofline.decode_step_time_s(batch, context_tok, kv_bytes_per_token, param_bytes, n_params,
                                       n_chips * hbm_bytes_per_s, n_chips * flop_per_s)


@formula
def tokens_per_s_per_chip(step_s: float, batch: float, n_chips: float) -> Numeric:
    """Throughput of one chip when every step gives every sequence a token."""
    return batch / step_s / n_chips


@formula
def queries_per_s_per_chip(hbm_bytes: float, param_bytes: float, n_chips: float, kv_bytes_per_token: float,
                           context_tok: float, step_time_s: float, output_tok: float) -> Numeric:
    """Queries finished per second and chip with the largest batch that fits."""
    room = kv_cache.cache_room_bytes(hbm_bytes, param_bytes, n_chips, reserve_fraction=0)
    batch = kv_cache.capacity_sequences(room, kv_bytes_per_token * context_tok)
    return batch / (step_time_s * output_tok) / n_chips


def _read_bytes(m: Model, batch: Numeric, bytes_per_param: float) -> Numeric:
    """Weights a decode step reads: everything in a dense model, the experts touched in a mixture."""
    fixed = m.n_params_read - m.experts_active * m.n_params_expert
    touched = models.experts_touched(batch, m.experts, m.experts_active) if m.experts else 0
    return (fixed + touched * m.n_params_expert) * bytes_per_param


@formula
def decode_floor(model: str, accelerator: str, n_chips: float, batch: float, context_tok: float, steps: float,
                 bytes_per_param: float, bytes_per_value: float = 2) -> Numeric:
    """Floor of some decode steps of a model on some chips, mean context given."""
    m, chip = models.get(model), accelerators.get(accelerator)
    cache = kv_cache.of_model(m, context_tok, 1, bytes_per_value) / context_tok if context_tok else 0
    return steps * roofline.decode_step_time_s(
        batch, context_tok, cache, _read_bytes(m, batch, bytes_per_param), m.n_params_read,
        n_chips * known(chip.hbm_bytes_per_s), n_chips * chip.flop_per_s("bf16"))


@formula
def prefill_floor(model: str, accelerator: str, n_chips: float, batch: float, prompt_tok: float,
                  bytes_per_param: float) -> Numeric:
    """Floor of reading some prompts, attention included."""
    m, chip = models.get(model), accelerators.get(accelerator)
    bounds = roofline.prefill_bounds(
        batch, prompt_tok, m.n_params_read * bytes_per_param, m.n_params_read, m.layers, m.q_heads * m.head_dim,
        n_chips * known(chip.hbm_bytes_per_s), n_chips * chip.flop_per_s("bf16"))
    return bounds.overlapped_s


@formula
def achieved_mfu(model: str, accelerator: str, n_chips: float, tokens: float, latency_s: float) -> Numeric:
    """Share of peak that a measured latency amounts to, counting two FLOPs per parameter and token."""
    peak = n_chips * accelerators.get(accelerator).flop_per_s("bf16")
    return models.linear_flop(tokens, models.get(model).n_params) / (latency_s * peak)


@formula
def share_of_peak(accelerator: str, achieved_flop_per_s: float) -> Numeric:
    """Share of a chip's bf16 peak."""
    return achieved_flop_per_s / accelerators.get(accelerator).flop_per_s("bf16")


@formula
def offline_ceiling(model: str, accelerator: str, n_chips: float, precision: str, output_tok: float) -> Numeric:
    """Output tokens per second and chip that nothing can exceed.

    The largest batch that memory holds with no reserve, no prompt at all, the peak of the format, and every byte read
    once: whatever a real run adds makes it slower.
    """
    m, chip = models.get(model), accelerators.get(accelerator)
    width = {"bf16": 2, "fp8": 1, "fp4": 0.5}[precision]
    context_tok = output_tok / 2
    cache = kv_cache.of_model(m, context_tok, 1, bytes_per_value=1)
    room = kv_cache.cache_room_bytes(known(chip.hbm_bytes), m.n_params * width, n_chips, reserve_fraction=0)
    batch = kv_cache.capacity_sequences(room, cache)
    step = roofline.decode_step_time_s(
        batch, context_tok, cache / context_tok, _read_bytes(m, batch, width), m.n_params_read,
        n_chips * known(chip.hbm_bytes_per_s), n_chips * chip.flop_per_s(precision))
    return batch / step / n_chips


@formula
def encoder_decoder_floor(layers: float, hidden: float, ffn_hidden: float, q_heads: float, kv_heads: float,
                          head_dim: float, input_tok: float, output_tok: float, batch: float, hbm_bytes_per_s: float,
                          flop_per_s: float, n_chips: float) -> Numeric:
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
def reading_time(words_per_minute: float, tokens_per_word: float) -> Numeric:
    """Seconds a reader takes for one token."""
    return 60 / (words_per_minute * tokens_per_word)


# -- training ---------------------------------------------------------------------------------------------------------


@formula
def training_flop(n_params: float, training_tok: float) -> Numeric:
    """Six FLOPs per parameter and token."""
    return training.training_flop(n_params, training_tok)


@formula
def training_mfu(n_params: float, training_tok: float, gpu_hours: float, flop_per_s: float) -> Numeric:
    """Share of peak over a whole run."""
    return training.training_mfu(training.training_flop(n_params, training_tok), gpu_hours, flop_per_s)


@formula
def training_usd(gpu_hours: float, price_usd_per_hour: float) -> Numeric:
    """Rent of a run."""
    return training.training_usd(gpu_hours, price_usd_per_hour)


@formula
def inference_aware(quality_n_params: float, inference_tok: float, result: str,
                    inference_cost_ratio: float = 1.0) -> Numeric:
    """Best size (``n_params``), data ratio (``data``) or saving (``saving``) at the quality of a Chinchilla model."""
    optimal_loss = scaling.compute_optimal_loss(quality_n_params, "sardana")
    reference_tok = scaling.tokens_for_loss(quality_n_params, optimal_loss, "sardana")
    loss = scaling.chinchilla_loss(quality_n_params, reference_tok, "sardana")
    best = scaling.inference_aware_optimum(loss, inference_tok, "sardana", inference_cost_ratio)
    spent = training.training_flop(quality_n_params, reference_tok) + training.serving_flop(quality_n_params,
                                                                                            inference_tok)
    results = {"n_params": best.n_params, "data": best.training_tok / reference_tok,
               "training_tok": best.training_tok, "saving": 1 - best.total_flop / spent}
    return lookup("result", result, results)


# -- money ------------------------------------------------------------------------------------------------------------


@formula
def node_day_usd(nodes: float, chips_per_node: float, price_usd_per_hour: float) -> Numeric:
    """A day's rent of some nodes."""
    return training.training_usd(nodes * chips_per_node * 24, price_usd_per_hour)


@formula
def day_revenue(input_tok: float, cached_tok: float, output_tok: float, input_usd_per_mtok: float,
                cached_usd_per_mtok: float, output_usd_per_mtok: float) -> Numeric:
    """A day's tokens at list price."""
    listed = market.TokenPrices(input_usd_per_mtok / 1e6, output_usd_per_mtok / 1e6, cached_usd_per_mtok / 1e6)
    return market.api_usd(input_tok, output_tok, listed, market.Discounts(cached_fraction=cached_tok / input_tok))


@formula
def markup(revenue_usd: float, cost_usd: float) -> Numeric:
    """Profit over cost."""
    return market.markup(revenue_usd, cost_usd)


@formula
def gross_margin(revenue_usd: float, cost_usd: float) -> Numeric:
    """Profit over revenue."""
    return market.gross_margin(revenue_usd, cost_usd)


@formula
def nodes_for_day(input_tok: float, prefill_tok_per_s: float, output_tok: float, decode_tok_per_s: float) -> Numeric:
    """Nodes that a day's tokens keep busy at measured speeds."""
    return (input_tok / prefill_tok_per_s + output_tok / decode_tok_per_s) / SECONDS_PER_DAY


@formula
def owned_gpu_hour(capex_usd: float, life_years: float, discount_rate: float, power_w: float,
                   electricity_usd_per_kwh: float, pue: float, colocation_usd_per_kw_month: float,
                   operations_fraction: float, utilisation: float, idle_power_fraction: float = 0.35,
                   n_chips: float = 8) -> Numeric:
    """Cost of one sold GPU-hour, with depreciation in a straight line."""
    load = ownership.average_load_fraction(utilisation, idle_power_fraction)
    yearly = (ownership.straight_line_usd_per_year(capex_usd, life_years, discount_rate)
              + ownership.colocation_usd_per_year(power_w, colocation_usd_per_kw_month)
              + ownership.electricity_usd_per_year(power_w, electricity_usd_per_kwh, pue, load)
              + capex_usd * operations_fraction)
    return ownership.usd_per_used_hour(yearly, n_chips, utilisation)


# -- silicon ----------------------------------------------------------------------------------------------------------


@formula
def gross_dies(die_area_mm2: float) -> Numeric:
    """Dies on a 300 mm wafer."""
    return silicon.gross_dies(die_area_mm2)


@formula
def die_yield(die_area_mm2: float, defects_per_mm2: float, model: str) -> Numeric:
    """Share of good dies by one of the yield models."""
    return silicon.YIELD_MODELS[model](die_area_mm2, defects_per_mm2)


@formula
def good_die(die_area_mm2: float, defects_per_mm2: float, wafer_usd: float) -> Numeric:
    """Cost of a good die; without defects, of any die."""
    return silicon.die_usd(wafer_usd, die_area_mm2, defects_per_mm2)


@formula
def perf_per_tco(saving_fraction: float) -> Numeric:
    """Performance per cost that a saving amounts to."""
    return programme.perf_per_tco_from_saving(saving_fraction)


@formula
def break_even_units(nre_usd: float, tco_usd_per_unit: float, saving_fraction: float) -> Numeric:
    """GPU-equivalents that pay for a chip programme."""
    return programme.break_even_units(nre_usd, tco_usd_per_unit, saving_fraction)


# -- speculative decoding ---------------------------------------------------------------------------------------------


@formula
def speculative_speedup(acceptance: float, draft_tok: float, draft_cost: float) -> Numeric:
    """Speed-up of drafting; with a free draft, the tokens of one step."""
    return serving.speculative_speedup(acceptance, draft_tok, draft_cost)


# -- deployments ------------------------------------------------------------------------------------------------------


@formula
def checkpoint_bytes(model: str, form: str) -> Numeric:
    """Weights in a format, with scales and what stays in 16 bits."""
    return serving.Deployment(model, "h100-sxm", formats=form).weight_bytes


@formula
def critical_batch_of(model: str, accelerator: str, form: str) -> Numeric:
    """Critical batch by stored bytes and by arithmetic."""
    return serving.Deployment(model, accelerator, formats=form).critical_batch


@formula
def decode_step_floor(model: str, accelerator: str, batch: float, context_tok: float, form: str) -> Numeric:
    """Least time of a step, all reading under all arithmetic, on one chip."""
    return serving.Deployment(model, accelerator, formats=form).decode_floor_s(batch, context_tok)


@formula
def decode_step_estimate(model: str, accelerator: str, batch: float, context_tok: float,
                         bytes_per_param: float) -> Numeric:
    """The scaling book's estimate of the same step."""
    m, chip = models.get(model), accelerators.get(accelerator)
    return roofline.decode_step_time_s(
        batch, context_tok, kv_cache.kv_bytes_per_token(m.kv_values_per_token), bytes_per_param * m.n_params_read,
        m.n_params_read, known(chip.hbm_bytes_per_s), known(chip.bf16_flop_per_s))


@formula
def longest_context(accelerator: str, n_chips: float, memory_share: float, batch: float, layers: float, kv_heads: float,
                    head_dim: float, batch_sharded: bool) -> Numeric:
    """Context whose cache fills a share of the memory, cut by head or by sequence."""
    shards = serving.Layout(tp=n_chips, batch_sharded=batch_sharded).cache_shards(kv_heads)
    per_tok = kv_cache.kv_bytes_per_token(kv_cache.kv_values_per_token(layers, kv_heads, head_dim))
    return memory_share * known(accelerators.get(accelerator).hbm_bytes) * shards / (batch * per_tok)
