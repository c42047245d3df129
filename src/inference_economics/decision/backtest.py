"""The decision held against what others published: services and bills, as their authors describe them."""

from __future__ import annotations

from typing import Any, NamedTuple

from .. import serving
from ..buying.contracts import Contract, Use, request_usd
from ..catalog.facts import shipped_tables
from ..hardware.accelerators import get as accelerator
from ..models.spec import Model, from_config
from ..models.spec import get as get_model
from ..quantities.limits import SECONDS_PER_HOUR
from ..serving import calibration
from ..serving.batching import prefill_tok
from ..serving.replica import best_replica
from .prefixes import with_cached_prefix

# The published config.json of HuggingFaceTB/SmolLM2-1.7B-Instruct.
SMOLLM2 = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
           "num_hidden_layers": 24, "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 49152,
           "max_position_embeddings": 8192, "tie_word_embeddings": True, "hidden_act": "silu",
           "rms_norm_eps": 1e-5, "rope_theta": 130000}
# No target held these services: they ran for throughput.
TTFT_LIMIT_S, TPOT_LIMIT_S = 600.0, 0.25


class Held(NamedTuple):
    """One published figure beside what the decision computes.

    key, title : of the row.
    computed, reported : GPU-hours of a service, dollars of a bill. [h] or [USD]
    unit : which of the two.
    source, date, reason : who reported it, when, and why the two differ.
    """

    key: str
    title: str
    computed: float
    reported: float
    unit: str
    source: str
    date: str
    reason: str

    @property
    def ratio(self) -> float:
        """Computed over reported [1]."""
        return self.computed / self.reported


def _model(name: str) -> Model:
    return from_config(SMOLLM2, name=name) if name == "smollm2-1.7b" else get_model(name)


def _service(row: dict[str, Any]) -> Held:
    chip = accelerator(row["chip"])
    prompt_tok, output_tok, cached = row["prompt_tok"], row["output_tok"], row["cached_fraction"]
    s = with_cached_prefix(serving.setup(_model(row["model"]), chip, row["precision"]), prompt_tok, output_tok, cached)
    best = best_replica(s, calibration.constants(chip), prefill_tok(prompt_tok, cached), output_tok, TTFT_LIMIT_S,
                        TPOT_LIMIT_S)
    # at full load: the authors report chips that worked
    hours = row["output_tok_per_day"] / output_tok / best.requests_per_s_per_chip / SECONDS_PER_HOUR
    return Held(row["key"], row["title"], float(hours), row["gpu_hours_per_day"], "GPU h", row["source"], row["date"],
                row["reason"])


def _bill(row: dict[str, Any]) -> Held:
    listed = row["input_usd_per_mtok"]
    contract = Contract(listed / 1e6, row["output_usd_per_mtok"] / 1e6, row["cached_usd_per_mtok"] / listed)
    usd = request_usd(contract, Use(row["input_tok"], row["output_tok"], row["cached_tok"] / row["input_tok"]))
    return Held(row["key"], row["title"], float(usd), row["reported_usd"], "USD", row["source"], row["date"],
                row["reason"])


def held() -> list[Held]:
    """Return every published service and bill beside what the decision computes for it.

    Returns
    -------
    list of Held
    """
    tables = shipped_tables("backtests.toml")
    return [_service(row) for row in tables["services"].records()] + [_bill(row) for row in tables["bills"].records()]
