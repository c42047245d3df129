// Marks made of rectangles, and those that explain a diagram. boxes.py and diagrams.py say what they are, shapes.py how
// they are drawn.

import { text } from "./format.js";
import { nth, round, wordsOf } from "./plot.js";

/** @import { Kind, Mark, MarkSpec, Plot } from "./plot.js" */
/** @import { Values } from "./program.js" */

const THIN = 1.4, THICK = 14, LINE = 10, DROP = 2.8, GAP = 5, TICK = 4, LETTER = 5; // in points of print, as in shapes.py

/**
 * @typedef {object} Thing one of the rectangles, bands or arrows of a mark
 * @property {(m: MarkSpec, v: Values) => number} count
 * @property {(m: MarkSpec, v: Values, k: number, plot: Pick<Plot, "px" | "py">) => number[] | null} spot where the k-th
 *   stands, in SVG units: its ends across, then its ends along, then what else it has; null where none of it is seen
 */

/**
 * A point of print: words have eight.
 * @param {Plot} plot
 */
const pointOf = (plot) => plot.em / 8;

/**
 * A path through corners, and back.
 * @param {number[][]} corners
 */
const ring = (corners) => (corners.flat().every(isFinite)
  ? `M${corners.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}Z` : "");

/** @param {number[]} spot */
const rectangle = ([a, b, p, q]) => ring([[a, p], [b, p], [b, q], [a, q]]);

/** @param {number[]} spot */
function ribbon(spot) {
  const [a, b, p, q, r, s] = spot.map(round), mid = round((spot[0] + spot[1]) / 2);
  return `M${a} ${p}C${mid} ${p} ${mid} ${q} ${b} ${q}L${b} ${s}C${mid} ${s} ${mid} ${r} ${a} ${r}Z`;
}

/**
 * @param {number[]} spot
 * @param {number} point
 */
function arrow([x, toX, y, toY, thick], point) {
  const length = Math.hypot(toX - x, toY - y), u = (toX - x) / length, w = (toY - y) / length;
  const neck = length - Math.min((5 + 0.6 * thick) * point, length), half = thick / 2 * point, wide = half + 2.6 * point;
  return length > 0 ? ring([[0, -half], [neck, -half], [neck, -wide], [length, 0], [neck, wide], [neck, half], [0, half]]
    .map(([along, across]) => [x + along * u - across * w, y + along * w + across * u])) : "";
}

/**
 * Write words near a place, or hide them where it is outside.
 * @param {Element} element
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {Plot} plot
 * @param {number} dx points right of it
 * @param {number} dy points below it
 */
function say(element, words, x, y, plot, dx = 0, dy = 0) {
  const [left, top, width, height] = plot.frame, edge = 0.01, point = pointOf(plot);
  const seen = x >= left - edge && x <= left + width + edge && y >= top - edge && y <= top + height + edge;
  element.setAttribute("visibility", seen ? "visible" : "hidden");
  element.textContent = words;
  if (!seen) return;
  element.setAttribute("x", String(round(x + dx * point)));
  element.setAttribute("y", String(round(y + (dy + DROP) * point)));
}

/**
 * Places at least so far apart, between two ends; `apart` in shapes.py is the same.
 * @param {number[]} places
 * @param {number} least
 * @param {number} top
 * @param {number} bottom
 */
function spread(places, least, top, bottom) {
  const order = places.map((_, k) => k).filter((k) => !isNaN(places[k])).sort((a, b) => places[a] - places[b]);
  const out = [...places];
  let edge = top;
  for (const k of order) { out[k] = Math.max(out[k], edge); edge = out[k] + least; }
  edge = bottom;
  for (const k of order.reverse()) { out[k] = Math.min(out[k], edge); edge = out[k] - least; }
  return out;
}

/**
 * What is written on the k-th thing, line by line.
 * @param {MarkSpec} m
 * @param {Values} v
 * @param {number} k
 */
function lines(m, v, k) {
  const said = m.said ? m.said[k].split("\n") : [], at = m.change ?? m.value;
  return m.valued && at !== undefined ? [...said, text(nth(v[at], k), m.unit)] : said;
}

/**
 * The same in one line.
 * @param {MarkSpec} m
 * @param {Values} v
 * @param {number} k
 */
const line = (m, v, k) => lines(m, v, k).join(" ");

/**
 * The name of the k-th thing's kind, if it has one.
 * @param {MarkSpec} m
 * @param {Values} v
 * @param {number} k
 */
const kindOf = (m, v, k) => m.kinds?.[nth(v[m.step], k)] ?? "";

/**
 * How many values the longest of some fields has.
 * @param {string[]} fields
 * @returns {Thing["count"]}
 */
const longest = (fields) => (m, v) => fields.reduce((most, field) => {
  const at = m[/** @type {"x"} */ (field)];
  return at === undefined ? most : Math.max(most, v[at].length);
}, 1);

/**
 * A kind of mark made of things.
 * @param {string[]} fields
 * @param {Thing["spot"]} spot
 * @param {(spot: number[], point: number) => string} shape
 * @param {(m: Mark, spots: (number[] | null)[], v: Values, plot: Plot) => void} write
 * @param {Kind["read"]} [read]
 * @returns {Kind}
 */
function things(fields, spot, shape, write, read = (m, v, k) => [line(m, v, k), kindOf(m, v, k)].filter(Boolean).join(", ")) {
  const count = longest(fields);
  return {
    fields, count, spot, read,
    draw(m, v, plot) {
      const pieces = m.pieces.length ? m.pieces : [m.path], paths = pieces.map(() => ""), point = pointOf(plot);
      const spots = Array.from({ length: count(m, v) }, (_, k) => spot(m, v, k, plot));
      spots.forEach((found, k) => {
        const j = m.pieces.length ? nth(v[m.step], k) : 0;
        if (found && paths[j] !== undefined) paths[j] += shape(found, point);
      });
      pieces.forEach((piece, j) => piece.setAttribute("d", paths[j]));
      if (m.texts.length) write(m, spots, v, plot);
    },
    seen(m, v, plot) {
      for (let k = 0; k < count(m, v); k++) if (spot(m, v, k, plot)) return true;
      return false;
    },
    listed: (m, v) => Array.from({ length: count(m, v) }, (_, k) => {
      const cells = fields.filter((field) => field !== "step" && m[/** @type {"x"} */ (field)] !== undefined);
      return [m.said?.[k].replaceAll("\n", " ") ?? k + 1, kindOf(m, v, k),
        ...cells.map((field) => nth(v[m[/** @type {"x"} */ (field)]], k))];
    }),
  };
}

/**
 * Where a thing stands along an axis, in words.
 * @param {import("./plot.js").Axis} axis
 * @param {number} from
 * @param {number} to
 */
function placeOf(axis, from, to) {
  if (axis.shown === false) return "";
  return axis.categories?.[Math.round((from + to) / 2)] ?? `${axis.label} ${text((from + to) / 2, axis.unit)}`;
}

const SIDES = ["left", "right", "low", "high", "step"];

/**
 * A rectangle, kept within the plot.
 * @type {Thing["spot"]}
 */
function box(m, v, k, { px, py }) {
  const a = nth(v[m.left], k), b = nth(v[m.right], k), p = nth(v[m.low], k), q = nth(v[m.high], k);
  const seen = px.overlaps(a, b) && py.overlaps(p, q) && !isNaN(nth(v[m.step], k));
  return seen ? [px.clamped(a), px.clamped(b), py.clamped(p), py.clamped(q)] : null;
}

/**
 * The middle of what stands somewhere.
 * @param {number[] | null} spot
 * @returns {[number, number]}
 */
export const middleOf = (spot) => (spot ? [(spot[0] + spot[1]) / 2, (spot[2] + spot[3] + (spot[5] === undefined ? 0
  : spot[4] + spot[5] - spot[2] - spot[3]) / 2) / 2] : [NaN, NaN]);

/** @type {(m: Mark, spots: (number[] | null)[], v: Values, plot: Plot) => void} */
function inside(m, spots, v, plot) {
  let at = 0;
  spots.forEach((spot, k) => lines(m, v, k).forEach((words, i, all) =>
    say(m.texts[at++], words, ...middleOf(spot), plot, 0, (i - (all.length - 1) / 2) * LINE)));
}

/** @type {(m: Mark, spots: (number[] | null)[], v: Values, plot: Plot) => void} the same, where the words fit */
function fitted(m, spots, v, plot) {
  const point = pointOf(plot);
  let at = 0;
  spots.forEach((spot, k) => lines(m, v, k).forEach((words, i, all) => {
    const [a, b, p, q] = spot ?? [], room = Math.abs(b - a) >= LETTER * point * [...words].length
      && Math.abs(q - p) >= LINE * point * all.length;
    say(m.texts[at++], words, ...middleOf(room ? spot : null), plot, 0, (i - (all.length - 1) / 2) * LINE);
  }));
}

/** @type {Record<string, Kind>} */
export const BOXES = {
  cells: things([...SIDES, "value"], box, rectangle, fitted, (m, v, k, { axes: { x, y } }) => {
    const places = [placeOf(x, nth(v[m.left], k), nth(v[m.right], k)), placeOf(y, nth(v[m.low], k), nth(v[m.high], k))];
    const what = [m.said?.[k].replaceAll("\n", " "), m.kinds ? kindOf(m, v, k) : text(nth(v[m.value], k), m.unit)];
    return [...places, ...what].filter(Boolean).join(", ");
  }),
  spans: things(SIDES, box, rectangle, fitted, (m, v, k, { axes: { x, y } }) => {
    const [from, to] = [m.left, m.right].map((at) => text(nth(v[at], k), x.unit));
    const lane = placeOf(y, nth(v[m.low], k), nth(v[m.high], k));
    return [lane, line(m, v, k), kindOf(m, v, k), `${from} to ${to}`].filter(Boolean).join(", ");
  }),
  blocks: things([...SIDES, "value"], box, rectangle, inside),
  stack: things([...SIDES, "value"], box, rectangle, (m, spots, v, plot) => {
    const [left, top, width, height] = plot.frame, point = pointOf(plot);
    spread(spots.map((spot) => middleOf(spot)[1]), LINE * point, top, top + height).forEach((y, k) => {
      const words = line(m, v, k), x = spots[k]?.[1] ?? NaN, room = (left + width - x) / point - LETTER * [...words].length;
      say(m.texts[k], words, x, y, plot, Math.min(GAP, room));
    });
  }),
  waterfall: things([...SIDES, "change"], box, rectangle, (m, spots, v, plot) => spots.forEach((spot, k) =>
    say(m.texts[k], line(m, v, k), spot ? Math.max(spot[0], spot[1]) : NaN, middleOf(spot)[1], plot, 4)),
  (m, v, k, { axes }) => `${axes.y.categories?.[k]}: ${line(m, v, k)}`),
  flow: things([...SIDES, "value"], (m, v, k, { px, py }) => {
    const [a, b, low, high, thick] = [m.left, m.right, m.low, m.high, m.value].map((at) => nth(v[at], k));
    const seen = px.overlaps(a, b) && py.overlaps(Math.min(low, high), Math.max(low, high) + thick);
    const spot = [px(a), px(b), py(low), py(high), py(low + thick), py(high + thick)];
    return seen && spot.every(isFinite) && !isNaN(nth(v[m.step], k)) ? spot : null;
  }, ribbon, inside),
  arrows: things(["x", "y", "to_x", "to_y", "value"], (m, v, k, { px, py }) => {
    const [x, y, toX, toY] = [m.x, m.y, m.to_x, m.to_y].map((at) => nth(v[at], k));
    const thick = m.value === undefined ? THIN : THICK * nth(v[m.value], k) / m.widest;
    const seen = px.overlaps(x, toX) && py.overlaps(y, toY) && !isNaN(thick);
    return seen ? [px(x), px(toX), py(y), py(toY), thick] : null;
  }, arrow, (m, spots, v, plot) => spots.forEach((spot, k) => {
    const level = nth(v[m.y], k) === nth(v[m.to_y], k), half = (spot?.[4] ?? 0) / 2;
    m.texts[k].setAttribute("text-anchor", level ? "middle" : "start");
    say(m.texts[k], line(m, v, k), ...middleOf(spot), plot, level ? 0 : half + GAP, level ? -half - 6 : 0);
  })),
  bracket: {
    fields: ["start", "end", "at", "value"],
    draw(m, v, plot) {
      const upright = m.along === "y", point = pointOf(plot), [one, other] = upright ? [plot.py, plot.px] : [plot.px, plot.py];
      const seen = BOXES.bracket.seen?.(m, v, plot), at = seen ? other(v[m.at][0]) : NaN;
      const [start, end] = [v[m.start][0], v[m.end][0]].map(one.clamped), out = at + (upright ? TICK : -TICK) * point;
      const corners = [[at, start], [out, start], [out, end], [at, end]].map((c) => (upright ? c : c.reverse()));
      m.path.setAttribute("d", ring(corners).slice(0, -1));
      const place = /** @type {[number, number]} */ (upright ? [at, (start + end) / 2] : [(start + end) / 2, at]);
      if (m.texts.length) say(m.texts[0], wordsOf(m, v), ...place, plot, upright ? 8 : 0, upright ? 0 : -LINE);
    },
    seen(m, v, { px, py }) {
      const [one, other] = m.along === "y" ? [py, px] : [px, py];
      return one.overlaps(v[m.start][0], v[m.end][0]) && other.inside(v[m.at][0]);
    },
  },
  note: {
    fields: ["x", "y", "value"],
    draw(m, v, plot) {
      const x = plot.px(v[m.x][0]), y = plot.py(v[m.y][0]), point = pointOf(plot);
      const seen = plot.px.inside(v[m.x][0]) && plot.py.inside(v[m.y][0]);
      const to = `${round(x + m.dx * point)} ${round(y + m.dy * point)}`;
      m.path.setAttribute("d", seen ? `M${round(x)} ${round(y)}L${to}` : "");
      if (m.texts.length) say(m.texts[0], wordsOf(m, v), seen ? x : NaN, y, plot, m.dx + (m.dx >= 0 ? 2 : -2), m.dy);
    },
    seen: (m, v, { px, py }) => px.inside(v[m.x][0]) && py.inside(v[m.y][0]),
  },
};
