"""A checkpoint's JSON: read, or refused by the name of the file or the field."""

from __future__ import annotations

import pytest

from inference_economics.decoder import checkpoint, hf_values


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[1]", b'{"a": 1, "a": 2}', b'{"a": ' * 100_000, b"", b"nul"])
def test_a_hostile_configuration_is_refused_by_its_name(tmp_path, data):
    file = tmp_path / "config.json"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=r"config\.json.* is not JSON"):
        checkpoint.read_config(file)


def test_an_index_larger_than_any_published_one_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(hf_values, "MAX_BYTES", 10)
    file = tmp_path / "index.json"
    file.write_text('{"weight_map": {}}')
    with pytest.raises(ValueError, match="has more than 10 bytes"):
        hf_values.read_json(file)


@pytest.mark.parametrize("wrong", ["7", [7], True, float("nan"), 10**400, {}])
def test_what_is_no_number_is_refused_by_its_name(wrong):
    with pytest.raises(ValueError, match="vocab_size="):
        hf_values.number({"vocab_size": wrong}, "vocab_size")
