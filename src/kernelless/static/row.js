// A row of buttons is one stop of the Tab key; arrows, Home and End go on from the button that has the focus.

import { dress } from "./element.js";

/**
 * @param {HTMLElement} row
 * @param {string} label
 */
export function startRow(row, label) {
  /** @returns {HTMLButtonElement[]} those that are there now, some of which may have come since */
  const buttons = () => [.../** @type {NodeListOf<HTMLButtonElement>} */ (row.querySelectorAll("button:not([hidden])"))];
  /** @param {unknown} at where Tab stops */
  const stopAt = (at) => { for (const button of buttons()) button.tabIndex = button === at ? 0 : -1; };
  dress(row, { role: "toolbar", "aria-label": label });
  // One that has nothing to do keeps its place in the row, and the focus.
  for (const button of buttons()) {
    if (button.disabled) dress(button, { "aria-disabled": "true" });
    button.disabled = false;
  }
  stopAt(buttons()[0]);
  row.addEventListener("focusin", ({ target }) => stopAt(target));
  row.addEventListener("keydown", (event) => {
    const all = buttons(), at = all.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const to = { ArrowLeft: at - 1, ArrowRight: (at + 1) % all.length, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    all.at(to)?.focus();
  });
}
