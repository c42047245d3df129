"""The table of keys, and the level of a file that describes the decoder."""

from __future__ import annotations

import pytest

from inference_economics.models.formula import evaluate, parse
from inference_economics.models.groups import LayerGroup
from inference_economics.models.keys import table
from inference_economics.models.spec import from_config

LLAMA = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
         "intermediate_size": 128, "vocab_size": 100}


def names_in(rule):
    """Return the names in a formula."""
    used = set()
    if isinstance(rule, str):
        evaluate(parse(rule), lambda named: used.add(named) or 1)
    return used


def test_every_formula_of_the_table_can_be_read_and_every_name_in_it_is_known():
    known = set(LayerGroup.__dataclass_fields__)
    for name, family in table()["families"].items():
        names = {*family["keys"], *family["terms"], "layer"}
        rules = [*family["row"].values(), *family["model"].values(), *family["mtp"].values()]
        rules += [rule["when"] for rule in family["refuse"]]
        rules += [spec.get(part) for spec in family["keys"].values() for part in ("default", "null", "only")]
        rules += [rule.get("else") if isinstance(rule, dict) else rule for rule in family["terms"].values()]
        # a family may take over a rule that it never asks for, over a key that it ignores
        assert set().union(*map(names_in, rules)) - names <= family["ignored"], name
        assert family["row"].keys() <= known, name
        assert family["required"], name


# -- levels -----------------------------------------------------------------------------------------------------------


def test_two_levels_that_contradict_each_other_are_refused():
    inner = {**LLAMA, "tie_word_embeddings": True}
    assert from_config({"model_type": "llava", "text_config": inner}).tied == 1
    with pytest.raises(ValueError, match="tie_word_embeddings=True in text_config, but False beside it"):
        from_config({"model_type": "llava", "text_config": inner, "tie_word_embeddings": False})
    with pytest.raises(ValueError, match="'cross_attention_layers': not understood beside text_config"):
        from_config({"model_type": "llava", "text_config": inner, "cross_attention_layers": [1, 2]})


@pytest.mark.parametrize("inner", [None, "llama"])
@pytest.mark.parametrize("outer", ["nonsense", 7, ["llava"], {"a": 1}, True])
def test_what_stands_around_a_text_config_is_known(outer, inner):
    with pytest.raises(ValueError, match=r"around a text_config is not known, and may change .*raw\['text_config'\]"):
        from_config({"model_type": outer, "text_config": LLAMA | {"model_type": inner}})


def test_a_text_config_alone_or_in_a_file_without_a_name_is_read():
    alone = from_config(LLAMA)
    assert from_config({"text_config": LLAMA}).groups == alone.groups
    assert from_config({"model_type": "llava", "text_config": LLAMA | {"model_type": None}}).groups == alone.groups


def test_every_decoder_that_an_outer_model_implies_is_known():
    assert {kind for kind in table()["nested"]["types"].values() if kind} <= table()["types"].keys()
