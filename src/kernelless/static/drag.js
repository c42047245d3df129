// Marks that a hand may drag: each says which slider it stands for, and the slider goes where the mark then is.

import { fills } from "./filling.js";
import { part } from "./page.js";
import { load } from "./program.js";
import { encode, nearest, stopsOf } from "./settings.js";

/** @import { Mark, Plot, Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */
/** @import { Slider, Value } from "./settings.js" */

/** How near a finger or a pointer must come, in CSS pixels. */
const NEAR = 14;

/**
 * Where a mark stands for a hand at a place, in SVG units: the place of a rule, of the nearest dot, of the curve above
 * or below the hand.
 * @param {Mark} m
 * @param {Values} v
 * @param {[number, number]} hand
 * @returns {[number, number]}
 */
function standing(m, v, [x, y]) {
  const { px, py } = m.view;
  if (m.kind === "rule") return m.x === undefined ? [x, py(v[m.y][0])] : [px(v[m.x][0]), y];
  const xs = v[m.x], ys = v[m.y], n = Math.max(xs.length, ys.length);
  const at = Array.from({ length: n }, (_, k) =>
    [px(xs[xs.length > 1 ? k : 0]), py(ys[ys.length > 1 ? k : 0])]);
  if (m.kind === "line") return [x, at[nearest(at.map(([p]) => p), x)][1]];
  const [p, q] = at[nearest(at.map(([p, q]) => Math.hypot(p - x, q - y)), 0)];
  return [p, q];
}

/**
 * Let the marks that declare a slider be dragged.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Plot} plot
 * @param {Values} v
 * @param {() => Record<string, number>} numbers what the program is given now
 * @param {(name: string, value: Value, settled: boolean) => void} move
 */
export function startDrag(root, spec, plot, v, numbers, move) {
  const movable = plot.marks.filter((m) => m.moves);
  const svg = /** @type {SVGSVGElement} */ (part(root, ".ex-plot").querySelector("svg"));
  for (const m of movable) m.path.setAttribute("data-moves", "");
  /** @type {ReturnType<typeof load> | undefined} */
  let program;
  /** @type {{m: Mark, c: Slider, stops: number[], by: number, to?: number} | null} one pointer at a time */
  let held = null;

  /** @type {(event: {clientX: number, clientY: number}) => {hand: [number, number], unit: number}} */
  const place = (event) => {
    const box = svg.getBoundingClientRect(), unit = svg.viewBox.baseVal.width / box.width;
    return { hand: [(event.clientX - box.left) * unit, (event.clientY - box.top) * unit], unit };
  };
  /** @param {{clientX: number, clientY: number}} event */
  const under = (event) => {
    const { hand, unit } = place(event), near = NEAR * unit, [p, q] = hand;
    return movable.find((m) => {
      const [x, y] = standing(m, v, hand), [left, top, width, height] = m.view.frame;
      return Math.hypot(x - p, y - q) <= near && Math.max(left - p, top - q, p - left - width, q - top - height) <= near;
    });
  };
  /** @param {PointerEvent} event */
  const drag = (event) => {
    if (held?.by !== event.pointerId) return;
    const { m, c, stops } = held, { hand } = place(event), trial = program ?? fills(load(spec.program), spec.program), now = numbers();
    program = trial;
    /** @param {number} k */
    const at = (k) => {
      trial.evaluate({ ...now, [c.name]: encode(c, stops[k]) });
      return standing(m, trial.values, hand);
    };
    let low = 0, high = stops.length - 1;
    const first = at(low), last = at(high);
    // Along the axis on which it goes farther, and so as if it went one way only.
    const axis = Math.abs(last[0] - first[0]) >= Math.abs(last[1] - first[1]) ? 0 : 1;
    const rising = last[axis] > first[axis];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at(middle)[axis] < hand[axis] === rising) low = middle;
      else high = middle;
    }
    const off = [low, high].map((k) => Math.abs(at(k)[axis] - hand[axis]));
    held.to = stops[off[0] <= off[1] ? low : high];
    move(c.name, held.to, false);
  };
  svg.addEventListener("pointerdown", (event) => {
    const m = under(event), c = m && /** @type {Slider} */ (spec.controls.find(({ name }) => name === m.moves));
    if (!m || !c || held || event.button) return;
    held = { m, c, stops: stopsOf(c), by: event.pointerId };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    svg.style.cursor = held ? "grabbing" : under(event) ? "grab" : "";
    drag(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, (event) => {
      if (held?.by !== /** @type {PointerEvent} */ (event).pointerId) return;
      if (held.to !== undefined) move(held.c.name, held.to, true);
      held = null;
    });
  }
  // Else words that an earlier drag has marked would be dragged instead.
  svg.addEventListener("mousedown", (event) => { if (held) event.preventDefault(); });
  // A finger on such a mark drags it; elsewhere it scrolls the page.
  svg.addEventListener("touchstart", (event) => {
    if (under(event.touches[0])) event.preventDefault();
  }, { passive: false });
}
