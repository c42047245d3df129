// What is read off the kinds of plot.js: the words for a value, what a table holds, and whether any of a mark is seen.
// boxes.js says it of its own.

import { text } from "./format.js";
import { chosen, KINDS, nth } from "./plot.js";

/** @import { Axis, Kind, MarkSpec, Scale } from "./plot.js" */
/** @import { Values } from "./program.js" */

/**
 * The axis with the categories and the axis of the values.
 * @param {{x: Axis, y: Axis}} axes
 * @returns {[Axis, Axis]}
 */
export const byCategory = ({ x, y }) => (y.categories ? [y, x] : [x, y]);

/**
 * The longer of two rows of values; a single one stands for all.
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
const longer = (a, b) => (a.length < b.length ? b : a);

/** @type {Record<string, Partial<Kind>>} */
const READ = {
  line: {
    columns: (m) => [["", m.y]],
    read: (m, v, k, { axes }) => text(nth(v[m.y], k), axes.y.unit),
    leads: true,
    seen(m, v, { px, py }) {
      const xs = v[m.x], ys = v[m.y];
      return longer(xs, ys).some((_, k, { length }) => {
        const x = nth(xs, k), y = nth(ys, k);
        if (px.inside(x) && py.inside(y)) return true;
        if (k === length - 1) return false;
        const p = nth(xs, k + 1), q = nth(ys, k + 1);
        return isFinite(px(x) + px(p) + py(y) + py(q)) && px.overlaps(x, p) && py.overlaps(y, q);
      });
    },
  },
  band: {
    columns: (m) => [[" low", m.low], [" high", m.high]],
    read: (m, v, k, { axes: { y } }) => `${text(nth(v[m.low], k), y.unit)} to ${text(nth(v[m.high], k), y.unit)}`,
    seen: (m, v, { px, py }) =>
      v[m.x].some((x, k) => px.inside(x) && py.overlaps(nth(v[m.low], k), nth(v[m.high], k))),
  },
  point: {
    columns: (m, _, { y }) => [["", y.categories ? m.x : m.y]],
    // Those of one category; else of several dots under one name the cursor says nothing.
    read(m, v, k, { axes }) {
      const [names, { unit }] = byCategory(axes), [at, of] = axes.y.categories ? [m.y, m.x] : [m.x, m.y], places = v[at];
      if (names.categories) {
        return [...places].flatMap((place, j) => (Math.round(place) === k ? text(nth(v[of], j), unit) : [])).join(", ");
      }
      return places.length === 1 ? `${text(places[0], names.unit)}, ${text(v[of][0], unit)}` : "";
    },
    seen: (m, v, { px, py }) =>
      longer(v[m.x], v[m.y]).some((_, k) => px.inside(nth(v[m.x], k)) && py.inside(nth(v[m.y], k))),
  },
  bars: {
    // Bars that all begin where the axis does have no beginning to speak of.
    columns(m, v, axes) {
      const floor = byCategory(axes)[1].limits[0];
      return v[m.base].every((base) => base === 0 || base === floor) ? [["", m.value]]
        : [[" from", m.base], [" to", m.value]];
    },
    // Stacked on another, what is added; else where it lies.
    read(m, v, k, { axes, marks }) {
      const [, { unit, limits }] = byCategory(axes), base = nth(v[m.base], k), value = v[m.value][k];
      if (base === 0 || base === limits[0]) return text(value, unit);
      if (marks.some((o) => o.kind === m.kind && String(v[o.value]) === String(v[m.base]))) return text(value - base, unit);
      return value === base ? "" : `${text(base, unit)} to ${text(value, unit)}`;
    },
    seen: (m, v, { px, py, axes }) =>
      v[m.value].some((value, k) => (axes.y.categories ? px : py).overlaps(nth(v[m.base], k), value)),
  },
  rule: {
    seen: (m, v, { px, py }) => (m.x === undefined ? py.inside(v[m.y][0]) : px.inside(v[m.x][0])),
  },
};

for (const [kind, read] of Object.entries(READ)) Object.assign(KINDS[kind], read);

/**
 * The names of the places at which a mark is read, where it is read by category.
 * @param {{kind: string}} m
 * @param {{x: Axis, y: Axis}} axes
 */
export const namesFor = ({ kind }, axes) => (/bars|point/.test(kind) ? byCategory(axes)[0].categories : undefined);

/**
 * The kind of a mark, with what is read off it.
 * @param {{kind: string}} m
 * @returns {Kind}
 */
export const kindFor = (m) => KINDS[m.kind];

/**
 * The sentence that names the marks with no part within the limits; nothing where all are seen. `unseen` in figure.py
 * is the same.
 * @param {{px: Scale, py: Scale, axes: {x: Axis, y: Axis}, marks: MarkSpec[]}} plot
 * @param {Values} v
 * @returns {string}
 */
export function unseen(plot, v) {
  const labels = plot.marks.filter((m) => KINDS[m.kind].seen?.(m, v, plot) === false).map((m) => chosen(m.label, v));
  const named = labels.filter(Boolean);
  return named.length ? `Not on the chart: ${named.join(", ")}.` : "";
}
