"""Real hours of requests, and files of a reader's own."""

import lzma

import numpy as np
import pytest

from inference_economics.serving.simulation import (
    TRACES,
    read,
    trace,
)


# from the trace's own description; see `traces`
@pytest.mark.parametrize(("name", "count", "prompt_tok", "output_tok"), [
    ("azure-2023-code", 8819, 2048, 28), ("azure-2023-conversation", 19_366, 1155, 211),
    ("mooncake-conversation", 12_031, 12_035, 343)])
def test_a_shipped_trace_is_whole(name, count, prompt_tok, output_tok):
    requests = trace(name)
    assert len(requests) == count
    assert np.mean(requests.prompt_tok) == pytest.approx(prompt_tok, abs=0.5)
    assert np.mean(requests.output_tok) == pytest.approx(output_tok, abs=0.5)
    assert 3400 < requests.arrival_s[-1] < 3600
    assert (requests.prefix_blocks is not None) == name.startswith("mooncake")


def test_every_trace_is_described():
    assert set(TRACES) == {"azure-2023-code", "azure-2023-conversation", "mooncake-conversation"}
    from inference_economics.serving.simulation import traces
    assert all(f"``{name}``" in traces.__doc__ for name in TRACES)
    with pytest.raises(ValueError, match=r"unknown trace 'azure'"):
        trace("azure")


def test_a_trace_of_ones_own(tmp_path):
    text = "arrival_s,prompt_tok,output_tok,prefix_blocks\n0,600,5,1 2\n0.5,20,7,\n"
    (tmp_path / "plain.csv").write_text(text)
    (tmp_path / "packed.csv.xz").write_bytes(lzma.compress(text.encode()))
    for name in ("plain.csv", "packed.csv.xz"):
        requests = read(tmp_path / name)
        assert requests.prompt_tok.tolist() == [600, 20]
        assert requests.prefix_blocks == ((1, 2), ())


@pytest.mark.parametrize(("text", "message"), [
    ("", r"starts with nothing; a trace has the columns arrival_s, prompt_tok, output_tok"),
    ("time,prompt,output\n", r"starts with \['time', 'prompt', 'output'\]"),
    ("arrival_s,prompt_tok,output_tok\n", "there are no requests"),
    ("arrival_s,prompt_tok,output_tok\n0,1\n", r"line 2: 2 fields where the first line has 3"),
    ("arrival_s,prompt_tok,output_tok\n0,1,2\n1,x,2\n", r"line 3: prompt_tok='x' is not a number"),
    ("arrival_s,prompt_tok,output_tok\n0,1,2\n1,nan,2\n", "prompt_tok"),
    ("arrival_s,prompt_tok,output_tok\n0,1.5,2\n", "prompt_tok.*whole number"),
    ("arrival_s,prompt_tok,output_tok\n0,1,0\n", r"output_tok=0 is outside"),
    ("arrival_s,prompt_tok,output_tok\n5,1,2\n4,1,2\n", r"arrival_s falls after request 0"),
    ("arrival_s,prompt_tok,output_tok\n-1,1,2\n", r"arrival_s=-1 is outside"),
    ("arrival_s,prompt_tok,output_tok,prefix_blocks\n0,9,2,a b\n", "prefix_blocks holds a name that is not a whole"),
    ("arrival_s,prompt_tok,output_tok,prefix_blocks\n0,9,2,1 2\n", r"request 0 names 2 blocks of 512 tokens.*has 9"),
])
def test_a_broken_trace_is_refused(tmp_path, text, message):
    (tmp_path / "trace.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / "trace.csv")


@pytest.mark.parametrize("bad", [True, 1, None, b"trace.csv", ["trace.csv"]])
def test_what_is_no_path_is_refused(bad):
    """A whole number would be taken for an open file, and that file closed."""
    with pytest.raises(ValueError, match=r"^path=.* is no path of a file; give a text or a pathlib\.Path"):
        read(bad)


@pytest.mark.parametrize(("name", "data", "message"), [
    ("no.csv.xz", b"arrival_s,prompt_tok,output_tok\n0,1,2\n", r"no\.csv\.xz cannot be read .*; give a CSV in UTF-8"),
    ("half.csv.xz", lzma.compress(b"arrival_s,prompt_tok,output_tok\n0,1,2\n")[:40], r"half.* cannot be read"),
    ("utf16.csv", "arrival_s,prompt_tok,output_tok\n0,1,2\n".encode("utf-16"), r"utf16\.csv cannot be read"),
])
def test_a_file_that_is_no_text_is_refused_by_name(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / name)


def test_what_spreadsheets_and_editors_add_is_read(tmp_path):
    (tmp_path / "marked.csv").write_bytes(b"\xef\xbb\xbfarrival_s,prompt_tok,output_tok\r\n0,1,2\r\n\r\n")
    assert len(read(tmp_path / "marked.csv")) == 1


@pytest.mark.parametrize("name", [[], {}, None, 3])
def test_what_names_no_trace_is_refused(name):
    with pytest.raises(ValueError, match=r"unknown trace .*; known: azure-2023-code"):
        trace(name)
