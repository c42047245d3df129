"""Drive a sample of figures in Firefox and WebKit, and compare what they show with Python.

    python tools/browsers.py

Firefox is driven by WebDriver BiDi, WebKitGTK by WebDriver, both from the system's own packages; a browser that is not
here is passed over in one line. Every control of every figure of the sample is moved, a finger drags a slider, and a
curve is drawn by mouse and by touch where one is asked for. `make test` does the same, and more, in Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from parity.driven import DRIVE, check_moment  # noqa: E402
from parity.shown import EXPLORERS, START  # noqa: E402
from small_figures import ASKED, growing  # noqa: E402

from inference_economics.chapters import mechanisms  # noqa: E402
from kernelless import Explorer, Slider, explore, standalone  # noqa: E402

SAMPLE = ("lines", "bars", "waves", "grid", "diagram", "timeline", "budget")  # of the synthetic figures
PATIENCE_S = 180
WEBKIT = ("/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkit2gtk-4.0/MiniBrowser",
          "/usr/lib/*/webkitgtk-6.0/MiniBrowser", "/usr/libexec/webkit2gtk-4.1/MiniBrowser")
PLACE = """(selector) => {
  const element = document.querySelector(selector);
  element.scrollIntoView({ block: "center" });
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left, top, width, height];
}"""

GUESSED = """(xs) => {
  const path = document.querySelector("#explorer-growing .ex-guess"), matrix = path.getScreenCTM();
  const corners = path.getAttribute("d").match(/[-\\d.]+ [-\\d.]+/g).map((pair) => {
    const [x, y] = pair.split(" ").map(Number), { x: left, y: top } = new DOMPoint(x, y).matrixTransform(matrix);
    return [left, top];
  });
  return xs.map((x) => corners.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a))[1]);
}"""


class Absent(Exception):
    """A browser that is not on this machine, or does not start; the message says which, and how to get it."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Firefox:
    """A tab of Firefox, by WebDriver BiDi."""

    name = "Firefox"

    def __init__(self, socket_: Any):
        self._socket, self._asked = socket_, 0
        self.version = self._ask("session.new", capabilities={})["capabilities"]["browserVersion"]
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._asked:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return dict(answer["result"])

    def open(self, address: str) -> None:
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def call(self, function: str, *given: Any) -> Any:
        words = ", ".join(json.dumps(value) for value in given)
        told = self._ask("script.evaluate", expression=f"Promise.resolve(({function})({words})).then(JSON.stringify)",
                         target={"context": self._tab}, awaitPromise=True)
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        value = told["result"].get("value")
        return None if value is None else json.loads(value)

    def act(self, actions: list[dict[str, Any]]) -> None:
        self._ask("input.performActions", context=self._tab, actions=actions)


@contextmanager
def firefox() -> Iterator[Firefox]:
    import websocket

    path = next((found for name in ("firefox-esr", "firefox") if (found := shutil.which(name))), None)
    if path is None:
        raise Absent("Firefox is not here; install it with: sudo apt-get install firefox-esr")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port = free_port()
        started = subprocess.Popen([path, "--headless", "--no-remote", "--profile", folder,
                                    f"--remote-debugging-port={port}", "about:blank"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, "HOME": folder, "MOZ_HEADLESS_WIDTH": "1200"})
        try:
            for _ in range(PATIENCE_S):
                try:
                    line = websocket.create_connection(f"ws://127.0.0.1:{port}/session", suppress_origin=True,
                                                       timeout=PATIENCE_S)
                    break
                except OSError:
                    time.sleep(1)
            else:
                raise Absent(f"{path} does not start")
            yield Firefox(line)
            line.close()
        finally:
            started.terminate()
            started.wait(30)


class WebKit:
    """A window of WebKitGTK's MiniBrowser, by WebDriver."""

    name = "WebKitGTK"

    def __init__(self, port: int, browser: str):
        self._home = f"http://127.0.0.1:{port}"
        given = {"webkitgtk:browserOptions": {"binary": browser, "args": ["--automation"]}}
        made = self._ask("session", capabilities={"alwaysMatch": given})
        self._home += f"/session/{made['sessionId']}"
        self.version = made["capabilities"]["browserVersion"]
        self._ask("timeouts", script=PATIENCE_S * 1000, pageLoad=PATIENCE_S * 1000)

    def _ask(self, path: str, **body: Any) -> Any:
        request = urllib.request.Request(f"{self._home}/{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["value"]

    def open(self, address: str) -> None:
        self._ask("url", url=address)

    def call(self, function: str, *given: Any) -> Any:
        words = ", ".join(json.dumps(value) for value in given)
        script = f"const done = arguments[0]; Promise.resolve(({function})({words})).then((v) => done(v ?? null));"
        return self._ask("execute/async", script=script, args=[])

    def act(self, actions: list[dict[str, Any]]) -> None:
        self._ask("actions", actions=actions)


@contextmanager
def webkit() -> Iterator[WebKit]:
    driver = shutil.which("WebKitWebDriver")
    browsers = [path for pattern in WEBKIT for path in Path("/").glob(pattern.lstrip("/"))]
    if driver is None or not browsers:
        raise Absent("WebKitGTK is not here; install it with: sudo apt-get install webkit2gtk-driver xvfb")
    screen: list[str] = []
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        if not (found := shutil.which("xvfb-run")):
            raise Absent("WebKitGTK needs a display, and there is none; install one with: sudo apt-get install xvfb")
        screen = [found, "-a", "-s", "-screen 0 1280x1024x24"]
    port = free_port()
    started = subprocess.Popen([*screen, driver, f"--port={port}"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(PATIENCE_S):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(1)
        else:
            raise Absent(f"{driver} does not start")
        yield WebKit(port, str(browsers[0]))
    finally:
        os.killpg(started.pid, 15)
        started.wait(30)


def sample() -> dict[str, Explorer]:
    """Return the figures that are driven: synthetic ones, some of the book's mechanisms, and one to be drawn."""
    chosen = {name: EXPLORERS[name] for name in SAMPLE}
    shown = (mechanisms.heads_and_groups, mechanisms.memory_of_one_gpu, mechanisms.turning_hands, mechanisms.price_fan)
    chosen |= {made.name: made for made in (make() for make in shown)}
    asked = explore(growing, title="Drawn", watch="W", users=Slider(10, 500, value=100), predict=ASKED)
    return chosen | {asked.name: asked}


def touches(places: list[tuple[float, float]], kind: str = "touch") -> list[dict[str, Any]]:
    """Return a finger, or a mouse, that goes down at the first of some places and up at the last."""
    moves = [{"type": "pointerMove", "duration": 20, "x": round(x), "y": round(y)} for x, y in places]
    return [{"type": "pointer", "id": kind, "parameters": {"pointerType": kind},
             "actions": [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:],
                         {"type": "pointerUp", "button": 0}]}]


def drive(tab: Firefox | WebKit, shown: dict[str, Explorer], address: str) -> list[str]:
    """Move everything that moves; return what was wrong."""
    wrong: list[str] = []
    tab.open(address)
    tab.call(f"() => {{ {START}; }}")
    moments = 0
    for name, made in shown.items():
        root = f"document.getElementById('explorer-{name}')"
        seen = tab.call(f"() => ({DRIVE})({root})")
        moments += len(seen)
        if len({moment["paths"] for moment in seen}) < 2:
            wrong.append(f"{name}: nothing moves")
        for moment in seen:
            try:
                check_moment(made, moment)
            except AssertionError as error:
                wrong.append(f"{name}: {' '.join(str(error).split())[:200]}")
                break
    print(f"  {len(shown)} figures, {moments:,} moments compared with Python")
    wrong += [f"a finger on a slider: {words}" for words in [finger(tab)] if words]
    for kind in ("mouse", "touch"):
        wrong += [f"drawing a curve by {kind}: {words}" for words in [drawing(tab, address, kind)] if words]
    return wrong


def finger(tab: Firefox | WebKit) -> str:
    """Tap a slider at its end; say what is wrong."""
    selector = "#explorer-growing input[type=range][data-parameter]"
    read = f"() => document.querySelector('{selector}').dataset.value"
    left, top, width, height = tab.call(PLACE, selector)
    before = tab.call(read)
    tab.act(touches([(left + 0.9 * width, top + height / 2)]))
    return "" if tab.call(read) != before else f"it stays at {before}"


def drawing(tab: Firefox | WebKit, address: str, kind: str) -> str:
    """Draw a curve, let the true one show, and say what is wrong."""
    tab.call("() => { sessionStorage.clear(); }")
    tab.open(f"{address}?{kind}")
    tab.call(f"() => {{ {START}; }}")
    state = "() => document.getElementById('explorer-growing').dataset.sketch"
    for _ in range(PATIENCE_S):
        if tab.call(state) == "waiting":
            break
        time.sleep(0.5)
    else:
        return f"it does not wait, but is {tab.call(state)!r}"
    left, top, width, height = tab.call(PLACE, "#explorer-growing .ex-plot svg")
    hand = [(round(left + width * (0.2 + 0.06 * k)), round(top + height * (0.7 - 0.04 * k))) for k in range(12)]
    before = tab.call("() => scrollY")
    tab.act(touches(hand, kind))
    if (after := tab.call("() => scrollY")) != before:
        return f"the page scrolls by {after - before:g} meanwhile"
    off = [abs(at - y) for at, (_, y) in zip(tab.call(GUESSED, [x for x, _ in hand]), hand, strict=True)]
    if max(off) > 0.04 * height:  # a column of the drawing, on the way from one place of the hand to the next
        return f"the guess is {max(off):.0f} pixels away from the hand"
    tab.call("() => { document.querySelector('#explorer-growing .ex-predict-actions button').click(); }")
    said = tab.call("() => [...document.querySelectorAll('.ex-verdict li')].map((li) => li.textContent)")
    return "" if len(said) == 3 and said[0].startswith("Level") else f"it says {said}"


def main() -> int:
    shown, status = sample(), 0
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(standalone(*shown.values()), encoding="utf-8")
        for begin in (firefox, webkit):
            try:
                with begin() as tab:
                    print(f"{tab.name} {tab.version}")
                    wrong = drive(tab, shown, page.as_uri())
                    print("\n".join(f"  ✗ {words}" for words in wrong) or "  all as in Python")
                    status |= bool(wrong)
            except Absent as absent:
                print(f"skipped: {absent}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
