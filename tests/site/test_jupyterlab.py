"""One real JupyterLab: open the first chapter that has an explorer, run it, move a slider, read the values back."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from book_site import ROOT
from browser import PATIENCE_MS

CHAPTER = "03_the_kv_cache.ipynb"
TOKEN = "only-for-this-test"
SETTINGS = {
    # Every cell stays in the page, so that a test may look for it; and no news from another host.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SESSION = "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session"
RUN_ALL = """
async () => {
  const app = window.jupyterapp;
  await app.restored;
  await app.commands.execute("notebook:run-all-cells");
}
"""
# Run some code in the notebook's own kernel, in a new last cell, and return what it printed.
ASK = """
async (code) => {
  const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await app.commands.execute("notebook:insert-cell-below");
  notebook.activeCell.model.sharedModel.setSource(code);
  await app.commands.execute("notebook:run-cell");
  const outputs = notebook.activeCell.model.outputs;
  const all = Array.from({ length: outputs.length }, (_, k) => outputs.get(k).toJSON());
  return all.flatMap((output) => output.text ?? JSON.stringify(output)).join("");
}
"""
FIND = """
import gc, json
from inference_economics import Explorer
explorer = next(o for o in gc.get_objects() if isinstance(o, Explorer) and o.title == {title!r})
print(json.dumps(explorer.values))
"""


def _address(runtime: Path, server: subprocess.Popen, log: Path) -> str:
    """Wait until JupyterLab has written down where it listens; a slow start is no failure, an early end is one."""
    while server.poll() is None:
        for note in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(json.JSONDecodeError):  # it is being written
                return json.loads(note.read_text())["url"]
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}", pytrace=False)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on a copy of the notebooks; yields the address of the chapter."""
    home = tmp_path_factory.mktemp("lab")
    (home / "work").mkdir()
    shutil.copy(ROOT / "notebooks" / CHAPTER, home / "work")
    for name, values in SETTINGS.items():
        extension, plugin = name.split("/")
        path = home / "settings" / "@jupyterlab" / extension / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    folders = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
               "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTER_CONFIG_DIR": "config", "IPYTHONDIR": "ipython"}
    environment = os.environ | {key: str(home / folder) for key, folder in folders.items()}
    log = home / "log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home / 'work'}",
               "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
    with log.open("w") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as server:
        try:
            yield f"{_address(home / 'runtime', server, log)}lab/tree/{CHAPTER}?token={TOKEN}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def page(chromium, lab):
    """The chapter in JupyterLab, all its cells run."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.troubles = []
    page.on("request", lambda r: r.url.startswith((lab.split("/lab")[0], "ws://127.0.0.1", "data:", "blob:"))
            or page.troubles.append(r.url))
    page.goto(lab)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(f"() => {SESSION}?.kernel?.status === 'idle'")
    page.evaluate(RUN_ALL)
    yield page
    context.close()


@pytest.fixture(scope="module")
def widget(page):
    """The first explorer's widget."""
    box = page.locator(".jp-OutputArea-output .widget-vbox:has(svg)").first
    box.scroll_into_view_if_needed()
    return box


def _values(page, widget) -> dict:
    title = widget.locator("b").first.inner_text()
    return json.loads(page.evaluate(ASK, FIND.format(title=title)))


def test_all_cells_run(page, widget):
    assert widget.is_visible()
    assert page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0


def test_a_slider_moves_the_figure_the_readout_and_the_values(page, widget):
    before = {"values": _values(page, widget), "figure": widget.locator("svg").inner_html(),
              "words": widget.inner_text()}
    handle = widget.locator(".noUi-handle").first
    handle.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("([box, old]) => box.querySelector('svg').innerHTML !== old",
                           arg=[widget.element_handle(), before["figure"]])
    after = _values(page, widget)
    assert after != before["values"]
    assert widget.inner_text() != before["words"]
    changed = [key for key in after if after[key] != before["values"][key]]
    assert len(changed) == 1
    assert after[changed[0]] > before["values"][changed[0]]


def test_jupyterlab_asks_no_other_host(page, widget):
    assert page.troubles == []
