"""Write `requirements.lock` from `pyproject.toml`, and `environment.yml` from both.

    python tools/lock.py             write both, with every package's newest version (needs uv and a network)
    python tools/lock.py --keep      write both, with the versions that stand wherever they still serve
    python tools/lock.py --env       write environment.yml only
    python tools/lock.py --check     fail when environment.yml is not what the other two say

The lock holds every package with its hashes, for Python 3.11 to 3.13 on Linux and macOS. `environment.yml` carries the
same versions for conda, Binder and JupyterHub, which cannot mix hashes with an editable install.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK, ENVIRONMENT, PROJECT = ROOT / "requirements.lock", ROOT / "environment.yml", ROOT / "pyproject.toml"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; ([^\\]+?))?(?: \\)?$", re.MULTILINE)
# `fewest`: one version of numpy for every Python, so that every reader sees the same last digit.
COMPILE = ["uv", "pip", "compile", "pyproject.toml", "--extra", "book", "--group", "dev", "--universal",
           "--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes", "--no-emit-index-url",
           "--no-emit-find-links", "--no-annotate", "--no-header", "--quiet"]
LOCK_HEADER = "# Every package with its hashes. Written by `python tools/lock.py`; installed by `make`.\n"
STALE = "environment.yml is not what pyproject.toml and requirements.lock say; run: python tools/lock.py --env"
HEADER = """\
# The environment of requirements.lock for conda, Binder and JupyterHub. Written by `python tools/lock.py --env`.
name: inference-economics
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python{python}
  - pip
  - pip:
      - -e .
"""


def pins(lock: str) -> list[tuple[str, str, str]]:
    """Return name, version and marker of each package of a lock file."""
    return PIN.findall(lock)


def environment(lock: str, project: dict) -> str:
    """Return the text of environment.yml: the project's Python, the project itself, and every pin of the lock."""
    lines = [f'      - "{name}=={version}{f" ; {marker}" if marker else ""}"\n' for name, version, marker in pins(lock)]
    # Binder has no Python newer than the newest one we test.
    return HEADER.format(python=project["project"]["requires-python"] + ",<3.14") + "".join(lines)


def write_lock(keep: bool) -> None:
    # uv takes the versions to keep from the file that it is to write.
    which = ["--output-file", LOCK.name] if keep else ["--upgrade"]
    compiled = subprocess.run(COMPILE + which, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    LOCK.write_text(LOCK_HEADER + (LOCK.read_text() if keep else compiled).removeprefix(LOCK_HEADER))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--env", action="store_true", help="write environment.yml only")
    parser.add_argument("--keep", action="store_true", help="keep the versions that stand where they still serve")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when environment.yml differs")
    options = parser.parse_args(arguments)
    if not (options.env or options.check):
        write_lock(options.keep)
    wanted = environment(LOCK.read_text(), tomllib.loads(PROJECT.read_text()))
    if options.check:
        if ENVIRONMENT.read_text() != wanted:
            print(STALE, file=sys.stderr)
            return 1
        return 0
    ENVIRONMENT.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
