"""What a room pastes: links, lines of answer files and answers in words are read, all else is refused by line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from urllib.parse import urlencode

import pytest

from inference_economics import check, keep_answers
from inference_economics.chapters.exercises import ANSWER_BOX, exercise
from inference_economics.chapters.exercises.reading import name_of
from kernelless import runtime

BOOK = {
    "figures": {"heads": {"title": "Heads", "page": "a.html", "controls": {
        "users": {"label": "Users", "unit": "users", "log": True, "default": 8, "low": 1, "high": 2000},
        "model": {"label": "Model", "unit": "", "log": False, "default": "Small",
                  "titles": {"8b": "Small", "70b": "Large"}}}}},
    "claims": {"C8": "The cache wastes memory"},
    "exercises": {one.id: {"question": "?", "unit": one.said_in, "name": name_of(one.said_in), "example": one.example,
                           "answer": one.computed} for one in (exercise("kv-q1"), exercise("kv-1"))},
}


def gathered(node: str, words: str, pasted: object) -> object:
    program = f"{runtime.join(ANSWER_BOX.with_name('gathering.js'), ANSWER_BOX.with_name('answers_kept.js'))}\n" + f"""
        const [book, pasted] = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify({words}, (_, v) => Number.isNaN(v) ? "NaN" : v));"""
    done = subprocess.run([node, "-e", program], input=json.dumps([BOOK, pasted]), capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)


def test_what_is_understood(node):
    link = f"https://book.example/notebooks/04.html#explorer-heads?{urlencode({'users': 16, 'model': '70b'})}"
    pasted = "\n".join([link, "", f"  ../04.html#explorer-heads-2?{urlencode({'users': '1e3'})}  ",
                        "exercise,answer,value,unit,settled", 'kv-q1,"6,71 kB",6710,B/token,yes', "kv-q1: 300 kB",
                        "kv-q1 = 300000 B"])
    found = gathered(node, "readAll(book, pasted)", pasted)
    assert found["refused"] == []
    assert found["lines"] == 5
    assert [(r["topic"], r["part"], r["value"]) for r in found["readings"]] == [
        ("heads", "users", 16), ("heads", "model", "Large"), ("heads", "users", 1000), ("kv-q1", "", 6710),
        ("kv-q1", "", 300_000), ("kv-q1", "", 300_000)]


@pytest.mark.parametrize(("line", "why"), [
    ("hello", "neither a link"), ("#explorer-other?users=1", "no figure called other"),
    ("#explorer-heads", "no settings"), ("#explorer-heads?users=many", "many is no value of Users"),
    ("#explorer-heads?users=1e12", "1e12 is no value of Users"), ("#explorer-heads?users=-5", "-5 is no value"),
    ("C99: holds", "neither a link"), ("C8: perhaps", "neither a link"),
    ("#explorer-heads?model=9b", "no choice 9b"), ("kv-q1: soon", exercise("kv-q1").reply("soon")[0]),
    ("kv-q1,what?,,B/token,no", "was not understood when it was given"),
    ("kv-q1,x,1e999,B/token,yes", "no number"), ("kv-q1,x,5,GB,yes", "not in GB"),
    ("kv-q1,x,-5,B/token,yes", "is below zero"),
    ("constructor: 3", "neither a link"), ("__proto__", "neither a link"),
    ("#explorer-constructor?users=1", "no figure called constructor"), ("#explorer-heads?toString=1", "no settings"),
])
def test_what_is_refused_is_named(node, line, why):
    found = gathered(node, "readAll(book, pasted)", f"\n{line}")
    assert found["readings"] == []
    assert found["refused"][0]["line"] == 2
    assert why in found["refused"][0]["why"]


@pytest.mark.parametrize("typed", ["-5 kB", "5 m", "5 bananas", "3 to 4 kB", "5 Gb", "€5", "1.2.3", "<5 kB", "٣"])
def test_what_the_questions_box_refuses_is_refused_with_its_words(node, typed):
    """Nothing is gathered that the exercise itself would not take."""
    one = exercise("kv-q1")
    assert one.read(typed).kind
    found = gathered(node, "readAll(book, pasted)", f"kv-q1: {typed}")
    assert (found["readings"], [row["why"] for row in found["refused"]]) == ([], [one.reply(typed)[0]])


def test_a_notebooks_file_is_read_as_it_was_written(node, tmp_path, capsys):
    keep_answers(tmp_path / "a.csv")
    for answer in ('6,71 kB', 'a "quoted", answer', 300_000):
        check("kv-q1", answer)
    keep_answers(None)
    found = gathered(node, "readAll(book, pasted)", (tmp_path / "a.csv").read_text(encoding="utf-8"))
    assert [r["value"] for r in found["readings"]] == [6710, 300_000]
    assert len(found["refused"]) == 1


def test_the_pages_file_is_what_python_reads(node, tmp_path):
    from inference_economics.chapters.exercises import read_answers

    answers = [{"exercise": "kv-q1", "answer": 'a, "b"', "value": 6710, "unit": "B/token", "settled": True},
               {"exercise": "kv-1", "answer": "?", "value": None, "unit": "B", "settled": False}]
    words = gathered(node, "answersFile(pasted.map((a) => ({ ...a, value: a.value ?? NaN })))", answers)
    (tmp_path / "a.csv").write_text(words, encoding="utf-8")
    found = read_answers(tmp_path / "a.csv")
    assert [(one.exercise, one.answer, one.settled) for one in found] == [
        ("kv-q1", 'a, "b"', True), ("kv-1", "?", False)]
    assert found[0].value == 6710


def test_spreads(node):
    readings = [[{"topic": "kv-q1", "part": "", "value": v} for v in (1, 2, 4)],
                [{"topic": "kv-q1", "part": "", "value": 3}, {"topic": "heads", "part": "model", "value": "Large"}]]
    found = gathered(node, "spreadsOf(book, ...pasted).map((s) => [s, rowsOf(s)])", readings)
    (answers, rows), (choice, chosen) = found
    assert answers["right"] == 327_680
    assert rows[1][:2] == ["Before", "3"]
    assert rows[1][4] == "2 B/token"
    assert choice["label"] == "Model"
    assert chosen == [["choice", "before", "after"], ["Large", "0", "1"]]


def test_a_saved_table_is_read_again(node):
    """Whichever box it is put into: what was before stays before, and the spreads are those that were saved."""
    before = "kv-q1: 300 kB\nkv-q1: 983 kB\nC8: fails\n#explorer-heads?users=16&model=70b"
    pasted = [before, "kv-q1: 328 kB\nC8: in part"]
    words = "((two) => {})(spreadsOf(book, ...pasted.map((one) => readAll(book, one).readings)))"
    first, saved = gathered(node, words.format("[two, savedOf(two)]"), pasted)
    assert len(first) == 4
    for boxes in ([saved, ""], ["", saved], ["", saved.replace("\n", "\r\n")]):
        assert gathered(node, words.format("two"), boxes) == first
    assert gathered(node, "readAll(book, pasted)", saved)["refused"] == []


@pytest.mark.parametrize(("line", "why"), [
    ("kv-q1,,GB,before,5", "not in GB"), ("kv-q1,,B/token,before,-5", "is below zero"),
    ("kv-q1,,B/token,after,", "no number"),
    ("kv-q1,,B/token,before,1e999", "no number"), ("heads,users,users,before,1e12", "no value of Users"),
    ("heads,model,,after,Huge", "no value of Model"), ("C8,,,before,perhaps", "no vote"),
    ("other,,,before,3", "no figure, exercise or claim"), ("__proto__,,,before,3", "no figure, exercise or claim"),
    ("heads,constructor,,before,3", "no figure, exercise or claim")])
def test_a_line_of_a_saved_table_is_read_with_care(node, line, why):
    (refused,) = gathered(node, "readAll(book, pasted)", line)["refused"]
    assert why in refused["why"]


def test_cells_of_a_line(node):
    for line in ('a,b', 'a,"b ""c"", d",', '"",x', 'a"b,c'):
        assert gathered(node, "cellsOf(pasted)", line) == next(csv.reader(io.StringIO(line)))


@pytest.mark.parametrize(("line", "value"), [
    ("Kv-Q1: 300 kB", 300_000), ("Ada: kv-q1: 300 kB", 300_000), ("[10:32] Ben: kv-q1: 300 kB", 300_000),
    ('"kv-q1: 300 kB"', 300_000), ("kv-q1; 300 kB", 300_000), ("kv-q1 300 kB", 300_000)])
def test_a_line_of_a_chat_is_read(node, line, value):
    found = gathered(node, "readAll(book, pasted)", line)
    assert (found["refused"], [r["value"] for r in found["readings"]]) == ([], [value])


def test_votes_are_counted(node):
    lines = "C8: holds\nAda: c8: fails\nC8 holds in part\nC8, in part\nc8 - holds"
    words = "spreadsOf(book, readAll(book, pasted).readings, []).map((s) => [s.topic, rowsOf(s)])"
    found = gathered(node, words, lines)
    assert found == [["C8", [["choice", "before", "after"], ["fails", "1", "0"], ["holds", "2", "0"],
                             ["in part", "2", "0"]]]]


def test_what_nobody_moved_is_not_shown(node):
    links = "\n".join(f"#explorer-heads?users={users}&model=8b" for users in (8, 16))
    found = gathered(node, "spreadsOf(book, readAll(book, pasted).readings, []).map((s) => s.label)", links)
    assert found == ["Users"]
