"""The one published day of a large service, DeepSeek's, as numbers with units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .facts import published


@dataclass(frozen=True)
class DeepSeekDay:
    """What DeepSeek published of one day, 27 to 28 February 2025, and of the model that it served.

    Parameters
    ----------
    input_tok, cached_tok, output_tok : float
        Tokens read, those of them that came from a cache, and tokens written. [token]
    usd, revenue_usd : float
        Rent of the GPUs, and what all tokens would have earned at the list prices of R1. [USD]
    price_usd_per_hour : float
        Rent of a GPU. [USD/h]
    input_usd_per_token, cached_input_usd_per_token, output_usd_per_token : float
        Those list prices. [USD/token]
    nodes, peak_nodes, gpus_per_node : float
        Nodes on average and at most, and GPUs in one. [1]
    prefill_tok_per_s, decode_tok_per_s : float
        Of a node that reads, tokens found in the cache included, and of one that writes. [token/s]
    slowest_tok_per_s, fastest_tok_per_s : float
        Ends of the range that one request is said to get. [token/s]
    decode_gpus : float
        GPUs that share the experts when writing. [1]
    cache_tok : float
        Mean length of the cache when a token is written. [token]
    profit_over_cost : float
        As published, at list prices. [1]
    run_usd : float
        The final training run of V3. [USD]
    """

    input_tok: float
    cached_tok: float
    output_tok: float
    usd: float
    revenue_usd: float
    price_usd_per_hour: float
    input_usd_per_token: float
    cached_input_usd_per_token: float
    output_usd_per_token: float
    nodes: float
    peak_nodes: float
    gpus_per_node: float
    prefill_tok_per_s: float
    decode_tok_per_s: float
    slowest_tok_per_s: float
    fastest_tok_per_s: float
    decode_gpus: float
    cache_tok: float
    profit_over_cost: float
    run_usd: float

    @property
    def tokens(self) -> float:
        """Tokens read and written [token]."""
        return self.input_tok + self.output_tok

    @property
    def missed_tok(self) -> float:
        """Tokens that no cache held: read and computed, or written [token]."""
        return self.tokens - self.cached_tok

    @property
    def usd_per_token(self) -> float:
        """Rent over all tokens [USD/token]."""
        return self.usd / self.tokens

    @property
    def gpus(self) -> float:
        """GPUs on average [1]."""
        return self.nodes * self.gpus_per_node

    @property
    def output_tok_per_gpu(self) -> float:
        """Tokens that one GPU wrote in the day, its share of reading done beside [token]."""
        return self.output_tok / self.gpus

    @property
    def tokens_per_output(self) -> float:
        """Tokens read and written for each one written [1]."""
        return self.tokens / self.output_tok

    @property
    def answer_tok(self) -> float:
        """Mean answer of the day's mix: its prompt and half of it make the mean cache [token]."""
        return self.cache_tok / (self.input_tok / self.output_tok + 0.5)

    @property
    def prompt_tok(self) -> float:
        """Mean prompt that goes with it [token]."""
        return self.input_tok / self.output_tok * self.answer_tok

    @property
    def paid_share(self) -> float:
        """Rent over the revenue at list prices [1]."""
        return self.usd / self.revenue_usd


@cache
def deepseek_day() -> DeepSeekDay:
    """Return DeepSeek's published day: tokens, dollars, and what one GPU did.

    Returns
    -------
    DeepSeekDay
    """
    rows = dict(published("deepseek-day").rows)
    run = published("deepseek-v3-cost").records(stage="total")[0]["usd"]
    return DeepSeekDay(
        input_tok=rows["input tokens"], cached_tok=rows["of these from cache"], output_tok=rows["output tokens"],
        usd=rows["daily cost, USD"], revenue_usd=rows["theoretical daily revenue, USD"],
        price_usd_per_hour=rows["USD per GPU-hour"],
        input_usd_per_token=rows["USD per million input tokens, cache miss"] / 1e6,
        cached_input_usd_per_token=rows["USD per million input tokens, cache hit"] / 1e6,
        output_usd_per_token=rows["USD per million output tokens"] / 1e6,
        nodes=rows["average nodes"], peak_nodes=rows["peak nodes"], gpus_per_node=rows["GPUs per node"],
        prefill_tok_per_s=rows["prefill tokens per second and node"],
        decode_tok_per_s=rows["decode tokens per second and node"],
        slowest_tok_per_s=rows["output tokens per second of one request, at least"],
        fastest_tok_per_s=rows["output tokens per second of one request, at most"],
        decode_gpus=rows["GPUs that share the experts in decode"],
        cache_tok=rows["mean cache length per output token"], profit_over_cost=rows["profit over cost"], run_usd=run)
