"""Every slider of a page, driven in a browser: what the page showed, against what Python computes."""

from __future__ import annotations

from kernelless import Explorer, text

# Move each control to several places, then all of them together; note what the page shows after each move.
DRIVE = """
(root) => {
  // A curve to be drawn first is skipped: how that goes is tested apart.
  [...root.querySelectorAll(".ex-predict-actions button")].find((b) => b.textContent === "Skip")?.click();
  const controls = [...root.querySelectorAll("[data-parameter]")];
  // An option of the reader's own opens a form, which is fetched: that is tested apart.
  const places = (c) => c.tagName === "SELECT" ? [...c.options].map((o) => o.value).filter((v) => v !== "own:")
    : [0, 0.21, 0.5, 0.83, 1].map((t) => String(Math.round(t * c.max)));
  // Words and paths are read, which need no painting: the page has its frame as soon as it asks to be looked at. True
  // frames come in tests/parity.
  const waiting = [], later = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => waiting.push(draw);
  const frame = () => waiting.splice(0).forEach((draw) => draw(performance.now()));
  const move = (c, value) => { c.value = value; c.dispatchEvent(new Event("input", { bubbles: true })); };
  const words = (selector) => root.querySelector(selector).textContent;
  const seen = [];
  const note = () => {
    frame();
    seen.push({
      settings: Object.fromEntries(controls.map((c) => [c.dataset.parameter, c.dataset.value])),
      shown: Object.fromEntries(controls.map((c) => [c.dataset.parameter,
        c.tagName === "SELECT" ? c.selectedOptions[0].text : words(`[data-value-of="${c.dataset.parameter}"]`)])),
      readouts: [...root.querySelectorAll(".ex-readout")].map((r) => [...r.children].map((part) => part.textContent)),
      states: [...root.querySelectorAll(".ex-state")].map((s) => s.textContent),
      paths: [...root.querySelectorAll("svg [data-key]")].map((p) => p.getAttribute("d")).join(),
    });
  };
  const reset = () => root.querySelector('[data-action="reset"]').click();
  note();
  // From the default, and from two other settings: a slider may rest where the default is.
  for (const start of [null, 3, 1]) {
    for (const control of controls) {
      if (start === null) reset(); else for (const c of controls) move(c, places(c)[start % places(c).length]);
      for (const place of places(control)) { move(control, place); note(); }
    }
  }
  for (const t of [0, 1, 2, 3]) {
    for (const c of controls) { const all = places(c); move(c, all[t % all.length]); }
    note();
  }
  for (const preset of root.querySelectorAll('[data-action="preset"]')) { preset.click(); note(); }
  reset();
  note();
  window.requestAnimationFrame = later;
  return seen;
}
"""

# What a pointer reads off a figure that it crosses in so many steps each way.
CROSS = """([name, steps]) => {
  const root = document.querySelector(`[data-explorer="${name}"]`), svg = root.querySelector(".ex-plot svg");
  const { left, top, width, height } = svg.getBoundingClientRect(), said = new Set();
  for (let k = 0; k <= steps * steps; k += 1) {
    const clientX = left + width * (k % steps) / steps, clientY = top + height * Math.floor(k / steps) / steps;
    svg.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
    said.add(root.querySelector(".ex-cursor").textContent);
  }
  svg.dispatchEvent(new PointerEvent("pointerleave"));
  said.delete(root.querySelector(".ex-cursor").textContent);
  return [...said];
}"""


def settings_of(explorer: Explorer, words: dict[str, str]) -> dict:
    """Return the settings that the page holds, as Python holds them."""
    return {key: words[key] if hasattr(control, "options") else float(words[key])
            for key, control in explorer.controls_spec.items()}


def _texts(readout) -> set[str]:
    """Return what a readout may say: on the edge of rounding, the last place of `exp` and `pow` decides the side."""
    return {text(readout.value * nudge, readout.unit) for nudge in (1, 1 - 1e-12, 1 + 1e-12)}


def check_moment(explorer: Explorer, moment: dict) -> None:
    """Compare what `DRIVE` noted of an explorer at one moment with Python."""
    settings = settings_of(explorer, moment["settings"])
    figure = explorer.figure(**settings)
    assert [label for label, _ in moment["readouts"]] == [readout.label for readout in figure.readouts]
    wrong = {label: words for (label, words), readout in zip(moment["readouts"], figure.readouts, strict=True)
             if words not in _texts(readout)}
    assert wrong == {}, (explorer.name, settings)
    assert moment["states"] == [s.holds if bool(s.ok) else s.fails for s in figure.states], (explorer.name, settings)
    shown = {key: control.show(settings[key]) for key, control in explorer.controls_spec.items()}
    assert moment["shown"] == shown, (explorer.name, settings)
