// What a reader brings, as settings of the page: by the tables and the programs that brief.py wrote.

import { fills } from "../../../../kernelless/static/filling.js";
import { text } from "../../../../kernelless/static/format.js";
import { misread } from "../../../../kernelless/static/misread.js";
import { load } from "../../../../kernelless/static/program.js";
import { csvRows } from "./csv.js";
import { readUsage } from "./usage.js";

const CELL_WRITTEN = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** @import { Shown } from "./asking.js" */
/** @typedef {{program: import("../../../../kernelless/static/program.js").Program, at: number[]}} Small */
/** @typedef {Record<string, any>} Bring what `brief.bring` wrote */
/** @typedef {{settings: Record<string, number | string>, words: string}} Brought what is set, and what is said of it */

/**
 * What is said of what was brought, with what of it the page's controls cannot hold.
 * @param {string} words
 * @param {import("../../../../kernelless/static/settings.js").Control[]} controls
 * @param {Record<string, number | string>} settings
 * @returns {string}
 */
export function withFaults(words, controls, settings) {
  const faults = misread(controls, String(new URLSearchParams(Object.entries(settings).map(([k, v]) => [k, String(v)]))));
  return faults ? `${words} Not all of it fits this page. ${faults}` : words;
}

/**
 * Run a small program.
 * @param {Small} small
 * @param {Record<string, number>} given
 * @returns {number[]}
 */
function runSmall(small, given) {
  const program = load(small.program);
  program.evaluate(given);
  return small.at.map((place) => program.values[place][0]);
}

/**
 * A usage export.
 * @param {Bring} kit
 * @param {string} words
 * @param {number} counted requests, where the export does not count them
 * @param {Shown} shown
 * @returns {Brought}
 */
export function bringUsage(kit, words, counted, shown) {
  const usage = readUsage(words, kit.shapes, kit.batch, kit.full);
  const requests = Number.isFinite(usage.requests) ? usage.requests : counted;
  if (!(requests > 0)) throw new Error("the export does not count requests; give their number over the same days.");
  const needs = runSmall(kit.totals, { .../** @type {any} */ (usage), requests });
  const need = Object.fromEntries(/** @type {string[]} */ (kit.needs).map((name, k) => [name, needs[k]]));
  const people = Math.max(Math.round(need.prompts_per_day / Number(shown.settings.queries_per_day)), 1);
  const { prompts_per_day: prompts, ...rest } = need;
  return {
    settings: { users: people, queries_per_day: prompts / people, own_cached_fraction: 0, ...rest },
    words: `Read as ${kit.shapes[usage.shape].title}: ${text(usage.days, "days")}, ${text(requests, "requests")}, `
      + `${text(usage.input_tok, "tokens")} in (${text(need.cached_fraction, "%")} from the cache) and `
      + `${text(usage.output_tok, "tokens")} out. That is ${text(prompts, "prompts")} a day.`,
  };
}

/**
 * The rows of a benchmark: as benchmarks.read_benchmark.
 * @param {Bring} kit
 * @param {string} words
 * @returns {Record<string, number>[]}
 */
export function benchmarkRows(kit, words) {
  const rows = csvRows(words);
  if (rows.length < 2) throw new Error("the file needs a header and a row.");
  const header = rows[0].cells.map((cell) => cell.trim().toLowerCase());
  const columns = /** @type {Record<string, string[]>} */ (kit.columns), known = Object.values(columns).flat();
  const strange = header.find((name) => !known.includes(name));
  if (strange !== undefined) throw new Error(`nobody knows the column '${strange}'; known: ${[...known].sort().join(", ")}.`);
  const places = Object.fromEntries(Object.entries(columns).map(([key, names]) =>
    [key, header.indexOf(names.find((name) => header.includes(name)) ?? "")]));
  for (const [key, names] of Object.entries(columns)) {
    const several = header.filter((name) => names.includes(name));
    if (several.length > 1 && key !== "ignored") {
      throw new Error(`the columns '${several[0]}' and '${several[1]}' say the same; keep one of them.`);
    }
  }
  const missing = /** @type {string[]} */ (kit.needed).find((key) => places[key] < 0);
  if (missing !== undefined) throw new Error(`no column says '${missing}'; add one of ${columns[missing].join(", ")}.`);
  rows.slice(1).forEach(({ cells }, k) => {
    if (cells.length !== header.length) throw new Error(`row ${k + 2}: ${cells.length} fields where the header has ${header.length}.`);
  });
  return rows.slice(1).map(({ cells }, k) => Object.fromEntries(Object.keys(columns).filter((key) => key !== "ignored")
    .map((key) => {
      const at = places[key];
      if (at < 0) return [key, key === "n_chips" ? 1 : NaN];
      const cell = cells[at].trim(), value = CELL_WRITTEN.test(cell) ? Number(cell) : NaN;
      if (!(value > 0 && value < 1e9)) throw new Error(`row ${k + 2}: ${header[at]}='${cell.slice(0, 40)}' is no number above zero.`);
      return [key, header[at].endsWith("_ms") ? value / 1000 : value];
    })));
}

/**
 * A benchmark of the model and the chip that are chosen: one factor for their speed.
 * @param {Bring} kit
 * @param {string} words
 * @param {Shown} shown
 * @returns {Brought & {rows: {measured: number, computed: number}[]}}
 */
export function bringBenchmark(kit, words, shown) {
  const rows = benchmarkRows(kit, words), place = shown.spec.data ?? {};
  /** @type {Record<string, number>} */
  const given = {};
  for (const name of ["setup", "constants"]) shown.values[place[name]].forEach((value, k) => { given[`${name}.${k}`] = value; });
  const compared = rows.map((row) => {
    const { concurrency, prompt_tok, output_tok, n_chips } = row;
    const [computed] = runSmall(kit.speed, { ...given, concurrency, prompt_tok, output_tok, n_chips });
    return { measured: row.tpot_s, computed };
  });
  const speed = compared.reduce((so, { measured, computed }, k) => runSmall(kit.after,
    { speed: so, rows: k, computed_tpot_s: computed, tpot_s: measured })[0], 1);
  const said = compared.map(({ measured, computed }) => `${text(measured, "s")} against ${text(computed, "s")}`).join("; ");
  return {
    settings: { speed }, rows: compared,
    words: `${rows.length === 1 ? "One row" : `${rows.length} rows`}, time per token measured against computed: ${said}. `
      + `Your machines do ${text(speed, "×")} what this model says, so the speed is set to that; it was `
      + `${text(Number(shown.settings.speed), "×")}.`,
  };
}

/**
 * A model, by the row of numbers that the figures' reader of a config.json gives.
 * @param {Bring} kit
 * @param {number[]} numbers
 * @returns {Brought}
 */
export function bringConfig(kit, numbers) {
  const { program, at } = kit.card, row = { ...program, own: { row: [...program.own.row, numbers] } };
  const running = fills(load(program), row);
  running.evaluate({ row: 0 });
  const values = at.map((/** @type {number} */ place) => running.values[place][0]);
  if (values[kit.shape.length] > 0) throw new Error(kit.uneven);
  const settings = Object.fromEntries(/** @type {string[]} */ (kit.shape).map((name, k) => [name, values[k]]));
  if (!(settings.own_context > 0)) delete settings.own_context;
  return {
    settings: { ...settings, model: kit.own },
    words: `A model of ${text(settings.own_params, "parameters")}, ${text(settings.own_active, "")} of them for a `
      + `token, in ${settings.own_layers} layers. It is chosen now; nobody measured it, so the answer is not called clear.`,
  };
}
