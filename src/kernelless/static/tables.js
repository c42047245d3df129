// A figure as tables: what a CSV file holds, and what the reader sees who asks for numbers instead of a picture.

import { text } from "./format.js";
import { csvLines, headOf, inUnit, unitName } from "./hand.js";
import { chosen, nth } from "./plot.js";
import { byCategory, kindFor, namesFor } from "./reading.js";
import { show } from "./settings.js";

/** @import { Axis, MarkSpec, Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */
/** @import { Settings } from "./settings.js" */

/** @typedef {{name: string, unit?: string, categories?: string[]}} Column */
/** @typedef {{caption: string, columns: Column[], rows: (number | string)[][]}} Table */

/**
 * A column of what lies along an axis.
 * @param {Axis} axis
 * @param {string} name
 * @returns {Column}
 */
const columnOf = ({ unit, categories }, name) => ({ name, unit, categories });

/**
 * The figure's marks as tables: those over one x together, those over categories, single places, and lists of things.
 * @param {Spec} spec
 * @param {Values} v
 * @returns {Table[]}
 */
export function tablesOf(spec, v) {
  const { x, y } = spec.axes, points = [], rules = [], numbers = [];
  // A drawing's axes have no words.
  const across = columnOf(x, x.label || "x"), up = columnOf(y, y.label || "y"), words = { name: "name" };
  /** @type {Table[]} */
  const lists = [];
  /** @type {Map<number, {m: MarkSpec, columns: [Column, number][]}>} */
  const shared = new Map();
  for (const m of spec.marks) {
    const { columns, ...kind } = kindFor(m), dots = m.kind === "point";
    // What is written in the plot has not the name of its panel before it.
    const panel = spec.panels && /rule|label|bracket|note/.test(m.kind) ? `${spec.panels[m.panel ?? 0]}: ` : "";
    const label = panel + chosen(m.label, v);
    const { listed } = /** @type {{listed?: (m: MarkSpec, v: Values) => (number | string)[][]}} */ (kind);
    if (listed) {
      const fields = kind.fields.filter((field) => field !== "step" && m[/** @type {"x"} */ (field)] !== undefined);
      lists.push({ caption: label, columns: ["name", "kind", ...fields].map((name) => ({ name })), rows: listed(m, v) });
    } else if (dots && v[m.x].length === 1) points.push([label, v[m.x][0], v[m.y][0]]);
    else if (m.kind === "rule") rules.push([label, ...[m.x, m.y].map((at) => (at === undefined ? "" : v[at][0]))]);
    else if (columns) {
      const named = namesFor(m, spec.axes), along = named ? byCategory(spec.axes)[1] : y;
      const key = !dots && named ? -1 : named && y.categories ? m.y : m.x;
      const found = columns(m, v, spec.axes).map(([suffix, at]) =>
        /** @type {[Column, number]} */ ([columnOf(along, label + suffix), at]));
      shared.set(key, { m, columns: [...(shared.get(key)?.columns ?? []), ...found] });
    } else if (m.value !== undefined) numbers.push([label, text(v[m.value][0], m.unit)]);
  }
  /** @type {Table[]} */
  const out = [];
  for (const [key, { m, columns }] of shared) {
    const names = key < 0 ? byCategory(spec.axes)[0] : null, places = names?.categories ?? v[key];
    const first = names ? { name: names.label || "name" } : key === m.x ? across : up;
    const count = Math.max(places.length, ...columns.map(([, at]) => (names ? 0 : v[at].length)));
    out.push({ caption: columns.map(([{ name }]) => name).join(", "), columns: [first, ...columns.map(([c]) => c)],
      rows: Array.from({ length: count }, (_, k) =>
        [names ? places[k] : nth(v[key], k), ...columns.map(([, at]) => nth(v[at], k))]) });
  }
  const placed = [words, across, up];
  if (points.length) out.push({ caption: "Points", columns: placed, rows: points });
  if (rules.length) out.push({ caption: "Lines across the plot", columns: placed, rows: rules });
  if (numbers.length) out.push({ caption: "Numbers in the plot", columns: [words, { name: "value" }], rows: numbers });
  return [...out, ...lists];
}

/**
 * A table's cell as CSV has it; nothing where there is no value.
 * @param {number | string} value
 * @param {Column} column
 */
function plainCell(value, { unit, categories }) {
  if (typeof value === "string") return value;
  return isNaN(value) ? "" : categories?.[Math.round(value)] ?? inUnit(value, unit);
}

/**
 * A table's cell as the reader sees it.
 * @param {number | string} value
 * @param {Column} column
 */
export function shownCell(value, { unit, categories }) {
  if (typeof value === "string") return value;
  return categories?.[Math.round(value)] ?? text(value, unit ?? "");
}

/**
 * Where the numbers come from: the figure's sources, and those of what is chosen.
 * @param {Spec} spec
 * @param {Settings} settings
 * @returns {string[]}
 */
export const sourcesOf = ({ sources, controls }, settings) => [...(sources?.figure ?? []), ...controls.flatMap((c) => {
  const value = settings[c.name], words = sources?.options[c.name]?.[value];
  return words ? [`${show(c, value)}: ${words}`] : [];
})];

/**
 * The figure's numbers: title, page and sources, settings, readouts, states, and a table for the marks over each x.
 * @param {Spec} spec
 * @param {Values} v
 * @param {Settings} settings
 * @param {[string, string][]} [about] what else the head says
 * @returns {string}
 */
export function csvOf(spec, v, settings, about = []) {
  /** @type {unknown[][]} */
  const rows = [["title", spec.title], ...about, ...sourcesOf(spec, settings).map((words) => ["source", words]), [],
    ["setting", "value", "unit"]];
  for (const c of spec.controls) {
    const value = settings[c.name];
    rows.push(c.kind === "choice" ? [c.label, show(c, value), ""]
      : [c.label, inUnit(Number(value), c.unit), unitName(c.unit)]);
  }
  if (spec.readouts.length) rows.push([], ["readout", "value", "unit"]);
  for (const r of spec.readouts) rows.push([r.label, plainCell(v[r.value][0], { name: "", unit: r.unit }), unitName(r.unit)]);
  if (spec.states.length) rows.push([], ["state"]);
  for (const s of spec.states) rows.push([chosen(v[s.ok][0] === 0 ? s.fails : s.holds, v)]);
  for (const { columns, rows: cells } of tablesOf(spec, v)) {
    rows.push([], columns.map(({ name, unit, categories }) => headOf(name, categories ? "" : unit)));
    for (const row of cells) rows.push(row.map((value, k) => plainCell(value, columns[k])));
  }
  return csvLines(rows);
}

/**
 * Python that gives the figure with these settings, where its notebook has run.
 * @param {Spec} spec
 * @param {Settings} settings
 * @param {string} version
 * @param {string} page
 * @returns {string}
 */
export const pythonOf = (spec, settings, version, page) => [
  `# ${spec.title.replace(/\s+/g, " ")}`,
  `# kernelless ${version}. Run the notebook that declares the figure first${page ? `: the one of ${page}` : ""}.`,
  "from kernelless import explorer_named",
  "",
  `explorer = explorer_named(${JSON.stringify(spec.name)})`,
  "settings = {",
  ...spec.controls.map((c) => `    ${JSON.stringify(c.name)}: ${JSON.stringify(settings[c.name])},`),
  "}",
  "print(explorer.readouts(**settings))",
  "explorer.draw(**settings)",
  "",
].join("\n");
