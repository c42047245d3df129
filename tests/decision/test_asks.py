"""A need from tokens, people, an export or a trace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference_economics import models
from inference_economics.decision import asks, cases, usage
from inference_economics.serving.simulation.requests import Requests
from inference_economics.serving.simulation.traces import trace


def test_tokens_and_people_are_prompts_a_day():
    assert asks.of_tokens(2e6, 1500.0, 500.0).prompts_per_day == 1000
    assert asks.of_people(50.0, 20.0, 1500.0, 500.0).prompts_per_day == 1000


def test_an_export_keeps_its_tokens():
    read = usage.read_usage("date,requests,input_tokens,cached_tokens,output_tokens,thinking_tokens,tier\n"
                            "2026-11-01,100,200000,100000,50000,30000,batch\n2026-11-02,100,200000,0,50000,0,standard\n")
    need = asks.of_usage(read)
    assert need.prompts_per_day == 100
    assert (need.prompt_tok, need.output_tok, need.thinking_tok, need.answer_tok) == (2000, 350, 150, 500)
    assert (need.cached_fraction, need.own_cached_fraction, need.batch_fraction) == (0.25, 0, 0.5)
    assert need.peak_to_mean == 2


def test_an_export_without_requests_asks_for_them():
    read = usage.read_usage("date,input_tokens,output_tokens\n2026-11-01,1000,100\n")
    with pytest.raises(ValueError, match="does not count requests"):
        asks.of_usage(read)
    assert asks.of_usage(read, 10.0).prompt_tok == 100


def test_a_shipped_trace():
    shape, requests = asks.of_trace(trace("azure-2023-conversation")), trace("azure-2023-conversation")
    assert shape.need.prompt_tok == pytest.approx(np.mean(requests.prompt_tok))
    assert shape.arrival_cv > 1
    assert shape.output_p95_tok > shape.need.output_tok


def test_a_day_of_requests_has_its_peak():
    hours = np.repeat(np.arange(4.0), [10, 10, 10, 30]) * 3600 + np.tile(np.linspace(0, 3500, 10), 6)
    flat = Requests(np.sort(hours), np.full(60, 100), np.full(60, 10))
    assert asks.of_trace(replace(flat, arrival_s=np.append(flat.arrival_s[:-1], 4 * 3600.0))).need.peak_to_mean == (
        pytest.approx(29 / 14.75, rel=0.02))


@pytest.mark.parametrize(("count", "span", "words"), [(5, 10.0, "requests=5"), (20, 0.0, "one moment")])
def test_a_trace_that_says_nothing_is_refused(count, span, words):
    with pytest.raises(ValueError, match=words):
        asks.of_trace(Requests(np.linspace(0, span, count), np.full(count, 10), np.full(count, 10)))


def test_caches_are_found_everywhere_alike():
    need = asks.with_caches(asks.of_people(50.0, 20.0, 1500.0, 500.0), 0.6, 0.1)
    assert (need.cached_fraction, need.own_cached_fraction, need.written_fraction) == (0.6, 0.6, 0.1)


def test_every_candidate_is_in_a_catalogue():
    for one in asks.QUALITIES.values():
        assert all(models.get(name) for name in one.models)
        assert all(cases.listing(name) for name in one.apis)
