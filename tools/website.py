"""Build the book's site, and serve it on this machine.

    python tools/website.py build [--output FOLDER] [--jobs N]
    python tools/website.py execute [--output FOLDER] [--jobs N] [PAGE …]
    python tools/website.py serve [--port 8000] [--output FOLDER]

The build is `jupyter-book build . --config book/_config.yml --toc book/_toc.yml` with warnings as errors. Before it,
the notebooks are executed side by side into the cache where that command looks; alone, it would run them in a row.
`execute` stops there.
"""

from __future__ import annotations

import argparse
import http.server
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import notebook_text

# As Sphinx does for the book's extension.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "book" / "_ext"))

from executed import cache_path

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

    cache = open_cache(output)
    missing = {path: notebook for path in sources or pages()
               if (notebook := read_notebook(path)) is not None and not is_cached(cache, notebook)}
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(notebook_text.run, notebook, path.parent): path for path, notebook in missing.items()}
        for done, future in enumerate(as_completed(futures), 1):
            path = futures[future]
            cache.cache_notebook_bundle(CacheBundleIn(future.result(), str(path)), check_validity=False, overwrite=True)
            seconds = time.perf_counter() - started
            print(f"  executed {done}/{len(missing)}  {path.relative_to(ROOT)}  ({seconds:.0f} s)", flush=True)
    return len(missing)


def is_cached(cache, notebook) -> bool:
    """Say whether a page, as `read_notebook` gives it, has been executed with the code as it is."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def build(output: Path, jobs: int) -> Path:
    """Build the site under `output` and return the folder of its pages."""
    started = time.perf_counter()
    print("Executing the notebooks", flush=True)
    fill_cache(output, jobs)
    print(f"Building {len(pages())} pages (a minute)", flush=True)
    shutil.rmtree(output / "_build" / "html", ignore_errors=True)  # a page that is gone must not stay
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", ".", "--config", "book/_config.yml", "--toc", "book/_toc.yml",
               "--path-output", str(output), "--all", "-W", "-n", "--keep-going", "-q"]
    # A build must not depend on the day: Sphinx writes dates and years unless told which.
    environment = {"SOURCE_DATE_EPOCH": "1767225600", "PYTHONHASHSEED": "0"} | dict(os.environ)
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        sys.exit("The site did not build: jupyter-book says why above.")
    print(f"Built {output / '_build' / 'html' / 'index.html'} in {time.perf_counter() - started:.0f} s", flush=True)
    return output / "_build" / "html"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line per request, and without letting the browser keep an old page."""

    def log_message(self, *arguments) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


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
        print(f"The book is at http://localhost:{site.server_port}/  (Ctrl-C to stop)", flush=True)
        try:
            site.serve_forever()
        except KeyboardInterrupt:
            print()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["execute", "build", "serve"])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="what to execute; all when none is given")
    parser.add_argument("--output", type=Path, default=ROOT, help="the folder that gets _build/html")
    parser.add_argument("--jobs", type=int, default=2, help="how many notebooks to execute at once")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    if options.pages and options.command != "execute":
        parser.error(f"{options.command} takes no pages: it is about the whole site")
    if options.command == "execute":
        fill_cache(options.output.resolve(), options.jobs, [page.resolve() for page in options.pages])
    elif options.command == "build":
        build(options.output.resolve(), options.jobs)
    else:
        serve(options.output.resolve() / "_build" / "html", options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
