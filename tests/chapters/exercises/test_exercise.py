"""Exercises: every answer checks, every misconception gets its own reply, and the page replies as `check` does."""

from __future__ import annotations

import gzip
import json
import math
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import check, exercise, exercises, solution
from inference_economics.chapters.exercises.exercise import Exercise, known
from inference_economics.chapters.exercises.reading import possible
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
    for answer in (one.answer, text(one.answer, one.unit, 4), text(one.answer, one.said_in, 4),
                   text(one.answer, one.unit, 4).replace("−", "-").replace(" ", "\u00a0")):
        words, settled = one.reply(answer)
        assert words.startswith(wanted), answer
        assert settled is True


@pytest.mark.parametrize("one", [one for one in CLOSED if one.level != "guess"], ids=lambda one: one.id)
def test_every_misconception_gets_its_own_reply(one):
    assert one.wrong
    assert [one.verdict(value) for value, _ in one.wrong] == [(reply, False) for _, reply in one.wrong]


@pytest.mark.parametrize("one", CLOSED, ids=lambda one: one.id)
def test_its_own_example_is_understood_and_is_not_the_answer(one):
    words, settled = one.reply(one.example)
    assert "Write one such as" not in words
    assert one.level == "guess" or not settled


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_the_console_shows_no_tex(one, capsys):
    solution(one.id)
    said = [repr(one), capsys.readouterr().out, *(reply for _, reply in one.wrong)]
    assert not any(sign in words for words in said for sign in ("\\", "{", "}"))


@given(value=ANY, answer=ANY, unit=st.sampled_from(UNITS), level=st.sampled_from(("guess", "standard")))
def test_every_number_gets_a_reply(value, answer, unit, level):
    made = _exercise(answer=answer if not possible(answer, unit, "").kind else -answer, unit=unit, level=level)
    words, settled = made.reply(value)
    assert words
    assert isinstance(settled, bool)


def test_replies_name_what_went_wrong():
    assert _exercise().verdict(8e9 / 1.024**3) == ("Nearly: that mixes GB and GiB.", False)
    assert "power of a thousand" in _exercise().verdict(8e6)[0]
    assert _exercise().verdict(5e9)[0] == "Not yet: too low."
    assert _exercise().verdict(64e9)[0] == "Those are bits: a byte has eight."
    assert _exercise(unit="×", answer=2.5).verdict(1.5)[0].startswith("That is the gain")
    assert _exercise(unit="s", answer=120).verdict(2)[0].startswith("The unit of time is mixed up")
    assert _exercise(unit="%", answer=0.4).verdict(40)[0].startswith("That is a hundred times too much")
    assert "no number in digits" in _exercise().reply("many")[0]


@pytest.mark.parametrize(("typed", "reply"), [
    ("8 GB", "Right: 8 GB."), ("8GB", "Right: 8 GB."), ("8,0 GB", "Right: 8 GB."),
    ("8,000,000 kB", "Right: 8 GB."), ("1,234", "Not yet: too low. (Read as 1.234 kB.)"),
    (8e9, "Right: 8 GB."), (np.float32(8e9), "Right: 8 GB."),
    (np.int64(8_000_000_000), "Right: 8 GB."), (Fraction(8 * 10**9), "Right: 8 GB."),
    (Decimal("8E9"), "Right: 8 GB."),
])
def test_a_reply_shows_what_was_read_unless_it_was_typed_so(typed, reply):
    assert _exercise().reply(typed) == (reply, reply.startswith("Right"))


@pytest.mark.parametrize("answer", [None, True, np.True_, 8j, b"8 GB", [8e9], np.array([8e9]), math.nan,
                                    math.inf, -math.inf])
def test_what_is_no_number_is_refused(answer):
    words, settled = _exercise().reply(answer)
    assert "not a " in words
    assert words.endswith("Write one such as 24 GB.")
    assert settled is False


def test_a_bare_number_in_a_box_for_per_cent_is_asked_about():
    share = _exercise(unit="%", answer=0.345, level="guess")
    assert share.reply("34.5")[0].startswith("Is “34.5” per cent or a ratio?")
    assert share.reply("0.345")[0].startswith("Is “0.345” per cent or a ratio?")
    assert share.reply("34.5%")[0] == share.reply("34.5 per cent")[0] == share.reply(0.345)[0]
    assert share.reply(0.345) == ("Computed: 34.5%. Your guess is within a tenth.", True)
    assert "(Read as 3,450%.)" in share.reply(34.5)[0]


def test_money_is_rounded_as_money_is():
    price = _exercise(unit="USD/Mtok", answer=0.1449, tolerance=0.01)
    assert price.reply("$0.14")[1]  # 3% off, and to the cent
    assert not price.reply("$0.13")[1]
    assert not _exercise(unit="×", answer=0.1449, tolerance=0.01).reply("0.14")[1]


def test_what_was_rounded_is_right_before_rounding_too():
    floor = _exercise(unit="users", answer=87, unrounded=87.947, tolerance=0.005)
    assert floor.reply("87.95") == ("Right: 87.9 before rounding to whole ones, 87 users. (Read as 87.95 users.)", True)
    assert floor.reply("88") == ("Nearly: a part of one does not fit, so round down. (Read as 88 users.)", False)
    ceiling = _exercise(unit="chips", answer=11, unrounded=10.55, tolerance=0.005)
    assert ceiling.reply("10.55")[1]
    assert ceiling.reply("10")[0].startswith("Nearly: a part of one is needed as a whole, so round up.")


def test_an_answer_may_say_what_it_is_for():
    bill = _exercise(unit="USD", answer=1.2e6, per="year")
    for typed in ("$1.2M", "$1.2M/year", "1.2 million dollars a year", "$100k per month"):
        assert bill.reply(typed)[0].startswith("Right: $1.2M."), typed
    assert "does not fit" in bill.reply("$1.2M/GPU")[0]
    assert "does not fit" in _exercise(unit="USD", answer=1.2e6).reply("$1.2M/year")[0]


def test_declaration_errors():
    with pytest.raises(ValueError, match="id='KV 1' must be a chapter's prefix"):
        _exercise(id="KV 1")
    with pytest.raises(ValueError, match="unknown level 'easy'; known: guess"):
        _exercise(level="easy")
    with pytest.raises(ValueError, match="must be a finite number"):
        _exercise(answer=math.nan)
    with pytest.raises(ValueError, match="within the tolerance of the right one"):
        _exercise(wrong=((8.01e9, "no"),))
    with pytest.raises(ValueError, match="within the tolerance of the right one"):
        _exercise(unit="users", answer=87, unrounded=87.9, wrong=((87.9, "no"),))
    with pytest.raises(ValueError, match="its own example, '24 G TFLOP', cannot be read"):
        _exercise(unit="G TFLOP", answer=8)


def test_unknown_exercise_names_the_nearest():
    with pytest.raises(ValueError, match=r"unknown exercise 'kv-01'.*Did you mean 'kv-"):
        exercise("kv-01")


def test_check_and_solution_print(capsys):
    check("kv-1", "6.71 GB")
    solution("kv-1")
    assert capsys.readouterr().out.startswith("Right: 6.71 GB.\n")


def test_only_the_chapter_that_is_asked_for_is_computed():
    asked = ("import sys; from inference_economics import exercise; exercise('kv-1');"
             "print(*sorted(name[-4:] for name in sys.modules if '.exercises.ch' in name))")
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ch03"]


def test_every_chapter_is_found_by_its_prefix():
    folder = Path(exercises.__file__).parent
    assert sorted(exercises.CHAPTERS.values()) == sorted(file.stem for file in folder.glob("ch*.py"))
    assert {one.id.partition("-")[0] for one in ALL} == set(exercises.CHAPTERS)
    with pytest.raises(ValueError, match="unknown prefix of exercises 'zz'"):
        exercises.of_chapter("zz")


def test_html_is_escaped_and_holds_no_open_script():
    html = _exercise(question="Is 1 < 2 & `a<b`?", solution="</script><b>").html()
    assert "1 &lt; 2 &amp; <code>a&lt;b</code>" in html
    assert html.count("</script>") == 1


def test_the_page_replies_as_python_does(node):
    """The same typed answers, through check() and through the page's script."""
    typed = ["", "many", "0", "-1", "1e999", "6.71 GB", "8 GB", "7.45 GiB", "8e9", "8,000,000,000", "50%", "0.5", "$3",
             "3k", "12 ms", "−4", "1.5.2", "9 GBs", "constructor", "5 __proto__", "6,71 GB", "1/2", "about 8 GB",
             "64 Gbit", "$3/year", "5 minutes", "٣", "{given}", "8 GB", "3,45"]
    ours = [_exercise(unit=unit, answer=8e9 if unit in ("B", "iB") else 0.5, level=level)
            for unit in UNITS for level in ("guess", "standard")] + CLOSED
    asked = [[one.spec(), [*typed, *(words for value in (one.answer, *(wrong for wrong, _ in one.wrong))
                                     for words in (repr(value), text(value, one.unit, 9), text(value, one.said_in)))]]
             for one in ours]
    program = runtime.script("""
        const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const out = asked.map(([spec, typed]) => typed.map((words) => replyTo(spec, words).slice(0, 2)));
        console.log(JSON.stringify(out));""", more=(exercises.ANSWER_BOX,))
    done = subprocess.run([node, "-e", program], input=json.dumps(asked), capture_output=True, text=True, check=True)
    for one, (_, words), theirs in zip(ours, asked, json.loads(done.stdout), strict=True):
        for typed_words, reply in zip(words, theirs, strict=True):
            assert tuple(reply) == one.reply(typed_words), (one.id, one.unit, typed_words)


def test_a_page_loads_little_and_the_reader_of_answers_comes_later():
    first, later = runtime.scripts((exercises.ANSWER_BOX,))
    assert len(gzip.compress(first.encode())) < 15_000
    assert len(gzip.compress(first.encode())) + len(gzip.compress(later.encode())) < 35_000
    for declared in ("let ANSWER_GRAMMAR", "function readAnswer", "function replyTo"):
        assert declared not in first
        assert declared in later


def test_the_page_shows_what_it_reads(chromium, tmp_path):
    """What a reader, and a screen reader, meets while typing and after asking."""
    from browser import PATIENCE_MS

    one = _exercise()
    (tmp_path / "box.html").write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><title>Box</title><style>{runtime.style((exercises.ANSWER_BOX_STYLE,))}'
        f"</style>{one.html()}<script>{runtime.script(more=(exercises.ANSWER_BOX,))}</script>", encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto((tmp_path / "box.html").as_uri())
    field = page.get_by_label("Your answer (in bytes, such as 3 GB)")
    read_as, reply = page.locator(f"#{field.get_attribute('aria-describedby')}"), page.get_by_role("status")
    assert reply.count() == 1  # a region that is hidden while it is empty is not announced
    for typed, shown in (("6,71 GB", "read as 6.71 GB"), ("6,71 G", ""), ("6,71 GiB", "read as 7.20481 GB")):
        field.fill(typed)
        assert read_as.text_content() == shown
        assert reply.text_content() == ""
    field.fill("8 Gb")
    field.press("Enter")
    assert reply.text_content() == one.reply("8 Gb")[0]
    assert field.get_attribute("aria-invalid") == "true"
    assert not page.get_by_text(one.solution).is_visible()
    field.fill("8 GB")
    assert field.get_attribute("aria-invalid") is None
    page.get_by_role("button", name="Check").click()
    assert reply.text_content() == "Right: 8 GB."
    assert page.get_by_text(one.solution).is_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_a_box_that_cannot_be_fetched_says_so_and_is_asked_for_again(chromium, tmp_path):
    from browser import PATIENCE_MS

    one = _exercise()
    runtime.write(tmp_path, modules=[exercises.ANSWER_BOX], styles=[exercises.ANSWER_BOX_STYLE])
    (tmp_path / "box.html").write_text(f'<!DOCTYPE html><meta charset="utf-8"><title>Box</title>{one.html()}'
                                       f'<script src="kernelless.js"></script>', encoding="utf-8")
    later = tmp_path / "kernelless-later.js"
    away = later.rename(tmp_path / "away.js")
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto((tmp_path / "box.html").as_uri())
    reply = page.get_by_role("status")
    page.get_by_label("Your answer (in bytes, such as 3 GB)").fill("8 GB")
    page.get_by_role("button", name="Check").click()
    page.wait_for_function("(reply) => reply.textContent.includes('could not be fetched')", arg=reply.element_handle())
    away.rename(later)
    page.get_by_role("button", name="Check").click()
    page.wait_for_function("(reply) => reply.textContent === 'Right: 8 GB.'", arg=reply.element_handle())
    assert page.url.endswith("box.html")  # the form went nowhere
    page.close()


def test_a_figure_that_the_catalogue_lacks_is_refused():
    assert known(3.5) == 3.5
    with pytest.raises(ValueError, match="the catalogue has no such figure; ask about another model or chip"):
        known(None)


def test_an_open_exercise_has_no_answer_to_compare_with():
    with pytest.raises(ValueError, match="kv-99 is open"):
        _ = _exercise(answer=None, level="open").cases
