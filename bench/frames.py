"""What a moved slider costs on a page, with style, layout and paint, on a processor slowed down to a quarter.

    python bench/frames.py FOLDER           every figure of a built site (`_build/html`), the three heaviest printed
    python bench/frames.py FOLDER PAGE …    some pages of it

Each figure's sliders are moved, one a frame. What counts is the time of the page's main thread from one frame to the
next as Chromium traces it: script, style, layout and paint together, without what other programs take of the processor.
Nothing is asserted, nothing in the repository is written.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import website  # noqa: E402
from browser import launch  # noqa: E402

SLOWER, MOVES = 4, 24
PARTS = {"FunctionCall": "script", "UpdateLayoutTree": "style", "Layout": "layout", "PrePaint": "before paint",
         "Paint": "paint"}
MOVE = """([id, moves]) => new Promise((done) => {
  const root = document.getElementById(id), all = [...root.querySelectorAll("input[type=range][data-parameter]")];
  let k = 0;
  const next = () => {
    if (k === moves) { done(all.length); return; }
    const c = all[k % all.length];
    if (c) {
      c.value = Math.round(c.max * (++k * 0.618034 % 1));
      performance.mark("moved");
      c.dispatchEvent(new Event("input", { bubbles: true }));
    } else k = moves;
    requestAnimationFrame(() => requestAnimationFrame(next));
  };
  next();
})"""


def on_main_thread(trace: bytes) -> list[dict]:
    """Return the events of the page's main thread that took processor time, in order."""
    events = json.loads(trace)["traceEvents"]
    main = {(e["pid"], e["tid"]) for e in events
            if e.get("name") == "thread_name" and e["args"]["name"] == "CrRendererMain"}
    return sorted((e for e in events if (e["pid"], e["tid"]) in main and "ts" in e), key=lambda e: e["ts"])


def frames(events: list[dict]) -> tuple[list[float], Counter[str]]:
    """Return the milliseconds of tasks after each move, and of what they consist."""
    moved = [e["ts"] for e in events if e["name"] == "moved"]
    tasks = [e for e in events if e["name"].endswith("RunTask") and e.get("ph") == "X"]
    spent = []
    for from_, to in zip(moved, [*moved[1:], float("inf")], strict=True):
        inside = [e for e in tasks if e["ts"] + e["dur"] > from_ and e["ts"] < to]
        spent.append(sum(e.get("tdur", 0) for e in inside) / 1e3)
    parts: Counter[str] = Counter()
    for e in events:
        if e.get("ph") == "X" and e["name"] in PARTS and moved and e["ts"] > moved[0]:
            parts[PARTS[e["name"]]] += e.get("tdur", 0) / 1e3 / len(moved)
    return spent[1:-1], parts


def main() -> int:
    from playwright.sync_api import sync_playwright

    site = Path(sys.argv[1])
    names = sys.argv[2:] or [p.relative_to(ROOT).with_suffix(".html").as_posix() for p in website.pages()]
    found = []
    with sync_playwright() as playwright, website.server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser, _ = launch(playwright)
        for name in names:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://127.0.0.1:{server.server_port}/{name}")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.wait_for_timeout(500)
            slow = page.context.new_cdp_session(page)
            for ident in page.locator("figure.explorer[data-ready]").evaluate_all("all => all.map((f) => f.id)"):
                page.evaluate("(id) => document.getElementById(id).scrollIntoView()", ident)
                slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
                browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "blink.user_timing"])
                page.evaluate(MOVE, [ident, MOVES])
                spent, parts = frames(on_main_thread(browser.stop_tracing()))
                slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
                if spent:
                    found.append((statistics.median(spent), max(spent), f"{name}#{ident}", parts))
            page.close()
        browser.close()
        server.shutdown()
    found.sort(key=lambda one: one[0], reverse=True)
    inside = sum(median < 1000 / 60 for median, *_ in found)
    print(f"{len(found)} figures, processor slowed down {SLOWER}-fold: {inside} of them within a frame of 60 Hz "
          "(16.7 ms) in the median. The heaviest, ms of the main thread for a move (median / most), and of it:")
    for median, most, where, parts in found[:3]:
        print(f"  {median:6.1f} / {most:.1f}  {where}: " + ", ".join(f"{k} {v:.1f}" for k, v in parts.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
