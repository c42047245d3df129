"""Run a script in an environment of its own beside `.venv`, making it first where it is missing or out of date.

    python tools/in_environment.py oracle tools/oracle.py
    python tools/in_environment.py hub tools/hub.py

Each is named after its requirements, `tools/NAME-requirements.txt`, and lies in `.NAME/`. They hold what would weigh on
every reader though few need it: PyTorch, a JupyterHub, a build of JupyterLite.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parents[1]
WEIGHT = {
    "oracle": "PyTorch and transformers, a few minutes and about 2 GB of disk",
    "hub": "JupyterHub and a load tester, a minute or two and about 400 MB of disk",
    "lite": "JupyterLite's builder, a minute or two and about 300 MB of disk",
}


def python_of(name: str) -> pathlib.Path:
    """Return the interpreter of an environment, whether it is there or not."""
    return ROOT / f".{name}" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def ready(name: str) -> pathlib.Path:
    """Install what the requirements of an environment name, once, and return its interpreter."""
    requirements, stamp = ROOT / "tools" / f"{name}-requirements.txt", ROOT / f".{name}" / "installed.txt"
    wanted, python = requirements.read_text(encoding="utf-8"), python_of(name)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Making .{name}/: {WEIGHT[name]}", flush=True)
    venv.create(stamp.parent, with_pip=True, clear=True)
    hashes = ["--require-hashes", "--no-deps"] if "--hash=" in wanted else []
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *hashes,
                           "-r", requirements], check=False)
    if done.returncode:
        sys.exit(f"pip could not install {requirements.relative_to(ROOT)}; its message stands above. "
                 "It needs a network, once.")
    stamp.write_text(wanted, encoding="utf-8")
    return python


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in WEIGHT:
        sys.exit(__doc__)
    python = str(ready(sys.argv[1]))
    os.execv(python, [python, *sys.argv[2:]])  # so that Ctrl-C and an exit status are the script's own
