"""Check the types of the page's script: TypeScript reads `src/**/static/*.js` and their JSDoc as they stand, strictly.

TypeScript is fetched once, by the lock in tools/typescript/, with npm. Where a machine has none, npm comes as a wheel.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys

import npm

HOME = pathlib.Path(__file__).resolve().parent / "typescript"
TSC = HOME / "node_modules" / "typescript"
LACK = "The types of the page's script cannot be checked"


def check(project: pathlib.Path = HOME / "tsconfig.json") -> subprocess.CompletedProcess:
    """Return what the type checker says of a project; its exit status is 0 where it finds nothing."""
    npm.ready(HOME, "typescript", LACK)
    command = [npm.node(), str(TSC / "bin" / "tsc"), "--project", str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    said = check()
    print(said.stdout or "The types of the page's script hold.", end="" if said.stdout else "\n")
    sys.exit(said.returncode)
