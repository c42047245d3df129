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
    columns: (m) => [["", m.y]],
    // Of several dots under one name the cursor says nothing.
    read: (m, v, _, { axes: { x, y } }) =>
      v[m.x].length === 1 ? `${text(v[m.x][0], x.unit)}, ${text(v[m.y][0], y.unit)}` : "",
  },
  bars: {
    // Bars that all begin where the axis does have no beginning to speak of.
    columns(m, v, axes) {
      const floor = byCategory(axes)[1].limits[0];
      return v[m.base].every((base) => base === 0 || base === floor) ? [["", m.value]]
        : [[" from", m.base], [" to", m.value]];
    },
    read: (m, v, k, { axes }) => text(v[m.value][k] - nth(v[m.base], k), byCategory(axes)[1].unit),
    categorical: true,
  },
};

for (const [kind, read] of Object.entries(READ)) Object.assign(KINDS[kind], read);

/**
 * The kind of a mark, with what is read off it.
 * @param {{kind: string}} m
 * @returns {Kind}
 */
export const kindFor = (m) => KINDS[m.kind];
