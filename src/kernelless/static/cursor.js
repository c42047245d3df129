// The cursor: values read off the plot at one place, by pointer; tree.js does it by keyboard.

import { text } from "./format.js";
import { part } from "./page.js";
import { byCategory, KINDS, round } from "./plot.js";
import { nearest } from "./settings.js";
import { startTree, treeOf } from "./tree.js";

/** @import { Mark, Plot } from "./plot.js" */
/** @import { Values } from "./program.js" */

/**
 * The marks that are read together: those of the categories if there are any, else those over x.
 * @param {Plot} plot
 * @returns {Mark[]}
 */
function readable({ marks }) {
  const read = marks.filter((m) => KINDS[m.kind].read), bars = read.filter((m) => KINDS[m.kind].categorical);
  return bars.length ? bars : read;
}

/**
 * The mark at whose values the cursor stops.
 * @param {Mark[]} marks
 * @returns {Mark | undefined}
 */
const leadOf = (marks) => marks.find((m) => KINDS[m.kind].leads) ?? marks[0];

/**
 * The numbers at one place of the plot, in words; and where that place is.
 * @param {Plot} plot
 * @param {Values} v
 * @param {number} place
 * @returns {{words: string, at: number | null} | null}
 */
export function readAt(plot, v, place) {
  const marks = readable(plot), lead = leadOf(marks), { x: axis } = plot.axes;
  if (!lead) return null;
  /** @type {(heading: string, k: (m: Mark) => number) => string} */
  const say = (heading, k) => {
    const read = marks.map((m) => ({ label: m.label, words: KINDS[m.kind].read?.(m, v, k(m), plot) }));
    const parts = read.filter(({ words }) => words).map(({ label, words }) => `${label}: ${words}`);
    return `${heading} — ${parts.join(" · ")}`;
  };
  if (KINDS[lead.kind].categorical) {
    const names = byCategory(plot.axes)[0].categories ?? [], k = Math.min(place, names.length - 1);
    return { words: say(names[k], () => k), at: null };
  }
  const xs = v[lead.x], x = xs[Math.min(place, xs.length - 1)];
  return { words: say(`${axis.label} ${text(x, axis.unit)}`, (m) => nearest(v[m.x], x)), at: plot.px(x) };
}

/**
 * Where the cursor may stop, in SVG units along its axis.
 * @param {Plot} plot
 * @param {Values} v
 * @returns {number[]}
 */
function placesOf(plot, v) {
  const lead = leadOf(readable(plot));
  if (!lead) return [];
  if (!KINDS[lead.kind].categorical) return [...v[lead.x]].map(plot.px);
  const [{ categories }] = byCategory(plot.axes);
  return (categories ?? []).map((_, k) => (plot.axes.y.categories ? plot.py : plot.px)(k));
}

/**
 * Let the reader point at the plot, or walk along it with the arrow keys.
 * @param {HTMLElement} root
 * @param {Plot} plot
 * @param {Values} v
 * @returns {() => void} reads the same place again, after the values have changed
 */
export function startCursor(root, plot, v) {
  const surface = part(root, ".ex-plot"), words = part(root, ".ex-cursor"), line = part(root, ".ex-cursor-line");
  const svg = /** @type {SVGSVGElement} */ (surface.querySelector("svg"));
  const hint = words.textContent;
  let place = -1;

  /** @param {number} to */
  function point(to) {
    const found = to < 0 ? null : readAt(plot, v, to);
    place = found ? to : -1;
    show(found);
  }
  /** @param {{words: string, at?: number | null} | null} found */
  function show(found) {
    const [, top, , height] = plot.frame;
    words.textContent = found ? found.words : hint;
    line.setAttribute("d", found?.at == null ? "" : `M${round(found.at)} ${top}V${top + height}`);
  }
  const leave = () => point(-1);
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const along = plot.axes.y.categories ? event.clientY - box.top : event.clientX - box.left;
    point(nearest(placesOf(plot, v), along * scale));
  };
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerdown", follow);
  // A finger that is lifted leaves, but what it read stays until it taps elsewhere.
  svg.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") leave(); });
  // By keyboard, the tree holds the place.
  const sayAgain = startTree(root, () => treeOf(plot, v, surface.getAttribute("aria-label") ?? "",
    placesOf(plot, v).length, (k) => readAt(plot, v, k)), (branch) => {
    place = -1;
    show(branch);
  });
  return () => { if (!sayAgain() && place >= 0) point(place); };
}
