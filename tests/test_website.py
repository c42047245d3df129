"""The command that builds and serves the site: whatever it is asked, it works or says what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import nbformat
import pytest
import website


@pytest.mark.parametrize(("words", "says"), [
    (["serve", "--port", "99999"], "'99999' is not a port: a whole number from 0 to 65535"),
    (["serve", "--port", "-1"], "a whole number from 0 to 65535"),
    (["build", "--jobs", "0"], "'0' is not a number of jobs: a whole number from 1 to 512"),
    (["build", "--jobs", "two"], "is not a number of jobs"),
    (["build", "x.md"], "takes no pages"),
    (["execute", "--jobs", "1", "x.md"], "there is no page x.md"),
])
def test_a_slip_on_the_command_line_is_answered(capsys, words, says):
    with pytest.raises(SystemExit):
        website.main(words)
    assert says in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"file.*Is .* a folder that you may write to.*--output FOLDER"):
        website.main(["build", "--output", str(tmp_path / "file")])


def test_without_a_site_there_is_nothing_to_serve(tmp_path):
    with pytest.raises(SystemExit, match="run: make site"):
        website.main(["serve", "--output", str(tmp_path)])


@pytest.fixture
def asked(tmp_path):
    """Ask a served folder for an address; the status and the words."""
    (tmp_path / "index.html").write_text("front")
    (tmp_path / "404.html").write_text("<head></head>lost")
    (tmp_path / "folder").mkdir()
    with website.server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ask(path: str) -> tuple[int, str]:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/{path}") as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()

        yield ask
        server.shutdown()


@pytest.mark.parametrize("path", ["nowhere.html", "deep/er/nowhere.html", "%00", "a%00b.html", "x" * 5000, "folder/",
                                  "%ff%fe", "..%2f..%2fetc%2fpasswd"])
def test_an_address_that_leads_nowhere_gets_the_page_for_it(asked, path):
    assert asked(path) == (404, "<head></head>lost")
    assert asked("") == (200, "front")


def test_a_whole_site_takes_the_place_of_the_last_one(tmp_path):
    site, fresh = tmp_path / "html", tmp_path / "next"
    for folder, name in ((site, "gone.html"), (fresh, "index.html")):
        folder.mkdir()
        (folder / name).touch()
    website.put_in_place(fresh, site)
    assert [path.name for path in tmp_path.iterdir()] == ["html"]
    assert [path.name for path in site.iterdir()] == ["index.html"]


def test_a_site_keeps_nothing_that_tells_in_which_folder_it_was_built(tmp_path, monkeypatch):
    def made(output, *_):
        (folder := output / "_build" / "html").mkdir(parents=True)
        for name in ("index.html", ".buildinfo"):
            (folder / name).touch()
        return 0

    monkeypatch.setattr(website, "fill_cache", lambda *_: 0)
    monkeypatch.setattr(website, "jupyter_book", made)
    assert [path.name for path in website.build(tmp_path, 1).iterdir()] == ["index.html"]


def test_a_build_that_fails_leaves_the_last_site(tmp_path, monkeypatch):
    site = tmp_path / "_build" / "html"
    site.mkdir(parents=True)
    (site / "index.html").write_text("whole")
    monkeypatch.setattr(website, "fill_cache", lambda *_: 0)
    monkeypatch.setattr(website, "jupyter_book", lambda *_: 1)
    with pytest.raises(SystemExit, match="is as it was"):
        website.build(tmp_path, 1)
    assert (site / "index.html").read_text() == "whole"


def test_a_build_that_is_stopped_stops_what_it_started(tmp_path):
    os.mkfifo(tmp_path / "started")
    program = tmp_path / "jupyter-book"
    program.write_text(f"#!/bin/sh\nexec sleep 600 > '{tmp_path / 'started'}'\n")
    program.chmod(0o755)
    words = (f"import sys, website\nsys.executable = {str(tmp_path / 'python')!r}\nwebsite.fill_cache = lambda *_: 0\n"
             f"website.main(['build', '--output', {str(tmp_path)!r}])")
    with subprocess.Popen([sys.executable, "-c", words], cwd=website.ROOT / "tools", stderr=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True) as build:
        with (tmp_path / "started").open() as started:  # opens when the program has started …
            build.send_signal(signal.SIGTERM)
            assert started.read() == ""  # … and ends when it has
        assert "Stopped. The last whole site" in build.communicate()[1]
    assert build.returncode == 1


def test_a_build_that_was_stopped_between_two_renames_is_mended(tmp_path, monkeypatch):
    last = tmp_path / "_build" / "html.last"
    last.mkdir(parents=True)
    (last / "index.html").write_text("whole")
    monkeypatch.setattr(website, "fill_cache", lambda *_: 0)
    monkeypatch.setattr(website, "jupyter_book", lambda *_: 1)
    with pytest.raises(SystemExit):
        website.build(tmp_path, 1)
    assert (tmp_path / "_build" / "html" / "index.html").read_text() == "whole"


@pytest.mark.parametrize("damage", ["database", "notebook"])
def test_a_damaged_cache_is_thrown_away(tmp_path, monkeypatch, capsys, damage):
    page = tmp_path / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")]), page)
    monkeypatch.setattr(website, "ROOT", tmp_path)
    monkeypatch.setattr(website, "cache_path", lambda outdir: outdir.parent / ".executed" / "x")
    runs = []
    monkeypatch.setattr(website.notebook_text, "run", lambda notebook, _folder: runs.append(1) or notebook)
    assert website.fill_cache(tmp_path, 1, [page]) == 1
    assert website.fill_cache(tmp_path, 1, [page]) == 0
    folder = tmp_path / "_build" / ".executed" / "x"
    kind = "*.db" if damage == "database" else "*.ipynb"
    for path in folder.rglob(kind):
        path.write_bytes(b"half a fi")
    assert website.fill_cache(tmp_path, 1, [page]) == 1
    assert "damaged" in capsys.readouterr().out
    assert website.fill_cache(tmp_path, 1, [page]) == 0
    assert len(runs) == 2


def test_a_page_that_wrote_to_stderr_is_said_and_executed_again(tmp_path, monkeypatch, capsys):
    page = tmp_path / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")]), page)
    monkeypatch.setattr(website, "ROOT", tmp_path)
    monkeypatch.setattr(website, "cache_path", lambda outdir: outdir.parent / ".executed" / "x")
    complains = [True, False]

    def run(notebook, _folder):
        name = "stderr" if complains.pop(0) else "stdout"
        notebook["cells"][0]["outputs"] = [nbformat.v4.new_output("stream", name=name, text="the disk is full\n")]
        return notebook

    monkeypatch.setattr(website.notebook_text, "run", run)
    assert website.fill_cache(tmp_path, 1, [page]) == 1
    assert "wrote to stderr, which no page shows: the disk is full" in capsys.readouterr().out
    assert website.fill_cache(tmp_path, 1, [page]) == 1
    assert "stderr" not in capsys.readouterr().out
    assert website.fill_cache(tmp_path, 1, [page]) == 0


@pytest.mark.parametrize("has", [True, False])
def test_a_user_without_a_home_to_write_to_gets_one_beside_the_site(tmp_path, monkeypatch, has):
    home = tmp_path / "home"
    if has:
        home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    homes = []
    monkeypatch.setattr(website, "fill_cache", lambda *_: homes.append(os.environ["HOME"]))
    assert website.main(["execute", "--output", str(tmp_path)]) == 0
    assert homes == [str(home if has else tmp_path / "_build" / ".home")]
    assert os.access(homes[0], os.W_OK)
