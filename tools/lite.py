"""Build a JupyterLite site in which the notebooks open inside the browser, with the package as a wheel beside them.

    python tools/lite.py [--output FOLDER] [--pyodide ADDRESS] [--jobs N]

The kernel is Pyodide. Its own files (Python, numpy, matplotlib: about 30 MB, fetched by the browser as needed) come
from the address that the kernel names, unless `--pyodide` gives another: the address of a `pyodide.mjs` on a server of
yours, or a local archive of the full distribution, which is then copied in. Everything else lies in the site.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import in_environment
import nbformat
import workshop

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "_build" / "lite"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
FIRST = """\
# The book's package lies beside this site; what it stands on comes with the kernel.
%pip install -q ipywidgets inference-economics"""


def with_package(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook that begins by taking the package from the site, on the kernel of JupyterLite."""
    made = nbformat.from_dict(dict(notebook))
    first = nbformat.v4.new_code_cell(FIRST)
    first["id"] = "package"
    made["cells"] = [first, *made["cells"]]
    made["metadata"] = {"kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
                        "language_info": {"name": "python"}}
    return made


def own_address(site: Path, address: str) -> None:
    """Let the kernel fetch Pyodide from another address."""
    file = site / "jupyter-lite.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    plugins = settings["jupyter-config-data"].setdefault("litePluginSettings", {})
    plugins.setdefault(KERNEL, {})["pyodideUrl"] = address
    file.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def build(output: Path, pyodide: str, jobs: int) -> Path:
    """Build the site and return its folder."""
    python = in_environment.ready("lite")
    output = output.resolve()
    work = output.with_name("lite-contents")
    workshop.write_notebooks(work, jobs)
    contents = work / "contents"
    contents.mkdir()
    for path in sorted((work / "participants").glob("*.ipynb")):
        nbformat.write(with_package(nbformat.read(path, as_version=4)), contents / path.name)
    wheel = workshop.build_wheel(work / "wheel")
    shutil.rmtree(output, ignore_errors=True)
    words = [str(python), "-m", "jupyter", "lite", "build", "--contents", str(contents), "--output-dir", str(output),
             "--lite-dir", str(work), "--piplite-wheels", str(wheel)]
    local = pyodide and Path(pyodide).exists()
    words += ["--pyodide", str(Path(pyodide).resolve())] if local else []
    print("Building the JupyterLite site (half a minute)", flush=True)
    done = subprocess.run(words, capture_output=True, text=True, check=False,
                          cwd=work)  # it keeps a database of its tasks where it stands
    if done.returncode:
        sys.exit(f"{done.stdout[-2000:]}{done.stderr[-2000:]}\nJupyterLite did not build: its message stands above.")
    if pyodide and not local:
        own_address(output, pyodide)
    return output


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--pyodide", default="", metavar="ADDRESS", help="https://…/pyodide.mjs, or a local archive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    given = options.pyodide
    if given and not Path(given).exists() and not re.fullmatch(r"(https?://|\.{0,2}/)\S+/pyodide\.m?js", given):
        parser.error(f"--pyodide {given}: there is no such file, and it is no address of a pyodide.mjs")
    site = build(options.output, given, options.jobs)
    print(f"Built {site}. Serve it: python -m http.server --directory {site}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
