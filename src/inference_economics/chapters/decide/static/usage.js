// Usage exports of providers, read row by row or refused with the row and the reason: as usage.py, by the same table.

import { csvRows } from "./csv.js";

/** @typedef {Record<string, any>} Shape as in usage_shapes.toml */
/**
 * @typedef {object} Usage what an export adds up to, as usage.Usage
 * @property {string} shape
 * @property {number} days
 * @property {number} requests NaN where the export does not count them
 * @property {number} input_tok
 * @property {number} cached_tok
 * @property {number} written_tok
 * @property {number} output_tok
 * @property {number} thinking_tok
 * @property {number} batch_tok
 * @property {number} peak_day_tok
 */

const USAGE_COUNTS = ["requests", "unread", "input", "cached", "written", "thinking", "output"];
// digits, or digits in groups of three: "12,5" is somebody's twelve and a half, and no 125
const COUNT_WRITTEN = /^(?:\d+(\.\d*)?(e\+?\d+)?|\d{1,3}(,\d{3})+(\.\d*)?|)$/i;
const DAY_MS = 86_400_000;

/** @param {string} words @returns {never} */
const refuseExport = (words) => { throw new Error(words); };

/** @param {number} value */
const grouped = (value) => Math.round(value).toLocaleString("en-US");

/**
 * @param {number} line
 * @param {string} name
 * @param {string} cell
 */
function usageCount(line, name, cell) {
  const words = cell.trim(), value = COUNT_WRITTEN.test(words) ? Number(words.replaceAll(",", "")) : NaN;
  if (!(value >= 0 && value < 1e18)) refuseExport(`line ${line}: ${name}='${cell.slice(0, 40)}' is no number of tokens or requests.`);
  return value;
}

/**
 * The day of a cell, in days since 1970.
 * @param {number} line
 * @param {string} cell
 */
function usageDay(line, cell) {
  const words = cell.trim();
  let time = /^\d{9,}$/.test(words) ? Number(words) * 1000 : NaN;
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(words);
  if (iso) {
    time = Date.UTC(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
    if (new Date(time).toISOString().slice(0, 10) !== words.slice(0, 10)) time = NaN;
  }
  if (!Number.isFinite(time)) refuseExport(`line ${line}: '${cell.slice(0, 40)}' is no day; write 2026-11-26.`);
  return Math.floor(time / DAY_MS);
}

/**
 * Read a usage export.
 * @param {string} text
 * @param {Record<string, Shape>} shapes
 * @param {string[]} batch
 * @param {string[]} full
 * @returns {Usage}
 */
export function readUsage(text, shapes, batch, full) {
  const rows = csvRows(text);
  if (!rows.length) refuseExport("the file is empty; give a CSV with a header, such as a provider's usage export.");
  const header = rows[0].cells.map((cell) => cell.trim().toLowerCase());
  const twice = header.filter((one, k) => header.indexOf(one) !== k).sort()[0];
  if (twice !== undefined) refuseExport(`line 1: the column '${twice}' stands there twice.`);
  const found = Object.entries(shapes).find(([, shape]) => shape.known_by.every((/** @type {string} */ one) => header.includes(one)));
  if (!found) {
    const wanted = Object.values(shapes).map((shape) => `${shape.known_by.join(", ")} (${shape.title})`).join("; or ");
    refuseExport(`line 1: the header '${header.join(", ").slice(0, 200)}' is of no known export; it needs ${wanted}.`);
  }
  const [name, shape] = /** @type {[string, Shape]} */ (found);
  const keys = [...USAGE_COUNTS, "day", "model", "tier"].filter((key) => shape[key]);
  const known = keys.flatMap((key) => shape[key]);
  const strange = header.filter((one) => !known.includes(one) && !shape.ignored.includes(one)
    && !(shape.unsupported ?? []).includes(one)).sort()[0];
  if (strange !== undefined) {
    refuseExport(`line 1: nobody knows the column '${strange}' of an export of the kind '${shape.title}'; take it out, or rename it to one of ${[...known].sort().join(", ")}.`);
  }
  /** @type {(names: string[] | undefined) => number[]} */
  const places = (names) => (names ?? []).map((one) => header.indexOf(one)).filter((at) => at >= 0);
  const at = Object.fromEntries([...keys, "unsupported"].map((key) => [key, places(shape[key])]));
  if (!at.day?.length) refuseExport(`line 1: no column says the day; add one of ${shape.day.join(", ")}.`);
  if (rows.length < 2) refuseExport("the file has a header and no rows.");
  const sum = { requests: 0, input: 0, cached: 0, written: 0, output: 0, thinking: 0, batch: 0 };
  /** @type {Map<number, number>} */
  const days = new Map();
  for (const { line, cells } of rows.slice(1)) {
    if (cells.length !== header.length) refuseExport(`line ${line}: ${cells.length} fields where the header has ${header.length}.`);
    /** @param {string} key */
    const total = (key) => (at[key] ?? []).reduce((all, k) => all + usageCount(line, header[k], cells[k]), 0);
    if (at.unsupported.some((k) => usageCount(line, header[k], cells[k]))) {
      refuseExport(`line ${line}: it counts tokens of sound, which are not priced here; take the row out.`);
    }
    const cached = total("cached"), written = total("written"), output = total("output"), thinking = total("thinking");
    const input = at.input?.length ? total("input") : total("unread") + cached + written;
    if (cached + written > input) {
      refuseExport(`line ${line}: ${grouped(cached + written)} tokens of the input in the cache, of ${grouped(input)}.`);
    }
    if (thinking > output) refuseExport(`line ${line}: ${grouped(thinking)} tokens of thinking, of ${grouped(output)} written.`);
    const tier = at.tier?.length ? cells[at.tier[0]] : "", word = tier.trim().toLowerCase();
    const day = usageDay(line, cells[at.day[0]]), requests = at.requests?.length ? total("requests") : NaN;
    if (![...batch, ...full].includes(word)) {
      refuseExport(`line ${line}: the tier '${tier.slice(0, 40)}' is not known; known: ${[...batch, ...full].filter(Boolean).join(", ")}.`);
    }
    const both = input + output;
    days.set(day, (days.get(day) ?? 0) + both);
    sum.requests += requests;
    sum.input += input;
    sum.cached += cached;
    sum.written += written;
    sum.output += output;
    sum.thinking += thinking;
    if (batch.includes(word)) sum.batch += both;
  }
  if (sum.input + sum.output === 0) refuseExport("all rows together count no token.");
  const all = [...days.keys()];
  return { shape: name, days: Math.max(...all) - Math.min(...all) + 1, requests: sum.requests, input_tok: sum.input,
    cached_tok: sum.cached, written_tok: sum.written, output_tok: sum.output, thinking_tok: sum.thinking,
    batch_tok: sum.batch, peak_day_tok: Math.max(...days.values()) };
}
