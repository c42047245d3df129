"""The simulated service of chapters 4 to 7: what it is asked and promises, and what case files do to its readers."""

import numpy as np
import pytest

from inference_economics.chapters import reading_assistant as assistant


def test_the_peak_is_what_the_readers_send():
    assert pytest.approx(2 * 50_000 * 8 / 86_400) == assistant.PEAK_PER_S
    assert assistant.copies_by_rule() == 3
    # what a full copy gives out is what its places take in
    full = assistant.full_copy()
    written_per_s = full.output_tok_per_s / assistant.OUTPUT_TOK
    assert pytest.approx(written_per_s, rel=0.01) == assistant.PLACES / assistant.stay_s()


@pytest.mark.parametrize("kind", assistant.KINDS)
def test_every_kind_has_the_service_s_mean_lengths(kind):
    requests = assistant.requests(kind)
    assert len(requests) == assistant.COUNT
    assert np.mean(requests.prompt_tok) == pytest.approx(assistant.PROMPT_TOK, rel=0.01)
    assert np.mean(requests.output_tok) == pytest.approx(assistant.OUTPUT_TOK, rel=0.01)


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="unknown kind 'even'"):
        assistant.requests("even")


def test_a_promise_is_kept_until_the_copies_are_full():
    met = assistant.promised("equal", 2).met
    assert met[0] == 1
    assert met[-1] < 0.5
    # more than the copies can write
    assert assistant.RATES_PER_S[-1] > 2 * assistant.full_copy().output_tok_per_s / assistant.OUTPUT_TOK


def test_copies_needed_are_the_fewest():
    needed = assistant.copies_needed("uneven")
    fewer, enough = (np.mean(assistant.run("uneven", n, assistant.PEAK_PER_S).met(assistant.PROMISE))
                     for n in (needed - 1, needed))
    assert fewer < assistant.PROMISE.share <= enough


def test_chunks_shorten_pauses_and_routing_by_tokens_shortens_the_wait():
    whole, chunked = (assistant.pauses(chunk, "least-loaded") for chunk in (0, 1024))
    assert whole.longest_s[-1] > 10 > 1 > chunked.longest_s[-1]
    assert assistant.pauses(1024, "prefix").ttft_s[1] < chunked.ttft_s[1] / 2
    assert np.isnan(assistant.pauses(1024, "least-loaded", case_files=False).case_ttft_s)
