// The figure as a tree that the arrow keys walk: axes and series, and under a series its values. Each place is an element
// that takes the focus, so a screen reader says it; the eye reads the same words under the plot.

import { dress } from "./element.js";
import { text } from "./format.js";
import { part } from "./page.js";
import { chosen, nth, wordsOf } from "./plot.js";
import { byCategory, kindFor, namesFor } from "./reading.js";

/** @import { Axis, Mark, Plot } from "./plot.js" */
/** @import { Values } from "./program.js" */

/**
 * @typedef {object} Branch
 * @property {string} words
 * @property {number} count how many it holds
 * @property {(k: number) => Branch} child
 * @property {number | null} [at] where on the plot, in SVG units
 * @property {number[]} [around]
 */

/** @type {(words: string, at?: number | null, around?: number[]) => Branch} */
const leaf = (words, at = null, around) => ({ words, at, around, count: 0, child: () => leaf("") });

/**
 * @param {string} name
 * @param {Axis} axis
 */
function axisWords(name, axis) {
  const { label, unit, scale, limits, categories } = axis, [from, to] = limits.map((limit) => text(limit, unit));
  const range = categories ? categories.join(", ") : `${from} to ${to}${scale === "log" ? ", logarithmic" : ""}`;
  return `${name} axis${label ? `, ${label}` : ""}: ${range}`;
}

/**
 * A curve's first and last value, and its ends up and down where they lie between.
 * @param {Mark} m
 * @param {Values} v
 * @param {Plot} plot
 */
function course(m, v, { axes: { x, y } }) {
  const xs = v[m.x], ys = v[m.y], known = [...ys.keys()].filter((k) => isFinite(ys[k]) && isFinite(nth(xs, k)));
  if (!known.length) return ", no values";
  const first = known[0], last = known[known.length - 1];
  const low = known.reduce((a, b) => (ys[b] < ys[a] ? b : a)), high = known.reduce((a, b) => (ys[b] > ys[a] ? b : a));
  /** @param {number} k */
  const spot = (k) => `${text(ys[k], y.unit)} at ${text(nth(xs, k), x.unit)}`;
  /** @type {(word: string, k: number) => string} */
  const turn = (word, k) => (ys[k] === ys[first] || ys[k] === ys[last] ? "" : `, ${word} ${spot(k)}`);
  return `: from ${spot(first)} to ${spot(last)}${turn("lowest", low)}${turn("highest", high)}`;
}

/**
 * One mark and its values.
 * @param {Mark} m
 * @param {Values} v
 * @param {Plot} plot
 * @returns {Branch}
 */
function series(m, v, plot) {
  const { axes } = plot, { read, ...kind } = kindFor(m), names = namesFor(m, axes), label = chosen(m.label, v) || m.kind;
  const { count, spot } = /** @type {{count?: (m: Mark, v: Values) => number, spot?: (m: Mark, v: Values, k: number,
    plot: Plot) => number[] | null}} */ (kind);
  if (!read) {
    const on = [["x", axes.x], ["y", axes.y]].flatMap(([field, axis]) => {
      const at = m[/** @type {"x"} */ (field)], { label: name, unit } = /** @type {Axis} */ (axis);
      return at === undefined || v[at].length !== 1 ? [] : [`${name || field} ${text(v[at][0], unit)}`];
    });
    return leaf([wordsOf(m, v) || m.kind, m.kind === "rule" ? on.join(", ") : ""].filter(Boolean).join(": "));
  }
  if (count) {
    const places = Array.from({ length: count(m, v) }, (_, k) => k).filter((k) => spot?.(m, v, k, m.view));
    return { words: `${label}: ${places.length} in sight`, count: places.length, child: (k) =>
      leaf(read(m, v, places[k], plot), null, spot?.(m, v, places[k], m.view) ?? undefined) };
  }
  if (names) {
    return { words: `${label}: ${names.length} categories`, count: names.length,
      child: (k) => leaf(`${names[k]}: ${read(m, v, k, plot) || "none"}`) };
  }
  const xs = v[m.x], n = Math.max(xs.length, m.y === undefined ? 0 : v[m.y].length);
  if (n === 1) return leaf(`${label}: ${read(m, v, 0, plot)}`, plot.px(xs[0]));
  return { words: `${label}, ${n} ${m.kind === "point" ? "points" : "values"}${m.y === undefined ? "" : course(m, v, plot)}`,
    count: n, child: (k) => {
      const said = m.kind === "point" ? text(nth(v[m.y], k), axes.y.unit) : read(m, v, k, plot);
      return leaf(`${axes.x.label || "x"} ${text(nth(xs, k), axes.x.unit)}: ${said}`, plot.px(nth(xs, k)));
    } };
}

/**
 * All of a figure: what is read at each place, then its series one by one, then its axes.
 * @param {Plot} plot
 * @param {Values} v
 * @param {string} name
 * @param {number} places where the cursor may stop
 * @param {(k: number) => {words: string, at: number | null, around?: number[]} | null} readAt what it says there
 * @returns {Branch}
 */
export function treeOf(plot, v, name, places, readAt) {
  const { axes } = plot, along = byCategory(axes)[0];
  const shown = [["x", axes.x], ["y", axes.y]].filter(([, axis]) => /** @type {{shown?: false}} */ (axis).shown !== false);
  const branches = plot.marks.map((m) => () => series(m, v, plot));
  const together = { words: `All series together: ${places} ${along.categories ? "categories" : "places"}`,
    count: places, child: /** @param {number} k */ (k) => {
      const found = readAt(k);
      return leaf(found?.words ?? "", found?.at, found?.around);
    } };
  const all = [...(places ? [() => together] : []), ...branches,
    ...shown.map(([which, axis]) => () => leaf(axisWords(/** @type {string} */ (which), /** @type {Axis} */ (axis))))];
  return { words: name, count: all.length, child: (k) => all[k]() };
}

/** @type {Record<string, number>} */
const ALONG = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/**
 * Let the arrow keys walk the tree: left and right among what stands side by side, down into it, up out of it.
 * @param {HTMLElement} root
 * @param {() => Branch} tree
 * @param {(branch: Branch | null) => void} show on the plot and under it; null: nothing is read any more
 * @returns {() => boolean} says the same place again, after the values have changed; false where no key has led anywhere
 */
export function startTree(root, tree, show) {
  const surface = part(root, ".ex-plot"), box = document.createElement("div");
  box.className = "ex-sr";
  box.setAttribute("role", "tree");
  box.setAttribute("aria-label", "Values of the plot");
  /** @type {number[]} */
  let path = [];

  /** Follow the path, as far as there is one. */
  function here() {
    let branch = tree(), among = 1;
    path.forEach((k, depth) => {
      among = branch.count;
      path[depth] = Math.min(k, among - 1);
      branch = branch.child(path[depth]);
    });
    return { branch, among };
  }
  /** Give the place an element of its own: the focus that moves to it is what is said. */
  function go() {
    const { branch, among } = here(), item = document.createElement("div"), old = box.firstElementChild;
    const about = { role: "treeitem", tabindex: -1, "aria-level": path.length, "aria-posinset": path[path.length - 1] + 1,
      "aria-setsize": among, ...(branch.count ? { "aria-expanded": "false" } : {}) };
    dress(item, about);
    item.textContent = branch.words;
    box.append(item);
    if (!box.isConnected) surface.append(box);
    item.focus({ preventScroll: true });
    old?.remove();
    show(branch);
  }
  function leave() {
    if (!path.length) return;
    path = [];
    show(null);
    box.remove();
    box.replaceChildren();
  }
  surface.addEventListener("focusout", (event) => {
    if (!surface.contains(/** @type {Node | null} */ (event.relatedTarget))) leave();
  });
  surface.addEventListener("focusin", (event) => { if (event.target === surface) leave(); });
  surface.addEventListener("keydown", (event) => {
    const step = ALONG[event.key], first = tree();
    if (event.key === "Escape") { surface.focus(); return; }
    if (!(step || event.key === "ArrowUp" || event.key === "ArrowDown") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!first.count) return;
    if (!path.length) {
      // Left and right begin to read values at once, in the middle; down begins with what there is.
      const { count } = first.child(0), last = count - 1;
      if (event.key === "ArrowDown") path = [0];
      else if (step) path = count ? [0, isFinite(step) ? Math.round(last / 2) : Math.min(Math.max(step, 0), last)] : [0];
    } else if (event.key === "ArrowDown") {
      if (here().branch.count) path.push(0);
    } else if (event.key === "ArrowUp") {
      if (path.length === 1) { surface.focus(); return; }
      path.pop();
    } else {
      const { among } = here(), to = path[path.length - 1] + step * (event.shiftKey ? 10 : 1);
      path[path.length - 1] = Math.min(Math.max(to, 0), among - 1);
    }
    if (path.length) go();
  });
  return () => {
    if (!path.length) return false;
    const { branch } = here(), item = box.firstElementChild;
    if (item && item.textContent !== branch.words) item.textContent = branch.words;
    show(branch);
    return true;
  };
}
