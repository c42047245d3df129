"""The door of a formula: every kind of number comes in as float64, and nothing else comes in."""

from __future__ import annotations

import dataclasses
import inspect
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from inference_economics.quantities import limits, units
from inference_economics.quantities.limits import QUANTITIES, check, checked, checked_fields
from kernelless.trace import Graph

ARRAY = np.array([4096, 100_000])
# each is 4096 and 100,000, or one of them
KINDS = {"list": [4096, 100_000], "tuple": (4096, 100_000), "nested": [[4096], [100_000]],
         "int32": ARRAY.astype("int32"), "uint64": ARRAY.astype("uint64"), "float32": ARRAY.astype("float32"),
         "object": np.array([4096, 1e5], object),
         "longdouble": ARRAY.astype(np.longdouble), "int": 4096, "int16": np.int16(4096), "float16": np.float16(4096),
         "0-d": np.array(4096), "0-d float32": np.array(4096, "float32"), "float64": np.float64(4096)}
NOT_NUMBERS = {"none": None, "text": "4096", "bytes": b"4096", "bool": True, "bools": np.array([True]), "complex": 1j,
               "huge": 10**400, "huger": 10**5000, "list of text": [1, "2"], "list of none": [1, None],
               "list of huge": [1, 10**400], "ragged": [[1], [1, 2]], "dict": {"a": 1}, "set": {1.0},
               "date": np.datetime64("2026-01-01"), "object": object, "masked": np.ma.masked_array([1, 2], [0, 1])}


@checked
def squared(context_tok):
    """Square."""
    return context_tok * context_tok


@checked
def spent(price_usd_per_hour, draws=None, utilisation=None):
    """Price."""
    return price_usd_per_hour if utilisation is None else price_usd_per_hour / utilisation


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_number_gives_the_float64_answer(kind):
    got = squared(KINDS[kind])
    np.testing.assert_array_equal(got, np.asarray(KINDS[kind]).astype(float) ** 2)
    assert np.asarray(got).dtype == np.float64
    assert isinstance(got, np.ndarray) == (np.ndim(KINDS[kind]) > 0)


@pytest.mark.parametrize("kind", NOT_NUMBERS)
def test_what_is_not_a_number_is_refused_by_name(kind):
    with pytest.raises(ValueError, match=r"^context_tok=.{1,140} is not a number or an array of numbers\.$"):
        squared(NOT_NUMBERS[kind])
    with pytest.raises(ValueError, match=r"^context_tok="):
        check(context_tok=NOT_NUMBERS[kind])


def test_a_long_double_beyond_the_doubles_is_refused():
    if np.finfo(np.longdouble).max == np.finfo(float).max:
        pytest.skip("a long double is a double here")
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=r"context_tok=.* is beyond the largest double"):
        squared(np.longdouble(10) ** 400)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1, -np.inf, 1e12, [1, np.nan], np.array([1, -1], "int8"),
                                   np.float16(np.inf), -(10**18)])
def test_what_is_outside_the_limits_is_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^context_tok=\S+ is outside \[0, 1e\+09\]; give tokens\.$"):
        squared(value)


def test_limits_themselves_count():
    assert squared(0) == 0
    assert squared([0, 10**9])[1] == 1e18
    with pytest.raises(ValueError, match=r"utilisation=1.1 is outside"):
        spent(1.0, utilisation=1.1)


def test_an_argument_that_was_given_is_checked_and_one_that_was_not_is_none():
    assert spent(3) == 3
    assert spent(3, utilisation=None) == 3
    assert spent(3, "any draws") == 3
    with pytest.raises(ValueError, match="price_usd_per_hour=None is not a number"):
        spent(None)


def test_a_formula_may_be_stricter_than_the_glossary():
    @checked(context_tok="(0, 100] whole")
    def own(context_tok):
        """Return it."""
        return context_tok

    assert own(100) == 100
    for value, words in ((0, r"outside \(0, 100\]"), (101, "outside"), (1.5, "must be a whole number"),
                         ([1, 2.5], "must be a whole number")):
        with pytest.raises(ValueError, match=f"context_tok=.*{words}"):
            own(value)
    assert squared(101) == 101**2


def test_limits_of_an_unknown_quantity_are_a_slip_of_the_author():
    with pytest.raises(KeyError, match="contxt_tok"):
        checked(contxt_tok="[0, 1]")(lambda contxt_tok: contxt_tok)


def test_traced_values_pass():
    traced = Graph().parameter("context_tok")
    assert squared.__wrapped__ is not squared
    assert limits.is_traced(squared(traced))


def test_a_mistaken_call_is_pythons_to_report():
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        squared(1, 2)
    with pytest.raises(TypeError, match="unexpected keyword"):
        squared(tokens=1)


def test_a_door_keeps_name_signature_and_says_what_it_raises():
    assert squared.__name__ == "squared"
    assert list(inspect.signature(squared).parameters) == ["context_tok"]
    assert "Raises\n------\nValueError" in squared.__doc__


def test_results_without_axes_are_plain_numbers():
    class Pair(NamedTuple):
        both: float
        one: float

    @checked
    def pair(context_tok):
        """Return two."""
        return Pair(np.asarray(context_tok), np.asarray(2.0))

    assert [type(x) for x in pair(3)] == [np.float64, np.float64]
    assert isinstance(pair([3, 4]).both, np.ndarray)


@dataclass(frozen=True)
class Spec:
    """A spec with a number that must be given, one that need not, and something else."""

    context_tok: float
    utilisation: float | None = None
    title: str = ""

    def __post_init__(self):
        """Check."""
        checked_fields(self, utilisation="(0, 0.5]")


def test_the_fields_of_a_spec_go_through_the_same_door():
    spec = Spec(np.array([4096, 100_000], "int32"), 0.5, "kept")
    np.testing.assert_array_equal(spec.context_tok**2, [4096.0**2, 1e10])
    assert (spec.utilisation, spec.title, Spec(1).utilisation) == (0.5, "kept", None)
    for arguments, words in (((None,), "context_tok=None is not a number"), ((-1,), "context_tok=-1 is outside"),
                             ((1, 0.6), re.escape("utilisation=0.6 is outside (0, 0.5]"))):
        with pytest.raises(ValueError, match=words):
            Spec(*arguments)


def test_a_check_of_an_unknown_name_is_a_slip_of_the_author():
    with pytest.raises(KeyError):
        check(contxt_tok=1)


def test_rows_are_limits():
    assert all(row.low < row.high for row in QUANTITIES.values())
    assert QUANTITIES["block_tok"].whole
    assert not QUANTITIES["context_tok"].whole


def test_the_constants_are_those_of_units():
    assert limits.SECONDS_PER_YEAR == units.SECONDS_PER_YEAR == 365 * 24 * 3600 == 365 * units.SECONDS_PER_DAY


@dataclasses.dataclass(frozen=True)
class Box:
    n_chips: float = 1.0
    power_w: float = 100.0


@checked
def power_of(box: Box, pue: float = 1.0) -> float:
    return box.n_chips * box.power_w * pue


@pytest.mark.parametrize("bad", [None, 5, "box", [1, 2], {"n_chips": 1}, np.array([1.0]), np.float64(3)])
def test_a_record_is_asked_for_by_name(bad):
    with pytest.raises(ValueError, match=r"box=.* is no Box; give Box\(n_chips, power_w\)"):
        power_of(bad)
    with pytest.raises(ValueError, match="is no Box"):
        power_of(box=bad)


def test_another_record_is_refused_unless_it_has_every_field():
    @dataclasses.dataclass
    class Crate:
        n_chips: float = 2.0
        power_w: float = 50.0

    assert power_of(Box()) == power_of(Crate()) == 100
    with pytest.raises(ValueError, match="is no Box"):
        power_of(dataclasses.make_dataclass("Half", ["n_chips"])(1.0))


def test_an_undefined_value_passes_where_the_row_says_so():
    assert np.isnan(limits.checked(lambda near_bytes_per_s: near_bytes_per_s)(np.nan))
    with pytest.raises(ValueError, match=r"near_bytes_per_s=300 is outside \(1e\+06, 1e\+15\]; was it given in GB/s"):
        limits.checked(lambda near_bytes_per_s: near_bytes_per_s)([np.nan, 300])


class Pair(NamedTuple):
    """Two."""

    left: float
    right: float


@checked
def joined(pair: Pair, backwards: bool = False, other: Pair | None = None):
    """Both."""
    left, right = pair.left, pair.right
    return right - left if backwards else left - right


@pytest.mark.parametrize("bad", [None, 5, "x", range(2), object(), (1, 2), np.float64(1), {"left": 1, "right": 2}])
def test_a_named_tuple_is_asked_for_its_fields(bad):
    with pytest.raises(ValueError, match=r"^pair=.* is no Pair; give Pair\(left, right\)\.$"):
        joined(bad)
    if bad is not None:
        with pytest.raises(ValueError, match=r"^other=.* is no Pair"):
            joined(Pair(1, 2), other=bad)
    assert joined(Pair(3, 1)) == joined(Pair(3, 1), other=None) == 2


@pytest.mark.parametrize("bad", [None, "no", 0, 1, 2.0, [True], np.array([True, False])])
def test_a_truth_is_true_or_false(bad):
    with pytest.raises(ValueError, match=r"^backwards=.* is neither True nor False\.$"):
        joined(Pair(3, 1), bad)
    assert joined(Pair(3, 1), np.bool(True)) == -2


def test_check_hands_the_numbers_over_as_float64():
    one = check(context_tok=np.int16(30_000))
    assert (one, type(one)) == (30_000, np.float64)
    pair = check(context_tok=[1, 2], batch=np.int8(4))
    assert pair[0].dtype == np.float64
    assert (pair[0].tolist(), pair[1]) == ([1.0, 2.0], 4.0)
