"""Every slider of every page, driven in a browser: the page shows the digits that Python computes."""

from __future__ import annotations

import itertools

import pytest
from book_site import ROOT, page_names, website

from inference_economics import Explorer

# Move each control to several places, then all of them together; note what the page shows after each move.
DRIVE = """
async (root) => {
  const controls = [...root.querySelectorAll("[data-parameter]")];
  const places = (c) => c.tagName === "SELECT" ? [...c.options].map((o) => o.value)
    : [0, 0.21, 0.5, 0.83, 1].map((t) => String(Math.round(t * c.max)));
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const move = (c, value) => { c.value = value; c.dispatchEvent(new Event("input", { bubbles: true })); };
  const seen = [];
  const note = async () => {
    await frame();
    seen.push({
      settings: Object.fromEntries(controls.map((c) => [c.dataset.parameter, c.dataset.value])),
      shown: Object.fromEntries(controls.map((c) => [c.dataset.parameter,
        c.tagName === "SELECT" ? c.selectedOptions[0].text : root.querySelector(`[data-value-of="${c.dataset.parameter}"]`).textContent])),
      readouts: [...root.querySelectorAll(".ex-readout")].map((r) => [r.querySelector("span").textContent, r.querySelector("output").textContent]),
      states: [...root.querySelectorAll(".ex-state")].map((s) => s.textContent),
      paths: [...root.querySelectorAll("svg [data-key]")].map((p) => p.getAttribute("d")).join(),
    });
  };
  const reset = () => root.querySelector('[data-action="reset"]').click();
  await note();
  for (const control of controls) {
    for (const place of places(control)) { move(control, place); await note(); }
    reset();
  }
  for (const t of [0, 1, 2, 3]) {
    for (const c of controls) { const all = places(c); move(c, all[t % all.length]); }
    await note();
  }
  for (const preset of root.querySelectorAll('[data-action="preset"]')) { preset.click(); await note(); }
  reset();
  await note();
  return seen;
}
"""


def explorers_of(source) -> list[Explorer]:
    """Run a page's code and return the explorers that it declares, in order."""
    notebook, made = website.read_notebook(source), []
    if notebook is None:
        return []
    original = Explorer.__init__

    def noted(self, *arguments, **settings):
        original(self, *arguments, **settings)
        made.append(self)

    Explorer.__init__ = noted
    try:
        namespace: dict = {"__name__": "__main__"}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, f"{source.name}", "exec"), namespace)
    finally:
        Explorer.__init__ = original
    return made


PAGES = [source for source in website.pages() if "explore(" in source.read_text(encoding="utf-8")]


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def page_code(request, monkeypatch_module):
    source = request.param
    monkeypatch_module.chdir(source.parent)
    return source, {explorer.name: explorer for explorer in explorers_of(source)}


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def _settings(explorer: Explorer, words: dict[str, str]) -> dict:
    """Return the settings that the page holds, as Python holds them."""
    return {key: words[key] if hasattr(control, "options") else float(words[key])
            for key, control in explorer.controls_spec.items()}


def test_the_page_shows_what_python_computes(page_code, visit):
    source, explorers = page_code
    page = visit(source.relative_to(ROOT).with_suffix(".html").as_posix(), from_disk=True)
    roots = page.locator("figure.explorer[data-ready]").all()
    assert len(roots) == page.locator("figure.explorer").count() > 0
    for root in roots:
        explorer = explorers[root.get_attribute("data-explorer")]
        seen = root.evaluate(DRIVE)
        for moment in seen:
            settings = _settings(explorer, moment["settings"])
            figure = explorer.figure(**settings)
            assert dict(moment["readouts"]) == explorer.readouts(**settings), (explorer.name, settings)
            assert moment["states"] == [s.holds if bool(s.ok) else s.fails for s in figure.states], (explorer.name, settings)
            assert moment["shown"] == {key: control.show(settings[key]) for key, control in explorer.controls_spec.items()}
        assert seen[0] == seen[-1], f"{explorer.name}: reset does not bring the default back"
        assert len({moment["paths"] for moment in seen}) > 1, f"{explorer.name}: no mark ever moves"
    assert page.troubles == []


def test_each_control_changes_what_the_page_shows(page_code, visit):
    source, explorers = page_code
    page = visit(source.relative_to(ROOT).with_suffix(".html").as_posix())
    dead = []
    for root in page.locator("figure.explorer[data-ready]").all():
        explorer, seen = explorers[root.get_attribute("data-explorer")], root.evaluate(DRIVE)
        for key in explorer.controls_spec:
            alone = itertools.groupby(seen, lambda moment: {k: v for k, v in moment["settings"].items() if k != key})  # noqa: B023
            runs = [[(m["paths"], str(m["readouts"]), str(m["states"])) for m in run] for _, run in alone]
            if not any(len(set(run)) > 1 for run in runs):
                dead.append((explorer.name, key))
    assert dead == []


def test_every_explorer_can_fail_visibly(page_code):
    # Each figure with a state has a setting in reach that shows it failing, or the state teaches nothing.
    _, explorers = page_code
    for explorer in explorers.values():
        states = explorer.figure().states
        if not states:
            continue
        corners = itertools.product(*([control.snap(control.low), control.snap(control.high)] if hasattr(control, "low")
                                      else [*control.options] for control in explorer.controls_spec.values()))
        seen = {bool(state.ok) for corner in itertools.islice(corners, 4096)
                for state in explorer.figure(**dict(zip(explorer.controls_spec, corner, strict=True))).states}
        assert False in seen, f"{explorer.name} never shows its failure"


def test_a_link_carries_the_settings(page_code, visit):
    source, explorers = page_code
    page = visit(source.relative_to(ROOT).with_suffix(".html").as_posix())
    root = page.locator("figure.explorer[data-ready]").first
    explorer = explorers[root.get_attribute("data-explorer")]
    root.locator("[data-parameter]").first.evaluate(
        "c => { if (c.tagName === 'SELECT') c.selectedIndex = 1; else c.value = 1;"
        " c.dispatchEvent(new Event('input', { bubbles: true })); }")
    root.locator('[data-action="link"]').click()
    address = root.locator(".ex-link").input_value()
    other = visit(address.split("/", 3)[3])
    again = other.locator("figure.explorer[data-ready]").first
    for key in explorer.controls_spec:
        of = f'[data-parameter="{key}"]'
        assert again.locator(of).get_attribute("data-value") == root.locator(of).get_attribute("data-value")
    assert other.troubles == []
