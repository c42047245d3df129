"""Catalogue files, whole and hurt: what cannot be understood is refused by one error that names file and row."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import catalog


@dataclass(frozen=True)
class Thing:
    """A row with a field of each kind."""

    name: str
    size: float = 1.0
    count: int = 1
    words: str = ""
    flag: bool = False
    cells: tuple = ()
    maybe: float | None = None
    parts: dict | None = None

    def __post_init__(self):
        """Fail as careless code does."""
        if self.size < 0:
            raise ValueError(f"size={self.size} is below 0.")
        if self.words == "missing":
            raise KeyError(self.words)
        if self.words == "nothing":
            _ = 1 / (self.count - self.count)


@pytest.fixture
def load(tmp_path):
    def load(content, kind=Thing, **options):
        file = tmp_path / "things.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return catalog.build_all(kind, file, **options)

    return load


def test_rows_become_specs(load):
    rows = load('[a]\nsize = 2\ncells = [[1, 2], ["x"]]\n[b]\nflag = true\nmaybe = 3.5\nparts = {x = 1}\n')
    assert list(rows) == ["a", "b"]
    assert rows["a"] == Thing("a", 2, cells=((1, 2), ("x",)))
    assert rows["b"] == Thing("b", flag=True, maybe=3.5, parts={"x": 1})
    assert hash(rows["a"])


def test_a_row_may_be_prepared(load):
    def grams(row):
        return row | {"size": row["size"] * 1000}

    assert load("[a]\nsize = 2\n", prepare=grams)["a"].size == 2000
    with pytest.raises(ValueError, match=r"things.toml, row \[a\]: KeyError: 'size'"):
        load("[a]\n", prepare=grams)
    with pytest.raises(ValueError, match=r"things.toml, row \[a\]: "):
        load('[a]\nsize = {}\n', prepare=grams)


@pytest.mark.parametrize(("line", "message"), [
    ("size = inf", "size=inf is not finite"), ("size = -inf", "size=-inf is not finite"),
    ("size = nan", "size=nan is not finite"), ("maybe = inf", "maybe=inf is not finite"),
    ('size = "2"', "size='2' is not a number"), ("size = true", "size=True is not a number"),
    ("size = [2]", r"size=\(2,\) is not a number"), ("size = {x = 2}", "size={'x': 2} is not a number"),
    ("size = 2026-01-01", r"size=datetime.* is not a number"), (f"size = 1{'0' * 400}", "OverflowError"),
    ("size = -1", "size=-1 is below 0"), ("count = 1.5", "count=1.5 is not a whole number"),
    ("count = true", "count=True is not a whole number"), ("words = 3", "words=3 is not text"),
    ("flag = 1", "flag=1 is not true or false"), ("cells = 3", "cells=3 is not a list"),
    ("parts = [1]", r"parts=\(1,\) is not a table"), ('maybe = "x"', "maybe='x' is not a number"),
    ("sice = 3", "unknown field 'sice'.* Did you mean 'size'"), ('words = "missing"', "KeyError: 'missing'"),
    ('words = "nothing"', "ZeroDivisionError"), ('name = "b"', "name"),
])
def test_what_a_row_may_not_hold_is_named(load, line, message):
    with pytest.raises(ValueError, match=rf"things\.toml, row \[a\]: .*{message}"):
        load(f"[a]\n{line}\n")


@pytest.mark.parametrize(("content", "message"), [
    ("[a]\nsize = 1\nsize = 2\n", "not readable as TOML: Cannot overwrite a value.*line 3"),
    ("[a]\n[a]\n", "not readable as TOML: Cannot declare"), ("[a]\nsize = null\n", "Invalid value.*line 2"),
    ("[a]\nsize =\n", "not readable as TOML"), ("a", "not readable as TOML"),
    (b"[a]\nwords = \"\xff\"\n", "not readable as TOML: .*utf-8.*"),
    (b"\xff\xfe[\x00a\x00]\x00", "not readable as TOML: .*utf-8.*"), (b"[a]\nwords = \"\x00\"", "Illegal character"),
    ("[a]\ncells = " + "[" * 100_000, "nested too deep"), ("size = 1\n", "'size' stands outside a row"),
    ("[[a]]\n", "'a' stands outside a row"), (f"[a]\nsize = 1{'0' * 5000}\n", "not readable as TOML: .*digits"),
])
def test_what_is_not_a_catalogue_is_refused_by_name(load, content, message):
    with pytest.raises(ValueError, match=rf"things\.toml: .*{message}"):
        load(content)


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.toml: no such catalogue file"):
        catalog.read_tables(tmp_path / "nowhere.toml")
    with pytest.raises(ValueError, match="not readable as TOML"):
        catalog.read_tables(tmp_path)


def test_a_field_without_a_default_must_be_given(load):
    with pytest.raises(ValueError, match=r"row \[a\]: missing title, unit, value"):
        load("[a]\n", kind=catalog.Fact)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"[a]\nsize = {text}\n".encode()))
def test_any_file_is_understood_or_refused(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("any") / "any.toml"
    file.write_bytes(content)
    try:
        rows = catalog.build_all(Thing, file)
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = str(file)
        assert all(isinstance(row, Thing) for row in rows.values())
    assert str(file) in refusal


@pytest.mark.parametrize(("file", "room"), [("models.toml", "catalog"), ("accelerators.toml", "catalog"),
                                            ("published.toml", "catalog"), ("calibration.toml", "serving"),
                                            ("glossary.toml", "quantities")])
def test_files_are_shipped_with_their_rooms(file, room):
    assert catalog.path(file, f"inference_economics.{room}").is_file()


def test_a_file_is_of_the_catalogue_where_no_room_is_given():
    assert catalog.path("prices.toml") == catalog.path("prices.toml", "inference_economics.catalog")
