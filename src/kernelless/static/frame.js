// The frame: axes, ticks, grid and words, laid out in CSS pixels for the width that the figure has. Without a script, the
// picture that Python built stands.

import { dress, pictured } from "./element.js";
import { part } from "./page.js";
import { chosen, nth, round, scaleOf } from "./plot.js";

/** @import { Mark, Plot } from "./plot.js" */
/** @import { Values } from "./program.js" */

/**
 * The first set of ticks whose words leave a gap between them; where none does, what fits of the last. `chosen` in
 * ticks.py is the same.
 * @param {[number, string][][]} sets
 * @param {(v: number) => number} at
 * @param {(words: string) => number} size
 * @param {number} gap
 * @returns {[number, string][]}
 */
export function pick(sets, at, size, gap) {
  /** @type {[number, string][]} */
  let kept = [];
  for (const ticks of sets) {
    kept = [];
    for (const tick of ticks) {
      const last = kept.at(-1);
      if (!last || Math.abs(at(tick[0]) - at(last[0])) >= (size(last[1]) + size(tick[1])) / 2 + gap) kept.push(tick);
    }
    if (kept.length === ticks.length) break;
  }
  return kept;
}

/**
 * Words in one line if they fit, else in two as even as may be.
 * @param {string} words
 * @param {number} most
 * @param {(words: string) => number} width
 * @returns {string[]}
 */
export function inLines(words, most, width) {
  if (width(words) <= most) return [words];
  const parts = words.split(" "), cuts = parts.map((_, k) => [parts.slice(0, k), parts.slice(k)].map((p) => p.join(" ")));
  const longest = cuts.map((cut) => Math.max(...cut.map(width)));
  return cuts[longest.indexOf(Math.min(...longest))].filter(Boolean);
}

/**
 * Places in order, moved apart where they are closer than a gap, between two ends.
 * @param {number[]} rising
 * @param {number} gap
 * @param {number} low
 * @param {number} high
 * @returns {number[]}
 */
export function apart(rising, gap, low, high) {
  let least = low, most = high;
  const down = rising.map((y) => { const at = Math.max(y, least); least = at + gap; return at; });
  return down.reverse().map((y) => { const at = Math.min(y, most); most = at - gap; return at; }).reverse();
}

/**
 * Lay a plot out for the width that it has, now and whenever that changes.
 * @param {HTMLElement} root
 * @param {Plot} plot
 * @param {Values} v
 * @param {string[]} panels
 * @param {() => void} redraw draws the marks in the new layout
 * @returns {() => void} places words anew, after marks have moved
 */
export function startFrame(root, plot, v, panels, redraw) {
  const surface = part(root, ".ex-plot"), svg = part(surface, "svg"), { x: across, y: along } = plot.axes;
  const standing = part(svg, ".ex-frame"), ends = part(svg, ".ex-labels"), style = getComputedStyle(svg);
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  const curves = plot.marks.filter((m) => m.kind === "line");
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @param {string} words */
  const widthOf = (words) => {
    if (!known.has(words)) known.set(words, pen.measureText(words).width);
    return known.get(words) ?? 0;
  };
  /** @type {(into: Element, tag: string, attributes: Record<string, string | number>, words?: string) => Element} */
  function add(into, tag, attributes, words = "") {
    const element = pictured(tag);
    // What the style sheet says by class, a file that a reader saves says by attributes.
    dress(element, tag === "text" ? { fill: "#000", "font-size": plot.em } : { fill: "none", stroke: "#000" });
    dress(element, attributes);
    element.textContent = words;
    into.append(element);
    return element;
  }
  /**
   * Lines of words around a place.
   * @type {(lines: string[], x: number, y: number, side: number, name: string) => void}
   */
  function say(lines, x, y, side, name) {
    lines.forEach((line, k) => {
      const w = widthOf(line), left = Math.min(Math.max(x - side * w, 0), laid - w);
      const at = y + plot.em * 1.15 * k;
      // Anchored, they end where they should in whatever font they are drawn.
      const anchor = side === 1 ? "end" : side ? "middle" : "start", from = round(left + side * w);
      add(standing, "text", { class: `${name} ex-fill-muted`, "text-anchor": anchor, x: from, y: round(at) }, line);
      fixed.push([left, at - 0.85 * plot.em, left + w, at + 0.25 * plot.em]);
    });
  }

  let laid = 0;
  /** @type {number[][]} where the words of the axes stand */
  let fixed = [];
  /** @type {Map<Mark, number>} */
  const chosenSpots = new Map();
  /** @type {{m: Mark, leader: Element, words: Element}[]} the names of curves at their ends; none where there is no room */
  let tags = [];

  /**
   * The last place of a curve that lies in the plot; none: null.
   * @param {Mark} m
   * @returns {[number, number] | null}
   */
  function endOf(m) {
    const xs = v[m.x], ys = v[m.y];
    for (let k = Math.max(xs.length, ys.length) - 1; k >= 0; k--) {
      const x = nth(xs, k), y = nth(ys, k);
      if (plot.px.inside(x) && plot.py.inside(y)) return [plot.px(x), plot.py(y)];
    }
    return null;
  }

  /** Name the curves at their ends. */
  function name() {
    const [left, top, width, height] = plot.frame, { em } = plot, right = left + width;
    const found = tags.map((tag) => ({ ...tag, end: endOf(tag.m) })).sort((a, b) => (a.end?.[1] ?? 0) - (b.end?.[1] ?? 0));
    const seen = found.filter(({ end }) => end), ys = seen.map(({ end }) => end?.[1] ?? 0);
    const free = apart(ys, 1.2 * em, top, top + height);
    for (const { leader, words, end } of found) {
      words.setAttribute("visibility", end ? "visible" : "hidden");
      if (!end) leader.setAttribute("d", "");
    }
    seen.forEach(({ leader, words, end }, k) => {
      const [x, y] = end ?? [0, 0], at = free[k], near = right - x < 2 && Math.abs(at - y) < 3;
      leader.setAttribute("d", near ? "" : `M${round(x)} ${round(y)}L${right + 5} ${round(at)}`);
      words.setAttribute("y", String(round(at + 0.35 * em)));
    });
  }

  /** Put each mark's words where they meet neither others nor a curve; where they stand, if that will do. */
  function settle() {
    name();
    const { em } = plot, taken = [...fixed];
    for (const m of plot.marks) {
      if (!m.spots?.length) continue;
      const [left, top, width, height] = m.view.frame, w = widthOf(m.words.textContent ?? ""), kept = chosenSpots.get(m) ?? 0;
      let least = Infinity, best = [0, 0, 0, 0];
      for (const k of [kept, ...m.spots.keys()]) {
        const [x, y, side] = m.spots[k] ?? m.spots[0], l = Math.max(Math.min(x - side * w, left + width - w - 2), panels[0] ? left : 2);
        const box = [l, y - 0.85 * em, l + w, y + 0.25 * em], out = Math.max(0, top - box[1], box[3] - top - height);
        const clash = out + 20 * taken.filter((other) => meet(box, other)).length +
          plot.marks.filter((other) => crosses(other, box)).length;
        if (clash + 0.1 * k < least) {
          [least, best] = [clash + 0.1 * k, box];
          chosenSpots.set(m, k);
        }
        if (!clash) break;
      }
      taken.push(best);
      dress(m.words, { "text-anchor": "start", x: round(best[0]), y: round(best[3] - 0.25 * em) });
    }
  }

  /** @type {(a: number[], b: number[]) => boolean} */
  const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  /**
   * Whether a curve, a dot or a rule runs through a box.
   * @param {Mark} m
   * @param {number[]} box
   * @returns {boolean}
   */
  function crosses(m, box) {
    if (m.kind !== "line" && m.kind !== "point" && m.kind !== "rule") return false;
    const xs = v[m.x] ?? across.limits, ys = v[m.y] ?? along.limits, { px, py } = m.view, dot = m.kind === "point", r = dot ? 4 : 0;
    let x = NaN, y = NaN;
    for (let k = 0; k < Math.max(xs.length, ys.length); k++) {
      const p = x, q = y;
      x = px(nth(xs, k));
      y = py(nth(ys, k));
      const a = dot ? x : p, b = dot ? y : q;
      if (meet([Math.min(a, x) - r, Math.min(b, y) - r, Math.max(a, x) + r, Math.max(b, y) + r], box)) return true;
    }
    return false;
  }

  /** Lay out for the present width. */
  function layout() {
    svg.dataset.frame = "";
    pen.font = `${style.fontSize} ${style.fontFamily}`;
    known.clear();
    chosenSpots.clear();
    const em = parseFloat(style.fontSize), names = along.categories ?? [];
    const longest = Math.max(...curves.map((m) => widthOf(chosen(m.label, v))));
    const count = plot.views.length, down = Math.ceil(count / (laid < 480 ? 2 : 3)), beside = Math.ceil(count / down);
    const head = count > 1 ? 1.8 * em : 0, gap = head && 2 * em;
    const direct = !head && laid >= 560 && curves[0] && !curves[8] && longest <= 0.28 * laid &&
      curves.every((m) => (endOf(m)?.[0] ?? 1e9) > plot.frame[0] + 0.7 * plot.frame[2]);
    const below = across.words ? inLines(across.words, laid, widthOf) : [];
    const above = along.words ? inLines(along.words, laid, widthOf) : [];
    let top = Math.round(em * (above.length ? 0.9 + 1.15 * above.length : 0.8));
    const bottom = Math.round(em * (across.shown === false ? 0.8 : 1.9 + 1.15 * below.length));
    const pitch = names.some((words) => widthOf(words) > 0.3 * laid) ? 2.9 * em : 2.2 * em;
    const height = Math.round(Math.max(Math.min(420, 0.57 * laid), 150 + 90 * Math.ceil(count / 2),
      names.length * pitch * down + top + bottom));
    let tall = (height - top - bottom) / down - head;
    top += head;
    plot.py = scaleOf(along, top + tall, -tall);
    /** @type {[number, string][]} */
    const rows = names.length ? names.map((words, k) => [k, words]) : pick(along.ticks, plot.py, () => em, 1.3 * em);
    const folded = rows.map(([, words]) => inLines(words, 0.3 * laid, widthOf));
    let left = Math.ceil(Math.max(em, ...folded.flat().map(widthOf)) + 0.8 * em);
    let wide = (laid - left - Math.ceil(direct ? longest + em : em) + gap) / beside - gap;
    if (plot.equal) {
      const [m, n] = [across, along].map(({ limits: [low, high] }) => Math.abs(high - low));
      const unit = Math.min(wide / m, tall / n);
      left += (wide - unit * m) / 2;
      top += (tall - unit * n) / 2;
      [wide, tall] = [unit * m, unit * n];
      plot.py = scaleOf(along, top + tall, -tall);
    }
    const room = across.categories ? wide / across.categories.length - 4 : Infinity;
    /** @type {[number, string][]} */
    const columns = across.categories?.map((words, k) => [k, words]) ?? pick(across.ticks, scaleOf(across, left, wide), widthOf, em);
    const rects = svg.querySelectorAll("clipPath rect");

    standing.replaceChildren();
    fixed = [];
    plot.views.forEach((view, k) => {
      const x = left + k % beside * (wide + gap), y = top + Math.floor(k / beside) * (tall + head), floor = y + tall;
      const px = scaleOf(across, x, wide), py = scaleOf(along, floor, -tall);
      Object.assign(view, { em, px, py, frame: [x, y, wide, tall] });
      [0, 6].forEach((more, j) => dress(rects[2 * k + j],
        { x: x - more, y: y - more, width: wide + 2 * more, height: tall + 2 * more }));
      const grid = [...(names.length ? [] : rows).map(([value]) => `M${x} ${round(py(value))}h${wide}`),
        ...(across.categories ? [] : columns).map(([value]) => `M${round(px(value))} ${y}v${tall}`)];
      add(standing, "path", { class: "ex-stroke-grid", d: grid.join("") });
      const strokes = [...across.minor.map((value) => `M${round(px(value))} ${floor}v3`),
        ...along.minor.map((value) => `M${x} ${round(py(value))}h-3`)];
      if (along.shown !== false) strokes.push(`M${x} ${y}V${floor}`);
      if (across.shown !== false) strokes.push(`M${x} ${floor}H${x + wide}`);
      add(standing, "path", { class: "ex-stroke-muted", d: strokes.join("") });
      if (head) say([panels[k]], x, y - 0.4 * em, 0, "ex-panel");
      // Words of ticks at the left and at the foot, and none that would reach into the next panel.
      if (k % beside === 0) rows.forEach(([value], row) =>
        say(folded[row], x - 0.5 * em, py(value) + em * (0.93 - 0.575 * folded[row].length), 1, "ex-tick"));
      if (k + beside >= count) for (const [value, words] of columns) {
        const at = px(value), over = head && at + widthOf(words) / 2 > x + wide + 2;
        if (!over) say(inLines(words, room, widthOf), at, floor + 1.25 * em, 0.5, "ex-tick");
      }
    });
    say(above, 0, 0.95 * em, 0, "ex-axis");
    say(below, left + ((wide + gap) * beside - gap) / 2, top + (tall + head) * down - head + 2.6 * em, 0.5, "ex-axis");

    svg.setAttribute("viewBox", `0 0 ${laid} ${height}`);
    svg.dataset.frame = plot.views.flatMap(({ frame }) => frame).join(" ");
    for (const entry of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".ex-legend li"))) {
      entry.hidden = direct && curves.some((m) => `m${plot.marks.indexOf(m)}` === entry.dataset.names);
    }
    ends.replaceChildren();
    tags = direct ? curves.map((m) => ({
      m, leader: add(ends, "path", { class: `ex-leader ex-stroke-${m.color}` }),
      words: add(ends, "text", { class: `ex-fill-${m.color}`, x: left + wide + 7 }, chosen(m.label, v)),
    })) : [];
    redraw();
    settle();
  }

  function fit() {
    if (surface.clientWidth && surface.clientWidth !== laid) {
      laid = surface.clientWidth;
      layout();
    }
  }
  fit();
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(surface);
  // Words that were measured before their font came are measured again.
  document.fonts.addEventListener("loadingdone", () => {
    const [[words, width] = ["", 0]] = known;
    pen.font = `${style.fontSize} ${style.fontFamily}`;
    if (pen.measureText(words).width === width) return;
    laid = 0;
    fit();
  });
  return settle;
}
