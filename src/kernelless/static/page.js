// What is alive on a page: each kind names its elements and how one of them starts; the page starts them all.

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

/** @typedef {{selector: string, start: (root: HTMLElement) => void, late: boolean}} Kind */
/** @type {Kind[]} */
const LIVE = [];

/**
 * Say which elements are alive, and how one starts. `start` marks its element with `data-ready`.
 * @param {string} selector
 * @param {(root: HTMLElement) => void} start
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

/**
 * Start one, unless it has been; one that fails leaves the others alive.
 * @param {HTMLElement} root
 * @param {(root: HTMLElement) => void} start
 */
function begin(root, start) {
  if (root.dataset.ready || root.dataset.failed) return;
  try {
    start(root);
  } catch (error) {
    // What Python drew still stands, so say so and go on with the others.
    root.dataset.failed = "true";
    reveal(root, false);
    console.warn(`${root.id} stays at its default:`, error);
  }
}

/**
 * Let some start when they are needed: near the view, touched, named by the address, or printed.
 * @param {HTMLElement[]} roots
 * @param {(root: HTMLElement) => void} start
 */
function startLate(roots, start) {
  /** @type {HTMLElement[]} */
  const queue = [];
  // One at a time, so that the page can react between two.
  const next = () => {
    const root = queue.shift();
    if (root) begin(root, start);
    if (queue.length) setTimeout(next);
  };
  const seen = new IntersectionObserver((entries) => {
    const near = entries.filter((entry) => entry.isIntersecting)
      .map(({ target }) => /** @type {HTMLElement} */ (target));
    near.forEach((root) => seen.unobserve(root));
    if (queue.push(...near) === near.length && near.length) next();
  }, { rootMargin: "60% 0px" });
  const named = () => roots.find((root) => location.hash.startsWith(`#${root.id}?`));
  const jump = () => {
    const root = named();
    if (root) begin(root, start);
  };
  for (const root of roots) {
    reveal(root, true);
    seen.observe(root);
    for (const touch of ["pointerdown", "focusin", "input"]) {
      root.addEventListener(touch, () => begin(root, start), { capture: true, once: true });
    }
  }
  window.addEventListener("hashchange", jump);
  window.addEventListener("beforeprint", () => roots.forEach((root) => begin(root, start)));
  jump();
}

function startAll() {
  for (const { selector, start, late } of LIVE) {
    const roots = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))];
    if (late) startLate(roots, start);
    else roots.forEach((root) => begin(root, start));
  }
}

/** Start everything that is alive, once the page is there. */
export function startPage() {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
}
