// What was set before: the way back within a figure, and what a tab remembers of it.

/** @import { Settings } from "./settings.js" */

/**
 * The way back through a figure's settings.
 * @param {Settings} settings
 * @param {(to: Settings) => void} apply
 */
export function startHistory(settings, apply) {
  /** @type {Settings[]} */
  const past = [];
  /** @type {Settings[]} */
  let future = [];
  const moving = new Set(); // a player moves one while a hand moves another
  /** @type {(from: Settings[], to: Settings[]) => void} */
  const step = (from, to) => {
    const next = from.pop();
    moving.clear();
    if (next) {
      to.push({ ...settings });
      apply(next);
    }
  };
  return {
    /**
     * Note what is set before it changes. A hand that drags one control is one change, until it lets go.
     * @param {string} control that moves; "" for several
     */
    note(control) {
      if (moving.has(control)) return;
      if (control) moving.add(control);
      else moving.clear();
      past.push({ ...settings });
      future = [];
    },
    /** @param {Settings} given by another figure, which alone takes it back; held as it was taken here */
    adopt(given) { for (const to of [...past, ...future]) for (const name in given) to[name] = settings[name]; },
    settle: () => moving.clear(),
    undo: () => step(past, future),
    redo: () => step(future, past),
    any: () => past.length,
  };
}

/**
 * A figure's place in what the tab remembers, or the page's. Nothing leaves the device.
 * @param {HTMLElement | null} root
 */
const keyOf = (root) => `kernelless:${location.pathname}${root ? `#${root.id}` : ""}`;

/**
 * @param {HTMLElement | null} root
 * @returns {string | null | void} the settings as in a link, if there are any
 */
export function recalled(root) {
  try {
    return sessionStorage.getItem(keyOf(root));
  } catch {
    // a page without an origin has no storage
  }
}

/**
 * @param {HTMLElement | null} root
 * @param {string} query the settings as in a link
 */
export function remember(root, query) {
  try {
    sessionStorage.setItem(keyOf(root), query);
  } catch {
    // full or forbidden: the figure works, and a reload finds it at its default
  }
}
