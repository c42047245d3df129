"""How `make test` runs: what it looks for first, in what order files come, what stays together."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import browser
import hypothesis
import pytest
from book_site import ROOT


def _root_conftest():
    spec = importlib.util.spec_from_file_location("root_conftest", ROOT / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUN = _root_conftest()
FILES = ["tests/test_a.py", "tests/test_b.py", "tests/test_c.py", "tests/test_d.py", "notebooks/01_x.ipynb"]


@pytest.fixture
def bare(tmp_path) -> dict[str, str]:
    """The environment of a machine without a browser, an installer or a network."""
    (tmp_path / "bin").mkdir()
    nowhere = "http://127.0.0.1:9"
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own"),
            "PLAYWRIGHT_DOWNLOAD_HOST": nowhere, "HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere}


def _look(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(ROOT / "tools" / "browser.py"), *options], env=environment, text=True,
                          capture_output=True, check=False)


no_chrome_in_applications = pytest.mark.skipif(browser.MACOS_CHROME.exists(), reason="this Mac has a Chrome")


@no_chrome_in_applications
def test_a_machine_without_a_browser_is_told_so_in_one_line(bare):
    done = _look(bare, "--find")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [browser.NO_CHROMIUM]


@no_chrome_in_applications
def test_where_nothing_can_be_fetched_the_line_says_what_was_tried(bare):
    done = _look(bare)
    assert done.returncode == 1
    assert done.stdout.startswith("There is no Chromium here: getting Playwright's own")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"{browser.NO_CHROMIUM}  [tried: Playwright's own: ")


def _stub(path: Path, words: str) -> None:
    # by way of a shell: the first line of a script cannot name a Python in a folder whose name has a space
    code = path.with_name(f"{path.name}.py")
    code.write_text(words)
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(code))} "$@"\n')
    path.chmod(0o755)


@no_chrome_in_applications
def test_a_stub_that_does_not_start_counts_as_none(bare):
    _stub(Path(bare["PATH"]) / "chromium-browser", "raise SystemExit('install the snap')")
    assert _look(bare, "--find").returncode == 1


def test_a_chromium_that_was_got_is_used(bare):
    # A stand-in for apt-get, which puts the real browser in the path when it is asked for one. A system's Chromium
    # is a shell script that needs the system's other commands, which the bare path lacks.
    folder, log = Path(bare["PATH"]), Path(bare["HOME"]) / "log"
    # asked of another process: in this one a browser may be running already, and there can be one only
    real = _look(dict(os.environ), "--find").stdout.split("Chromium: ")[1].splitlines()[0]
    _stub(Path(bare["HOME"]) / "real", f"import os, sys\nos.environ['PATH'] = {os.environ['PATH']!r}\n"
                                       f"os.execv({real!r}, [{real!r}, *sys.argv[1:]])")
    _stub(folder / "apt-get", f"import os, sys\nopen({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
                              f"if sys.argv[1] == 'install': os.symlink({bare['HOME'] + '/real'!r}, "
                              f"{str(folder / 'chromium')!r})")
    if os.geteuid():
        assert [name for name, _ in browser._ways()] == ["Playwright's own"]
        return
    done = _look(bare)
    assert done.returncode == 0, done.stderr
    assert f"Chromium: {folder / 'chromium'}" in done.stdout
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["update", "install"]
    assert "chromium" in log.read_text().splitlines()[1].split()


def test_node_is_the_one_that_playwright_carries(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Path(browser.find_node()).parent.name == "driver"


@pytest.mark.parametrize(("words", "reason"), [
    ("", "?"), ("one\ntwo\n", "two"), ("Get:1\nE: Unable to locate package chromium\n", "E: Unable to locate package"
                                                                                       " chromium"),
    ("Downloading\nError: connect ECONNREFUSED\n    at stack\n}\n", "Error: connect ECONNREFUSED"),
])
def test_the_reason_of_an_installer_is_one_line(words, reason):
    assert browser._reason(words) == reason


def test_the_orders_of_files():
    assert RUN.in_order(FILES, "given") == FILES
    assert RUN.in_order(FILES, "reverse") == FILES[::-1]
    shuffled = RUN.in_order(FILES, "7")
    assert sorted(shuffled) == sorted(FILES)
    assert shuffled != FILES
    assert shuffled == RUN.in_order(FILES, "7") != RUN.in_order(FILES, "8")


@pytest.mark.parametrize("order", ["backwards", "", "-1", "1.5"])
def test_another_order_is_refused(order):
    with pytest.raises(pytest.UsageError, match="give `given`, `reverse`, or a whole number"):
        RUN.in_order([], order)


def test_a_wrong_order_stops_the_run_before_any_test():
    with pytest.raises(pytest.UsageError, match="--order backwards: give"):
        RUN.pytest_configure(SimpleNamespace(getoption={"order": "backwards"}.get))


def test_the_files_that_have_a_rule_of_their_own_exist():
    assert [name for name in (*RUN.SPLIT, RUN.BUILDS_SITE) if not (ROOT / name).is_file()] == []


def test_a_page_s_tests_stay_together_and_pages_go_apart():
    _, explorers, pages = RUN.SPLIT
    assert RUN.scope_of(f"{explorers}::test_a[03_kv]") == RUN.scope_of(f"{explorers}::test_b[03_kv]")
    assert RUN.scope_of(f"{explorers}::test_a[03_kv]") != RUN.scope_of(f"{explorers}::test_a[04_heads]")
    assert RUN.scope_of(f"{pages}::test_a[book/index.html-light]") == RUN.scope_of(f"{pages}::test_b[book/index.html]")
    assert RUN.scope_of("notebooks/01_x.ipynb::Cell 1") == RUN.scope_of("notebooks/01_x.ipynb::Cell 2")
    assert RUN.scope_of("tests/test_a.py::test[1]") == RUN.scope_of("tests/test_a.py::test[2]")


def test_hypothesis_reads_no_clock_and_no_chance():
    steady = hypothesis.settings.get_profile("steady")
    assert steady.deadline is None
    assert steady.derandomize
    assert hypothesis.HealthCheck.too_slow in steady.suppress_health_check
