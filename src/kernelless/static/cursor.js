// The cursor: values read off the plot at one place, by pointer; tree.js does it by keyboard.

import { text } from "./format.js";
import { part } from "./page.js";
import { round } from "./plot.js";
import { kindFor, namesFor } from "./reading.js";
import { nearest } from "./settings.js";
import { startTree, treeOf } from "./tree.js";

/** @import { Mark, Plot } from "./plot.js" */
/** @import { Values } from "./program.js" */

/**
 * The marks that are read together: those of the categories if there are any, else those over x. Blocks and the like
 * beside a curve are not over x.
 * @param {Plot} plot
 * @returns {Mark[]}
 */
function readable({ marks, axes }) {
  const read = marks.filter((m) => kindFor(m).read), named = read.filter((m) => namesFor(m, axes));
  return named.length ? named : read.filter(({ x }) => x !== undefined);
}

/**
 * The mark at whose values the cursor stops.
 * @param {Mark[]} marks
 * @returns {Mark | undefined}
 */
const leadOf = (marks) => marks.find((m) => kindFor(m).leads) ?? marks[0];

/**
 * What the cursor stops at where marks are made of things, such as cells, and no curve leads.
 * @param {Plot} plot
 * @param {Values} v
 * @returns {{m: Mark, k: number, spot: number[]}[]}
 */
function thingsOf(plot, v) {
  if (plot.marks.some((m) => kindFor(m).leads)) return [];
  return plot.marks.flatMap((m) => {
    const { count, spot } = kindFor(m);
    const found = Array.from({ length: count?.(m, v) ?? 0 }, (_, k) => ({ m, k, spot: spot?.(m, v, k, m.view) ?? [] }));
    return found.filter((thing) => thing.spot.length);
  });
}

/**
 * The numbers at one place of the plot, in words; and where that place is.
 * @param {Plot} plot
 * @param {Values} v
 * @param {number} place
 * @returns {{words: string, at: number | null, around?: number[]} | null}
 */
export function readAt(plot, v, place) {
  const things = thingsOf(plot, v);
  if (things.length) {
    const { m, k, spot } = things[Math.min(place, things.length - 1)];
    return { words: `${m.label} — ${kindFor(m).read?.(m, v, k, plot)}`, at: null, around: spot };
  }
  const marks = readable(plot), lead = leadOf(marks), { x: axis } = plot.axes;
  if (!lead) return null;
  /** @type {(heading: string, k: (m: Mark) => number) => string} */
  const say = (heading, k) => {
    const read = marks.map((m) => ({ label: m.label, words: kindFor(m).read?.(m, v, k(m), plot) }));
    const parts = read.filter(({ words }) => words).map(({ label, words }) => `${label}: ${words}`);
    return `${heading} — ${parts.join(" · ")}`;
  };
  const names = namesFor(lead, plot.axes);
  if (names) {
    const k = Math.min(place, names.length - 1);
    return { words: say(names[k], () => k), at: null };
  }
  const xs = v[lead.x], x = xs[Math.min(place, xs.length - 1)];
  return { words: say(`${axis.label} ${text(x, axis.unit)}`, (m) => nearest(v[m.x], x)), at: plot.px(x) };
}

/**
 * How far each place where the cursor may stop is from a point, in SVG units.
 * @param {Plot} plot
 * @param {Values} v
 * @param {number} x
 * @param {number} y
 * @returns {number[]}
 */
function distances(plot, v, x, y) {
  const things = thingsOf(plot, v);
  /** @type {(at: number, a: number, b: number) => number} */
  const beyond = (at, a, b) => Math.max(Math.min(a, b) - at, at - Math.max(a, b), 0);
  if (things.length) return things.map(({ spot: [a, b, p, q] }) => Math.hypot(beyond(x, a, b), beyond(y, p, q)));
  const lead = leadOf(readable(plot)), frames = plot.views.map(({ frame }) => frame);
  if (!lead) return [];
  // A place in one panel is that place in all, so in the first.
  const [left, top] = frames[nearest(frames.map(([a, p, width, height]) =>
    Math.hypot(beyond(x, a, a + width), beyond(y, p, p + height))), 0)];
  x += plot.frame[0] - left;
  y += plot.frame[1] - top;
  const names = namesFor(lead, plot.axes), flat = Boolean(plot.axes.y.categories);
  if (!names) return [...v[lead.x]].map((value) => Math.abs(plot.px(value) - x));
  return names.map((_, k) => Math.abs(flat ? plot.py(k) - y : plot.px(k) - x));
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
  /** @param {{words: string, at?: number | null, around?: number[]} | null} found */
  function show(found) {
    words.textContent = found ? found.words : hint;
    const [a, b, p, q] = (found?.around ?? []).map(round), at = found?.at;
    const along = at == null ? "" : plot.views.map(({ frame: [left, top, , height] }) =>
      `M${round(at + left - plot.frame[0])} ${top}V${top + height}`).join("");
    line.setAttribute("d", found?.around ? `M${a} ${p}H${b}V${q}H${a}Z` : along);
  }
  const leave = () => point(-1);
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const far = distances(plot, v, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
    point(far.length ? nearest(far, 0) : -1);
  };
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerdown", follow);
  // A finger that is lifted leaves, but what it read stays until it taps elsewhere.
  svg.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") leave(); });
  // By keyboard, the tree holds the place.
  const sayAgain = startTree(root, () => treeOf(plot, v, surface.getAttribute("aria-label") ?? "",
    distances(plot, v, 0, 0).length, (k) => readAt(plot, v, k)), (branch) => {
    place = -1;
    show(branch);
  });
  return () => { if (!sayAgain() && place >= 0) point(place); };
}
