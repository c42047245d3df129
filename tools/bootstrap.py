"""Create `.venv` from `requirements.lock`. Standard library and Python 3.6 syntax, so that an old Python can say so."""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOCK = os.path.join(ROOT, "requirements.lock")
WANTED = (3, 11)
PROBE = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] < (3, 11))"
NO_PYTHON = """\
This book needs Python {}.{} or newer with the venv module; {} is Python {}.{}{}.
On Debian or Ubuntu:  sudo apt-get install python3-venv
With another Python:  make PYTHON=/path/to/python3.12 book"""


def usable(python):
    """Return whether this interpreter is new enough and can make an environment with pip."""
    try:
        return subprocess.call([python, "-c", PROBE], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def find_python():
    for python in [sys.executable, "python3.13", "python3.12", "python3.11"]:
        if usable(python):
            return python
    lack = "" if sys.version_info[:2] < WANTED else " without venv or ensurepip"
    sys.exit(NO_PYTHON.format(*WANTED, sys.executable, *sys.version_info[:2], lack))


def count_packages():
    with open(LOCK, encoding="utf-8") as lock:
        return sum("==" in line for line in lock)


def install():
    """Install the lock, counting packages as pip meets them."""
    total, seen = count_packages(), 0
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes",
               "--no-deps", "--progress-bar", "off", "-r", LOCK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, universal_newlines=True) as pip:
        for line in pip.stdout:
            if line.startswith(("Collecting", "Processing", "Requirement already")):
                seen += 1
                if sys.stdout.isatty() or seen % 40 == 0:
                    print("  packages: {} of at most {}".format(seen, total), end="\r" if sys.stdout.isatty() else "\n")
            elif line.startswith("Installing collected"):
                print("  unpacking {} packages (a minute)     ".format(seen), flush=True)
            sys.stdout.flush()
    if pip.returncode:
        sys.exit("pip could not install requirements.lock; its message stands above.")
    # The project itself: a link to src, with the build tool from the lock, so nothing is fetched.
    subprocess.check_call([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps",
                           "--no-build-isolation", "--no-index", "--editable", ROOT])


def main():
    python = find_python()
    if not usable(PYTHON):
        print("Creating .venv with " + python, flush=True)
        subprocess.check_call([python, "-m", "venv", "--clear", VENV])
    print("Installing requirements.lock into .venv", flush=True)
    install()
    with open(os.path.join(VENV, "installed"), "w", encoding="utf-8"):
        pass  # make compares its date with the lock's


if __name__ == "__main__":
    main()
