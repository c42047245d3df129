"""Answers that a reader asked to keep: what the file says, and what is refused."""

from __future__ import annotations

import math

import pytest

from inference_economics import check, keep_answers
from inference_economics.chapters.exercises import exercise, progress, read_answers


@pytest.fixture(autouse=True)
def nothing_kept():
    yield
    keep_answers(None)


def test_nothing_is_kept_unasked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    check("kv-q1", "300 kB")
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out


def test_answers_are_kept_as_they_were_read(tmp_path, capsys):
    file = tmp_path / "my, answers.csv"
    keep_answers(file)
    right = exercise("kv-q1").computed
    for answer in ("one, two", "6,71 kB/token", right):
        check("kv-q1", answer)
    keep_answers(None)
    check("kv-q1", 1)
    found = read_answers(file)
    assert [one.answer for one in found] == ["one, two", "6,71 kB/token", str(right)]
    assert math.isnan(found[0].value)
    assert [one.value for one in found[1:]] == [6710.0, right]
    assert [one.settled for one in found] == [False, True, True]  # a guess is settled once it is understood
    assert {one.exercise for one in found} == {"kv-q1"}


def test_a_file_goes_on(tmp_path, capsys):
    file = tmp_path / "a.csv"
    for _ in range(2):
        keep_answers(file)
        check("kv-1", 1.0)
    assert len(read_answers(file)) == 2


def test_every_exercise_keeps_its_right_answer(tmp_path, capsys):
    from inference_economics.chapters.exercises import everything

    keep_answers(tmp_path / "all.csv")
    with_answers = [one for one in everything().values() if one.answer is not None]
    for one in everything().values():
        check(one.id, 0 if one.answer is None else one.answer)
    found = read_answers(tmp_path / "all.csv")
    assert [(one.exercise, one.value, one.settled) for one in found] == [(e.id, e.answer, True) for e in with_answers]


@pytest.mark.parametrize(("words", "why"), [
    ("", "must begin"), ("a,b\n", "must begin"), ("exercise,answer,value,unit,settled\nkv-1,x\n", "line 2"),
    ("exercise,answer,value,unit,settled\nkv-1,x,,B,maybe\n", "line 2"),
    ("exercise,answer,value,unit,settled\nkv-1,x,many,B,no\n", "value='many'"),
])
def test_another_file_is_not_written_to(tmp_path, words, why):
    file = tmp_path / "other.csv"
    file.write_text(words)
    with pytest.raises(ValueError, match=why):
        keep_answers(file)
    assert file.read_text() == words


def test_what_is_no_text_is_refused(tmp_path):
    file = tmp_path / "b.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="UTF-8"):
        read_answers(file)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="no folder"):
        keep_answers(tmp_path / "nowhere" / "a.csv")


def test_the_columns_are_the_record():
    assert progress.Answer._fields == progress.COLUMNS


@pytest.mark.parametrize("path", [5, True, 1.5, b"x", ["a"], "", "  ", "a\0b", "x" * 5000, "x" * 300])
def test_what_is_no_path_of_a_file_is_refused(path):
    for function in (keep_answers, read_answers):
        with pytest.raises(ValueError, match=r"^path=.*give a"):
            function(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    for function in (keep_answers, read_answers):
        with pytest.raises(ValueError, match=r"cannot be read \(Is a directory\); give a file"):
            function(tmp_path)
    with pytest.raises(ValueError, match=r"cannot be read \(No such file"):
        read_answers(tmp_path / "none.csv")


@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_a_value_that_is_no_number_is_refused(tmp_path, value):
    file = tmp_path / "a.csv"
    file.write_text(f"{','.join(progress.COLUMNS)}\nkv-1,1,{value},B,no\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"line 2: value='{value}' must be a number or empty"):
        read_answers(file)


def test_a_file_that_a_spreadsheet_saved_again_is_read(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(f"\ufeff{','.join(progress.COLUMNS)}\r\nkv-1,1,1,B,no\r\n", encoding="utf-8", newline="")
    assert read_answers(file) == [("kv-1", "1", 1.0, "B", False)]


@pytest.mark.parametrize("answer", [10**400, -(10**400), 10**5000, "\ud800", "two\nlines"], ids=range(5))
def test_any_answer_is_kept_and_read_again(tmp_path, capsys, answer):
    keep_answers(tmp_path / "a.csv")
    check("kv-q1", answer)
    [one] = read_answers(tmp_path / "a.csv")
    assert math.isnan(one.value)
    assert not one.settled
