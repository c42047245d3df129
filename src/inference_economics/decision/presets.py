"""Six decisions to start from, and what a reader may expect of them."""

from __future__ import annotations

from functools import cache

from .cases import Case
from .plan import Need
from .workload import Finance

MILLION, BILLION = 1e6, 1e9
FROM_PRESET = "from the preset “{}”"  # the source of a number that came with one of them


@cache
def presets() -> dict[str, Case]:
    """Return six decisions to start from.

    Returns
    -------
    dict
        Title to `Case`. Every number that is not from a catalogue is a plausible example, not a record.
    """
    cases = (
        Case("Seed start-up, 2 million tokens a day",
             # 1,000 requests of 1,600 tokens in and 400 out
             Need(1000, 1600, 400, cached_fraction=0.3, growth_per_year=2.0, peak_to_mean=4.0),
             "llama-3.1-8b", "h100-sxm", "gemini-3.5-flash-lite", "deepseek-flash", finance=Finance(3.0, 0.15),
             changes={"running.posts_rented": 0.25, "running.posts_endpoint": 0.1}),
        Case("Hospital, private data, 50 people at once",
             # fifty people who ask every two minutes in the busiest hour, a third of that on average
             Need(50 * 30 * 24 / 3, 3000, 500, growth_per_year=0.1, peak_to_mean=3.0, privacy=1),
             "llama-3.1-70b", "h100-sxm", "gpt-5.6-terra", "llama-3.1-70b-hosted", finance=Finance(5.0, 0.06),
             changes={"running.hours_per_week": 168.0, "running.posts_endpoint": 0.1, "running.posts_rented": 0.25,
                      "running.posts_owned": 0.5, "running.kept_years": 10.0}),
        Case("Coding assistant, 20 billion tokens a day",
             Need(20 * BILLION / 30_500, 30_000, 500, cached_fraction=0.9, written_fraction=0.1,
                  own_cached_fraction=0.9, growth_per_year=0.5, peak_to_mean=2.5),
             "gpt-oss-120b", "h200-sxm", "claude-sonnet-5", "deepseek-flash", ttft_limit_s=3.0, tpot_limit_s=0.03,
             finance=Finance(3.0, 0.12), changes={"running.posts_rented": 2.0, "running.posts_owned": 3.0,
                                                  "running.hours_per_week": 168.0}),
        Case("Documents overnight, half a million",
             Need(500_000, 8000, 400, batch_fraction=1.0, growth_per_year=0.2, peak_to_mean=1.0),
             "llama-3.1-70b", "h100-sxm", "gpt-5.6-luna", "llama-3.1-70b-hosted", ttft_limit_s=3600.0,
             tpot_limit_s=1.0, finance=Finance(3.0, 0.1), changes={"copy.spare_copies": 0.0}),
        Case("Agent, 20,000 tokens out",
             Need(50_000, 8000, 2000, 18_000, cached_fraction=0.5, own_cached_fraction=0.5, growth_per_year=1.0,
                  peak_to_mean=2.0),
             "deepseek-v3", "h200-sxm", "gpt-5.6-terra", "deepseek-flash", ttft_limit_s=10.0, tpot_limit_s=0.04,
             finance=Finance(3.0, 0.12), changes={"running.posts_rented": 1.0, "running.posts_owned": 2.0}),
        Case("Platform, a billion prompts a day",
             Need(BILLION, 1000, 300, growth_per_year=0.3, peak_to_mean=2.0),
             "llama-3.1-70b", "b200", "gpt-5.6-luna", "llama-3.1-70b-hosted", finance=Finance(5.0, 0.08),
             changes={"copy.regions": 3.0, "running.posts_endpoint": 10.0, "running.posts_rented": 20.0,
                      "running.posts_owned": 40.0, "running.hours_per_week": 168.0}))
    return {case.title: case for case in cases}


@cache
def reading_assistant(privacy: int = 0) -> Case:
    """Return the case of chapter 13: half a million users of a reading assistant.

    Parameters
    ----------
    privacy : int
        As in `costs.within`: 1 where their documents may go to machines hired alone and no further. [1]

    Returns
    -------
    Case
        A plausible example, not a record.
    """
    # four million prompts a day; of each, two fifths are a document that was sent before
    need = Need(500_000 * 8, 4096, 1024, cached_fraction=0.4, growth_per_year=0.3, peak_to_mean=2.5, privacy=privacy)
    return Case("Reading assistant, half a million users", need, "llama-3.1-70b", "h100-sxm", "gpt-5.6-terra",
                "llama-3.1-70b-hosted", finance=Finance(3.0, 0.12),
                changes={"running.posts_endpoint": 1.0, "running.posts_rented": 2.0, "running.posts_owned": 4.0,
                         "running.hours_per_week": 168.0})
