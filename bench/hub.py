"""How many people one machine carries: a real JupyterHub under simulated participants, its faults, and the static site.

    python tools/in_environment.py hub bench/hub.py [--most 8] [--minutes 10] [--without-site]

Loopback only. Participants come in rounds of 1, 2, 4, … at once; each logs in, opens chapter 3, runs all cells and
moves sliders twenty times (`participant.py`, on locust). The rounds end with the first in which the 99th percentile of
a slider's answer passes the stated limit, with `--most`, or when the time is up. Then faults: a killed kernel, a killed
single-user server and a hub that is started again; the file that was saved before must be there after each. Last, the
built site under many readers at once, beside one reader.
"""

from __future__ import annotations

# ruff: noqa: E402 - locust's users are greenlets, so sockets are patched before anything else takes them
import gevent.monkey

gevent.monkey.patch_all()

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import ClassVar

import gevent
import psutil
from locust import HttpUser, constant, task
from locust.env import Environment

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "bench")]

import hub as hubs
from participant import MOVES, Lost, Participant

PORT = 8740
LIMIT_MS = 500.0  # of a slider's answer, 99th percentile: beyond it a hand feels that it waits
MIB = 2**20
# What outlives a killed hub must not hold our pipe.
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Staying(Participant):
    """A participant whose kernel stays for a while, so that memory can be read, and then goes."""

    until = threading.Event()

    def at_work(self) -> None:
        while not self.until.is_set():
            gevent.sleep(0.2)
        self.guarded("DELETE", f"{self.home}/api/kernels/{self.kernel}")


def row(name: str, entry) -> str:
    return (f"    {name:<16} {entry.num_requests:5d} times   median {entry.get_response_time_percentile(0.5):7,.0f} ms"
            f"   99th percentile {entry.get_response_time_percentile(0.99):7,.0f} ms")


def memory_of(hub: subprocess.Popen) -> float:
    """Return what a server and a kernel have for themselves on average [MiB]; 0 while one of the two is missing."""
    own: dict[str, list[float]] = {"singleuser": [], "ipykernel": []}
    for process in psutil.Process(hub.pid).children(recursive=True):
        try:
            words = " ".join(process.cmdline())
            for kind, sizes in own.items():
                if kind in words:
                    sizes.append(process.memory_full_info().uss / MIB)
        except psutil.Error:
            continue  # it has just gone
    return sum(sum(sizes) / len(sizes) for sizes in own.values()) if all(own.values()) else 0.0


def round_of(people: int, hub: subprocess.Popen, until: float) -> dict:
    """Let so many participants work at once; return locust's statistics by name, failures and memory per kernel."""
    Staying.until.clear()
    environment = Environment(user_classes=[Staying], host=f"http://127.0.0.1:{PORT}")
    runner = environment.create_local_runner()
    runner.start(people, spawn_rate=4)
    per_person = 0.0

    def moves() -> int:
        return environment.stats.get("a slider answers", "").num_requests

    while time.monotonic() < until:
        gevent.sleep(1)
        per_person = max(per_person, memory_of(hub))
        failed = environment.stats.total.num_failures
        if moves() + MOVES * failed >= MOVES * people:
            break
    Staying.until.set()
    last = time.monotonic() + 20
    while runner.user_count and time.monotonic() < last:
        gevent.sleep(0.5)
    runner.quit()
    return {"stats": {name: entry for (name, _), entry in environment.stats.entries.items()},
            "errors": [f"{e.name}: {e.error}" for e in environment.stats.errors.values()],
            "moves": moves(), "mib": per_person}


def people_at_once(hub: subprocess.Popen, most: int, until: float) -> None:
    people, carried = 1, 0
    while people <= most and time.monotonic() < until:
        print(f"  {people} at once", flush=True)
        seen = round_of(people, hub, until)
        for name in ("server starts", "chapter opens", "kernel starts", "a cell runs", "a slider answers"):
            if name in seen["stats"]:
                print(row(name, seen["stats"][name]), flush=True)
        print(f"    memory of a participant's server and kernel: {seen['mib']:,.0f} MiB", flush=True)
        for words in seen["errors"][:3]:
            print(f"    failed: {words}")
        slider = seen["stats"].get("a slider answers")
        if seen["moves"] < MOVES * people or slider is None:
            print("    not everybody finished" + (" in the time given" if time.monotonic() >= until else ""))
            break
        if slider.get_response_time_percentile(0.99) > LIMIT_MS:
            break
        carried, people = people, people * 2
    print(f"  Within {LIMIT_MS:.0f} ms at the 99th percentile: {carried} at once, who all began in the same seconds, "
          f"on {os.cpu_count()} cores" + ("" if carried < most else "; no more were tried"), flush=True)


# --- faults -----------------------------------------------------------------------------------------------------------


class Careful(Participant):
    """A participant who saves a file, then suffers what `suffer` does, and looks for the file."""

    hub: subprocess.Popen
    found: ClassVar[dict[str, bool]] = {}
    left: ClassVar[list[psutil.Process]] = []  # what a killed hub leaves running: its proxy, people's servers
    over = threading.Event()

    def saved(self) -> bool:
        answer = self.client.get(f"{self.home}/api/contents/notebooks/mine.txt", name="http")
        return answer.ok and answer.json()["content"] == "what I worked out"

    def kill(self, words: str) -> None:
        for process in psutil.Process(Careful.hub.pid).children(recursive=True):
            if words in " ".join(process.cmdline()):
                process.send_signal(signal.SIGKILL)

    @task
    def work(self) -> None:
        from locust.exception import StopUser

        try:
            self.enter()
            self.open_chapter()
            self.start_kernel()
            self.guarded("PUT", f"{self.home}/api/contents/notebooks/mine.txt",
                         json={"type": "file", "format": "text", "content": "what I worked out"})
            self.kill("ipykernel")
            gevent.sleep(3)
            self.start_kernel()
            self.found["a killed kernel"] = self.saved()
            self.kill("singleuser")
            gevent.sleep(3)
            self.again()
            self.found["a killed single-user server"] = self.saved()
            Careful.left = psutil.Process(Careful.hub.pid).children(recursive=True)
            Careful.hub.send_signal(signal.SIGKILL)
            Careful.hub.wait()
            Careful.hub = hubs.start(PORT, self.state, **QUIET)
            hubs.wait_for(PORT, Careful.hub)
            self.again()
            self.start_kernel()
            self.found["a hub that was killed and started again"] = self.saved()
        except Exception as failure:
            self.timed("faults", time.perf_counter(), failure)
        self.over.set()
        raise StopUser

    def again(self) -> None:
        """Come back as the same person, by the cookie, as a browser does that was left open."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            answer = self.client.get(f"/hub/spawn/{self.who}", name="http")
            answer = self.client.get(f"{self.home}/api/contents/notebooks", name="http")
            if answer.ok and answer.url.endswith("/api/contents/notebooks"):
                return
            gevent.sleep(1)
        raise Lost("the server did not come back")


def faults(hub: subprocess.Popen, state: Path) -> subprocess.Popen:
    Careful.hub, Careful.state = hub, state
    environment = Environment(user_classes=[Careful], host=f"http://127.0.0.1:{PORT}")
    runner = environment.create_local_runner()
    runner.start(1, spawn_rate=1)
    last = time.monotonic() + 300
    while not Careful.over.is_set() and time.monotonic() < last:
        gevent.sleep(0.5)
    runner.quit()
    for name in ("a killed kernel", "a killed single-user server", "a hub that was killed and started again"):
        answer = Careful.found.get(name)
        print(f"    {name}: " + {True: "the saved file is there", False: "THE SAVED FILE IS LOST",
                                 None: "not reached"}[answer], flush=True)
    for error in environment.stats.errors.values():
        if error.name == "faults":  # what was refused while the server was down is what a fault looks like
            print(f"    {error.error}")
    return Careful.hub


# --- the static site --------------------------------------------------------------------------------------------------


class Reader(HttpUser):
    """A reader of the static site, who turns pages without a pause."""

    wait_time = constant(0)
    pages = ("index.html", "notebooks/03_the_kv_cache.html", "notebooks/09_api_rent_or_own.html",
             "_static/kernelless.js")

    @task
    def turn(self) -> None:
        for page in self.pages:
            self.client.get(f"/{page}", name="a page")
            gevent.sleep(2)


def site(most: int, seconds: float = 15) -> None:
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").exists():
        print("  The site is not built; run: make site")
        return
    server = subprocess.Popen([str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "tools" / "website.py"), "serve",
                               "--port", str(PORT + 9)], **QUIET)
    try:
        gevent.sleep(3)
        for readers in (1, most):
            environment = Environment(user_classes=[Reader], host=f"http://127.0.0.1:{PORT + 9}")
            runner = environment.create_local_runner()
            runner.start(readers, spawn_rate=max(readers / 3, 1))
            gevent.sleep(seconds)
            runner.quit()
            entry = environment.stats.get("a page", "GET")
            print(f"  {readers} readers at once")
            print(row("a page", entry), f"  failures {entry.num_failures}", flush=True)
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=8, help="participants at once, at most")
    parser.add_argument("--minutes", type=float, default=10, help="for the rounds of participants")
    parser.add_argument("--readers", type=int, default=300, help="of the static site at once")
    parser.add_argument("--without-site", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        state = Path(folder)
        hub = hubs.start(PORT, state, 2 * options.most + 2, **QUIET)
        try:
            hubs.wait_for(PORT, hub)
            print("Participants on a JupyterHub")
            people_at_once(hub, options.most, time.monotonic() + 60 * options.minutes)
            print("  Faults, after a file was saved")
            hub = faults(hub, state)
        finally:
            hubs.end(hub)
            for process in Careful.left:
                with contextlib.suppress(psutil.Error):
                    process.kill()
    if not options.without_site:
        print("Readers of the static site")
        site(options.readers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
