"""How fast the pages are on this machine: moving a slider, against four other ways; bytes; loading; building.

    python bench/page.py                 everything (fetches the other ways into .bench/ on the first run)
    python bench/page.py --own           this book's pages only, without a network
    python bench/page.py --tests         also time the whole test suite

A slider is dragged with a real pointer, and the clock runs from the browser's event to the last change of the figure.
Main-thread time is what Chromium charged to the page, less what the same drag costs on a page without a figure. Medians
and 99th percentiles. The slowest figure is dragged again with the processor slowed down to a quarter, and each page is
loaded with and without the figures' script, to see which long tasks are theirs. Nothing is asserted, nothing in the
repository is written.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
for folder in ("tools", "tests", "bench"):
    sys.path.insert(0, str(ROOT / folder))

import website  # noqa: E402
from browser import launch  # noqa: E402
from page_rivals import figure as rival_figure  # noqa: E402

BENCH = ROOT / ".bench"
RIVALS = Path(__file__).resolve().parent / "page_rivals"
NPM = ("vega@5.33.0", "vega-lite@5.23.0", "vega-embed@6.29.0", "onnxruntime-web@1.22.0")
ONNX = ("ndonnx==0.23.0", "onnx==1.23.2")
BOKEH = "bokeh==3.7.3"
MOVES = 150
# Notes when the pointer moved, and when a figure was last drawn: a path, a new picture, or a stroke on a canvas.
WATCH = """
window.seen = { from: 0, last: 0 };
const note = () => { window.seen.last = performance.now(); };
const drawing = (change) => change.type === "attributes"
  || [...change.addedNodes].some((node) => node.matches?.("img, svg") || node.querySelector?.("img, svg"));
const arm = () => new MutationObserver((changes) => changes.some(drawing) && note()).observe(document, { subtree: true,
  childList: true, attributes: true, attributeFilter: ["d", "src"] });
if (document.documentElement) arm(); else document.addEventListener("DOMContentLoaded", arm);
for (const draw of ["stroke", "fill"]) {
  const original = CanvasRenderingContext2D.prototype[draw];
  CanvasRenderingContext2D.prototype[draw] = function (...given) { note(); return original.apply(this, given); };
}
window.addEventListener("pointermove", () => { if (!window.seen.from) window.seen.from = performance.now(); }, true);
"""


def say(*words: str) -> None:
    print(*words, flush=True)


def quantiles(values: list[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]


class Drag:
    """Drag a slider with the pointer and note what each move cost."""

    def __init__(self, page):
        self.page = page
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable")

    def _charged(self) -> float:
        """Return the milliseconds of the page's main thread so far; script alone would leave promises out."""
        metrics = self.cdp.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration") * 1e3

    def run(self, track: str, grip: str, moves: int = MOVES, patience_s: float = 0.06,
            patient: bool = False) -> dict[str, list[float]]:
        """Drag the grip along the track; return milliseconds until the figure was drawn, and of the main thread."""
        mouse, box, held = self.page.mouse, box_of(self.page, track), box_of(self.page, grip)
        y = held["y"] + held["height"] / 2
        mouse.move(held["x"] + held["width"] / 2, y)
        mouse.down()
        results: dict[str, list[float]] = {"drawn": [], "thread": []}
        for k in range(moves):
            # Steps of the golden ratio: far jumps, all over the slider.
            x = box["x"] + box["width"] * (0.04 + 0.92 * (k * 0.618034 % 1))
            self.page.evaluate("window.seen = { from: 0, last: 0 }")
            before = self._charged()
            mouse.move(x, y)
            seen = self._settled(patience_s, patient)
            after = self._charged()
            results["thread"].append(after - before)
            if seen["last"] > seen["from"] > 0:
                results["drawn"].append(seen["last"] - seen["from"])
        mouse.up()
        return results

    def _settled(self, patience_s: float, patient: bool) -> dict:
        """Wait; where one is patient (a kernel may take its time) until the figure has changed."""
        for _ in range(20):
            self.page.wait_for_timeout(patience_s * 1e3)
            seen = self.page.evaluate("window.seen")
            if seen["last"] or not patient:
                return seen
        return seen


def box_of(page, selector: str) -> dict:
    found = page.locator(selector).first
    found.scroll_into_view_if_needed()
    return found.bounding_box()


# The longest task of the main thread while a page loads, as far as a browser reports it: from 50 ms on.
LONGEST = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({ type: "longtask", buffered: true });
"""


# Figures start when they come near the view, and all of them before the page is printed.
START = "dispatchEvent(new Event('beforeprint'))"


def drag_page(browser, address: str, track: str, ready: str, grip: str = "", slower: int = 1) -> dict[str, list[float]]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(WATCH)
    page.goto(address)
    page.evaluate(START)
    page.wait_for_function(ready, timeout=60_000)
    drag = Drag(page)
    drag.cdp.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    results = drag.run(track, grip or track, patience_s=0.06 * slower)
    page.close()
    return results


def rivals(browser, folder: Path):
    """Yield the name and the drag of each way to draw the same three lines."""
    from inference_economics import standalone

    (folder / "own.html").write_text(standalone(rival_figure.explorer()), encoding="utf-8")
    (folder / "blank.html").write_text('<!doctype html><input type="range" max="1000">', encoding="utf-8")
    address = folder.as_uri()
    yield "(nothing)", drag_page(browser, f"{address}/blank.html", "input", "true")
    ready = "document.querySelector('[data-ready]')"
    yield "this book", drag_page(browser, f"{address}/own.html", "input[type=range]", ready)
    for name, file, selector in (("Vega-Lite, SVG", "vega.html?renderer=svg", "input[name=context_tok]"),
                                 ("Vega-Lite, canvas", "vega.html?renderer=canvas", "input[name=context_tok]"),
                                 ("Bokeh, canvas", "bokeh-canvas.html", ".noUi-base"),
                                 ("Bokeh, WebGL", "bokeh-webgl.html", ".noUi-base")):
        if (folder / file.split("?")[0]).exists():
            grip = ".noUi-handle" if "Bokeh" in name else ""
            yield name, drag_page(browser, f"{address}/{file}", selector, "window.ready", grip)
    if (folder / "step.onnx").exists():
        parts = [folder / "node_modules" / "onnxruntime-web" / "dist" / name
                 for name in ("ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")]
        say(f"onnxruntime-web loads {sum(map(gzipped, parts)) / 1e6:.1f} MB gzipped")
        with website.server(folder, 0) as server:  # WebAssembly is not loaded from disk
            threading.Thread(target=server.serve_forever, daemon=True).start()
            there = f"http://127.0.0.1:{server.server_port}/onnx.html"
            yield "onnxruntime-web, of ndonnx", drag_page(browser, there, "input[name=context_tok]", "window.ready")
            server.shutdown()


def fetch_rivals() -> Path:
    """Install the other ways into .bench/ and return the folder of their pages."""
    folder = BENCH / "page"
    folder.mkdir(parents=True, exist_ok=True)
    for page in ("vega.html", "onnx.html"):
        shutil.copy(RIVALS / page, folder)
    if shutil.which("npm") is None:
        say("There is no npm here, so Vega-Lite and onnxruntime-web are left out: sudo apt-get install npm")
        (folder / "vega.html").unlink()
        (folder / "onnx.html").unlink()
    elif not (folder / "node_modules" / "onnxruntime-web").exists():
        say("Fetching Vega-Lite and onnxruntime-web into .bench/")
        subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", str(folder), *NPM], check=True)
    python = environment("bokeh", BOKEH)
    for backend in ("canvas", "webgl"):
        subprocess.run([python, RIVALS / "bokeh_page.py", folder / f"bokeh-{backend}.html", backend], check=True)
    if (folder / "onnx.html").exists():
        subprocess.run([environment("onnx", *ONNX), RIVALS / "onnx_page.py", folder], check=True)
    return folder


def environment(name: str, *packages: str) -> Path:
    """Return the Python of an environment in .bench/ that holds some packages."""
    python = BENCH / name / "bin" / "python"
    if not python.exists():
        say(f"Fetching {', '.join(packages)} into .bench/")
        subprocess.run([sys.executable, "-m", "venv", BENCH / name], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


@contextlib.contextmanager
def jupyterlab(folder: Path):
    """A JupyterLab on a notebook with `interact` and matplotlib; yields its address."""
    import nbformat

    source = (RIVALS / "kernel_cell.py").read_text(encoding="utf-8")
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=metadata)
    nbformat.write(notebook, folder / "rival.ipynb")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=8899", "--ip=127.0.0.1",
               "--IdentityProvider.token=bench", f"--ServerApp.root_dir={folder}",
               "--LabApp.expose_app_in_browser=True"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield "http://127.0.0.1:8899/lab/tree/rival.ipynb?token=bench"
        finally:
            server.terminate()


def drag_kernel(browser, address: str) -> dict[str, list[float]]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(WATCH)
    for _ in range(60):
        with contextlib.suppress(Exception):
            page.goto(address)
            break
        time.sleep(0.5)
    session = "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session"
    page.wait_for_function(f"{session}?.kernel?.status === 'idle'", timeout=60_000)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".widget-slider .noUi-base", timeout=60_000)
    page.wait_for_selector(".jp-OutputArea-output img", timeout=60_000)
    page.wait_for_timeout(1000)
    results = Drag(page).run(".noUi-base", ".noUi-handle", moves=40, patience_s=0.3, patient=True)
    page.close()
    return results


def print_rivals(measured: dict[str, dict[str, list[float]]]) -> None:
    idle = {key: quantiles(values)[0] for key, values in measured.pop("(nothing)").items() if values}
    say("\nSlider to figure: three lines of 200 points, milliseconds (median / 99th percentile)\n")
    say(f"  {'':32}{'until drawn':>18}{'main thread':>18}{'ratio':>9}")
    own = quantiles(measured["this book"]["drawn"])[0]
    for name, results in measured.items():
        cells, drawn = [], quantiles(results["drawn"] or [float("nan")])
        for key in ("drawn", "thread"):
            median, high = quantiles(results[key] or [float("nan")])
            less = idle.get(key, 0.0) if key != "drawn" else 0.0
            cells.append(f"{max(median - less, 0):.2f} / {max(high - less, 0):.2f}")
        say(f"  {name:32}" + "".join(f"{cell:>18}" for cell in cells) + f"{drawn[0] / own:>8.1f}×")
    say("  onnxruntime-web computes and no more: its page draws three bare paths, without axes, words or readouts.")


def heaviest(browser, address: str, names: list[str]) -> None:
    """Time every explorer of the book by script alone, and drag the slowest one."""
    page, timed = browser.new_page(), []
    page.add_init_script("window.requestAnimationFrame = (run) => { run(performance.now()); return 0; };")
    for name in names:
        page.goto(f"{address}/{name}")
        page.evaluate(START)
        for root in page.locator("figure.explorer[data-ready]").all():
            times = root.evaluate("""(root) => {
              const controls = [...root.querySelectorAll("input[data-parameter]")], times = [];
              for (let k = 0; k < 300; k++) {
                const c = controls[k % controls.length], t0 = performance.now();
                c.value = Math.round(c.max * (k * 0.618034 % 1));
                c.dispatchEvent(new Event("input", { bubbles: true }));
                times.push(performance.now() - t0);
              }
              return times.slice(50); }""")
            timed.append((*quantiles(times), root.get_attribute("id"), name))
    page.close()
    if not timed:
        return
    timed.sort(reverse=True)
    typical = statistics.median(median for median, *_ in timed)
    say(f"\nScript per update, {len(timed)} explorers of the book, ms: typical {typical:.2f}; the slowest:")
    for median, high, ident, name in timed[:3]:
        say(f"  {median:.2f} / {high:.2f}   {name}#{ident}")
    for slower, words in ((1, ""), (4, ", the processor slowed down fourfold")):
        results = drag_page(browser, f"{address}/{timed[0][3]}", f"#{timed[0][2]} input[type=range]",
                            f"document.querySelector('#{timed[0][2]}[data-ready]')", slower=slower)
        median, high = quantiles(results["drawn"])
        inside = sum(value < 1000 / 60 for value in results["drawn"]) / len(results["drawn"])
        say(f"  dragged{words}: drawn after {median:.1f} / {high:.1f} ms; {inside:.1%} of the updates inside one frame "
            "of 60 Hz")


def longest_task(browser, address: str, figures: bool) -> float:
    """Return the longest task while a page loads and its first figures start, in ms; 0 where none takes 50."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(LONGEST)
    if not figures:
        page.route("**/kernelless*.js", lambda route: route.abort())
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1500)
    found = float(page.evaluate("window.longest"))
    page.close()
    return found


def gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def weights(browser, site: Path, address: str, names: list[str]) -> None:
    """Print what each page weighs and how soon its sliders work."""
    runtime = site / "_static" / "kernelless.js"
    say(f"\nExplorer runtime: {runtime.stat().st_size:,} bytes, {gzipped(runtime):,} gzipped")
    for name, when in (("later", "fetched when first used"), ("third", "where one is drawn, or plays")):
        later = runtime.with_name(f"kernelless-{name}.js")
        say(f"{when}: {later.stat().st_size:,} bytes, {gzipped(later):,} gzipped")
    say("\nPages, kB gzipped; usable: ms until every slider works, served from this machine; longest task while "
        "the page loads, and without the figures' script, ms, 0 where none takes 50\n")
    say(f"  {'page':44}{'html':>8}{'of it figures':>15}{'script':>9}{'style':>8}{'usable':>9}"
        f"{'longest task, without':>23}")
    ready = "[...document.querySelectorAll('figure.explorer')].every((f) => 'ready' in f.dataset)"
    for name in names:
        usable = []
        for _ in range(3):
            page = browser.new_page()
            page.goto(f"{address}/{name}", wait_until="load")
            page.evaluate(START)
            page.wait_for_function(ready)
            usable.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
            files = page.evaluate("performance.getEntriesByType('resource').map((r) => new URL(r.name).pathname)")
            figures = "".join(page.locator("figure.explorer").evaluate_all("all => all.map((f) => f.outerHTML)"))
            page.close()
        total = {suffix: sum(gzipped(site / file.lstrip("/")) for file in set(files) if file.endswith(suffix)) / 1e3
                 for suffix in (".js", ".css")}
        figure_kb = len(gzip.compress(figures.encode(), 9)) / 1e3
        say(f"  {name:44}{gzipped(site / name) / 1e3:8.1f}{figure_kb:15.1f}{total['.js']:9.1f}{total['.css']:8.1f}"
            f"{statistics.median(usable):9.0f}" + "".join(
                f"{statistics.median(longest_task(browser, f'{address}/{name}', figures) for _ in range(3)):{width}.0f}"
                for figures, width in ((True, 13), (False, 10))))


def build_times() -> Path:
    """Build the site twice, print how long each took, and return its folder."""
    output = BENCH / "site"
    shutil.rmtree(output, ignore_errors=True)
    script = ROOT / "tools" / "website.py"
    command = [sys.executable, script, "build", "--output", output, "--jobs", str(os.cpu_count())]
    for words in ("with all notebooks executed", "again, notebooks unchanged"):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        say(f"  {words}: {time.perf_counter() - started:.0f} s")
    return output / "_build" / "html"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--own", action="store_true", help="leave the other ways out")
    parser.add_argument("--tests", action="store_true", help="time the test suite too")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    say(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    say("\nBuilding the site")
    site = build_times()
    names = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in website.pages()]
    with sync_playwright() as playwright, website.server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser, _ = launch(playwright)
        address = f"http://127.0.0.1:{server.server_port}"
        weights(browser, site, address, names)
        heaviest(browser, address, names)
        folder = BENCH / "page"
        folder.mkdir(parents=True, exist_ok=True)
        if not options.own:
            fetch_rivals()
        measured = dict(rivals(browser, folder))
        if not options.own:
            with jupyterlab(folder) as lab:
                measured["ipywidgets + matplotlib, kernel"] = drag_kernel(browser, lab)
        print_rivals(measured)
        browser.close()
        server.shutdown()
    if options.tests:
        started = time.perf_counter()
        subprocess.run(["make", "test"], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        say(f"\nmake test: {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
