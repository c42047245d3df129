"""Start a real JupyterHub on localhost with the book's notebooks. Run by `make hub` in the environment .hub/.

    python tools/in_environment.py hub tools/hub.py [--port 8010] [--people 40] [--leaders]

Everybody who opens the address gets a temporary name and a folder of notebooks; the first page is chapter 1. With
`--leaders` the notebooks have the solutions in (`make workshop` writes both kinds).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "deploy" / "jupyterhub_config.py"
STATE = ROOT / ".hub" / "state"


def notebooks(leaders: bool) -> Path:
    """Return the folder to hand out: what `make workshop` wrote, else the book's own."""
    made = ROOT / "_build" / "workshop" / ("leaders" if leaders else "participants")
    return made if made.exists() else ROOT / "notebooks"


def start(port: int, state: Path, people: int = 40, folder: Path | None = None, **process) -> subprocess.Popen:
    """Start a hub in a process group of its own."""
    environment = os.environ | {
        "BOOK_HUB_PORT": str(port), "BOOK_HUB_STATE": str(state), "BOOK_HUB_PEOPLE": str(people),
        "BOOK_HUB_NOTEBOOKS": str(folder or ROOT / "notebooks"), "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen([sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)], env=environment,
                            start_new_session=True, **process)


def wait_for(port: int, hub: subprocess.Popen, patience_s: float = 120) -> None:
    """Wait until the hub answers.

    Raises
    ------
    RuntimeError
        It ended, or said nothing for so long.
    """
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if hub.poll() is not None:
            raise RuntimeError(f"the hub ended with {hub.returncode}; what it said stands above")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/hub/health", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"the hub did not answer on port {port} in {patience_s:.0f} s")


def stop(hub: subprocess.Popen, patience_s: float = 30) -> None:
    """End a hub, and after a while of patience all that it started."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if hub.poll() is None:
            hub.send_signal(sign)
            try:
                hub.wait(patience_s)
            except subprocess.TimeoutExpired:
                continue
        break


def end(hub: subprocess.Popen) -> None:
    """End a hub and people's servers, which would outlive it and wait for its return; files stay."""
    import psutil  # of the hub's environment

    left = psutil.Process(hub.pid).children(recursive=True) if hub.poll() is None else []
    stop(hub)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    for process in psutil.wait_procs(left, timeout=10)[1]:
        with contextlib.suppress(psutil.Error):
            process.kill()


def busy(port: int) -> bool:
    """Say whether a port of this machine is taken."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8010, help="and the two after it, on localhost")
    parser.add_argument("--people", type=int, default=40, help="how many servers may run at once")
    parser.add_argument("--leaders", action="store_true", help="hand out the notebooks with solutions")
    parser.add_argument("--fresh", action="store_true", help="forget the people and files of earlier runs")
    options = parser.parse_args()
    if not 1024 <= options.port <= 65533:
        parser.error(f"--port {options.port}: give 1024 to 65533; the two ports after it are used as well")
    if options.people < 1:
        parser.error(f"--people {options.people}: give 1 or more")
    taken = [port for port in range(options.port, options.port + 3) if busy(port)]
    if taken:
        parser.error(f"port {taken[0]} is taken; try: make hub HUB_PORT={min(options.port + 10, 65533)}")
    if options.fresh:
        shutil.rmtree(STATE, ignore_errors=True)
    folder = notebooks(options.leaders)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    hub = start(options.port, STATE, options.people, folder)
    try:
        wait_for(options.port, hub)
        print(f"The hub is at http://127.0.0.1:{options.port}/ (Ctrl-C to stop). "
              f"It hands out {folder.relative_to(ROOT)}.\n"
              f"People's work lies in {STATE.relative_to(ROOT)}/people", flush=True)
        return hub.wait()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopping; people's work stays.", flush=True)
        return 0
    finally:
        end(hub)


if __name__ == "__main__":
    sys.exit(main())
