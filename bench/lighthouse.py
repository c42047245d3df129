"""What Lighthouse says of the site's pages, on a phone and on a desktop, from a server that compresses.

    python bench/lighthouse.py [PAGE …] [--tool FOLDER]

Three chapters and the front page, unless told which. Lighthouse comes from npm into .bench on the first run, or from
FOLDER/node_modules. Nothing is asserted: the scores depend on the machine.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import browser  # noqa: E402
import website  # noqa: E402

PAGES = ("book/index.html", "notebooks/03_the_kv_cache.html", "notebooks/07_fewer_bytes.html",
         "notebooks/09_api_rent_or_own.html")
PACKAGE = "lighthouse@12"
KINDS = ("performance", "accessibility", "best-practices", "seo")
TIMES = {"first-contentful-paint": "first paint", "largest-contentful-paint": "largest",
         "total-blocking-time": "blocked", "cumulative-layout-shift": "shift"}


class Compressing(website.Handler):
    """Serve text compressed, as public servers do."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in {".html", ".js", ".css", ".svg"} or not path.is_file():
            return super().send_head()
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


def find(folder: Path) -> Path:
    """Return the Lighthouse under a folder; get it where it is missing."""
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        if not (npm := shutil.which("npm")):
            sys.exit("Lighthouse comes from npm, which is not here: install Node, or name a folder with --tool.")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE], check=True)
    return program


def judge(program: Path, address: str, chromium: str, desktop: bool) -> dict:
    """Return what Lighthouse says of a page."""
    command = [shutil.which("node") or browser.find_node(), str(program), address, "--quiet", "--output=json",
               f"--only-categories={','.join(KINDS)}", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    done = subprocess.run([*command, "--preset=desktop"] if desktop else command, capture_output=True, text=True,
                          env=os.environ | {"CHROME_PATH": chromium}, check=False)
    if done.returncode:
        sys.exit(f"Lighthouse failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE")
    parser.add_argument("--tool", type=Path, default=ROOT / ".bench" / "lighthouse")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    options = parser.parse_args(arguments)
    program, chromium = find(options.tool), browser.find_chromium()
    print(f"{'page':<40} {'':<8} " + " ".join(f"{kind[:13]:>14}" for kind in (*KINDS, *TIMES.values())))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressing, directory=str(options.site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in options.pages:
            for desktop in (False, True):
                report = judge(program, f"http://127.0.0.1:{server.server_port}/{page}", chromium, desktop)
                scores = [f"{100 * report['categories'][kind]['score']:.0f}" for kind in KINDS]
                times = [report["audits"][name]["displayValue"].replace("\xa0", " ") for name in TIMES]
                print(f"{page:<40} {'desktop' if desktop else 'phone':<8} "
                      + " ".join(f"{words:>14}" for words in (*scores, *times)), flush=True)
                failed = [name for name, audit in report["audits"].items()
                          if audit.get("score") == 0 and audit.get("scoreDisplayMode") == "binary"]
                if failed:
                    print(f"{'':<40} fails: {', '.join(failed)}", flush=True)
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
