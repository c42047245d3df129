"""Tables in files: what is written is read."""

import pytest

from inference_economics.serving.simulation import stored


def test_what_is_kept_is_stored(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(stored, "catalog", type("Catalog", (), {"path": lambda name, room: tmp_path / name}))
    monkeypatch.setattr(stored, "files", lambda room: tmp_path)
    stored.keep("rows.csv", ("name", "value"), [("one, two", 1 / 3), ("three", 7)])
    assert stored.stored("rows.csv") == [{"name": "one, two", "value": "0.333333"}, {"name": "three", "value": "7"}]


def test_a_table_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        stored.stored("nothing.csv")
