// One explorer: controls in, program, moved paths and readouts out.

import { startControls } from "./controls.js";
import { text } from "./format.js";
import { startFrame } from "./frame.js";
import { recalled, remember, startHistory } from "./history.js";
import { startLink } from "./link.js";
import { atFirst, excuse, live, part, partners } from "./page.js";
import { chosen, KINDS, scaleOf } from "./plot.js";
import { load } from "./program.js";
import { encode, sentence, show, snap } from "./settings.js";

/** @import { MarkSpec, Plot, Spec } from "./plot.js" */
/** @import { Settings, Value } from "./settings.js" */

/**
 * Bring one explorer to life, in steps: what it is made of, its program, its values, its controls, its frame. What a
 * hand, a link or another figure can reach stands in the last.
 * @param {HTMLElement} root the `<figure class="explorer">`
 * @returns {Generator<Promise<unknown> | undefined, void>}
 */
function* startExplorer(root) {
  /** @type {Spec} */
  const spec = JSON.parse(part(root, "script.ex-spec").textContent ?? "");
  const panel = part(root, ".ex-controls"), held = /** @type {HTMLElement | null} */ (panel.querySelector(":focus"));
  while (spec.marks.some((m) => !KINDS[m.kind])) {
    panel.inert = true; // a slider that nothing hears yet must not move,
    held?.blur(); // nor one that keeps the focus until the next frame
    yield import("./boxes.js").then(({ BOXES }) => Object.assign(KINDS, BOXES));
  }
  panel.inert = false;
  setTimeout(() => held?.focus()); // which may start what is left
  yield;
  const program = load(spec.program), v = program.values, amiss = excuse(root);
  yield;
  /** @param {string} key */
  const find = (key) => part(root, `[data-key="${key}"]`);
  const [left, top, width, height] = spec.frame;
  // The places among the program's values that a part shows.
  /** @param {MarkSpec} m */
  const shown = (m) => [...KINDS[m.kind].fields.map((field) => m[/** @type {"x"} */ (field)]),
    ...(typeof m.label === "string" ? [] : [m.label.at])];
  /** @type {any} the marks come below */
  const views = (spec.panels ?? [""]).map(() => ({
    axes: spec.axes, frame: spec.frame, equal: spec.equal, em: 8, px: scaleOf(spec.axes.x, left, width),
    py: scaleOf(spec.axes.y, top + height, -height),
  }));
  /** @type {Plot} */
  const plot = views[0];
  plot.views = views;
  plot.marks = spec.marks.map((m, k) => ({ ...m, shown: shown(m), view: views[m.panel ?? 0],
    path: find(`m${k}`), words: find(`m${k}-t`),
    pieces: [...root.querySelectorAll(`path[data-key^="m${k}-"]`)],
    texts: [...root.querySelectorAll(`text[data-key^="m${k}-"]`)] }));
  const readouts = spec.readouts.map((r, k) => ({ ...r, element: find(`r${k}`) }));
  const boxes = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".ex-state"));
  const findings = /** @type {HTMLElement | null} */ (root.querySelector(".ex-states"));
  const states = spec.states.map((s, k) => ({ ...s, element: find(`s${k}`), box: boxes[k] }));
  const summary = part(root, ".ex-settings"), spoken = part(root, ".ex-spoken"), missing = part(root, ".ex-unseen");
  let readAgain = () => {}, refresh = () => {};

  /** @type {Settings} */
  const defaults = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));
  const settings = { ...defaults };
  const presets = [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-preset]"))].map((button) =>
    ({ button, held: { ...defaults, ...spec.presets[button.dataset.preset ?? ""] } }));
  const undo = part(root, "[data-action=undo]");

  const numbers = (at = settings) => Object.fromEntries(spec.controls.map((c) => [c.name, encode(c, at[c.name])]));
  program.evaluate(numbers());
  yield;
  /** @type {Settings | null} the setting that is pinned as A */
  let kept = null;
  /** @type {import("./pins.js").Pins | undefined} */
  let pins;
  let alone = ""; // the controls that are set only here
  /** @type {Record<string, string>} options of the reader's own that are being read; one that is set otherwise is not */
  const wanted = {};

  const draw = () => { for (const m of plot.marks) KINDS[m.kind].draw(m, v, m.view); };

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
  async function speak() {
    reach();
    const { announcement, description } = await import("./speaking.js");
    const now = moment(), words = announcement(before, now);
    before = now;
    if (words) spoken.textContent = words;
    const moved = spec.controls.some((c) => settings[c.name] !== c.default);
    described.textContent = moved ? description(spec.title, now) : atDefault;
    refresh();
  }

  /** Where the findings take more than their room, the keyboard can scroll them. */
  function reach() {
    if (findings) findings.tabIndex = findings.scrollHeight > findings.clientHeight + 1 ? 0 : -1;
  }

  /** Redraw what depends on the changed inputs. */
  function update() {
    const changed = program.evaluate(numbers());
    for (const m of plot.marks) if (m.shown.some((place) => program.moved[place])) KINDS[m.kind].draw(m, v, m.view);
    settle();
    for (const r of readouts) {
      if (!program.moved[r.value]) continue;
      const words = text(v[r.value][0], r.unit), widest = r.element.dataset.longest ?? "";
      r.element.textContent = words;
      if (words.length > widest.length) r.element.dataset.longest = words;
    }
    for (const s of states) {
      const ok = v[s.ok][0] !== 0, words = chosen(ok ? s.holds : s.fails, v);
      s.box.dataset.ok = String(Number(ok));
      if (s.element.textContent !== words) s.element.textContent = words;
    }
    import("./reading.js").then(({ unseen }) => {
      const words = unseen(plot, v);
      if (missing.textContent !== words) missing.textContent = words;
    }).catch(amiss);
    readAgain();
    pins?.compare();
    if (changed) root.dispatchEvent(new CustomEvent("kernelless:moved"));
    // Spoken once the reader has stopped moving, not at every step.
    clearTimeout(speaking);
    speaking = setTimeout(() => { keep(); speak().catch(amiss); }, 700);
  }

  /** @param {Settings} to */
  const goBack = (to) => {
    const from = { ...settings };
    change(to);
    told = { ...settings };
    tell(from, to);
  };
  const past = startHistory(settings, goBack);
  /** @type {Settings} what was set when the hand last let go */
  let told = { ...settings };
  /** @type {(name: string, value: Value, settled: boolean) => void} a hand moves one control */
  const move = (name, value, settled) => {
    if (value !== settings[name]) {
      past.note(name);
      set({ [name]: value });
    }
    if (!settled) return;
    past.settle();
    tell({ ...settings, [name]: told[name] }, { ...settings });
    told = { ...settings };
  };
  const showControls = yield* startControls(root, spec.controls, settings, move);
  yield;
  if (spec.marks.some((m) => m.moves)) {
    import("./drag.js").then(({ startDrag }) => startDrag(root, spec, plot, v, numbers, move)).catch(amiss);
  }
  /** @type {import("./shared.js").Shared | undefined} what other figures of the page have in common with this one */
  let shared;
  const common = partners(root);
  /** @type {(use: (shared: import("./shared.js").Shared) => void) => void} */
  const withShared = (use) => {
    if (common) {
      import("./shared.js").then(({ startShared }) => use(shared ??= startShared(root, spec.controls, (given) => {
        set(given);
        past.adopt(given);
        told = { ...settings };
      }, (here) => {
        alone = here;
        unsaved = true;
      }))).catch(amiss);
    }
  };
  /** @type {(from: Settings, to: Settings) => void} */
  const tell = (from, to) => withShared((others) => others.tell(from, to));

  /** Show the settings on the controls, and on whatever else speaks of them. */
  function reflect() {
    showControls();
    for (const { button, held } of presets) {
      button.setAttribute("aria-pressed", String(spec.controls.every((c) => held[c.name] === settings[c.name])));
    }
    undo.setAttribute("aria-disabled", String(!past.any()));
    summary.textContent = sentence(spec.controls, settings);
  }

  /**
   * Whether a value is an option of the reader's own, which is read before it is taken.
   * @type {(c: import("./settings.js").Control, given: any, take: (value: string) => void, name?: string) => unknown}
   */
  const brings = (c, given, take, name = c.name) => {
    if (!c.own || !/^own:/.test(given) || c.keys.includes(given)) return;
    wanted[name] = given;
    return import("./own.js").then(({ bring }) => bring(root, spec, program, move, c, given)).then((key) => {
      if (wanted[name] !== given) return;
      take(key);
      if (given === "own:") move(name, key, true); // chosen by hand: the others are told
    }).catch((error) => {
      if (wanted[name] !== given) return;
      amiss(error);
      delete wanted[name];
      change({});
    });
  };

  let waiting = false, unsaved = false;
  /** @param {Settings} next */
  function change(next) {
    Object.assign(settings, next);
    for (const name in next) delete wanted[name];
    unsaved = true;
    reflect();
    link.refresh();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; update(); });
  }
  /** @param {Record<string, unknown>} given */
  const set = (given) => {
    const known = spec.controls.filter((c) => Object.hasOwn(given, c.name)
      && !brings(c, given[c.name], (value) => set({ [c.name]: value })));
    change(Object.fromEntries(known.map((c) => [c.name, snap(c, given[c.name])])));
  };
  /** @param {Record<string, unknown>} given */
  const setAll = (given) => {
    past.note("");
    set({ ...defaults, ...given });
    told = { ...settings };
  };

  const link = startLink(root, () => {
    const query = new URLSearchParams(/** @type {Record<string, string>} */ ({ ...settings, ...wanted }));
    query.delete("A.");
    for (const [name, value] of Object.entries(kept ?? {})) query.set(`A.${name}`, String(value));
    if (alone) query.set(".only", alone);
    return String(query);
  });
  /** Let the tab and the address have what is set. */
  function keep() {
    unsaved = false;
    remember(root, link.query());
    link.readdress();
  }

  /** @param {HTMLElement} button */
  const save = async (button) => {
    (await import("./download.js")).download(button.dataset.action ?? "", root, spec, v, settings, link.address());
  };
  /** @type {ReturnType<typeof import("./sheet.js").startSheets> | undefined} */
  let sheets;
  /** @param {HTMLElement} button */
  const sheet = async (button) => {
    sheets ??= (await import("./sheet.js")).startSheets(root, spec, v, settings);
    refresh = sheets.refresh;
    sheets.toggle(button);
  };

  /** @type {Record<string, (button: HTMLElement) => Promise<void> | void>} */
  const actions = {
    table: sheet,
    python: sheet,
    undo: past.undo,
    reset: () => setAll({}),
    preset: (button) => setAll(spec.presets[button.dataset.preset ?? ""]),
    link: link.give,
    pin: () => pin(kept ? null : { ...settings }),
  };
  /** @param {Settings | null} at settings to keep as A; none: let A go */
  function pin(at) {
    kept = at;
    delete wanted["A."];
    unsaved = true;
    link.refresh();
    if (!at) return pins?.lift();
    import("./pins.js").then(({ startPins }) => {
      pins ??= startPins(root, spec, plot, v);
      if (kept) pins.pin(numbers(kept));
    }).catch(amiss);
  }

  /** @param {string} query settings; what it does not name is at its default */
  function read(query) {
    const given = Object.fromEntries(new URLSearchParams(query));
    alone = given[".only"] ?? "";
    if (alone) withShared((others) => others.keepHere(alone.split(",")));
    set(defaults);
    set(given);
    readPin(given);
    told = { ...settings };
  }
  /** @param {Record<string, string>} given of it, what is kept as A */
  function readPin(given) {
    const a = spec.controls.filter((c) => Object.hasOwn(given, `A.${c.name}`));
    if (a.some((c) => brings(c, given[`A.${c.name}`], () => readPin(given), "A."))) return;
    const pinned = Object.fromEntries(a.map((c) => [c.name, snap(c, given[`A.${c.name}`])]));
    pin(a.length ? { ...defaults, ...pinned } : null);
  }
  /** Take the settings from the address, if it names this explorer. */
  function fromAddress() {
    const query = link.asked();
    if (!query) return false;
    read(query);
    // A link that was written here comes out as it went in; any other is looked at.
    if (link.query() !== query) {
      import("./misread.js").then(({ reproach }) => reproach(root, spec.controls, query, link.query)).catch(amiss);
    }
    link.readdress(); // it says so already
    root.scrollIntoView();
    return true;
  }
  /** @type {typeof import("./own.js").readOwn} */
  const readText = (own, words) => import("./own.js").then(({ readOwn }) => readOwn(own, words));

  reflect();
  yield;
  const settle = startFrame(root, plot, v, spec.panels ?? [], () => { draw(); readAgain(); pins?.draw(); });
  yield;
  atFirst(part(root, ".ex-plot"), ["pointerenter", "pointerdown", "pointermove", "focusin", "keydown"], async () => {
    readAgain = (await import("./cursor.js")).startCursor(root, plot, v);
  });
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("button[data-action]"))) {
    button.addEventListener("click", () => (actions[button.dataset.action ?? ""] ?? save)(button)?.catch(amiss));
  }

  root.addEventListener("keydown", (event) => {
    const typing = /** @type {HTMLInputElement} */ (event.target).matches("input:not([type=range]),textarea");
    const key = event.key.toLowerCase();
    if (typing || !(event.ctrlKey || event.metaKey) || event.altKey || !"yz".includes(key)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) past.redo();
    else past.undo();
  });
  addEventListener("pagehide", () => { if (unsaved) keep(); });
  // A page's own script may set controls, and read what is shown; see README.md.
  root.addEventListener("kernelless:give", (event) => {
    past.note("");
    set(/** @type {CustomEvent} */ (event).detail);
    told = { ...settings };
  });
  root.addEventListener("kernelless:ask", (event) => {
    update();
    /** @type {CustomEvent} */ (event).detail(
      { spec, settings: { ...settings }, numbers: numbers(), values: v, address: link.address(), readText });
  });
  addEventListener("hashchange", () => {
    if (link.asked()) past.note("");
    fromAddress();
  });

  const players = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-play]"));
  if (players.length) import("./play.js").then(({ startPlay }) => players.forEach(startPlay)).catch(amiss);
  before = moment();
  // A curve to be drawn first waits, unless a link asks for its settings.
  if (spec.predict && !link.asked()) {
    root.dataset.sketch = "true";
    import("./sketch.js").then(({ startSketch }) => startSketch(root, spec, plot, v)).catch(amiss);
  } else root.querySelector("[data-guess]")?.remove();
  root.dataset.ready = "true";
  if (findings) new ResizeObserver(reach).observe(findings);
  let asked = fromAddress();
  const earlier = !asked && recalled(root);
  if (earlier) read(earlier);
  told = { ...settings };
  unsaved = false;
  // The page's other figures have their say: at once if they have said something, else when a hand comes near; and
  // once, for what is set here after that stays.
  const begin = () => withShared((others) => {
    if (asked) return;
    asked = true;
    const given = others.waiting(!earlier);
    if (!Object.keys(given).length) return;
    set(given);
    told = { ...settings };
  });
  if (common && recalled(null)) begin();
  for (const kind of ["pointerenter", "focusin"]) panel.addEventListener(kind, begin, { once: true });
  document.addEventListener("kernelless:set", begin, { once: true });
}

live("figure.explorer", startExplorer, true);
