// One explorer: controls in, program, moved paths and readouts out.

import { text } from "./format.js";
import { atFirst, live, part } from "./page.js";
import { chosen, KINDS, scaleOf, unseen } from "./plot.js";
import { load } from "./program.js";
import { encode, nearest, sentence, show, snap, stopsOf } from "./settings.js";
import { announcement, description } from "./speaking.js";

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
    axes: spec.axes, frame: spec.frame, px: scaleOf(spec.axes.x, left, width),
    py: scaleOf(spec.axes.y, top + height, -height),
    marks: spec.marks.map((m, k) => ({ ...m, path: find(`m${k}`), words: find(`m${k}-t`),
      pieces: [...root.querySelectorAll(`[data-key^="m${k}-"]`)] })),
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
  let readAgain = () => {}, refresh = () => {};
  atFirst(part(root, ".ex-plot"), ["pointerenter", "pointerdown", "pointermove", "focusin", "keydown"], async () => {
    readAgain = (await import("./cursor.js")).startCursor(root, plot, v);
  });

  /** @type {Settings} */
  const settings = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));
  const inputs = spec.controls.map((c) => {
    const element = /** @type {HTMLInputElement} */ (part(root, `[data-parameter="${c.name}"]`));
    const stops = c.kind === "slider" ? stopsOf(c) : [];
    if (c.kind === "slider") Object.assign(element, { min: 0, max: stops.length - 1, step: 1 });
    return { c, element, stops, shown: part(root, `[data-value-of="${c.name}"]`) };
  });

  const numbers = () => Object.fromEntries(spec.controls.map((c) => [c.name, encode(c, settings[c.name])]));

  let speaking = 0;
  const described = part(root, ".ex-plot > .ex-sr"), atDefault = described.textContent;
  /** @returns {import("./speaking.js").Moment} */
  const moment = () => ({
    settings: spec.controls.map((c) => ({ label: c.label, words: show(c, settings[c.name]) })),
    readouts: readouts.map((r) => ({ label: r.label, words: r.element.textContent ?? "" })),
    states: states.map((s) => s.element.textContent ?? ""), unseen: missing.textContent ?? "",
  });
  /** @type {import("./speaking.js").Moment} */
  let before;
  function speak() {
    const now = moment(), words = announcement(before, now);
    before = now;
    if (words) spoken.textContent = words;
    const moved = spec.controls.some((c) => settings[c.name] !== c.default);
    described.textContent = moved ? description(spec.title, now) : atDefault;
    refresh();
  }

  /** Redraw what depends on the changed inputs. */
  function update() {
    const changed = program.evaluate(numbers());
    for (const { m, needs } of marks) if (needs & changed) KINDS[m.kind].draw(m, v, plot);
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

  const address = () => {
    const query = new URLSearchParams(spec.controls.map((c) => [c.name, String(settings[c.name])]));
    return `${location.href.split("#")[0]}#${root.id}?${query}`;
  };
  /** @type {(use: (button: HTMLElement) => Promise<void>) => (button: HTMLElement) => Promise<void>} */
  const fetched = (use) => (button) => use(button).catch((error) => {
    part(root, ".ex-cursor").textContent = spoken.textContent = error.message;
  });
  const save = fetched(async (button) => {
    (await import("./download.js")).download(button.dataset.action ?? "", root, spec, v, settings, address());
  });
  /** @type {ReturnType<typeof import("./sheet.js").startSheets> | undefined} */
  let sheets;
  const sheet = fetched(async (button) => {
    const { startSheets } = await import("./sheet.js");
    sheets ??= startSheets(root, spec, v, settings);
    refresh = sheets.refresh;
    sheets.toggle(button);
  });

  /** @type {Record<string, (button: HTMLElement) => void>} */
  const actions = {
    csv: save,
    svg: save,
    png: save,
    table: sheet,
    python: sheet,
    reset: () => set(defaults),
    preset: (button) => set({ ...defaults, ...spec.presets[button.dataset.preset ?? ""] }),
    link(button) {
      const here = address();
      const box = /** @type {HTMLInputElement} */ (part(root, ".ex-link"));
      box.hidden = false;
      box.value = here;
      box.focus();
      box.select();
      history.replaceState(null, "", here);
      const copied = () => { button.textContent = "Link copied"; };
      // Refused on a page that was opened from disk; the address stands selected in the box.
      navigator.clipboard?.writeText(here).then(copied, () => {});
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
  before = moment();
  for (const hidden of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-live]"))) {
    hidden.hidden = false;
  }
  root.dataset.ready = "true";
  fromAddress();
}

live("figure.explorer", startExplorer);
