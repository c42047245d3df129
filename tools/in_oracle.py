"""Run a script in the oracle's environment, .oracle/, making it first where it is missing or out of date.

For example ``python tools/in_oracle.py tools/oracle.py``.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parents[1]
HOME = ROOT / ".oracle"
PYTHON = HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
REQUIREMENTS = ROOT / "tools" / "oracle-requirements.txt"
STAMP = HOME / "installed.txt"


def ready():
    """Install what the requirements name, once."""
    wanted = REQUIREMENTS.read_text()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Making .oracle/: PyTorch and transformers, a few minutes and about 2 GB of disk", flush=True)
    venv.create(HOME, with_pip=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
    STAMP.write_text(wanted)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ready()
    sys.exit(subprocess.run([PYTHON, *sys.argv[1:]], check=False).returncode)
