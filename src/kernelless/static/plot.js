// The plot: where values stand, and what each kind of mark is. What does not move (axes, ticks, grid) is frame.js's.

import { text } from "./format.js";

/** @import { Values } from "./program.js" */
/** @import { Control } from "./settings.js" */

/**
 * @typedef {object} Axis
 * @property {string} label
 * @property {string} unit
 * @property {"linear" | "log"} scale
 * @property {[number, number]} limits
 * @property {string} words the label with its unit
 * @property {[number, string][][]} ticks sets of values and their words, from dense to sparse
 * @property {number[]} minor
 * @property {string[]} [categories]
 * @property {false} [shown] false for an axis whose places mean nothing
 */
/** @typedef {string | {texts: string[], at: number}} Words fixed, or chosen by the value at a place */
/**
 * @typedef {object} MarkSpec a mark as figure_spec in page.py wrote it. The numbers, but for `width`, are places among
 *   the program's values; a mark has those that KINDS[kind].fields names.
 * @property {string} kind
 * @property {Words} label
 * @property {number} x
 * @property {number} y
 * @property {number} low
 * @property {number} high
 * @property {number} value
 * @property {number} base
 * @property {number} width
 * @property {string} unit
 * @property {number} left
 * @property {number} right
 * @property {number} step the place of its look among its pieces
 * @property {number} change
 * @property {number} to_x
 * @property {number} to_y
 * @property {number} start
 * @property {number} end
 * @property {number} at
 * @property {string} along the axis that a bracket follows
 * @property {number} dx
 * @property {number} dy
 * @property {number} widest
 * @property {boolean} [valued] its values are written on it
 * @property {string[]} [said] what is written on its rectangles or arrows
 * @property {string[]} [kinds] the names of its looks
 * @property {string} [moves] the slider that it stands for
 * @property {number} color of a curve
 * @property {number} [panel] in which of several plots it stands, from 0
 * @property {[number, number, string]} shape of a dot: where its path starts, and the rest of it
 */
/** @typedef {[number, number, number]} Spot a place for words, and which part of them stands there: 0 start, 1 end */
/** @typedef {MarkSpec & {path: Element, words: Element, pieces: Element[], texts: Element[], spots?: Spot[],
 *   view: Plot, shown: number[]}} Mark with its elements on the page, the plot in which it stands, the places of what it shows, and where its words may stand, best first */
/**
 * @typedef {object} Spec what explorer_html in page.py wrote
 * @property {string} name
 * @property {string} title
 * @property {Control[]} controls
 * @property {Record<string, Record<string, unknown>>} presets
 * @property {import("./program.js").Program} program
 * @property {{x: Axis, y: Axis}} axes
 * @property {boolean} equal a unit is as long along x as along y
 * @property {[number, number, number, number]} frame left, top, width and height of the plot
 * @property {string[]} [panels] the names of the plots, where there are several
 * @property {MarkSpec[]} marks
 * @property {{label: string, value: number, unit: string}[]} readouts
 * @property {{ok: number, holds: Words, fails: Words}[]} states
 * @property {Record<string, number>} [data] places of numbers that are not shown
 * @property {import("./sketch.js").Asked} [predict] what the reader is asked to draw first
 * @property {{figure: string[], options: Record<string, Record<string, string>>}} [sources] of the figure, and of what may
 *   be chosen
 */
/**
 * @typedef {((v: number) => number) & {clamped: (v: number) => number, inside: (v: number) => boolean,
 *   overlaps: (a: number, b: number) => boolean}} Scale data to SVG units along one axis
 */
/** @typedef {{axes: {x: Axis, y: Axis}, frame: number[], equal?: boolean, px: Scale, py: Scale, em: number,
 *   marks: Mark[], views: Plot[]}} Plot what a change of width changes, so read `frame`, `px`, `py` and `em` (the size of
 *   words) anew each time; `views` are the plots beside each other, itself the first */
/**
 * @typedef {object} Kind all that the page knows of a kind of mark
 * @property {string[]} fields its places among the program's values: `moving` of the class in parts.py
 * @property {(m: Mark, v: Values, plot: Plot) => void} draw
 * @property {(m: MarkSpec, v: Values, axes: {x: Axis, y: Axis}) => [string, number][]} [columns] what of it a table holds:
 *   a suffix and a place
 * @property {(m: MarkSpec, v: Values, k: number, plot: Plot) => string} [read] the words for its k-th value; none: ""
 * @property {(m: MarkSpec, v: Values, plot: {px: Scale, py: Scale, axes: {x: Axis, y: Axis}}) => boolean} [seen] whether any of it lies within the limits, as
 *   `inside` in parts.py says; words that wait outside are no mistake
 * @property {(m: MarkSpec, v: Values) => number} [count] how many things it is made of, for a mark that is
 * @property {(m: MarkSpec, v: Values, k: number, plot: Pick<Plot, "px" | "py">) => number[] | null} [spot] where the
 *   k-th stands: its ends across, its ends along, and what else it has; null where none of it is seen
 * @property {(m: MarkSpec, v: Values) => unknown[][]} [listed] a row of a table for each: its words, its kind, and the
 *   fields that it has but for `step`
 * @property {boolean} [leads] the cursor stops at its values rather than at another mark's
 */

/**
 * A coordinate to a hundredth. Far away is as good as infinitely far: SVG holds single precision.
 * @param {number} v
 * @returns {number}
 */
export const round = (v) => Math.round(Math.min(Math.max(v, -1e6), 1e6) * 100) / 100;

/**
 * The k-th of a row of values; a single one stands for all.
 * @param {ArrayLike<number>} list
 * @param {number} k
 * @returns {number}
 */
export const nth = (list, k) => list[list.length > 1 ? k : 0];

/**
 * Data to SVG units along one axis.
 * @param {Axis} axis
 * @param {number} start
 * @param {number} length
 * @returns {Scale}
 */
export function scaleOf(axis, start, length) {
  const f = axis.scale === "log" ? Math.log10 : /** @param {number} v */ (v) => v;
  const [low, high] = axis.limits.map(f), factor = length / (high - low);
  const [least, most] = [Math.min(...axis.limits), Math.max(...axis.limits)];
  /** @param {number} v */
  const at = (v) => start + (f(v) - low) * factor;
  return Object.assign(at, {
    /** @param {number} v */
    clamped: (v) => at(Math.min(Math.max(v, least), most)),
    /** @param {number} v */
    inside: (v) => v >= least && v <= most,
    /**
     * @param {number} a
     * @param {number} b
     */
    overlaps: (a, b) => Math.min(a, b) <= most && Math.max(a, b) >= least,
  });
}

/**
 * A path's corners: each x with its y, as far as both have a place.
 * @param {Plot} plot
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {(x: number, y: number, seen: boolean) => string} write
 * @returns {string}
 */
function along({ px, py }, xs, ys, write) {
  let d = "";
  for (let k = 0; k < Math.max(xs.length, ys.length); k++) {
    const x = px(nth(xs, k)), y = py(nth(ys, k));
    d += write(x, y, isFinite(x) && isFinite(y));
  }
  return d;
}

/**
 * A curve, broken where a value is not finite.
 * @param {Plot} plot
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @returns {string}
 */
function linePath(plot, xs, ys) {
  let pen = "M";
  return along(plot, xs, ys, (x, y, seen) => {
    const d = seen ? `${pen}${round(x)} ${round(y)}` : "";
    pen = seen ? "L" : "M";
    return d;
  });
}

/**
 * The ring around a band: its lower edge there, its upper edge back.
 * @param {Plot} plot
 * @param {Float64Array} xs
 * @param {Float64Array} low
 * @param {Float64Array} high
 * @returns {string}
 */
function bandPath({ px, py }, xs, low, high) {
  const there = [], back = [];
  for (let k = 0; k < xs.length; k++) {
    const x = px(xs[k]), a = py.clamped(nth(low, k)), b = py.clamped(nth(high, k));
    if (!isFinite(x + a + b)) continue;
    there.push(`${round(x)} ${round(a)}`);
    back.push(`${round(x)} ${round(b)}`);
  }
  return there.length ? `M${there.concat(back.reverse()).join("L")}Z` : "";
}

/**
 * Dots.
 * @param {Plot} plot
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {[number, number, string]} shape
 * @returns {string}
 */
const dots = (plot, xs, ys, [dx, dy, rest]) =>
  along(plot, xs, ys, (x, y, seen) => (seen ? `M${round(x + dx)} ${round(y + dy)}${rest}` : ""));

/**
 * Write a mark's words, or hide them, and say where they may stand; `settle` in frame.js chooses.
 * @param {Mark} m
 * @param {Values} v
 * @param {Spot[]} spots best first; none hides them
 */
function write(m, v, spots) {
  m.spots = spots;
  m.words.setAttribute("visibility", spots.length ? "visible" : "hidden");
  m.words.textContent = wordsOf(m, v);
}

/**
 * Spots in a row.
 * @param {number[]} xs
 * @param {number} y
 * @param {number[]} sides
 * @returns {Spot[]}
 */
const spots = (xs, y, sides) => xs.map((x, k) => [x, y, sides[k]]);

/**
 * Words that are fixed, or chosen by a control.
 * @param {Words} words
 * @param {Values} v
 * @returns {string}
 */
export const chosen = (words, v) => (typeof words === "string" ? words : words.texts[v[words.at][0]]);

/**
 * A label's words, with a number after them.
 * @param {MarkSpec} m
 * @param {Values} v
 * @returns {string}
 */
export function wordsOf(m, v) {
  const words = chosen(m.label, v);
  return m.value === undefined ? words : `${words} ${text(v[m.value][0], m.unit)}`.trim();
}

/**
 * Every kind of mark, once: how it is drawn from its current values. reading.js adds what is read off, boxes.js other kinds.
 * @type {Record<string, Kind>}
 */
export const KINDS = {
  line: {
    fields: ["x", "y"],
    draw: (m, v, plot) => m.path.setAttribute("d", linePath(plot, v[m.x], v[m.y])),
  },
  band: {
    fields: ["x", "low", "high"],
    draw: (m, v, plot) => m.path.setAttribute("d", bandPath(plot, v[m.x], v[m.low], v[m.high])),
  },
  point: {
    fields: ["x", "y"],
    draw: (m, v, plot) => m.path.setAttribute("d", dots(plot, v[m.x], v[m.y], m.shape)),
  },
  bars: {
    fields: ["value", "base"],
    draw(m, v, { px, py, axes }) {
      const flat = Boolean(axes.y.categories), value = flat ? px : py, place = flat ? py : px;
      m.pieces.forEach((bar, k) => {
        const a = round(value.clamped(nth(v[m.base], k))), b = round(value.clamped(v[m.value][k]));
        const p = round(place(k - m.width / 2)), q = round(place(k + m.width / 2));
        const d = flat ? `M${a} ${p}H${b}V${q}H${a}Z` : `M${p} ${a}V${b}H${q}V${a}Z`;
        bar.setAttribute("d", isFinite(a + b) ? d : "");
      });
    },
  },
  rule: {
    fields: ["x", "y"],
    draw(m, v, { px, py, em, frame: [left, top, width, height] }) {
      const upright = m.x !== undefined, scale = upright ? px : py, value = v[upright ? m.x : m.y][0];
      const at = scale(value), seen = scale.inside(value), p = round(at), bottom = top + height, right = left + width;
      const d = upright ? `M${p} ${top}V${round(bottom)}` : `M${left} ${p}H${round(right)}`;
      m.path.setAttribute("d", seen ? d : "");
      const rows = [0, 1, 2, 3, 4, 5].map((row) => 1.2 * em * row);
      write(m, v, !seen ? [] : upright
        ? rows.flatMap((row) => [top + em + row, bottom - 5 - row].flatMap((y) => spots([at + 3, at - 3], y, [0, 1])))
        : [at - 4, at + em].flatMap((y) => spots([right - 2, left + 2, left + width / 2], y, [1, 0, 0.5])));
    },
  },
  label: {
    fields: ["x", "y", "value"],
    draw(m, v, { px, py, em }) {
      const x = v[m.x][0], y = v[m.y][0], at = px(x), on = py(y);
      write(m, v, !(px.inside(x) && py.inside(y)) ? []
        : [0, -1.2, 1.2, -2.4, 2.4].flatMap((row) => spots([at, at, at], on + row * em, [0, 1, 0.5])));
    },
  },
};
