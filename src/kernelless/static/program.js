// Programs: what trace.py recorded and program.py wrote, evaluated over flat arrays of float64. No code is generated
// here, so the page may forbid eval. runtime.py writes the elementwise loops out from ops.py.

import { ELEMENTWISE } from "./elementwise.js";

/** @typedef {Float64Array[]} Values a program's: inputs, constants, results, each as a flat array */
/** @typedef {number[] | {from: number, axes: [number, number][]}} Index lengths and steps, the outermost axis first */
/**
 * @typedef {object} Program as compile_program in program.py wrote it
 * @property {string[]} inputs
 * @property {(number | string | (number | string)[])[]} constants
 * @property {Index[]} indices
 * @property {string[]} ops
 * @property {string} code
 * @property {Record<string, [number, number, ...number[][]]>} [own] by a choice's name: the value that holds what the
 *   reader brings for it, how many options stand before, and the numbers of each that was brought; own.js fills it
 */
/** @typedef {(a: Float64Array, from: number, length: number) => number} Reduction of one row of `a` */

/**
 * numpy's sign: that of 0 and of -0 is 0.
 * @param {number} a
 * @returns {number}
 */
export const sign = (a) => (a === 0 ? 0 : Math.sign(a));
/**
 * The nearest whole number, half to even: adding and taking away 2^52 rounds so. The sign keeps -0.
 * @param {number} a
 * @returns {number}
 */
export const rint = (a) =>
  Math.abs(a) < 2 ** 52 ? (Math.abs(a) + 2 ** 52 - 2 ** 52) * (a < 0 || Object.is(a, -0) ? -1 : 1) : a;
/**
 * numpy's remainder, which has the sign of the divisor.
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
export const remainder = (a, b) => {
  const r = a % b;
  if (r === 0) return 0 * Math.sign(b);
  return r < 0 !== b < 0 ? r + b : r;
};
/**
 * numpy's floor_divide: the quotient that belongs to its remainder.
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
export const floorDivide = (a, b) => {
  if (b === 0) return a / b;
  const r = a % b;
  let quotient = (a - r) / b;
  if (r !== 0 && r < 0 !== b < 0) quotient -= 1;
  if (quotient === 0) return 0 * (a / b);
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
};
/**
 * A power; C's pow, which numpy calls, has values where JavaScript's has none.
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
export const power = (a, b) => (a === 1 || b === 0 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b));

const eight = new Float64Array(8); // running sums; made anew for each of a thousand rows, they would have to be cleared away

/**
 * The sum in numpy's order (pairwise beyond 8 elements), so that the last digit agrees.
 * @type {Reduction}
 */
function sum(a, from, length) {
  if (length < 8) {
    let total = 0;
    for (let k = 0; k < length; k++) total += a[from + k];
    return total;
  }
  if (length <= 128) {
    for (let j = 0; j < 8; j++) eight[j] = a[from + j];
    let k = 8;
    for (; k < length - (length % 8); k += 8) for (let j = 0; j < 8; j++) eight[j] += a[from + k + j];
    let total = eight[0] + eight[1] + (eight[2] + eight[3]) + (eight[4] + eight[5] + (eight[6] + eight[7]));
    for (; k < length; k++) total += a[from + k];
    return total;
  }
  const half = (length >> 1) - ((length >> 1) % 8);
  return sum(a, from, half) + sum(a, from + half, length - half);
}

/** @type {(step: (kept: number, next: number) => number) => Reduction} */
const fold = (step) => (a, from, length) => {
  let kept = a[from];
  for (let k = 1; k < length; k++) kept = step(kept, a[from + k]);
  return kept;
};
/**
 * numpy's arg functions return the first NaN if there is one.
 * @type {(better: (x: number, y: number) => boolean) => Reduction}
 */
const arg = (better) => (a, from, length) => {
  let best = 0;
  for (let k = 0; k < length; k++) {
    if (a[from + k] !== a[from + k]) return k;
    if (better(a[from + k], a[from + best])) best = k;
  }
  return best;
};
/** @type {Record<string, Reduction>} */
const REDUCE = {
  sum,
  prod: fold((x, y) => x * y),
  max: fold(Math.max),
  min: fold(Math.min),
  argmax: arg((x, y) => x > y),
  argmin: arg((x, y) => x < y),
  any: (a, from, length) => (a.subarray(from, from + length).some((v) => v !== 0) ? 1 : 0),
  all: (a, from, length) => (a.subarray(from, from + length).every((v) => v !== 0) ? 1 : 0),
};

/**
 * The places that an index lists or describes.
 * @param {Index} index
 * @returns {Int32Array}
 */
const expandIndex = (index) => {
  if (Array.isArray(index)) return Int32Array.from(index);
  let places = [index.from];
  for (const [length, step] of index.axes) {
    places = places.flatMap((place) => Array.from({ length }, (_, k) => place + k * step));
  }
  return Int32Array.from(places);
};

/**
 * A program ready to run. Only what depends on a changed input is computed again, and of that what comes out as it was, if
 * it is few numbers, moves nothing further: nothing is worked out behind a choice that was not made.
 * @param {Program} program
 * @returns {{values: Values, moved: Uint8Array, evaluate: (settings: Record<string, number>, filled?: number[]) => boolean}}
 *   `moved` says by place which values the last evaluation changed
 */
export function load(program) {
  const { inputs, ops } = program;
  const indices = program.indices.map(expandIndex);
  /** @type {Values} */
  const values = inputs.map(() => new Float64Array(1).fill(NaN));
  for (const constant of program.constants) values.push(Float64Array.from([constant].flat(), Number));

  const steps = [...program.code.matchAll(/(.)([-+\d]+)\.?(\d*)\.?(\d*)/g)].map(([, letter, written, more, wide]) => {
    const op = ops[letter.charCodeAt(0) - 65], fixed = +more, at = indices[fixed];
    const refs = written.split(/(?=[-+])/).map((ref) => (ref < "-" ? +ref : values.length - (+ref.slice(1) || 1)));
    const parts = refs.map((ref) => values[ref]), [a, b, c] = parts;
    // A single value is read again and again.
    /** @param {Float64Array} v */
    const stride = (v) => Number(v.length !== 1);
    const [i, j, l] = parts.map(stride);
    const size = +wide || (op === "take" ? at : parts.find(stride) ?? a).length, out = new Float64Array(size);
    let run;
    if (op === "take") run = () => { for (let k = 0; k < size; k++) out[k] = a[at[k]]; };
    else if (op === "pick") run = () => { for (let k = 0; k < size; k++) out[k] = a[Math.trunc(b[k])]; };
    else if (op === "cumsum") run = () => { for (let k = 0; k < size; k++) out[k] = k % fixed ? out[k - 1] + a[k] : a[k]; };
    else if (op === "concat") run = () => { let k = 0; for (const part of parts) { out.set(part, k); k += part.length; } };
    else if (op === "sort") run = () => { out.set(a); for (let k = 0; k < size; k += fixed) out.subarray(k, k + fixed).sort(); };
    else if (op in REDUCE) run = () => { for (let k = 0; k < size; k++) out[k] = REDUCE[op](a, k * fixed, fixed); };
    else run = () => ELEMENTWISE[op](out, size, a, i, b, j, c, l);
    return { run, refs, out, at: values.push(out) - 1 };
  });

  const moved = new Uint8Array(values.length), before = new Float64Array(32);
  /** @param {number} place */
  const hasMoved = (place) => moved[place];
  let first = true;
  return {
    values,
    moved,
    /**
     * Set the inputs and bring every value up to date.
     * @param {Record<string, number>} settings
     * @param {number[]} [filled] places of other values that were set by hand since
     * @returns {boolean} whether an input changed
     */
    evaluate(settings, filled = []) {
      moved.fill(0);
      inputs.forEach((name, i) => {
        if (!Object.is(values[i][0], settings[name])) moved[i] = 1;
        values[i][0] = settings[name];
      });
      const changed = moved.includes(1);
      for (const place of filled) moved[place] = 1;
      for (const { run, refs, out, at } of steps) {
        if (!first && !refs.some(hasMoved)) continue;
        const few = out.length > before.length ? 0 : out.length;
        for (let j = 0; j < few; j++) before[j] = out[j];
        run();
        moved[at] = Number(!few);
        for (let j = 0; j < few; j++) if (!Object.is(before[j], out[j])) moved[at] = 1;
      }
      first = false;
      return changed;
    },
  };
}
