// Downloads: the numbers as CSV, the figure as SVG and as PNG.

import { part } from "./page.js";
import { byCategory, chosen, KINDS, nth } from "./plot.js";
import { sentence } from "./settings.js";

/** @import { Axis, Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */
/** @import { Settings } from "./settings.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * A cell as CSV writes it.
 * @param {unknown} cell
 * @returns {string}
 */
const quote = (cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

/**
 * Settings, readouts, states, and a table for the marks over each x or for each mark over categories.
 * @param {Spec} spec
 * @param {Values} v
 * @param {Settings} settings
 * @returns {string}
 */
export function csvOf(spec, v, settings) {
  /** @type {unknown[][]} */
  const rows = [["title", spec.title]];
  for (const c of spec.controls) rows.push([c.label, settings[c.name], c.unit ?? ""]);
  for (const r of spec.readouts) rows.push([r.label, v[r.value][0], r.unit]);
  for (const s of spec.states) rows.push([chosen(v[s.ok][0] === 0 ? s.fails : s.holds, v)]);
  /** @type {(axis: Axis, label: string) => string} */
  const named = (axis, label) => `${label}${axis.unit ? ` [${axis.unit}]` : ""}`;
  /** @type {(heading: string, names: ArrayLike<unknown>, columns: [string, number][]) => void} */
  const table = (heading, names, columns) => {
    rows.push([], [heading, ...columns.map(([name]) => name)]);
    for (let k = 0; k < names.length; k++) rows.push([names[k], ...columns.map(([, at]) => nth(v[at], k))]);
  };
  const { x, y } = spec.axes;
  /** @type {Map<number, [string, number][]>} */
  const byX = new Map();
  for (const m of spec.marks) {
    const { columns, categorical, listed, fields } = KINDS[m.kind];
    if (listed) {
      const named = fields.filter((field) => field !== "step" && m[/** @type {"x"} */ (field)] !== undefined);
      rows.push([], [m.label, "kind", ...named], ...listed(m, v));
    }
    if (!columns) continue;
    const [names, values] = categorical ? byCategory(spec.axes) : [x, y];
    /** @type {[string, number][]} */
    const headed = columns(m).map(([suffix, at]) => [named(values, m.label + suffix), at]);
    if (categorical) table("", names.categories ?? [], headed);
    else byX.set(m.x, [...(byX.get(m.x) ?? []), ...headed]);
  }
  for (const [at, columns] of byX) table(named(x, x.label), v[at], columns);
  return rows.map((row) => row.map(quote).join(",")).join("\n") + "\n";
}

/**
 * Words in lines of at most so many letters.
 * @param {string} words
 * @param {number} most
 * @returns {string[]}
 */
const wrap = (words, most) =>
  (words.match(new RegExp(`.{1,${most}}(?=\\s|$)|\\S+`, "gu")) ?? []).map((line) => line.trim());

/**
 * Set several attributes.
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 */
function give(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/**
 * A copy of an SVG element with the theme's colours and fonts written in.
 * @param {Element} drawn
 * @returns {Element}
 */
function resolved(drawn) {
  const copy = /** @type {Element} */ (drawn.cloneNode(true)), dead = copy.querySelectorAll("*");
  drawn.querySelectorAll("*").forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const property of ["fill", "stroke", "font-size", "font-family"]) {
      if (property.startsWith("font") && element.tagName !== "text") continue;
      if (element.hasAttribute(property) || property === "font-family") {
        dead[k].setAttribute(property, style.getPropertyValue(property));
      }
    }
    dead[k].removeAttribute("class");
  });
  return copy;
}

/**
 * The figure as a file of its own: colours resolved, title, legend and settings written in.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Settings} settings
 * @returns {string}
 */
function svgOf(root, spec, settings) {
  const drawn = part(root, ".ex-plot svg"), copy = resolved(drawn), page = getComputedStyle(root);
  const [, , width, height] = (drawn.getAttribute("viewBox") ?? "").split(" ").map(Number);
  /** @type {[string, number, number, Element?][]} */
  const lines = wrap(spec.title, 68).map((words) => [words, 11, 600]);
  for (const entry of root.querySelectorAll(".ex-legend li")) {
    lines.push([entry.textContent ?? "", 8, 400, part(entry, "svg")]);
  }
  for (const words of wrap(sentence(spec.controls, settings), 110)) lines.push([words, 7, 400]);
  let y = 16;
  const head = document.createElementNS(SVG, "g");
  for (const [words, size, weight, swatch] of lines) {
    if (swatch) {
      const small = resolved(swatch);
      give(small, { x: 16, y: y - 7, width: 20, height: 7.7 });
      head.append(small);
    }
    const line = document.createElementNS(SVG, "text");
    give(line, { x: swatch ? 42 : 16, y, "font-size": size, "font-weight": weight, "font-family": page.fontFamily,
      fill: page.color });
    line.textContent = words;
    head.append(line);
    y += size * 1.5;
  }
  give(copy, { viewBox: `0 ${-y} ${width} ${height + y}`, width: width * 2, height: (height + y) * 2 });
  give(head, { transform: `translate(0 ${-y})` });
  const ground = document.createElementNS(SVG, "rect");
  const fill = page.getPropertyValue("--ex-ground").trim() || "#fff";
  give(ground, { x: 0, y: -y, width, height: height + y, fill });
  copy.prepend(ground, head);
  return new XMLSerializer().serializeToString(copy);
}

/**
 * Hand a file to the reader.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type
 */
function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Draw an SVG on a canvas, and hand that to the reader.
 * @param {string} name
 * @param {string} svg
 */
function savePng(name, svg) {
  const image = new Image(), source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(source);
    canvas.toBlob((blob) => { if (blob) save(name, blob, "image/png"); });
  };
  image.src = source;
}

/**
 * The buttons that save a file, by their action.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Values} v
 * @param {Settings} settings
 * @returns {Record<"csv" | "svg" | "png", () => void>}
 */
export const downloads = (root, spec, v, settings) => ({
  csv: () => save(`${spec.name}.csv`, csvOf(spec, v, settings), "text/csv"),
  svg: () => save(`${spec.name}.svg`, svgOf(root, spec, settings), "image/svg+xml"),
  png: () => savePng(`${spec.name}.png`, svgOf(root, spec, settings)),
});
