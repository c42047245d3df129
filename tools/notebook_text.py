"""Execute notebooks and keep what a reader of the repository needs: text outputs, and nothing that varies.

The command is `tools/notebooks.py`. This module has another name because tests import it, and `notebooks` is a folder.

A stored notebook has no images, no HTML, no widget state, no execution counts and no timings; its cell ids follow from
its position. So a diff shows what changed in the chapter, and strict nbval compares every stored output.

Where the repository's public address is set and Colab can open it, the first code cell fetches the package there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
KEPT_TYPES = ("text/plain",)
KEPT_CELL_METADATA = ("tags", "name", "mystnb")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
REPAIR = "python tools/notebooks.py --normalise"
COLAB = "# Google Colab lacks the book's package: it is fetched there from the repository. Elsewhere this does nothing."


def _output(output: dict) -> nbformat.NotebookNode | None:
    """Return an output without what varies or weighs; None when nothing is left."""
    if output["output_type"] == "stream":
        return nbformat.from_dict({"name": output["name"], "output_type": "stream", "text": output["text"]})
    if output["output_type"] == "error":
        return nbformat.from_dict(dict(output))
    data = {kind: text for kind, text in output["data"].items() if kind in KEPT_TYPES}
    kept = {"data": data, "metadata": {}, "output_type": output["output_type"]}
    if output["output_type"] == "execute_result":
        kept["execution_count"] = None
    return nbformat.from_dict(kept) if data else None


def _cell(cell: dict, number: int) -> nbformat.NotebookNode:
    metadata = {key: cell["metadata"][key] for key in KEPT_CELL_METADATA if cell["metadata"].get(key)}
    kept = {"cell_type": cell["cell_type"], "id": f"cell-{number:03d}", "metadata": metadata,
            "source": cell["source"].strip("\n")}
    if cell["cell_type"] == "code":
        outputs = [_output(output) for output in cell["outputs"]]
        kept |= {"execution_count": None, "outputs": [output for output in outputs if output is not None]}
    return nbformat.from_dict(kept)


@cache
def repository() -> tuple[str, str]:
    """Return the repository's public address and its branch, as `book/_config.yml` has them; empty where unset."""
    told = yaml.safe_load((ROOT / "book" / "_config.yml").read_text(encoding="utf-8"))["repository"]
    return str(told["url"] or "").rstrip("/").removesuffix(".git"), str(told["branch"] or "main")


def for_colab() -> list[nbformat.NotebookNode]:
    """Return the cell that fetches the package in Colab, which opens what lies on GitHub and nothing else."""
    address, branch = repository()
    if not address.startswith("https://github.com/"):
        return []
    source = (f'{COLAB}\nimport subprocess\nimport sys\n\nif "google.colab" in sys.modules:\n'
              f'    package = "git+{address}@{branch}"\n'
              '    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", package], check=True)')
    return [nbformat.v4.new_code_cell(source, metadata={"tags": ["remove-cell"]})]


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the form of a notebook that is committed."""
    kept = [cell for cell in notebook["cells"] if cell["source"].strip() and not cell["source"].startswith(COLAB)]
    cells = [_cell(cell, number) for number, cell in enumerate([*kept[:1], *for_colab(), *kept[1:]], 1)]
    return nbformat.from_dict({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


def dump(notebook: nbformat.NotebookNode) -> str:
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def faults(path: Path) -> list[str]:
    """Return what is wrong with a committed notebook, one line each."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    found = [] if dump(normalise(notebook)) == text else [f"{path.name} is not normalised; run: {REPAIR} {path.name}"]
    for cell in normalise(notebook)["cells"]:
        if cell["cell_type"] == "code" and cell["source"].rstrip().endswith(";"):
            # nbval runs cells outside the history, where IPython cannot see the semicolon.
            found.append(f"{path.name}, {cell['id']}: a closing ; hides nothing from nbval; assign the result to _")
        for output in cell.get("outputs", []):
            words = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            if output["output_type"] == "error":
                found.append(f"{path.name}, {cell['id']}: the cell stored an error: {output['ename']}")
            elif output.get("name") == "stderr":
                found.append(f"{path.name}, {cell['id']}: the cell wrote to stderr: {words[:80]!r}")
            elif ADDRESS.search(words):
                found.append(f"{path.name}, {cell['id']}: the output holds a memory address; assign the result to _")
    return found


def renew(path: Path) -> None:
    """Normalise a notebook in place."""
    path.write_text(dump(normalise(nbformat.read(path, as_version=4))), encoding="utf-8")


def run(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Run every cell in a fresh kernel, which writes its outputs into the notebook."""
    from nbclient import NotebookClient

    # The kernel warns on stderr that localhost is not encrypted; and when it is stopped; failures come as exceptions.
    # A busy machine is slow, not wrong: wait for a kernel's start and for its outputs as long as for a cell, and join
    # what a cell prints, which comes in pieces by the clock.
    client = NotebookClient(notebook, timeout=600, startup_timeout=600, iopub_timeout=600, raise_on_iopub_timeout=True,
                            kernel_name="python3", store_widget_state=False, record_timing=False, coalesce_streams=True,
                            resources={"metadata": {"path": str(folder)}}, extra_arguments=["--log-level=CRITICAL"])
    return client.execute()


def execute(path: Path) -> None:
    notebook = run(nbformat.read(path, as_version=4), path.parent)
    path.write_text(dump(normalise(notebook)), encoding="utf-8")


def each(act: Callable[[Path], Any], paths: list[Path], jobs: int) -> dict[Path, Any]:
    """Do something with each notebook, some at once, say which is done, and return what came of it."""
    found = {}
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(act, path): path for path in paths}
        for done, future in enumerate(as_completed(futures), 1):
            found[futures[future]] = future.result()
            print(f"[{done}/{len(paths)}] {futures[future].name}", flush=True)
    return found


def execute_all(paths: list[Path], jobs: int) -> None:
    each(execute, paths, jobs)
