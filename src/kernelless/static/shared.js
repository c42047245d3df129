// Controls that several figures of a page have in common: set in one, set in all, unless told "only here".

import { recalled, remember } from "./history.js";
import { part } from "./page.js";

/** @import { Control, Settings, Value } from "./settings.js" */

/**
 * @typedef {object} Shared
 * @property {(from: Settings, to: Settings) => void} tell the page of what a hand has changed
 * @property {(names: string[]) => void} keepHere
 * @property {(before: boolean) => Settings} waiting what was set before this figure started: by an earlier load of the
 *   page, or by this one
 */

const EVENT = "kernelless:set";
/** What figures set since the page was loaded: only one that has started can. */
const FRESH = /** @type {Record<string, Value>} */ ({});

/** @returns {Record<string, Value>} what figures set in this tab */
const settled = () => JSON.parse(recalled(null) || "{}");

/**
 * @param {HTMLElement} root
 * @param {Control[]} controls
 * @param {(given: Settings) => void} set
 * @param {(here: string) => void} turned which controls are set only here has changed
 * @returns {Shared}
 */
export function startShared(root, controls, set, turned) {
  const mine = controls.flatMap((c) => {
    const box = part(root, `[data-control="${c.name}"]`), { share = "" } = box.dataset;
    const mark = part(box, ".ex-share"), others = Number(mark.dataset.others);
    if (!others) return [];
    const entry = { name: c.name, share, mark, on: true, others };
    mark.addEventListener("click", () => {
      turn(entry, !entry.on);
      turned(mine.filter(({ on }) => !on).map(({ name }) => name).join());
    });
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
      remember(null, JSON.stringify({ ...settled(), ...values }));
      document.dispatchEvent(new CustomEvent(EVENT, { detail: { from: root, values } }));
    },
    keepHere: (names) => mine.forEach((entry) => turn(entry, !names.includes(entry.name))),
    waiting: (before) => named(before ? { ...settled(), ...FRESH } : FRESH),
  };
}
