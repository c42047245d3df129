"""Where a configuration comes from: whatever the bytes are, one refusal that names the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics.models import from_config
from inference_economics.models.source import MAX_BYTES, load


@pytest.mark.parametrize(("data", "words"), [
    (b'{"model_type": "llama", "hidden_size": 1, "hidden_size": 2}', "'hidden_size' stands there twice"),
    (b'{"model_type": "llama"', "not a config.json"),
    (b"[1, 2]", "a list of 2, not keys and values"),
    (b'{"a": ' * 100_000, "nested too deeply|not a config.json"),
    (b'{"model_type": "\xff\xfe"}', "not UTF-8"),
    (b'{"hidden_size": ' + b"9" * 5000 + b"}", "not a config.json"),
    (b" " * (MAX_BYTES + 1), "bytes; a config.json has at most"),
    (b"", "not a config.json"),
])
def test_a_hostile_file_is_refused_by_its_name(tmp_path, data, words):
    file = tmp_path / "mine.json"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=rf"mine\.json: .*({words})"):
        from_config(file)


@pytest.mark.parametrize("source", [None, 7, [], "", "no/such/config.json", "bad\0name", object()])
def test_what_is_no_source_is_refused(source):
    with pytest.raises(ValueError, match=r"no config|cannot be read"):
        from_config(source)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_refused_in_one_way(data):
    with pytest.raises(ValueError, match=r"^config: "):
        from_config(b"{" + data)


@pytest.mark.parametrize("text", ['\ufeff{"a": 1}', '\ufeff {"a": 1}'.encode(), ' {"a": 1}'])
def test_a_byte_order_mark_is_no_content(text):
    assert load(text) == ("config", {"a": 1})
