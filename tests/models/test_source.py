"""Where a configuration comes from: whatever the bytes are, one refusal that names the file."""

from __future__ import annotations

import numpy as np
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


LLAMA = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
         "intermediate_size": 128, "vocab_size": 100, "tie_word_embeddings": True}


def test_numbers_of_numpy_are_numbers():
    kinds = [np.int64, np.uint8, np.int16, np.float32, np.float64, np.array]
    for kind in kinds:
        said = {key: kind(value) if type(value) is int else value for key, value in LLAMA.items()}
        said |= {"tie_word_embeddings": np.bool_(True), "model_type": np.str_("llama")}
        assert from_config(said).config == from_config(LLAMA).config or kind in (np.float32, np.float64)
        assert from_config(said).groups == from_config(LLAMA).groups
    listed = {"layer_types": np.array(["full_attention", "sliding_attention"]), "sliding_window": 8}
    qwen = {**LLAMA, "model_type": "qwen2", "use_sliding_window": True, "num_key_value_heads": np.int8(2), **listed}
    assert from_config(qwen).window_layers == 1


def test_a_dict_is_not_changed_nor_held():
    inner = dict(LLAMA)
    said = {"model_type": "llava", "text_config": inner}
    model = from_config(said)
    inner["hidden_size"] = 8
    assert said == {"model_type": "llava", "text_config": inner}
    assert '"hidden_size": 64' in model.config


CIRCLE: dict = {"model_type": "llama"}
CIRCLE["a"] = CIRCLE


@pytest.mark.parametrize(("source", "words"), [
    ({7: 1}, "the key 7 is no text"), ({None: 1}, "the key None is no text"),
    ({**LLAMA, "note": {1, 2}}, r"\{1, 2\} is neither a number, nor text"),
    ({**LLAMA, "note": 1j}, "1j is neither"), ({**LLAMA, "note": b"x"}, "b'x' is neither"),
    ({**LLAMA, "hidden_size": np.array([1, None])}, "is neither a number"),
    ({**LLAMA, "note": np.datetime64("2026-01-01")}, "is neither a number"),
    ({**LLAMA, "hidden_size": 10**5000}, "JSON could not hold it"),
    (CIRCLE, "Circular|nested too deeply"),
])
def test_what_json_does_not_hold_is_refused(source, words):
    with pytest.raises(ValueError, match=rf"^config: .*({words})"):
        from_config(source)
