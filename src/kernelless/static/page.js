// What is alive on a page: each kind names its elements and how one of them starts; the page starts them all.

/**
 * The part of an element that a selector names. The page's HTML has it, because Python wrote both.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/** @type {[string, (root: HTMLElement) => void][]} */
const LIVE = [];

/**
 * Say which elements are alive, and how one starts. `start` marks its element with `data-ready`.
 * @param {string} selector
 * @param {(root: HTMLElement) => void} start
 */
export function live(selector, start) {
  LIVE.push([`${selector}:not([data-ready])`, start]);
}

/** Start each that has not been started; one that fails leaves the others alive. */
function startAll() {
  for (const [selector, start] of LIVE) {
    for (const root of document.querySelectorAll(selector)) {
      try {
        start(/** @type {HTMLElement} */ (root));
      } catch (error) {
        // What Python drew still stands, so say so and go on with the others.
        console.warn(`[explorer] ${root.id} stays at its default:`, error);
      }
    }
  }
}

/** Start everything that is alive, once the page is there. */
export function startPage() {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
}
