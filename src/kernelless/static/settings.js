// Settings: what a control can hold, the number that a program is given for it, and the words that a reader sees.

import { text } from "./format.js";

/**
 * @typedef {object} Slider as Slider.spec in controls.py
 * @property {"slider"} kind
 * @property {string} name
 * @property {string} label
 * @property {number} low
 * @property {number} high
 * @property {number} default
 * @property {"linear" | "log"} scale
 * @property {string} unit
 * @property {boolean} whole
 * @property {number[]} [stops]
 * @property {undefined} [own]
 */
/**
 * @typedef {object} Choice as Choice.spec in controls.py
 * @property {"choice"} kind
 * @property {string} name
 * @property {string} label
 * @property {string} default
 * @property {string[]} keys
 * @property {string[]} titles
 * @property {undefined} [unit]
 * @property {Own} [own]
 * @property {[string, string, string][]} [renamed] a key of old, that of today, and what became of it
 */
/**
 * @typedef {object} Own as Own.spec in own.py
 * @property {string} title
 * @property {string} reader the file of the module that reads its text; "" where the text holds the fields
 * @property {string} example
 * @property {string} hint
 * @property {Slider[]} fields
 * @property {Record<string, any>} [told] what that module is told besides
 */
/** @typedef {Slider | Choice} Control */
/** @typedef {number | string} Value a number from a slider, a key from a choice */
/** @typedef {Record<string, Value>} Settings by the control's name */

const NUMERAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * The values a slider stops at: whole numbers or short ones, its ends, and the default.
 * @param {Slider} c
 * @returns {number[]}
 */
export function stopsOf(c) {
  if (c.stops) return c.stops;
  const steps = c.whole && c.scale === "linear" ? Math.min(c.high - c.low, 400) : 240;
  const ratio = (c.high / c.low) ** (1 / steps), step = (c.high - c.low) / steps;
  const stops = new Set([c.low, c.high, c.default]);
  for (let k = 1; k < steps; k++) {
    const log = c.scale === "log", raw = log ? c.low * ratio ** k : c.low + step * k;
    // Three digits, or as many as tell a stop from the next on a short track.
    const digits = Math.ceil(Math.log10(Math.abs(raw) / (log ? raw * (ratio - 1) : step)) + 0.5);
    // Of a track that crosses zero, one stop may be zero but for the last digits.
    const value = c.whole ? Math.floor(raw + 0.5)
      : digits < -9 ? 0 : Number(raw.toPrecision(Math.min(Math.max(digits, 3), 17)));
    if (value > c.low && value < c.high) stops.add(value);
  }
  return [...stops].sort((a, b) => a - b);
}

/**
 * The place of the nearest value in a list.
 * @param {ArrayLike<number>} list
 * @param {number} value
 * @returns {number}
 */
export function nearest(list, value) {
  let best = 0;
  for (let k = 1; k < list.length; k++) if (Math.abs(list[k] - value) < Math.abs(list[best] - value)) best = k;
  return best;
}

/**
 * The number that something given is; NaN where it is none.
 * @param {unknown} given
 * @returns {number}
 */
export const numberIn = (given) =>
  typeof given === "number" ? given : typeof given === "string" && NUMERAL.test(given) ? Number(given) : NaN;

/**
 * The nearest value that a control can hold; what it cannot read gives the default. As Slider.snap and Choice.snap.
 * @param {Control} c
 * @param {unknown} given
 * @returns {Value}
 */
export function snap(c, given) {
  if (c.kind === "choice") {
    return c.keys.find((key) => key === given) ?? c.renamed?.find(([old]) => old === given)?.[1] ?? c.default;
  }
  const value = numberIn(given);
  if (isNaN(value)) return c.default;
  const clamped = Math.min(Math.max(value, c.low), c.high) + 0;
  if (c.stops) return c.stops[nearest(c.stops, clamped)];
  return c.whole ? Math.floor(clamped + 0.5) : clamped;
}

/**
 * The number that a program is given for a control's value: the value, or its place among keys or stops.
 * @param {Control} c
 * @param {Value} value
 * @returns {number}
 */
export function encode(c, value) {
  const listed = /** @type {Value[] | undefined} */ (c.kind === "choice" ? c.keys : c.stops);
  return listed ? listed.indexOf(value) : Number(value);
}

/**
 * A control's value as the reader sees it.
 * @param {Control} c
 * @param {Value} value
 * @returns {string}
 */
export const show = (c, value) =>
  c.kind === "choice" ? c.titles[c.keys.indexOf(String(value))] : text(Number(value), c.unit);

/**
 * All settings in one line.
 * @param {Control[]} controls
 * @param {Settings} settings
 * @returns {string}
 */
export const sentence = (controls, settings) =>
  controls.map((c) => `${c.label}: ${show(c, settings[c.name])}`).join(" · ");
