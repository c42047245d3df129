"""Build the book's site, and serve it on this machine.

    python tools/website.py build [--output FOLDER] [--jobs N]
    python tools/website.py execute [--output FOLDER] [--jobs N] [PAGE …]
    python tools/website.py serve [--port 8000] [--output FOLDER]
    python tools/website.py watch [--port 8000] [--jobs N]

The build is `jupyter-book build . --config book/_config.yml --toc book/_toc.yml` with warnings as errors. Before it,
the notebooks are executed side by side into the cache where that command looks; alone, it would run them in a row.
`execute` stops there. The pages are built beside the last whole site and take its place when they are whole. `watch`
keeps a draft of its own, serves it, and builds again what changes: a chapter takes seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import notebook_text

# As Sphinx does for the book's extension.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "book" / "_ext"))

from executed import CACHE_VARIABLE, cache_path

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"


def pages() -> list[Path]:
    """Return the source of every page in the table of contents."""
    from sphinx_external_toc.parsing import parse_toc_yaml

    names = [ROOT / name for name in parse_toc_yaml(BOOK / "_toc.yml")]
    return [next(path for suffix in (".ipynb", ".md") if (path := name.with_name(name.name + suffix)).exists())
            for name in names]


def read_notebook(path: Path):
    """Return a page as the notebook that Jupyter Book will look up in the cache; None for a page without code."""
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.read import create_nb_reader
    from myst_parser.config.main import MdParserConfig

    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), MdParserConfig(), NbParserConfig(), text)
    return reader.read(text) if reader else None


def open_cache(output: Path):
    """Return the cache of executed pages that a build under `output` looks at, for the code as it is."""
    from jupyter_cache import get_cache

    return get_cache(cache_path(output / "_build" / "html"))


def fill_cache(output: Path, jobs: int, sources: list[Path] | None = None) -> int:
    """Execute the pages (all, unless told which) that are not in the cache yet, `jobs` at a time; return how many."""
    from jupyter_cache.base import CacheBundleIn

    notebooks = {path: notebook for path in sources or pages() if (notebook := read_notebook(path)) is not None}
    try:
        cache = open_cache(output)
        missing = {path: notebook for path, notebook in notebooks.items() if not is_cached(cache, notebook)}
    except Exception as error:  # a damaged cache may fail in any way, and is worth nothing
        print(f"  the cache of executed pages is damaged ({type(error).__name__}): thrown away", flush=True)
        shutil.rmtree(cache_path(output / "_build" / "html"), ignore_errors=True)
        cache, missing = open_cache(output), notebooks
    if missing:
        import matplotlib.font_manager  # noqa: F401  finds the machine's fonts once, which a kernel would say on stderr
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(notebook_text.run, notebook, path.parent): path for path, notebook in missing.items()}
        for done, future in enumerate(as_completed(futures), 1):
            path = futures[future]
            cache.cache_notebook_bundle(CacheBundleIn(future.result(), str(path)), check_validity=False, overwrite=True)
            seconds = time.perf_counter() - started
            print(f"  executed {done}/{len(missing)}  {path.relative_to(ROOT)}  ({seconds:.0f} s)", flush=True)
            for words in complaints(future.result()):
                print(f"    a cell wrote to stderr, which no page shows: {words.strip()[:300]}", flush=True)
    return len(missing)


def complaints(notebook) -> list[str]:
    """Return what the cells of an executed page wrote to stderr."""
    return [output["text"] for cell in notebook["cells"] for output in cell.get("outputs", ())
            if output.get("name") == "stderr"]


def is_cached(cache, notebook) -> bool:
    """Say whether a page, as `read_notebook` gives it, has been executed with the code as it is, and without complaint.

    A complaint may be of that day, such as of a full disk; it would fail every build from then on.
    """
    try:
        found = cache.merge_match_into_notebook(notebook)[1]  # reads what it finds, so that half a file is noticed
    except KeyError:
        return False
    return not complaints(found)


def jupyter_book(output: Path, cache: Path, *options: str) -> int:
    """Run Jupyter Book into `output`/_build, with this cache of executed pages; return its exit status."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", ".", "--config", "book/_config.yml", "--toc", "book/_toc.yml",
               "--path-output", str(output), *options]
    # A build must not depend on the day: Sphinx writes dates and years unless told which.
    environment = {"SOURCE_DATE_EPOCH": "1767225600", "PYTHONHASHSEED": "0"} | dict(os.environ)
    done = subprocess.run(command, cwd=ROOT, env=environment | {CACHE_VARIABLE: str(cache)}, text=True, check=False,
                          stdout=subprocess.PIPE)
    if done.returncode:
        print(done.stdout)
    return done.returncode


def find_a_home(output: Path) -> None:
    """Give matplotlib, IPython and Jupyter a folder for their settings where the user has none to write to."""
    try:
        has = os.access(Path.home(), os.W_OK)
    except RuntimeError:  # a user whom the system does not know
        has = False
    if not has:
        home = output / "_build" / ".home"
        home.mkdir(parents=True, exist_ok=True)
        os.environ["HOME"] = str(home)


@contextlib.contextmanager
def alone(folder: Path):
    """Hold the folder of builds for one build at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"Another build is at work in {folder}: waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def put_in_place(fresh: Path, site: Path) -> None:
    """Let a whole site take the place of the last one."""
    last = site.with_name(site.name + ".last")
    shutil.rmtree(last, ignore_errors=True)
    if site.exists():
        site.rename(last)
    fresh.rename(site)
    shutil.rmtree(last, ignore_errors=True)


def build(output: Path, jobs: int) -> Path:
    """Build the site under `output` and return the folder of its pages."""
    started = time.perf_counter()
    folder, site = output / "_build", output / "_build" / "html"
    with alone(folder):
        if (last := site.with_name("html.last")).exists() and not site.exists():
            last.rename(site)  # a build was stopped between two renames
        print("Executing the notebooks that changed", flush=True)
        fill_cache(output, jobs)
        print(f"Building {len(pages())} pages beside the last site (a minute)", flush=True)
        fresh = folder / "next"
        shutil.rmtree(fresh, ignore_errors=True)
        if jupyter_book(fresh, cache_path(site), "--all", "-W", "-n", "--keep-going", "-q"):
            sys.exit(f"The site did not build: jupyter-book says why above. {site} is as it was.")
        made = fresh / "_build" / "html"
        (made / ".buildinfo").unlink(missing_ok=True)  # a digest of settings, among them the folder of this checkout
        put_in_place(made, site)
        shutil.rmtree(fresh, ignore_errors=True)
    print(f"Built {site / 'index.html'} in {time.perf_counter() - started:.0f} s", flush=True)
    return site


# --- a draft while writing --------------------------------------------------------------------------------------------


def stamps() -> dict[Path, int]:
    """Return when each source of a page was last written."""
    sources = [*pages(), *BOOK.glob("*.md"), *BOOK.glob("*.bib"), *BOOK.glob("_t*/*"), *BOOK.glob("_static/*")]
    return {path: path.stat().st_mtime_ns for path in sources if path.is_file()}


def draft(output: Path, jobs: int) -> Path:
    """Build what changed since the last draft, warnings and all; return the folder of its pages."""
    started = time.perf_counter()
    folder = output / "_build" / "draft"
    fill_cache(output, jobs)
    failed = jupyter_book(folder, cache_path(output / "_build" / "html"), "--keep-going", "-q")
    print(f"{'Failed after' if failed else 'Built in'} {time.perf_counter() - started:.0f} s", flush=True)
    return folder / "_build" / "html"


def watch(output: Path, jobs: int, port: int) -> None:
    """Serve a draft and build it again whenever a page's source changes."""
    print("Building a draft; the first takes a minute, the next ones seconds", flush=True)
    site = draft(output, jobs)
    with server(site, port) as serving:
        print(f"The draft is at http://localhost:{serving.server_port}/  (Ctrl-C to stop)", flush=True)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        seen = stamps()
        try:
            while True:
                time.sleep(0.5)
                if (now := stamps()) != seen:
                    changed = [path.name for path in now if now[path] != seen.get(path)]
                    seen = now
                    print(f"{', '.join(changed) or 'A page went'}: building", flush=True)
                    try:
                        draft(output, jobs)
                    except Exception as error:  # the writer mends it and saves again
                        print(f"{type(error).__name__}: {str(error)[-1500:]}", flush=True)
        except KeyboardInterrupt:
            print()


# --- serving ----------------------------------------------------------------------------------------------------------


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line per request, and without letting the browser keep an old page."""

    def log_message(self, *arguments) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_head(self):
        try:
            return super().send_head()
        except (ValueError, OSError):  # an address with %00, or a name that is too long
            self.send_error(404)
            return None

    def list_directory(self, path):
        self.send_error(404)

    def send_error(self, code, message=None, explain=None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """Return a server of this folder on localhost, on a free port when the wanted one is taken."""
    handler = partial(Handler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)


def serve(folder: Path, port: int) -> None:
    if not (folder / "index.html").exists():
        sys.exit("There is no site yet; run: make site")
    with server(folder, port) as site:
        if port not in {0, site.server_port}:
            print(f"Port {port} is taken or not allowed here; another one does as well (make book PORT=… names one)")
        print(f"The book is at http://localhost:{site.server_port}/  (Ctrl-C to stop)", flush=True)
        try:
            site.serve_forever()
        except KeyboardInterrupt:
            print()


def whole(least: int, most: int, what: str):
    """Return what reads a whole number from the command line, and says what is accepted."""
    def read(words: str) -> int:
        if not words.isdecimal() or not least <= int(words) <= most:
            raise argparse.ArgumentTypeError(f"{words!r} is not {what}: a whole number from {least} to {most}")
        return int(words)

    return read


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["execute", "build", "serve", "watch"])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="what to execute; all when none is given")
    parser.add_argument("--output", type=Path, default=ROOT, help="the folder that gets _build/html")
    parser.add_argument("--jobs", type=whole(1, 512, "a number of jobs"), default=2,
                        help="how many notebooks to execute at once")
    parser.add_argument("--port", type=whole(0, 65535, "a port"), default=8000)
    options = parser.parse_intermixed_args(arguments)
    if options.pages and options.command != "execute":
        parser.error(f"{options.command} takes no pages: it is about the whole site")
    if missing := [page for page in options.pages if not page.is_file()]:
        parser.error(f"there is no page {missing[0]}")
    output = options.output.resolve()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops a build stops what it started
    try:
        if options.command != "serve":
            find_a_home(output)
        if options.command == "execute":
            fill_cache(output, options.jobs, [page.resolve() for page in options.pages])
        elif options.command == "build":
            build(output, options.jobs)
        elif options.command == "watch":
            watch(output, options.jobs, options.port)
        else:
            serve(output / "_build" / "html", options.port)
    except OSError as error:
        sys.exit(f"{error}. Is {output} a folder that you may write to, with room on its disk? Another one can be "
                 "named: python tools/website.py build --output FOLDER")
    except KeyboardInterrupt:
        sys.exit("Stopped. The last whole site, if there was one, is as it was.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
