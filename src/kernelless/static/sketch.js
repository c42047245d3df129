// A guess before an answer: the reader draws a curve, then sees the true one and reads where the guess went wrong. What
// is said is computed by the program that predict.py traced, from the same rule as in Python.

import { pictured } from "./element.js";
import { text } from "./format.js";
import { recalled, remember } from "./history.js";
import { newPart } from "./making.js";
import { part } from "./page.js";
import { nth, round } from "./plot.js";
import { load } from "./program.js";

/** @import { Axis, Plot, Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */

/**
 * @typedef {object} Asked as predict_spec in predict.py
 * @property {number} mark
 * @property {number[]} hides
 * @property {string} question
 * @property {number[]} stations
 * @property {import("./program.js").Program} program
 * @property {Record<string, number>} at
 * @property {string} unit
 * @property {{level: string[], slope: string[], bend: string[]}} words
 */

const FINE = 6, STEPS = 100; // columns of the drawing from one place to the next; heights that a key can reach

/**
 * What a guess is told, in words: `sentences` in predict.py.
 * @param {Asked} asked
 * @param {number[]} guess in base units, at the stations
 * @param {number[]} truth
 * @param {number[]} xs
 * @param {string} unit of x
 * @returns {string[]}
 */
export function verdictOf(asked, guess, truth, xs, unit) {
  const program = load(asked.program);
  program.evaluate(Object.fromEntries([...guess.map((g, k) => [`g${k}`, g]), ...truth.map((t, k) => [`t${k}`, t])]));
  /** @param {string} name */
  const found = (name) => program.values[asked.at[name]][0];
  /** @type {Record<string, string>} */
  const words = { amount: text(found("amount"), asked.unit), x: text(xs[found("at")], unit),
    yours: text(xs[found("yours")], unit) };
  return Object.entries(asked.words).map(([name, table]) =>
    table[found(name)].replace(/\{(\w+)\}/g, (_, key) => words[key]));
}

/**
 * The value at a height of an axis, from 0 to 1.
 * @param {Axis} axis
 * @param {number} height
 */
function valueAt({ limits, scale }, height) {
  const [low, high] = [Math.min(...limits), Math.max(...limits)];
  return scale === "log" ? low * (high / low) ** height : low + (high - low) * height;
}

/**
 * Ask for a guess, and answer it.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Plot} plot
 * @param {Values} v
 */
export function startSketch(root, spec, plot, v) {
  const asked = /** @type {Asked} */ (spec.predict), mark = plot.marks[asked.mark];
  const scene = part(root, ".ex-plot"), svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (part(scene, "svg")));
  const place = { id: `${root.id}.guess` }, store = /** @type {HTMLElement} */ (place);
  const names = [asked.mark, ...asked.hides].flatMap((k) => [`m${k}`, `m${k}-`]);
  for (const element of root.querySelectorAll("[data-key]")) {
    const key = /** @type {HTMLElement} */ (element).dataset.key ?? "";
    if (names.some((name) => (name.endsWith("-") ? key.startsWith(name) : key === name))) element.classList.add("ex-await");
  }
  const xs = () => asked.stations.map((k) => nth(v[mark.x], k));
  const ys = () => asked.stations.map((k) => nth(v[mark.y], k));
  const columns = (asked.stations.length - 1) * FINE + 1;
  const knots = asked.stations.map((_, k) => k * FINE);
  /** @type {number[]} heights from 0 to 1 */
  let heights = Array.from({ length: columns }, () => 0.5), touched = false;
  let hand = -1; // the pointer that draws: one at a time

  const drawn = pictured("path");
  drawn.setAttribute("class", "ex-guess");
  part(svg, `[data-key="m${asked.mark}"]`).before(drawn);
  const name = typeof mark.label === "string" ? mark.label : spec.title; // the curve's own, for the words around it

  const box = newPart("div", "", { class: "ex-predict", role: "group", "aria-label": "Your guess" });
  const question = newPart("p", asked.question, { class: "ex-question" });
  const hint = newPart("p", "Draw the curve in the plot, with a pointer or a finger. Then let it show.");
  const points = newPart("details", "", { class: "ex-points" }), five = newPart("div");
  points.append(newPart("summary", "Or set five points, with the arrow keys"), five);
  const said = newPart("ul", "", { class: "ex-verdict" }), verdict = newPart("div", "", { role: "status" });
  verdict.append(said);
  const bar = newPart("p", "", { class: "ex-predict-actions" });
  const sliders = asked.stations.map((_, k) => {
    const label = newPart("label", `at ${text(xs()[k], spec.axes.x.unit)} `);
    const slider = newPart("input", "", { type: "range", min: "0", max: String(STEPS) });
    const shown = newPart("output");
    slider.addEventListener("input", () => {
      setKnot(k, Number(slider.value) / STEPS);
      show();
    });
    label.append(slider, shown);
    five.append(label);
    return { slider, shown };
  });
  /** @type {(words: string, act: () => void) => HTMLElement} */
  const button = (words, act) => {
    const pressed = newPart("button", words, { type: "button" });
    pressed.addEventListener("click", act);
    bar.append(pressed);
    return pressed;
  };
  const reveal = button("Show the curve", () => finish("shown"));
  const skip = button("Skip", () => finish("skipped"));
  const save = button("Save my guess", download), again = button("Draw again", () => wait());
  box.append(question, hint, points, bar, verdict);
  part(root, "[data-guess]").replaceWith(box);

  const guess = () => knots.map((k) => valueAt(spec.axes.y, heights[k]));

  /** @type {(k: number, height: number) => void} a point moves, and the straight ways to its neighbours with it */
  function setKnot(k, height) {
    touched = true;
    heights[knots[k]] = height;
    for (const side of [-1, 1]) {
      const other = knots[k + side];
      if (other === undefined) continue;
      for (let c = knots[k]; c !== other; c += side) {
        heights[c] = height + (heights[other] - height) * Math.abs(c - knots[k]) / FINE;
      }
    }
  }

  /** Draw the guess, and let each point say its value. */
  function show() {
    const first = plot.px(xs()[0]), last = plot.px(xs()[xs().length - 1]);
    const [, top, , height] = plot.frame;
    drawn.setAttribute("d", heights.map((h, c) =>
      `${c ? "L" : "M"}${round(first + (last - first) * c / (columns - 1))} ${round(top + height * (1 - h))}`).join(""));
    sliders.forEach(({ slider, shown }, k) => {
      const words = text(guess()[k], spec.axes.y.unit);
      slider.value = String(Math.round(heights[knots[k]] * STEPS));
      slider.setAttribute("aria-valuetext", words);
      shown.textContent = words;
    });
  }

  const waits = /** @type {NodeListOf<HTMLElement>} */ (
    root.querySelectorAll(".ex-controls, .ex-presets, .ex-actions"));
  const described = part(scene, ".ex-sr");
  /** @param {"waiting" | "shown" | "skipped"} state */
  function become(state) {
    const waiting = state === "waiting";
    root.dataset.sketch = state;
    hand = -1;
    for (const element of waits) element.inert = waiting;
    described.hidden = waiting;
    scene.tabIndex = waiting ? -1 : 0;
    points.hidden = hint.hidden = reveal.hidden = skip.hidden = !waiting;
    save.hidden = state !== "shown";
    again.hidden = waiting;
    said.replaceChildren(...(state === "shown"
      ? verdictOf(asked, guess(), ys(), xs(), spec.axes.x.unit).map((words) => newPart("li", words)) : []));
    drawn.classList.toggle("ex-gone", state === "skipped");
  }
  /** @param {"shown" | "skipped"} state */
  function finish(state) {
    if (state === "shown" && !touched) {
      said.replaceChildren(newPart("li", "Nothing is drawn yet. Draw the curve, or skip."));
      return;
    }
    become(state);
    remember(store, `${state} ${heights.map((h) => h.toFixed(6)).join(" ")}`);
    again.focus();
  }
  function wait() {
    become("waiting");
    remember(store, "");
    show();
  }

  // -- the hand in the plot -------------------------------------------------------------------------------------------

  /** @type {{column: number, height: number} | null} where the hand was last */
  let from = null;
  let least = 0, most = columns - 1; // the columns between which it was
  /** @param {PointerEvent} event */
  function draw(event) {
    const to = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse());
    const first = plot.px(xs()[0]), last = plot.px(xs()[xs().length - 1]), [, top, , height] = plot.frame;
    /** @param {number} value @param {number} most */
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    const here = { column: within(Math.round((to.x - first) / (last - first) * (columns - 1)), columns - 1),
      height: within(1 - (to.y - top) / height, 1) };
    if (!touched) [least, most] = [here.column, here.column];
    touched = true;
    [least, most] = [Math.min(least, here.column), Math.max(most, here.column)];
    const start = from ?? here, way = Math.abs(here.column - start.column) || 1;
    for (let c = start.column; ; c += Math.sign(here.column - start.column)) {
      heights[c] = start.height + (here.height - start.height) * Math.abs(c - start.column) / way;
      if (c === here.column) break;
    }
    heights[here.column] = here.height;
    // Where the hand has not been, the curve goes on level.
    heights = heights.map((_, c) => heights[Math.min(Math.max(c, least), most)]);
    from = here;
    show();
  }
  // Before the cursor and what drags marks: they would tell the answer.
  for (const kind of /** @type {const} */ (["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerenter",
    "keydown", "focusin", "touchstart"])) {
    scene.addEventListener(kind, (event) => {
      if (root.dataset.sketch !== "waiting") return;
      event.stopImmediatePropagation();
      if (kind === "touchstart" || kind === "pointerdown") event.preventDefault(); // nothing scrolls, nothing is selected
      const pointer = /** @type {PointerEvent} */ (event);
      if (kind === "pointerdown" && hand < 0 && !pointer.button) {
        hand = pointer.pointerId;
        svg.setPointerCapture(hand);
        from = null;
        draw(pointer);
      } else if (pointer.pointerId !== hand) return;
      else if (kind === "pointermove") draw(pointer);
      else if (kind === "pointerup" || kind === "pointercancel") hand = -1;
    }, { capture: true, passive: false });
  }
  new ResizeObserver(show).observe(svg);

  /** Save the guess with what it was told, as a table. */
  async function download() {
    const { csvLines, handOver, headOf, inUnit } = await import("./hand.js"), { x, y } = spec.axes;
    const head = [headOf(x.label, x.unit), ...["your guess", name].map((whose) => headOf(`${whose}: ${y.label}`, y.unit))];
    const rows = xs().map((at, k) => [inUnit(at, x.unit), ...[guess()[k], ys()[k]].map((value) => inUnit(value, y.unit))]);
    handOver(`${spec.name}-guess.csv`, csvLines([["title", spec.title], ["page", document.title], ["question",
      asked.question], ...[...said.children].map((li) => ["", li.textContent]), [], head, ...rows]), "text/csv");
  }

  const [state, ...kept] = (recalled(store) ?? "").split(" ");
  if (kept.length === columns && kept.every((h) => Number(h) >= 0 && Number(h) <= 1)) {
    heights = kept.map(Number);
    touched = true;
  }
  show();
  become(state === "shown" || state === "skipped" ? state : "waiting");
}
