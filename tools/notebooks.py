"""Execute the notebooks and store their text outputs.

    python tools/notebooks.py [NOTEBOOK …]              execute and normalise in place
    python tools/notebooks.py --normalise [NOTEBOOK …]  normalise without executing
    python tools/notebooks.py --check [NOTEBOOK …]      write nothing; fail when a notebook is not normalised
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import notebook_text


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="names or paths; all of notebooks/ when none is given")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a notebook is not normalised")
    parser.add_argument("--normalise", action="store_true", help="do not execute")
    parser.add_argument("--jobs", type=int, default=2, help="how many kernels at once")
    options = parser.parse_args(arguments)
    paths = [path if (path := Path(name)).exists() else notebook_text.NOTEBOOKS / name for name in options.notebooks]
    paths = paths or sorted(notebook_text.NOTEBOOKS.glob("*.ipynb"))
    if options.check:
        found = [fault for path in paths for fault in notebook_text.faults(path)]
        print("\n".join(found), file=sys.stderr)
        return bool(found)
    if options.normalise:
        for path in paths:
            notebook_text.renew(path)
        return 0
    notebook_text.execute_all(paths, options.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
