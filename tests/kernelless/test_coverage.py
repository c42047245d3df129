"""The coverage page names every function once, and says of each what the tracer does."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from traced_numbers import traced

from kernelless import coverage
from kernelless.instead import EXPRESSIONS, WORDS
from kernelless.ops import BITWISE, OPS
from kernelless.trace import FUNCTIONS, TraceError

ENTRIES = [*coverage.elementwise(), *coverage.others()]
A = np.array([[0.5, 0.25, 0.75], [0.125, 0.5, 1.0]])


def test_every_function_that_traces_is_listed_as_such():
    listed = {getattr(np, name) for entry in ENTRIES if entry.traced for name in entry.names}
    assert listed == {*OPS, *BITWISE, *FUNCTIONS}


def test_every_repair_is_of_a_function_that_does_not_trace():
    repaired = {name for entry in ENTRIES if not entry.traced for name in entry.names}
    assert {*EXPRESSIONS, *WORDS} <= repaired


@pytest.mark.parametrize("entry", coverage.elementwise(), ids=lambda entry: entry.names[0])
def test_an_entry_says_what_the_tracer_does(entry):
    function = getattr(np, entry.names[0])
    try:
        traced(function, *[A > 0.5 if function in BITWISE else A] * function.nin)
    except TraceError:
        assert not entry.traced
    else:
        assert entry.traced


def test_the_page_names_every_function_once():
    page = coverage.markdown()
    names = re.findall(r"(?<![(\w.])`(\w+)`(?=[,.:\n ])", page)
    first = {name: names.count(name) for entry in ENTRIES for name in entry.names}
    assert {name for name, count in first.items() if count < 1} == set()
    assert f"Of {len(ENTRIES)} functions" in page
    assert "mean" in page.split("added in another order: ")[1].split("\n")[0]
    assert all(line.count("|") == 3 for line in page.splitlines() if line.startswith("|"))


def test_the_command_prints_the_page():
    command = [sys.executable, "-m", "kernelless.coverage"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == coverage.markdown()
