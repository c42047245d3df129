"""The table that halves and doubles: its rows, its words, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics.chapters import kit


def test_a_sensitivity_halves_and_doubles_each_input_alone():
    table = kit.sensitivity(lambda size, price: size**2 * price, {"size": 4, "price": 10.0}, "Cost", unit="USD",
                            labels={"size": "size of it", "price": "its price"})
    assert table.columns == ["input", "halved", "as it is", "doubled"]
    assert table.rows == [["size of it", "$40", "$160", "$640"], ["its price", "$80", "$160", "$320"]]
    assert table.caption == "Cost"


def test_a_sensitivity_is_named_and_written_as_asked():
    table = kit.sensitivity(lambda size: size, {"size": 3}, "Size", show="{:.2f}".format)
    assert table.rows == [["size", "1.50", "3.00", "6.00"]]


@pytest.mark.parametrize(("function", "labels", "message"), [
    (lambda a: a, {"b": "words"}, "labels are for b, but the inputs are a; name each once"),
    (lambda a: a, {}, "labels are for , but the inputs are a"),
    (lambda a: np.nan * a, None, "returned NaN"),
    (lambda a: np.ones(7), None, "must broadcast"),
])
def test_a_sensitivity_refuses_what_it_cannot_show(function, labels, message):
    with pytest.raises(ValueError, match=message):
        kit.sensitivity(function, {"a": 1.0}, "C", labels=labels)
