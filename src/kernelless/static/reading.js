// What is read off the kinds of plot.js: the words for a value, and what a table holds. boxes.js says it of its own.

import { text } from "./format.js";
import { KINDS, nth } from "./plot.js";

/** @import { Axis, Kind } from "./plot.js" */

/**
 * The axis with the categories and the axis of the values.
 * @param {{x: Axis, y: Axis}} axes
 * @returns {[Axis, Axis]}
 */
export const byCategory = ({ x, y }) => (y.categories ? [y, x] : [x, y]);

/** @type {Record<string, Partial<Kind>>} */
const READ = {
  line: {
    columns: (m) => [["", m.y]],
    read: (m, v, k, { axes }) => text(nth(v[m.y], k), axes.y.unit),
    leads: true,
  },
  band: {
    columns: (m) => [[" low", m.low], [" high", m.high]],
    read: (m, v, k, { axes: { y } }) => `${text(nth(v[m.low], k), y.unit)} to ${text(nth(v[m.high], k), y.unit)}`,
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
