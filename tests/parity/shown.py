"""What a page with the synthetic explorers shows, and what it should show by Python's account."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
from parity.synthetic import explorers

from kernelless import Label, Rule
from kernelless.palette import PAGE_DOT
from kernelless.svg import Layout, moving_svg

EXPLORERS = {explorer.name: explorer for explorer in explorers()}
# What a strict site allows: no eval, no other host, nothing from anywhere but the page itself.
POLICY = ('<meta http-equiv="Content-Security-Policy" content="'
          "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob: data:\">")
SET = """([name, settings]) => {
  const root = document.getElementById(`explorer-${name}`);
  for (const [key, place] of Object.entries(settings)) {
    const control = root.querySelector(`[data-parameter="${key}"]`);
    const pick = control.tagName === "SELECT";
    control.value = pick ? control.options[place].value : String(Math.round(place * control.max));
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
# Every figure starts, in view or not, as it does before the page is printed.
START = "dispatchEvent(new Event('beforeprint'))"
# Change the address, and come back when the page has been told.
GO = """(hash) => new Promise((done) => {
  window.addEventListener("hashchange", () => done(), { once: true });
  location.hash = hash;
})"""
SEE = """(name) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const root = document.getElementById(`explorer-${name}`);
  const all = (selector) => [...root.querySelectorAll(selector)];
  done({
    settings: Object.fromEntries(all("[data-parameter]").map((c) => [c.dataset.parameter, c.dataset.value])),
    shown: Object.fromEntries(all("[data-value-of]").map((o) => [o.dataset.valueOf, o.textContent])),
    chosen: Object.fromEntries(all("select").map((s) => [s.dataset.parameter, s.selectedOptions[0].textContent])),
    readouts: Object.fromEntries(all(".ex-readout").map((r) => [r.children[0].textContent, r.children[1].textContent])),
    states: all(".ex-state").map((s) => [s.textContent, s.dataset.ok]),
    frame: root.querySelector(".ex-plot svg").dataset.frame.split(" ").map(Number),
    em: parseFloat(getComputedStyle(root.querySelector(".ex-plot svg")).fontSize),
    unseen: all(".ex-unseen").map((u) => u.textContent).join(""),
    paths: Object.fromEntries(all("svg path[data-key]").map((p) => [p.dataset.key, p.getAttribute("d")])),
    words: Object.fromEntries(all("svg text[data-key]").map((t) => [t.dataset.key,
      [t.textContent, t.getAttribute("visibility") ?? "visible", t.getAttribute("x"), t.getAttribute("y")]])),
  });
})))"""


def reset(page, name):
    page.locator(f"#explorer-{name} [data-action=reset]").click()
    return page.evaluate(SEE, name)


def settings_in(explorer, seen) -> dict:
    """Return the settings that the page holds, as Python holds them."""
    return {key: float(value) if explorer.controls_spec[key].spec()["kind"] == "slider" else value
            for key, value in seen["settings"].items()}


def same_path(a: str, b: str) -> bool:
    """Say whether two paths have the same strokes, with corners within 0.02 of a point."""
    number = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
    if re.sub(number, "#", a).replace("# ", "#") != re.sub(number, "#", b).replace("# ", "#"):
        return False
    return np.allclose(*([float(n) for n in re.findall(number, d)] for d in (a, b)), atol=0.02, rtol=1e-9)


def check_against_python(explorer, seen):
    """Compare everything that moves with what Python computes for the settings that the page holds."""
    settings = settings_in(explorer, seen)
    figure = explorer.figure(**settings)
    assert explorer.settings(**settings) == settings  # the page holds nothing that a control cannot
    assert seen["readouts"] == explorer.readouts(**settings), settings
    for key, control in explorer.controls_spec.items():
        assert (seen["shown"] | seen["chosen"])[key] == control.show(settings[key])
    assert seen["states"] == [[s.holds if bool(s.ok) else s.fails, str(int(bool(s.ok)))] for s in figure.states]
    assert seen["unseen"] == figure.unseen(), settings
    # The page laid the plot out for its width; in that frame every mark stands where Python puts it.
    layout = Layout(tuple(seen["frame"]), PAGE_DOT, seen["em"])
    svg = ET.fromstring(f"<svg>{''.join(moving_svg(figure, 'i', layout))}</svg>")
    found = {element.get("data-key"): element for element in svg.iter() if element.get("data-key")}
    for key, d in seen["paths"].items():
        assert same_path(d, found[key].get("d")), f"{key} at {settings}:\n{d[:200]}\n{found[key].get('d')[:200]}"
    words = {key: found[key].text or "" for key in seen["words"]}
    words |= {f"m{i}-t": mark.words() if isinstance(mark, Label) else mark.label
              for i, mark in enumerate(figure.marks) if isinstance(mark, (Rule, Label))}
    for key, (said, visible, x, y) in seen["words"].items():
        assert said == words[key] == (found[key].text or "")
        assert visible == found[key].get("visibility", "visible"), (key, settings)
        if visible == "visible" and not key.endswith("-t"):  # those of shapes stand where Python says
            assert abs(float(x) - float(found[key].get("x"))) <= 0.02, (key, settings)
            assert abs(float(y) - float(found[key].get("y"))) <= 0.02, (key, settings)
        elif visible == "visible":  # the script chooses a free spot within the plot
            left, top, width, height = layout.of(figure.panel_of()[int(key[1:-2])])
            assert left - 400 < float(x) < left + width, (key, settings)
            assert top < float(y) < top + height, (key, settings)
