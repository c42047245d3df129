"""Exercises: every answer checks, every misconception gets its own reply, and the page replies as `check` does."""

from __future__ import annotations

import json
import math
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import check, exercise, exercises, solution
from inference_economics.chapters.exercises.exercise import Exercise, known, parse, suffixes
from inference_economics.quantities.units import text
from kernelless import runtime

ALL = list(exercises.everything().values())
CLOSED = [one for one in ALL if one.answer is not None]
UNITS = ("B", "iB", "s", "%", "", "USD", "×", "users", "USD/Mtok")
ANY = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30)


def _exercise(**changes) -> Exercise:
    given_ = {"id": "kv-99", "question": "How many bytes?", "answer": 8e9, "unit": "B", "solution": "Count them."}
    return Exercise(**(given_ | changes))


@pytest.mark.parametrize("one", CLOSED, ids=lambda one: one.id)
def test_the_right_answer_is_right_as_number_and_as_text(one):
    wanted = "Computed" if one.level == "guess" else "Right"
    assert one.reply(one.answer)[0].startswith(wanted)
    assert one.reply(text(one.answer, one.unit, 4).replace("−", "-"))[0].startswith(wanted)
    assert one.reply(one.answer)[1] is True


@pytest.mark.parametrize("one", [one for one in CLOSED if one.level != "guess"], ids=lambda one: one.id)
def test_every_misconception_gets_its_own_reply(one):
    replies = [one.reply(value)[0] for value, _ in one.wrong]
    assert replies == [reply for _, reply in one.wrong]
    assert not any(one.reply(value)[1] for value, _ in one.wrong)


@given(value=ANY, answer=ANY, unit=st.sampled_from(UNITS), level=st.sampled_from(("guess", "standard")))
def test_every_number_gets_a_reply(value, answer, unit, level):
    words, settled = _exercise(answer=answer, unit=unit, level=level).reply(value)
    assert words
    assert isinstance(settled, bool)


def test_replies_name_what_went_wrong():
    assert _exercise().reply(8e9 / 1.024**3) == ("Nearly: that mixes GB and GiB.", False)
    assert "power of a thousand" in _exercise().reply(8e6)[0]
    assert _exercise().reply(5e9)[0] == "Not yet: too low."
    assert _exercise().reply("8 GB") == ("Right: 8 GB.", True)
    assert _exercise(level="guess").reply("3 GB")[0] == "Computed: 8 GB. Your guess is within a factor of ten."
    assert "not a number" in _exercise().reply("many")[0]


@pytest.mark.parametrize(("typed", "unit", "value"), [
    ("6.71 GB", "B", 6.71e9), ("6.25GiB", "B", 6.25 * 2**30), ("  1,234,567 ", "B", 1234567),
    ("34.5%", "%", 0.345),
    ("0.345", "%", 0.345), ("$2.19", "USD", 2.19), ("$5.58M", "USD", 5.58e6), ("20 ms", "s", 0.02),
    ("3 days", "s", 259200),
    ("1e12", "tokens", 1e12), ("−5", "USD", -5), (".5", "", 0.5), ("1_000", "", 1000), (7, "B", 7.0),
])
def test_parse(typed, unit, value):
    assert parse(typed, unit) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["", "many", None, "GB 7", "--3", True, "<script>"])
def test_parse_refuses(typed):
    assert math.isnan(parse(typed, "B"))


def test_declaration_errors():
    with pytest.raises(ValueError, match="id='KV 1' must be a chapter's prefix"):
        _exercise(id="KV 1")
    with pytest.raises(ValueError, match="unknown level 'easy'; known: guess"):
        _exercise(level="easy")
    with pytest.raises(ValueError, match="must be a finite number"):
        _exercise(answer=math.nan)
    with pytest.raises(ValueError, match="within the tolerance of the right one"):
        _exercise(wrong=((8.01e9, "no"),))


def test_unknown_exercise_names_the_nearest():
    with pytest.raises(ValueError, match=r"unknown exercise 'kv-01'.*Did you mean 'kv-"):
        exercise("kv-01")


def test_check_and_solution_print(capsys):
    check("kv-1", "6.71 GB")
    solution("kv-1")
    assert capsys.readouterr().out.startswith("Right: 6.71 GB.\n")


def test_html_is_escaped_and_holds_no_open_script():
    html = _exercise(question="Is 1 < 2 & `a<b`?", solution="</script><b>").html()
    assert "1 &lt; 2 &amp; <code>a&lt;b</code>" in html
    assert html.count("</script>") == 1


def test_the_page_replies_as_python_does(node):
    """The same typed answers, through check() and through the page's script."""
    typed = ["", "many", "0", "-1", "1e999", "6.71 GB", "8 GB", "7.45 GiB", "8e9", "8,000,000,000", "50%", "0.5", "$3",
             "3k", "12 ms", "−4", "1.5.2", "9 GBs", "constructor", "5 __proto__"]
    ours = [_exercise(unit=unit, answer=8e9 if unit in ("B", "iB") else 0.5, level=level)
            for unit in UNITS for level in ("guess", "standard")] + CLOSED
    asked = [[one.spec(), [*typed, *(repr(value) for value, _ in one.wrong), repr(one.answer)]] for one in ours]
    program = runtime.script("""
        const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const out = asked.map(([spec, typed]) => typed.map((words) => replyTo(spec, words)));
        console.log(JSON.stringify(out));""", more=(exercises.ANSWER_BOX,))
    done = subprocess.run([node, "-e", program], input=json.dumps(asked), capture_output=True, text=True, check=True)
    for one, (_, words), theirs in zip(ours, asked, json.loads(done.stdout), strict=True):
        for typed_words, reply in zip(words, theirs, strict=True):
            assert tuple(reply) == one.reply(typed_words), (one.id, one.unit, typed_words)


def test_suffixes_cover_what_the_book_prints():
    assert suffixes("iB")["gib"] == 2**30
    assert suffixes("users")["k"] == 1e3


def test_a_figure_that_the_catalogue_lacks_is_refused():
    assert known(3.5) == 3.5
    with pytest.raises(ValueError, match="the catalogue has no such figure; ask about another model or chip"):
        known(None)


def test_an_open_exercise_has_no_answer_to_compare_with():
    with pytest.raises(ValueError, match="kv-99 is open"):
        _ = _exercise(answer=None, level="open").cases
