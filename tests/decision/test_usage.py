"""Usage exports: read wholly, or refused with the row and the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.decision import usage

OPENAI = """start_time_iso,num_model_requests,model,batch,input_tokens,output_tokens,input_cached_tokens,project_id
2026-11-01T00:00:00+00:00,100,gpt-5.6-terra,False,150000,40000,60000,p
2026-11-02T00:00:00+00:00,50,gpt-5.6-luna,True,50000,10000,0,p
2026-11-04T00:00:00Z,10,gpt-5.6-luna,False,1000,500,0,q
"""
ANTHROPIC = """usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,\
usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,\
usage_output_tokens,web_search_count
2026-11-01,claude-sonnet-5,k,w,standard,≤ 200k,1000,2000,500,6500,700,0
2026-11-01,claude-sonnet-5,k,w,batch,≤ 200k,1000,0,0,0,300,0
"""
GENERIC = "date,requests,input_tokens,output_tokens,thinking_tokens\n2026-11-01,10,1000,500,400\n"


def test_an_openai_export_adds_up():
    found = usage.read_usage(OPENAI)
    assert (found.shape, found.days, found.requests) == ("openai", 4, 160)
    assert (found.input_tok, found.cached_tok, found.output_tok) == (201_000, 60_000, 50_500)
    assert (found.batch_tok, found.peak_day_tok) == (60_000, 190_000)
    assert found.models == ("gpt-5.6-luna", "gpt-5.6-terra")


def test_an_anthropic_export_adds_up():
    found = usage.read_usage(ANTHROPIC)
    assert (found.shape, found.days) == ("anthropic", 1)
    assert (found.input_tok, found.cached_tok, found.written_tok) == (11_000, 6500, 2500)
    assert (found.output_tok, found.batch_tok) == (1000, 1300)
    assert found.requests != found.requests  # this export does not count them


def test_a_plain_table_with_a_mark_at_its_start_and_empty_lines():
    found = usage.read_usage("\ufeff" + GENERIC + "\n\n")
    assert (found.shape, found.thinking_tok, found.output_tok) == ("generic", 400, 500)


@pytest.mark.parametrize(("text", "words"), [
    ("", "empty"),
    ("a,b\n1,2\n", "line 1: the header 'a, b' is of no known export"),
    (GENERIC.split("\n", maxsplit=1)[0], "a header and no rows"),
    (GENERIC.replace("thinking_tokens", "sparkles"), "nobody knows the column 'sparkles'"),
    (GENERIC.replace("requests,", "date,"), "'date' stands there twice"),
    (GENERIC.replace("date", "note"), "no column says the day"),
    (GENERIC + "2026-11-02,10,1000\n", "line 3: 3 fields where the header has 5"),
    (GENERIC + "2026-11-02,10,many,500,0\n", r"line 3: input_tokens='many' is no number"),
    (GENERIC + "2026-11-02,10,-5,500,0\n", r"line 3: input_tokens='-5'"),
    (GENERIC + "2026-11-02,10,nan,500,0\n", r"line 3: input_tokens='nan'"),
    (GENERIC + "2026-11-02,10,inf,500,0\n", r"line 3: input_tokens='inf'"),
    (GENERIC + "2026-13-02,10,5,500,0\n", "line 3: '2026-13-02' is no day"),
    (GENERIC + "2026-11-02,10,5,500,501\n", "line 3: 501 tokens of thinking, of 500 written"),
    (OPENAI.replace("60000,p", "160000,p"), "line 2: 160,000 tokens of the input in the cache, of 150,000"),
    (OPENAI.replace(",True,", ",perhaps,"), "line 3: the tier 'perhaps' is not known"),
    ("date,input_tokens,output_tokens\n2026-11-01,0,0\n", "count no token"),
    (OPENAI.replace("project_id", "input_audio_tokens").replace(",p\n", ",0\n").replace(",q\n", ",7\n"),
     "line 4: it counts tokens of sound"),
])
def test_what_is_not_understood_is_refused_with_its_row(text, words):
    with pytest.raises(ValueError, match=words):
        usage.read_usage(text)


@pytest.mark.parametrize("text", ["", ",,,\n,,\n", "\ufeff", "\ufeff,\n", "\xa0\n"])
def test_a_file_without_a_cell_is_empty(text):
    with pytest.raises(ValueError, match="the file is empty; give a CSV"):
        usage.read_usage(text)


@pytest.mark.parametrize("text", [None, b"date", 5, ["date"]])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(ValueError, match="is no text; give the contents"):
        usage.read_usage(text)


@pytest.mark.parametrize(("cell", "tokens"), [("1,000", 1000), ("1,234,567.0", 1234567), ("1e3", 1000), ("12.5", 12.5)])
def test_thousands_may_be_grouped(cell, tokens):
    assert usage.read_usage(f'date,input_tokens,output_tokens\n2026-11-01,"{cell}",1\n').input_tok == tokens


@pytest.mark.parametrize("cell", ["12,5", "1,0,0", "1_000", "1.000,5", "0x10", "1,00", "inf", "nan"])
def test_a_number_that_could_be_another_is_refused(cell):
    with pytest.raises(ValueError, match=f"line 2: input_tokens='{cell}' is no number of tokens"):
        usage.read_usage(f'date,input_tokens,output_tokens\n2026-11-01,"{cell}",1\n')


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"line 1|empty|line \d+"):  # no header of an export comes up by chance
        usage.read_usage(text)


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=20))
def test_no_token_goes_missing(rows):
    if not any(one[1] + one[2] for one in rows):
        return
    body = "".join(f"2026-11-{1 + k:02d},{n},{i},{o}\n" for k, (n, i, o) in enumerate(rows))
    found = usage.read_usage("date,requests,input_tokens,output_tokens\n" + body)
    assert (found.requests, found.input_tok, found.output_tok) == tuple(map(sum, zip(*rows, strict=True)))


def test_the_shapes_are_told_apart_by_their_columns():
    assert list(usage.shapes()) == ["anthropic", "openai", "generic"]
