"""Write the chapter list of README.md from the notebooks.

python tools/readme.py            write the list
python tools/readme.py --check    write nothing; fail when the list is not what the notebooks say
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
START, END = "<!-- chapters: written by tools/readme.py -->\n", "<!-- end of chapters -->\n"
STALE = "README.md's chapter list is not what the notebooks say; run: python tools/readme.py"


def heading(notebook: Path) -> str:
    """Return the title of a chapter: the first heading of its first cell."""
    first = nbformat.read(notebook, as_version=4)["cells"][0]["source"]
    title = re.match(r"# (.+)", first)
    if title is None:
        raise ValueError(f"{notebook.name}: the first cell must begin with '# ' and the chapter's title.")
    return title[1].strip()


def chapters(folder: Path) -> str:
    """Return the list: a number from the file's name, the title, a link."""
    lines = [f"{int(path.name[:2])}. [{heading(path)}](notebooks/{path.name})\n"
             for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]
    return "".join(lines)


def renewed(readme: str, listed: str) -> str:
    """Return the README with this list between its marks."""
    before, rest = readme.split(START)
    _, after = rest.split(END)
    return before + START + listed + END + after


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the list differs")
    options = parser.parse_args(arguments)
    text = README.read_text(encoding="utf-8")
    wanted = renewed(text, chapters(ROOT / "notebooks"))
    if options.check:
        if text != wanted:
            print(STALE, file=sys.stderr)
        return int(text != wanted)
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
