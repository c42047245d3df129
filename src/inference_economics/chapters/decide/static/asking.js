// What a page's own script may ask of a figure, and tell it.

/**
 * @typedef {object} Shown what a figure shows at this moment
 * @property {import("../../../../kernelless/static/plot.js").Spec} spec
 * @property {import("../../../../kernelless/static/settings.js").Settings} settings
 * @property {Record<string, number>} numbers what the program is given for the settings
 * @property {import("../../../../kernelless/static/program.js").Values} values of the program
 * @property {string} address a link to the settings
 * @property {typeof import("../../../../kernelless/static/own.js").readOwn} readText reads what readers bring, by a module
 */

/**
 * What a figure shows.
 * @param {HTMLElement} root the `<figure class="explorer">`, alive
 * @returns {Shown}
 */
export function askFigure(root) {
  if (!root.dataset.ready) root.dispatchEvent(new Event("input")); // it starts when it is touched
  /** @type {Shown | undefined} */
  let found;
  root.dispatchEvent(new CustomEvent("kernelless:ask", { detail: (/** @type {Shown} */ shown) => { found = shown; } }));
  if (!found) throw new Error("The figure has not started.");
  return found;
}

/**
 * Set some controls of a figure, as a hand would.
 * @param {HTMLElement} root
 * @param {Record<string, number | string>} settings by the control's name
 */
export const setFigure = (root, settings) => {
  root.dispatchEvent(new CustomEvent("kernelless:give", { detail: settings }));
};
