"""How long the whole decision takes when one number changes: script alone, at full speed and at a quarter of it.

    python bench/decision.py

Each control of the decision page moves in turn; the clock runs over the event, from the program to the figure's last
path, without what the browser lays out and paints. Chromium slows the processor down as its developer tools do. The
same moves are made in several fresh pages, cold ones first: what the page itself takes is the least of each move, and
what other work on the machine added is in the row of all. Medians and 99th percentiles; nothing is asserted, nothing in
the repository is written.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
for folder in ("tools", "tests", "bench"):
    sys.path.insert(0, str(ROOT / folder))

from browser import launch  # noqa: E402
from page import START, quantiles, say  # noqa: E402

# frames are run at once, so that the clock sees all of an update and nothing else
AT_ONCE = "window.requestAnimationFrame = (run) => { run(performance.now()); return 0; };"
MOVE = """(count) => {
  const controls = [...document.querySelectorAll("figure.explorer [data-parameter]")], times = [];
  for (let k = 0; k < count; k++) {
    const c = controls[k % controls.length], t0 = performance.now();
    if (c.tagName === "SELECT") c.selectedIndex = k % c.options.length;
    else c.value = Math.round(c.max * (k * 0.618034 % 1));
    c.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(performance.now() - t0);
  }
  return times;
}"""
MOVES, COLD, PAGES = 500, 100, 5  # in each page; the first of them, while the page's script is not compiled yet
ROWS = (("this machine", 1, 4.0), ("four times slower", 4, 16.0))  # and the milliseconds that the page should keep to


def _moves(browser, document: Path, slower: int) -> list[float]:
    """Return the milliseconds of each move in a page of its own."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(AT_ONCE)
    page.goto(document.as_uri())
    page.evaluate(START)
    page.wait_for_selector("figure.explorer[data-ready]")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    times = page.evaluate(MOVE, MOVES)
    page.close()
    return times


def main() -> int:
    from playwright.sync_api import sync_playwright

    from inference_economics.chapters.decide import page as decide
    from kernelless import standalone
    from kernelless.program import instructions

    made = decide.explorer()
    size = f"{len(instructions(made.program))} instructions, {len(made.controls_spec)} controls"
    say(f"\nThe whole decision ({size}), ms of script")
    say(f"  {'':34}{'median':>9}{'99%':>9}{'aim':>7}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        document = Path(folder) / "decide.html"
        document.write_text(standalone(made), encoding="utf-8")
        browser, _ = launch(playwright)
        for words, slower, aim in ROWS:
            took = [_moves(browser, document, slower) for _ in range(PAGES)]
            least = [min(each) for each in zip(*took, strict=True)]
            for which, times in (("", least[COLD:]), (f", first {COLD}", least[:COLD]),
                                 (", with other work", [one for page in took for one in page[COLD:]])):
                median, high = quantiles(times)
                say(f"  {words + which:34}{median:9.2f}{high:9.2f}{aim:7.0f}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
