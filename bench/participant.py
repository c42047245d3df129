"""A simulated participant of a workshop: logs in, opens a chapter, runs all cells, moves sliders. For `bench/hub.py`.

It speaks as a browser does: HTTP with the hub's cookies, and a WebSocket to its kernel, one message for each cell and
one for each move of a slider.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import gevent
import websocket
from locust import HttpUser, task
from locust.exception import StopUser

PATIENCE_S = 300.0
MOVES = 20
PAUSE_S = (0.2, 1.0)  # between two moves of a hand


class Lost(Exception):
    """What a participant waits for did not come."""


class Participant(HttpUser):
    """One person, who works through one chapter and leaves."""

    chapter = "notebooks/03_the_kv_cache.ipynb"

    def timed(self, name: str, started: float, failure: Exception | None = None) -> None:
        """Hand a measured time to locust's statistics."""
        self.environment.events.request.fire(
            request_type="", name=name, response_time=1e3 * (time.perf_counter() - started), response_length=0,
            exception=failure, context={})

    def get(self, path: str, **options: Any):
        answer = self.client.get(path, name="http", **options)
        answer.raise_for_status()
        return answer

    def guarded(self, method: str, path: str, **options: Any):
        """Send what changes something, with the token against forged requests that goes with this path's cookies."""
        token = next((cookie.value for cookie in self.client.cookies
                      if cookie.name == "_xsrf" and path.startswith(cookie.path)), "")
        answer = self.client.request(method, path, name="http", headers={"X-XSRFToken": token}, **options)
        answer.raise_for_status()
        return answer

    # --- the morning of a workshop ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Open the hub's address and wait until one's own server answers."""
        started = time.perf_counter()
        page = self.get("/")
        self.who = next((part for part in reversed(urlsplit(page.url).path.split("/")) if len(part) == 36), "")
        if not self.who:
            raise Lost(f"no name in {page.url}")
        self.home = f"/user/{self.who}"
        while time.perf_counter() - started < PATIENCE_S:
            answer = self.client.get(f"{self.home}/lab", name="http", allow_redirects=True)
            if answer.ok and urlsplit(answer.url).path.startswith(self.home):
                self.timed("server starts", started)
                return
            if answer.status_code == 500:
                raise Lost("the hub gave up on the server")
            gevent.sleep(0.5)
        raise Lost("the server did not start")

    def open_chapter(self) -> list[str]:
        """Fetch the notebook and return its code cells."""
        started = time.perf_counter()
        content = self.get(f"{self.home}/api/contents/{self.chapter}").json()["content"]
        self.timed("chapter opens", started)
        return [cell["source"] for cell in content["cells"] if cell["cell_type"] == "code"]

    def start_kernel(self) -> None:
        started = time.perf_counter()
        kernel = self.guarded("POST", f"{self.home}/api/kernels",
                              json={"name": "python3", "path": self.chapter}).json()
        self.kernel = kernel["id"]
        host = urlsplit(self.environment.host).netloc
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.client.cookies if f"{self.home}/".startswith(c.path))
        self.session = uuid.uuid4().hex
        self.socket = websocket.create_connection(
            f"ws://{host}{self.home}/api/kernels/{self.kernel}/channels?session_id={self.session}",
            cookie=cookies, timeout=PATIENCE_S, origin=self.environment.host)
        self.execute("None")
        self.timed("kernel starts", started)

    def send(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        ident = uuid.uuid4().hex
        self.socket.send(json.dumps({
            "header": {"msg_id": ident, "username": "", "session": self.session, "msg_type": kind, "version": "5.3",
                       "date": "2026-01-01T00:00:00Z"},
            "parent_header": {}, "metadata": {}, "content": content, "channel": channel, "buffers": []}))
        return ident

    def answers(self, ident: str) -> list[dict[str, Any]]:
        """Return every message that answers one, until the kernel is idle again."""
        found = []
        while True:
            raw = self.socket.recv()
            if isinstance(raw, bytes):
                continue  # of a widget's buffers; its messages come as text as well
            message = json.loads(raw)
            if message.get("parent_header", {}).get("msg_id") != ident:
                continue
            found.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return found

    def execute(self, code: str) -> list[dict[str, Any]]:
        found = self.answers(self.send("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": True}))
        for message in found:
            if message["msg_type"] == "error":
                raise Lost(f"a cell failed: {message['content']['ename']}: {message['content']['evalue']}")
        return found

    def run_all(self, cells: list[str]) -> list[tuple[str, int]]:
        """Run every cell; return the sliders that appeared, each with the number of its stops."""
        sliders = []
        for code in cells:
            started = time.perf_counter()
            found = self.execute(code)
            self.timed("a cell runs", started)
            for message in found:
                if message["msg_type"] == "comm_open":
                    state = message["content"]["data"].get("state", {})
                    if state.get("_model_name") == "SelectionSliderModel":
                        sliders.append((message["content"]["comm_id"], len(state["_options_labels"])))
        return sliders

    def move(self, sliders: list[tuple[str, int]]) -> None:
        for _ in range(MOVES if sliders else 0):
            slider, stops = random.choice(sliders)
            started = time.perf_counter()
            self.answers(self.send("comm_msg", {
                "comm_id": slider,
                "data": {"method": "update", "state": {"index": random.randrange(stops)}, "buffer_paths": []}}))
            self.timed("a slider answers", started)
            gevent.sleep(random.uniform(*PAUSE_S))

    @task
    def work(self) -> None:
        try:
            self.enter()
            cells = self.open_chapter()
            self.start_kernel()
            self.move(self.run_all(cells))
            self.at_work()
        except Exception as failure:
            self.timed("a participant finishes", time.perf_counter(), failure)
        raise StopUser

    def at_work(self) -> None:
        """Do what a look at a working participant needs."""
