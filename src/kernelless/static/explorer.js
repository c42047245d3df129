// One explorer: controls in, program, moved paths and readouts out.

import { BOXES } from "./boxes.js";
import { startCursor } from "./cursor.js";
import { downloads } from "./download.js";
import { text } from "./format.js";
import { startFrame } from "./frame.js";
import { live, part } from "./page.js";
import { chosen, KINDS, scaleOf, unseen } from "./plot.js";
import { load } from "./program.js";
import { encode, nearest, sentence, show, snap, stopsOf } from "./settings.js";

/** @import { MarkSpec, Plot, Spec } from "./plot.js" */
/** @import { Settings } from "./settings.js" */

/**
 * Bring one explorer to life.
 * @param {HTMLElement} root the `<figure class="explorer">`
 */
function startExplorer(root) {
  /** @type {Spec} */
  const spec = JSON.parse(part(root, "script.ex-spec").textContent ?? "");
  const program = load(spec.program), v = program.values;
  /** @param {string} key */
  const find = (key) => part(root, `[data-key="${key}"]`);
  const [left, top, width, height] = spec.frame;
  /** @type {Plot} */
  const plot = {
    axes: spec.axes, frame: spec.frame, equal: spec.equal, em: 8, px: scaleOf(spec.axes.x, left, width),
    py: scaleOf(spec.axes.y, top + height, -height),
    marks: spec.marks.map((m, k) => ({ ...m, path: find(`m${k}`), words: find(`m${k}-t`),
      pieces: [...root.querySelectorAll(`path[data-key^="m${k}-"]`)],
      texts: [...root.querySelectorAll(`text[data-key^="m${k}-"]`)] })),
  };
  // A bit for each input that a part depends on.
  /** @param {MarkSpec} m */
  const needs = (m) => {
    const places = KINDS[m.kind].fields.map((field) => m[/** @type {"x"} */ (field)]);
    if (typeof m.label !== "string") places.push(m.label.at);
    return places.reduce((mask, place) => mask | program.depends[place], 0);
  };
  const marks = plot.marks.map((m) => ({ m, needs: needs(m) }));
  const readouts = spec.readouts.map((r, k) => ({ ...r, element: find(`r${k}`), needs: program.depends[r.value] }));
  const states = spec.states.map((s, k) => ({ ...s, element: find(`s${k}`) }));
  const summary = part(root, ".ex-settings"), spoken = part(root, ".ex-spoken"), missing = part(root, ".ex-unseen");
  const readAgain = startCursor(root, plot, v);

  /** @type {Settings} */
  const settings = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));
  const inputs = spec.controls.map((c) => {
    const element = /** @type {HTMLInputElement} */ (part(root, `[data-parameter="${c.name}"]`));
    const stops = c.kind === "slider" ? stopsOf(c) : [];
    if (c.kind === "slider") Object.assign(element, { min: 0, max: stops.length - 1, step: 1 });
    return { c, element, stops, shown: part(root, `[data-value-of="${c.name}"]`) };
  });

  const numbers = () => Object.fromEntries(spec.controls.map((c) => [c.name, encode(c, settings[c.name])]));

  const draw = () => { for (const { m } of marks) KINDS[m.kind].draw(m, v, plot); };

  let speaking = 0;
  function speak() {
    const values = readouts.map((r) => `${r.label}: ${r.element.textContent}`);
    const said = [...values, ...states.map((s) => s.element.textContent)].join(". ");
    spoken.textContent = [said, missing.textContent].filter(Boolean).join(" ");
  }

  /** Redraw what depends on the changed inputs. */
  function update() {
    const changed = program.evaluate(numbers());
    for (const { m, needs } of marks) if (needs & changed) KINDS[m.kind].draw(m, v, plot);
    settle();
    for (const r of readouts) if (r.needs & changed) r.element.textContent = text(v[r.value][0], r.unit);
    for (const s of states) {
      const ok = v[s.ok][0] !== 0, words = chosen(ok ? s.holds : s.fails, v);
      s.element.dataset.ok = String(Number(ok));
      if (s.element.textContent !== words) s.element.textContent = words;
    }
    const words = unseen(plot, v);
    if (missing.textContent !== words) missing.textContent = words;
    readAgain();
    // Spoken once the reader has stopped moving, not at every step.
    clearTimeout(speaking);
    speaking = setTimeout(speak, 700);
  }

  /** Show the settings on the controls. */
  function reflect() {
    for (const { c, element, stops, shown } of inputs) {
      const value = settings[c.name], words = show(c, value);
      const held = c.kind === "slider" ? String(nearest(stops, Number(value))) : String(value);
      if (element.value !== held) element.value = held;
      if (c.kind === "slider") {
        element.setAttribute("aria-valuetext", words);
        shown.textContent = words;
      }
      element.dataset.value = String(value);
    }
    summary.textContent = sentence(spec.controls, settings);
  }

  let waiting = false;
  /** @param {Settings} next */
  function change(next) {
    Object.assign(settings, next);
    reflect();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; update(); });
  }
  /** @param {Record<string, unknown>} given */
  const set = (given) => {
    const known = spec.controls.filter((c) => Object.hasOwn(given, c.name));
    change(Object.fromEntries(known.map((c) => [c.name, snap(c, given[c.name])])));
  };
  const defaults = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));

  for (const { c, element, stops } of inputs) {
    element.addEventListener("input", () =>
      set({ [c.name]: c.kind === "slider" ? stops[Number(element.value)] : element.value }));
  }

  /** @type {Record<string, (button: HTMLElement) => void>} */
  const actions = {
    ...downloads(root, spec, v, settings),
    reset: () => set(defaults),
    preset: (button) => set({ ...defaults, ...spec.presets[button.dataset.preset ?? ""] }),
    link(button) {
      const query = new URLSearchParams(spec.controls.map((c) => [c.name, String(settings[c.name])]));
      const address = `${location.href.split("#")[0]}#${root.id}?${query}`;
      const box = /** @type {HTMLInputElement} */ (part(root, ".ex-link"));
      box.hidden = false;
      box.value = address;
      box.focus();
      box.select();
      history.replaceState(null, "", address);
      const copied = () => { button.textContent = "Link copied"; };
      // Refused on a page that was opened from disk; the address stands selected in the box.
      navigator.clipboard?.writeText(address).then(copied, () => {});
    },
  };
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("button[data-action]"))) {
    button.addEventListener("click", () => actions[button.dataset.action ?? ""](button));
  }

  /** Take the settings from the address, if it names this explorer. What it does not name is at its default. */
  function fromAddress() {
    const [id, ...query] = location.hash.slice(1).split("?");
    if (id !== root.id || !query.length) return;
    set({ ...defaults, ...Object.fromEntries(new URLSearchParams(query.join("?"))) });
    root.scrollIntoView();
  }
  window.addEventListener("hashchange", fromAddress);

  program.evaluate(numbers());
  reflect();
  const settle = startFrame(root, plot, v, () => { draw(); readAgain(); });
  for (const hidden of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-live]"))) {
    hidden.hidden = false;
  }
  root.dataset.ready = "true";
  fromAddress();
}

Object.assign(KINDS, BOXES);
live("figure.explorer", startExplorer);
