"""Sum up a folder of submitted notebooks by running their checks again, each in a sandbox.

    python tools/scores.py FILES… [--csv scores.csv] [--seconds 300] [--memory-gib 4]

A submitted notebook is somebody else's program. Each runs alone under bubblewrap: no network, nothing of this machine's
files but the system, the environment and the package, read-only; one small folder in memory to write into; limits on
time, memory, processes and files. What comes out is only what was given to `check`, and the verdict on it is computed
here, outside. A notebook that fails, runs for ever or asks for too much is named in the report; the others are scored
as if it were not there.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_BYTES = 20_000_000  # of a notebook, and of what it may report
NO_BUBBLEWRAP = ("Submitted notebooks are run in a sandbox, which needs bubblewrap on Linux, and none here starts. "
                 "Install it with: sudo apt-get install bubblewrap")
ROOM_BYTES = 200_000_000  # of all that it may write, in memory and gone afterwards
MOST_PROCESSES = 100  # a kernel, what runs it, and their helpers are a handful
TOLD = ("told.jsonl", "failed.json")  # the answers, and how it ended
# Runs inside: every code cell in order, and a line of JSON for each answer that `check` was given.
INSIDE = """
import json, os, sys
os.environ["MPLCONFIGDIR"] = os.environ["IPYTHONDIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = "/inside"
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
notebook = nbformat.read("/inside/submitted.ipynb", as_version=4)
first = nbformat.v4.new_code_cell(
    "import inference_economics.chapters.exercises as _e, json as _j\\n"
    "def _told(name, answer, _e=_e, _j=_j):\\n"
    "    _e.exercise(name)\\n"
    "    with open('/inside/told.jsonl', 'a') as file:\\n"
    "        file.write(_j.dumps([str(name), answer if isinstance(answer, str) else float(answer)]) + '\\\\n')\\n"
    "_e.keep = lambda one, answer: _told(one.id, answer)\\n"
    "_e.keep_answers = lambda *_: None\\n"
    "import inference_economics as _i; _i.keep_answers = _e.keep_answers")
notebook["cells"].insert(0, first)
client = NotebookClient(notebook, timeout=int(sys.argv[1]), kernel_name="python3", store_widget_state=False,
                        allow_errors=True, resources={"metadata": {"path": "/inside"}})
ended = ""
try:
    client.execute()
except CellTimeoutError:
    ended = "a cell ran for ever"
except DeadKernelError:
    ended = "its kernel died"
failed = [output["ename"] for cell in notebook["cells"] for output in cell.get("outputs", [])
          if output["output_type"] == "error"]
json.dump([ended] * bool(ended) + failed[:5], open("/inside/failed.json", "w"))
"""


@dataclass
class Score:
    """What one submitted notebook came to."""

    file: str
    trouble: str = ""
    settled: dict[str, bool] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @property
    def right(self) -> int:
        return sum(self.settled.values())


def sandbox() -> str:
    """Return bubblewrap where it works.

    Raises
    ------
    RuntimeError
        It does not; the message says what to do.
    """
    program = shutil.which("bwrap")
    if program:
        words = [program, "--ro-bind", "/", "/", "--unshare-all", "true"]
        tried = subprocess.run(words, capture_output=True, check=False)
        if tried.returncode == 0:
            return program
    raise RuntimeError(NO_BUBBLEWRAP)


def command(work: Path, seconds: int, memory_bytes: int) -> list[str]:
    """Return the command that runs what lies in `work` with nothing else in reach."""
    def room(folder: str) -> list[str]:
        return ["--size", str(ROOM_BYTES), "--tmpfs", folder]

    environment = Path(sys.prefix).resolve()
    seen = ["prlimit", f"--as={memory_bytes}", f"--cpu={2 * seconds + 30}", f"--fsize={LARGEST_BYTES}", "--core=0",
            sandbox(), "--unshare-all", "--die-with-parent", "--new-session", *room("/tmp")]
    python, base = environment / "bin" / "python", Path(sys.base_prefix)
    for folder in ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"):
        seen += ["--ro-bind-try", folder, folder]
    for folder in {environment, base, ROOT / "src"}:
        seen += ["--ro-bind", str(folder), str(folder)]
    seen += ["--proc", "/proc", "--dev", "/dev", *room("/dev/shm"), *room("/inside"),
             "--ro-bind", str(work / "submitted.ipynb"), "/inside/submitted.ipynb"]
    for name in TOLD:  # what comes out: two files that are there before
        seen += ["--bind", str(work / name), f"/inside/{name}"]
    seen += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/inside", "--clearenv",
             "--setenv", "PATH", f"{python.parent}:/usr/bin:/bin", "--setenv", "HOME", "/inside",
             "--setenv", "PYTHONPATH", str(ROOT / "src"), "--setenv", "OMP_NUM_THREADS", "1",
             "--setenv", "OPENBLAS_NUM_THREADS", "1", "--setenv", "PYDEVD_DISABLE_FILE_VALIDATION", "1"]
    return [*seen, str(python), "-c", INSIDE, str(seconds)]


def load_of(process: int) -> tuple[int, int]:
    """Return how many processes a process has below it, and the bytes of memory that they hold together."""
    page = resource.getpagesize()
    parents, sizes = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just gone
            parents[int(folder.name)], sizes[int(folder.name)] = int(fields[1]), int(fields[21]) * page
    children: dict[int, list[int]] = {}
    for one, parent in parents.items():
        children.setdefault(parent, []).append(one)
    below, reached = [process], 0
    while reached < len(below):
        below += children.get(below[reached], [])
        reached += 1
    return len(below) - 1, sum(sizes.get(one, 0) for one in below)


def run_within(words: list[str], seconds: int, memory_bytes: int) -> tuple[int, str]:
    """Run a sandbox to its end or to a limit; return its status and the last line that it wrote on stderr.

    Limits of a process do not bound how many there are, so the whole tree is looked at five times a second; killing the
    sandbox's first process ends all that it holds.

    Raises
    ------
    ValueError
        It went past a limit; the message says which.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        until = time.monotonic() + seconds + 30
        try:
            while process.poll() is None:
                time.sleep(0.2)
                many, held = load_of(process.pid)
                if many > MOST_PROCESSES:
                    raise ValueError(f"stopped: it started more than {MOST_PROCESSES} processes")
                if held > memory_bytes:
                    raise ValueError(f"stopped: it took more than {memory_bytes / 2**30:g} GiB of memory")
                if time.monotonic() > until:
                    raise ValueError(f"stopped after {seconds} s")
        finally:
            process.kill()
            process.wait()
        said.seek(max(said.seek(0, os.SEEK_END) - 2000, 0))
        lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip(" -")]
    return process.returncode, lines[-1][:120] if lines else ""


def answers(told: Path) -> list[tuple[str, str | float]]:
    """Return what a notebook told, or raise ValueError where it wrote something else there."""
    if told.is_symlink() or told.stat().st_size > LARGEST_BYTES:
        raise ValueError("it wrote something else where its answers go")
    found = []
    for line in told.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            name, answer = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            raise ValueError("it wrote something else where its answers go") from None
        if not isinstance(name, str) or isinstance(answer, bool) or not isinstance(answer, (str, int, float)):
            raise ValueError("it wrote something else where its answers go")
        found.append((name, answer))
    return found


def troubles(work: Path, status: int, last: str) -> str:
    """Return what went wrong in a sandbox that came to its end; empty where nothing did."""
    if status:
        return f"did not run to its end ({last or f'status {status}'})"
    failed = work / "failed.json"
    if not 0 < failed.stat().st_size <= 10_000:
        return "did not say how it ended"
    names = json.loads(failed.read_text(encoding="utf-8"))
    return ", ".join(str(name)[:40] for name in names) if isinstance(names, list) else ""


def readable(path: Path) -> set[str]:
    """Return which exercises a notebook has cells for; raise ValueError or OSError for a file that is none."""
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"the file has {path.stat().st_size / 1e6:.0f} MB; {LARGEST_BYTES / 1e6:.0f} are accepted")
    read = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(read, dict) or not isinstance(read.get("cells"), list):
        raise ValueError("it is no notebook")
    cells = [cell for cell in read["cells"] if isinstance(cell, dict) and isinstance(cell.get("metadata"), dict)]
    marks = [cell["metadata"].get("nbgrader") for cell in cells]
    return {str(mark.get("grade_id")) for mark in marks if isinstance(mark, dict)}


def asked_in(path: Path, names: Iterable[str]) -> set[str]:
    """Return what was asked: all exercises with an answer of the chapters that a notebook is or speaks of.

    So a notebook whose checks were taken out is not one in which all answers are right.
    """
    from inference_economics.chapters.exercises import CHAPTERS, of_chapter

    begun = {name.partition("-")[0] for name in names}
    begun |= {prefix for prefix, chapter in CHAPTERS.items() if path.name.startswith(f"{chapter[2:]}_")}
    return {one.id for prefix in begun & set(CHAPTERS) for one in of_chapter(prefix).values() if one.answer is not None}


def names_of(named: Path) -> list[tuple[str, Path]]:
    """Return the notebooks of what was named, with what tells them apart: in a folder, the way from there."""
    if named.is_dir():
        return [(path.relative_to(named).as_posix(), path) for path in sorted(named.glob("**/*.ipynb"))]
    return [(named.as_posix(), named)]


def score(path: Path, seconds: int, memory_bytes: int, name: str = "") -> Score:
    """Run one notebook's checks again and return what it came to."""
    from inference_economics.chapters.exercises import exercise

    found, cells = Score(name or path.name), set()
    try:
        cells = readable(path)
    except (OSError, ValueError, RecursionError) as error:
        found.trouble = f"cannot be read: {error}"
        return found
    with tempfile.TemporaryDirectory(prefix="score-") as folder:
        work = Path(folder)
        shutil.copyfile(path, work / "submitted.ipynb")
        for name in TOLD:
            (work / name).touch()
        try:
            found.trouble = troubles(work, *run_within(command(work, seconds, memory_bytes), seconds, memory_bytes))
        except ValueError as error:
            found.trouble = str(error)
        try:
            for name, answer in answers(work / "told.jsonl"):
                with contextlib.suppress(ValueError):  # no exercise of this book
                    found.settled[name] = found.settled.get(name, False) or exercise(name).reply(answer)[1]
        except ValueError as error:
            found.trouble = str(error)
    found.asked = asked_in(path, cells | set(found.settled))
    if not found.trouble and not found.asked:
        found.trouble = "it has no exercise of this book"
    elif not found.trouble and not (cells & found.asked or found.settled):
        found.trouble = "the cells for its answers are gone"
    return found


def said(words: str) -> str:
    """Return words for a table: none that a program for tables would take for a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="submitted notebooks, or folders of them")
    parser.add_argument("--csv", type=Path, help="write a table: one line a notebook, one column an exercise")
    parser.add_argument("--seconds", type=int, default=300, help="of computing and waiting, for each notebook")
    parser.add_argument("--memory-gib", type=float, default=4.0)
    options = parser.parse_args(arguments)
    if not options.files:
        parser.error("name the notebooks to score: make scores FILES=\"submitted/*.ipynb\"")
    if options.seconds < 1 or options.memory_gib < 0.5:
        parser.error("give at least 1 second and 0.5 GiB")
    files: list[tuple[str, Path]] = []
    for path in options.files:
        if not path.exists():
            parser.error(f"there is no {path}")
        files += names_of(path)
    if not files:
        parser.error("there is no notebook in what was named")
    try:
        sandbox()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    scores = []
    for number, (name, path) in enumerate(files, 1):
        one = score(path, options.seconds, int(options.memory_gib * 2**30), name)
        scores.append(one)
        wrong = [name for name, settled in one.settled.items() if not settled]
        print(f"[{number}/{len(files)}] {one.file}: {one.right} right of {len(one.settled)} answered, "
              f"{len(one.asked)} asked"
              + (f"; not yet: {', '.join(wrong)}" if wrong else "") + (f"; {one.trouble}" if one.trouble else ""),
              flush=True)
    if options.csv:
        names = sorted({name for one in scores for name in one.settled})
        options.csv.parent.mkdir(parents=True, exist_ok=True)
        with options.csv.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["notebook", "right", "answered", "asked", "trouble", *names])
            for one in scores:
                table.writerow([said(one.file), one.right, len(one.settled), len(one.asked), said(one.trouble),
                                *({True: "right", False: "not yet"}.get(one.settled.get(name), "") for name in names)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
