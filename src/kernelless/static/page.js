// What is alive on a page: each kind names its elements and how one of them starts; the page starts them all.

import { startRow } from "./row.js";

/**
 * The part of an element that a selector names. The page's HTML has it, because Python wrote both.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/**
 * What to do when a part that is fetched late cannot be: say why, where values are read off. A curve waits no longer.
 * @param {HTMLElement} root
 * @returns {(error: Error) => void}
 */
export const excuse = (root) => (error) => {
  root.dataset.sketch = "";
  part(root, ".ex-cursor").textContent = part(root, ".ex-spoken").textContent = error.message;
};

/**
 * Show on a figure's controls with how many other figures of the page they have theirs in common.
 * @param {HTMLElement} root
 * @returns {boolean} whether there are any
 */
export function partners(root) {
  let any = false;
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-share]"))) {
    const others = document.querySelectorAll(`[data-share="${box.dataset.share}"]`).length - 1;
    const mark = part(box, ".ex-share");
    if (!others) continue;
    any = true;
    mark.dataset.others = String(others);
    mark.textContent = `⇄ ${others}`;
    mark.hidden = false;
  }
  part(root, ".ex-shared").hidden = !any;
  return any;
}

/**
 * Start something at the first of some events, and let it see the latest of them.
 * @param {HTMLElement} element
 * @param {string[]} kinds
 * @param {() => Promise<void>} start
 */
export function atFirst(element, kinds, start) {
  /** @type {Event} */
  let latest;
  let begun = false;
  /** @param {Event} event */
  async function first(event) {
    latest = event;
    if (begun) return;
    begun = true;
    try {
      await start();
    } catch {
      begun = false; // another event asks again
      return;
    }
    for (const kind of kinds) element.removeEventListener(kind, first);
    const Kind = /** @type {typeof Event} */ (latest.constructor);
    latest.target?.dispatchEvent(new Kind(latest.type, latest));
  }
  for (const kind of kinds) element.addEventListener(kind, first);
}

/**
 * How something starts: at once, or in steps between which the page can react. A step may wait for a promise; should
 * that fail, the step has to bear being done again.
 * @typedef {(root: HTMLElement) => void | Iterator<Promise<unknown> | void, void>} Start
 */
/** @type {{selector: string, start: Start, late: boolean}[]} */
const LIVE = [];

/**
 * Say which elements are alive, and how one starts. The last step of `start` marks its element with `data-ready`.
 * @param {string} selector
 * @param {Start} start
 * @param {boolean} [late] starts when it comes near the view, or is needed; what waits in it for the script is shown
 *   from the beginning, so that nothing moves then
 */
export function live(selector, start, late = false) {
  LIVE.push({ selector: `${selector}:not([data-ready])`, start, late });
}

/** @type {(root: HTMLElement, shown: boolean) => void} */
function reveal(root, shown) {
  for (const waits of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-live]"))) {
    waits.hidden = !shown;
  }
}

/** @type {[HTMLElement, Start][]} what starts one step at a time */
const QUEUE = [];

/**
 * Start one, or go on with it, unless it has started; one that fails leaves the others alive. The element holds the steps
 * of what has begun, because a page may have several copies of this script.
 * @param {HTMLElement & {steps?: ReturnType<Start>}} root
 * @param {Start} start
 * @param {boolean} [slowly] one step only
 * @returns {unknown} whether there are steps that wait for nothing
 */
function begin(root, start, slowly) {
  let more = false;
  if (root.dataset.ready || root.dataset.failed) return more;
  try {
    const steps = root.steps ??= start(root);
    do {
      const { done, value } = steps?.next() ?? { done: true };
      value?.then(() => (slowly ? soon : begin)(root, start)).catch(excuse(root));
      more = !done && !value;
    } while (more && !slowly);
  } catch (error) {
    // What Python drew still stands, so say so and go on with the others.
    root.dataset.failed = "true";
    reveal(root, false);
    console.warn(`${root.id} stays at its default:`, error);
  }
  return more;
}

function next() {
  if (!begin(...QUEUE[0], true)) QUEUE.shift();
  if (QUEUE[0]) setTimeout(next);
}

/** @type {(...one: [HTMLElement, Start]) => void} */
const soon = (...one) => { if (QUEUE.push(one) === 1) setTimeout(next); };

/**
 * Let some start when they are needed: near the view, touched, named by the address, or printed.
 * @param {HTMLElement[]} roots
 * @param {Start} start
 */
function startLate(roots, start) {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) soon(/** @type {HTMLElement} */ (target), start);
  }, { rootMargin: "60% 0px" });
  const jump = () => {
    const root = roots.find(({ id }) => location.hash.startsWith(`#${id}?`));
    root?.scrollIntoView(); // before a hand can aim at what would move
    if (root) soon(root, start);
  };
  for (const root of roots) {
    reveal(root, true);
    for (const name of ["Presets", "Actions"]) {
      const row = part(root, `.ex-${name.toLowerCase()}`);
      if (row) startRow(row, name);
    }
    seen.observe(root);
    // A hand that comes in between finds it whole.
    for (const touch of ["pointerdown", "focusin", "input", "click"]) {
      root.addEventListener(touch, () => begin(root, start), true);
    }
  }
  addEventListener("hashchange", jump);
  addEventListener("beforeprint", () => { for (const root of roots) begin(root, start); });
  jump();
}

function startAll() {
  for (const { selector, start, late } of LIVE) {
    const roots = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))];
    if (late) startLate(roots, start);
    else for (const root of roots) begin(root, start);
  }
}

/** Start everything that is alive, once the page is there. */
export function startPage() {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
}
