"""One measured operating point of a serving engine, with what follows from its own fields."""

from __future__ import annotations

from dataclasses import dataclass

from . import recipes

BUILT = 2026.2  # engines of March 2026, when half of the dated points had been measured
BUILDS = (2025.82, 2026.32)  # between these lie all dates of measured builds


@dataclass(frozen=True)
class Point:
    """One measured operating point.

    Parameters
    ----------
    id, measured, engine, version : str
        The source's identifier; date of the run, if known; serving engine and its version.
    model, chip, precision : str
        Catalogue slugs, and the format of the weights.
    prompt_tok, output_tok : float
        Mean lengths as run. [token]
    concurrency, n_chips, attention_dp : int
        Requests in flight; chips that share one copy; groups that each hold whole attention layers. [1]
    ttft_s, tpot_s : float
        Measured means. [s]
    harness : str
        Who sent the requests: ``inferencex`` (dated runs), ``gap-analysis`` (the same loads, sent by the source), or
        ``other`` (the source's own sweeps).
    expert_parallel : int
        Chips that whole experts are spread over; 1 where every expert is cut. [1]
    prefill_workers, prefill_chips, decode_workers : int
        Of disaggregated rows: copies that prefill, the chips of one, and copies that decode; `n_chips` and
        `attention_dp` are then those of one copy that decodes. 0 where one pool does both. [1]
    aside : str
        Why the row is set aside; empty for a row that counts.
    """

    id: str
    measured: str
    engine: str
    version: str
    model: str
    chip: str
    precision: str
    prompt_tok: float
    output_tok: float
    concurrency: int
    n_chips: int
    attention_dp: int
    ttft_s: float
    tpot_s: float
    harness: str = "inferencex"
    expert_parallel: int = 1
    prefill_workers: int = 0
    prefill_chips: int = 0
    decode_workers: int = 0
    aside: str = ""

    @property
    def bytes_per_value(self) -> float:
        """Bytes of one cached value, by the run's recipe or its engine's default [B]."""
        return recipes.cache_bytes_per_value(self)

    @property
    def output_tok_per_s(self) -> float:
        """Output of all chips together, by Little's law [token/s]."""
        return self.concurrency * self.output_tok / (self.ttft_s + self.output_tok * self.tpot_s)

    @property
    def built(self) -> float:
        """Date of the run, or `calibration.BUILT` where the source has none [year]."""
        if not self.measured:
            return BUILT
        year, month, day = map(int, self.measured.split("-"))
        return year + (month - 1) / 12 + day / 365

    @property
    def disaggregated(self) -> bool:
        """Whether prompts and answers ran on chips of their own."""
        return self.decode_workers > 0

    @property
    def config(self) -> tuple[str | float, ...]:
        """Everything but the load: rows of one configuration stay on one side of the split."""
        return (self.model, self.chip, self.precision, self.engine, self.n_chips, self.attention_dp,
                self.prompt_tok, self.output_tok)

    @property
    def series(self) -> tuple[str, ...]:
        """One engine build on one machine: what is impossible about one row is doubtful about the others."""
        return (self.model, self.chip, self.precision, self.engine, self.version)
