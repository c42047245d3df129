// A setting that is kept as A, while the reader moves on: its marks stay as ghosts, its readouts beside the new ones.

import { dress, pictured } from "./element.js";
import { fills } from "./filling.js";
import { text } from "./format.js";
import { part } from "./page.js";
import { KINDS } from "./plot.js";
import { load } from "./program.js";

/** @import { Mark, Plot, Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */

/** @typedef {ReturnType<typeof startPins>} Pins */

/**
 * How far one value is from another, in words.
 * @param {number} a
 * @param {number} b
 * @param {string} unit
 * @returns {string}
 */
export function difference(a, b, unit) {
  if (Object.is(a, b)) return "none";
  const by = b - a, sign = by > 0 ? "+" : "";
  if (!isFinite(by)) return "";
  if (unit === "%") return `${sign}${text(by * 100, "points")}`;
  const share = a > 0 && b >= 0 ? ` (${sign}${text(by / a, "%")})` : "";
  return `${sign}${text(by, unit)}${share}`;
}

/**
 * Let a figure keep one setting to compare with.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Plot} plot
 * @param {Values} v the present values
 */
export function startPins(root, spec, plot, v) {
  const svg = part(root, ".ex-plot svg"), button = part(root, "[data-action=pin]"), words = button.textContent;
  /** @type {{values: Values, group: SVGElement, marks: Mark[], notes: HTMLElement[]} | null} */
  let pinned = null;

  /** @param {Element} element */
  const ghost = (element) => {
    const copy = /** @type {Element} */ (element.cloneNode());
    copy.removeAttribute("data-key");
    return copy;
  };
  function lift() {
    pinned?.group.remove();
    pinned?.notes.forEach((note) => note.remove());
    pinned = null;
    button.textContent = words;
    button.setAttribute("aria-pressed", "false");
  }
  /** Draw what is pinned, for the plot as it is laid out now. */
  function draw() {
    if (!pinned) return;
    const { values, group, marks } = pinned;
    group.querySelectorAll("text").forEach((old) => old.remove());
    /** @type {number[][]} */
    const at = [];
    for (const m of marks) {
      KINDS[m.kind].draw(m, values, m.view);
      // The letter stands at the end of each curve, and at the first of several bars.
      const d = [m.path, ...m.pieces].find((path) => path?.getAttribute("d"))?.getAttribute("d") ?? "";
      const end = /.*[ML](-?[\d.]+) (-?[\d.]+)/.exec(d);
      // One letter is enough for marks that end at one place.
      if (!end || at.some(([x, y]) => Math.hypot(x - Number(end[1]), y - Number(end[2])) < plot.em)) continue;
      at.push([Number(end[1]), Number(end[2])]);
      const letter = pictured("text");
      const given = { class: "ex-words ex-fill-muted ex-halo", x: end[1], y: Number(end[2]) - 3, "font-size": plot.em,
        "text-anchor": "end" };
      dress(letter, given);
      letter.textContent = "A";
      group.append(letter);
    }
  }
  return {
    draw,
    lift,
    /** @param {Record<string, number>} numbers what the program is given for the settings to keep */
    pin(numbers) {
      lift();
      const program = fills(load(spec.program), spec.program), group = pictured("g");
      program.evaluate(numbers);
      group.setAttribute("class", "ex-ghosts");
      const marks = plot.marks.map((m) => {
        const copy = { ...m, path: m.path && ghost(m.path), words: pictured("text"), texts: [], pieces: m.pieces
          .filter((piece) => piece !== m.words).map(ghost) };
        group.append(...[copy.path, ...copy.pieces].filter(Boolean));
        return copy;
      });
      svg.querySelector("[data-key]")?.before(group);
      const notes = spec.readouts.map((_, k) => {
        const note = document.createElement("span");
        note.className = "ex-pinned";
        part(root, `[data-key="r${k}"]`).after(note);
        return note;
      });
      pinned = { values: program.values, group, marks, notes };
      button.textContent = "Let A go";
      button.setAttribute("aria-pressed", "true");
      draw();
      this.compare();
    },
    /** Say how far each readout has gone from A. */
    compare() {
      if (!pinned) return;
      const { values, notes } = pinned;
      spec.readouts.forEach((r, k) => {
        const a = values[r.value][0], by = difference(a, v[r.value][0], r.unit);
        notes[k].textContent = `A: ${text(a, r.unit)}${by && `; change: ${by}`}`;
      });
    },
  };
}
