// Controls that several figures of a page have in common: set in one, set in all, unless told "only here".

import { part } from "./page.js";

/** @import { Control, Settings, Value } from "./settings.js" */

/**
 * @typedef {object} Shared
 * @property {(from: Settings, to: Settings) => void} tell the page of what a hand has changed
 * @property {(names: string[]) => void} keepHere
 * @property {() => string[]} here controls that are set only here
 * @property {(settled: boolean) => Settings} waiting what was set before this figure started: by an earlier load of the
 *   page, or by this one
 */

const EVENT = "kernelless:set";
const PLACE = () => `kernelless:${location.pathname}`;
/** What figures set since the page was loaded: only one that has started can. */
const FRESH = /** @type {Record<string, Value>} */ ({});

/** @returns {Record<string, Value>} what figures set in this tab */
function settled() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE()) ?? "{}");
  } catch {
    return {};
  }
}

/**
 * @param {HTMLElement} root
 * @param {Control[]} controls
 * @param {(given: Settings) => void} set
 * @returns {Shared}
 */
export function startShared(root, controls, set) {
  const mine = controls.flatMap((c) => {
    const box = part(root, `[data-control="${c.name}"]`), { share = "" } = box.dataset;
    const others = document.querySelectorAll(`.explorer [data-share="${share}"]`).length - 1;
    if (others < 1) return [];
    const mark = document.createElement("button");
    mark.type = "button";
    mark.className = "ex-share";
    mark.textContent = `⇄ ${others}`;
    const entry = { name: c.name, share, mark, on: true, others };
    mark.addEventListener("click", () => turn(entry, !entry.on));
    box.querySelector("label")?.after(mark);
    turn(entry, true);
    return [entry];
  });
  /** @type {(entry: {name: string, mark: HTMLElement, on: boolean, others: number}, on: boolean) => void} */
  function turn(entry, on) {
    const figures = entry.others === 1 ? "one other figure" : `${entry.others} other figures`;
    entry.on = on;
    entry.mark.setAttribute("aria-pressed", String(on));
    const words = on ? `Also sets ${figures} of this page; press to set it only here`
      : `Set only here; press to set it with ${figures} of this page`;
    entry.mark.title = words;
    entry.mark.setAttribute("aria-label", words);
  }
  if (mine.length) {
    const note = document.createElement("p");
    note.className = "ex-shared";
    note.textContent = "⇄ also sets other figures of this page; press it to set a value only here.";
    root.querySelector(".ex-controls")?.append(note);
  }
  /** @type {(values: Record<string, Value>) => Settings} */
  const named = (values) => Object.fromEntries(mine.filter(({ share, on }) => on && Object.hasOwn(values, share))
    .map(({ name, share }) => [name, values[share]]));
  document.addEventListener(EVENT, (event) => {
    Object.assign(FRESH, /** @type {CustomEvent} */ (event).detail.values);
    const { from, values } = /** @type {CustomEvent} */ (event).detail, given = named(values);
    if (from !== root && Object.keys(given).length) set(given);
  });
  return {
    tell(from, to) {
      const changed = mine.filter(({ name, on }) => on && from[name] !== to[name]);
      if (!changed.length) return;
      const values = Object.fromEntries(changed.map(({ name, share }) => [share, to[name]]));
      try {
        sessionStorage.setItem(PLACE(), JSON.stringify({ ...settled(), ...values }));
      } catch { /* the other figures of this load still hear of it */ }
      document.dispatchEvent(new CustomEvent(EVENT, { detail: { from: root, values } }));
    },
    here: () => mine.filter(({ on }) => !on).map(({ name }) => name),
    keepHere: (names) => mine.forEach((entry) => turn(entry, !names.includes(entry.name))),
    waiting: (before) => named(before ? settled() : FRESH),
  };
}
