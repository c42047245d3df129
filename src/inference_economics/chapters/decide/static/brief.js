// The memo and the ledger of the present settings, from the numbers of the figure: as brief.py writes them.

import { text } from "../../../../kernelless/static/format.js";
import { csvLines } from "../../../../kernelless/static/hand.js";
import { load } from "../../../../kernelless/static/program.js";
import { show } from "../../../../kernelless/static/settings.js";

/** @import { Shown } from "./asking.js" */
/** @typedef {Record<string, any>} Facts as the memo's template asks for them */
/**
 * @typedef {object} Kit what brief.py wrote for the page
 * @property {string} template
 * @property {string[]} ways
 * @property {string[]} words
 * @property {string[]} outside
 * @property {[string, string][][]} doubts title and reason of each: where all was measured, and where not
 * @property {Record<string, string>} notes
 * @property {string[]} open the controls that a memo always names
 * @property {string[]} addresses
 * @property {{program: import("../../../../kernelless/static/program.js").Program, at: number[]}} turning
 * @property {ReturnType<typeof load>} [loaded] the program of that, once it was asked
 * @property {string[]} copy
 * @property {string[]} fleet
 * @property {number} years
 * @property {[number, number]} hinges
 * @property {string} own
 * @property {Record<string, string>} sentence how a model or machine of the reader's own is called in a sentence
 * @property {string} preset
 * @property {[string, string, string, number, string][]} prices address, name, unit, by what it is multiplied, and control
 * @property {{own: string}} bring
 * @property {[string, string, string, string, string, number, number][]} ledger
 */

const MEMO_MARK = /\{([?^#/]?)([a-z_]+)(\|[^}]*)?\}/;

/**
 * Whether a value holds something: a number that is neither 0 nor undefined, a text or a list with a part.
 * @param {any} value
 * @returns {boolean}
 */
const holdsSomething = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/**
 * Fill a template; see memo_template.toml.
 * @param {string} words
 * @param {Facts} facts
 * @returns {string}
 */
export function renderMemo(words, facts) {
  let out = "", rest = words;
  for (let mark = MEMO_MARK.exec(rest); mark; mark = MEMO_MARK.exec(rest)) {
    const [whole, kind, name, unit] = mark;
    out += rest.slice(0, mark.index);
    rest = rest.slice(mark.index + whole.length);
    const value = facts[name];
    if (!kind) {
      out += unit === undefined ? String(value) : text(Number(value), unit.slice(1));
      continue;
    }
    const end = rest.indexOf(`{/${name}}`), inner = rest.slice(0, end);
    rest = rest.slice(end + name.length + 3);
    if (kind === "#") for (const row of value) out += renderMemo(inner, { ...facts, ...row });
    else if (holdsSomething(value) === (kind === "?")) out += renderMemo(inner, facts);
  }
  return out + rest;
}

/**
 * What the figure carries under some names.
 * @param {Shown} shown
 * @returns {(name: string) => Float64Array}
 */
const carried = (shown) => (name) => shown.values[(shown.spec.data ?? {})[name]];

/**
 * What the memo says of the present settings.
 * @param {Kit} kit
 * @param {Shown} shown
 * @param {string} date
 * @param {string} address
 * @returns {Facts}
 */
export function memoFacts(kit, shown, date, address) {
  const d = carried(shown), { settings, spec } = shown, { ways } = kit;
  const median = d("median"), outside = d("outside")[0] !== 0, known = kit.doubts[Number(outside)];
  const order = ways.map((_, k) => k).filter((k) => Number.isFinite(median[k])).sort((a, b) => median[a] - median[b]);
  const first = order[0] ?? -1, second = order[1] ?? -1;
  const ends = d("by_doubt");
  /** @type {(way: number, doubt: number, end: number) => number} */
  const at = (way, doubt, end) => ends[(way * known.length + doubt) * 2 + end];
  const width = (/** @type {{low: number, high: number}} */ h) => Math.abs(Math.log(h.high / h.low));
  const hinges = second < 0 ? [] : known.map(([title, source], k) => {
    const low = at(first, k, 0) / at(second, k, 0), high = at(first, k, 1) / at(second, k, 1);
    return { title, source, low, high, at_low: low, at_high: high, turns: (low - 1) * (high - 1) < 0 };
  }).sort((a, b) => width(b) - width(a));
  const why = kit.outside[d("why")[0]];
  const weakest = outside ? [`Never measured: ${why}.`] : [];
  for (const h of hinges.filter((h) => width(h) >= kit.hinges[1])) {
    weakest.push(`${h.title[0].toUpperCase()}${h.title.slice(1)} (${h.source})${h.turns ? ": alone it can turn the answer" : ""}.`);
  }
  const turning = kit.loaded ??= load(kit.turning.program), plan = d("plan");
  turning.evaluate(Object.fromEntries([...kit.addresses.map((name, k) => [name, plan[k]]), ["first", first]]));
  const [factors, doubts] = kit.turning.at.map((place) => turning.values[place]);
  const copy = Object.fromEntries(kit.copy.map((name, k) => [name, d("copy")[k]]));
  /** @param {string} name */
  const year = (name) => d("fleet")[kit.fleet.indexOf(name) * kit.years];
  const told = order.map((k) => {
    const from = d("break_even")[k];
    return { title: ways[k], usd: median[k], low: d("low")[k], high: d("high")[k], share: d("share")[k],
      stands: d("usd")[k], front: d("front")[k], from: Number.isFinite(from) ? from : NaN, always: from === 0, never: from === Infinity,
      none: Number.isNaN(from) };
  });
  const none = { title: "", usd: NaN, low: NaN, high: NaN }, best = told[0] ?? none, next = told[1] ?? none;
  const control = Object.fromEntries(spec.controls.map((c) => [c.name, c]));
  const moved = (/** @type {string} */ key) => settings[key] !== control[key].default;
  // as brief.py: the preset that most of what is set came with
  const came = (/** @type {string} */ title, /** @type {string} */ key) =>
    settings[key] === (spec.presets[title][key] ?? control[key].default);
  let origin = "", most = spec.controls.filter((c) => moved(c.name)).length / 2;
  for (const title of Object.keys(spec.presets)) {
    const count = spec.controls.filter((c) => moved(c.name) && came(title, c.name)).length;
    if (count > most) [origin, most] = [title, count];
  }
  const source = (/** @type {import("../../../../kernelless/static/settings.js").Control} */ c) => {
    if (!moved(c.name)) return kit.notes[c.name];
    const who = origin && came(origin, c.name) ? kit.preset.replace("{}", origin) : kit.own;
    return c.kind === "choice" && settings[c.name] !== kit.bring.own ? `${who}; ${kit.notes[c.name]}` : who;
  };
  const called = (/** @type {string} */ key) =>
    settings[key] === kit.bring.own ? kit.sentence[key] : show(control[key], settings[key]);
  const named = Object.keys(spec.presets).find((title) => spec.controls.every((c) =>
    settings[c.name] === (spec.presets[title][c.name] ?? c.default)));
  return {
    title: named ?? "A decision of my own", date, address, some: order.length > 0, choice: second >= 0,
    word: kit.words[d("level")[0]], best: best.title, usd: best.usd, low: best.low, high: best.high, next: next.title,
    next_usd: next.usd, outside, why,
    inputs: spec.controls.filter((c) => kit.open.includes(c.name) || moved(c.name)).map((c) => ({
      label: c.label, value: show(c, settings[c.name]), source: source(c) })),
    prices: kit.prices.map(([address, label, unit, times, key]) => ({ label,
      value: text(plan[kit.addresses.indexOf(address)] * times, unit), source: show(control[key], settings[key]) })),
    runs: copy.batch > 0, model: called("model"), chip: called("machine"), n_chips: copy.n_chips, batch: copy.batch,
    copies: year("copies"), utilisation: year("utilisation"),
    ttft: copy.ttft_s, tpot: copy.tpot_s, wait: d("waits_s")[0], late_ttft: d("late")[0], late_tpot: d("late")[1], ways: told,
    ruled: ways.filter((_, k) => !order.includes(k)).join(", "),
    weakest: weakest.slice(0, 3).map((words, k) => ({ number: String(k + 1), words })), three: weakest.length >= 3,
    hinges: hinges.filter((h) => width(h) >= kit.hinges[1]).slice(0, kit.hinges[0]),
    truths: order.slice(1).map((k) => ({ way: ways[k], factor: factors[k],
      doubt: Number.isFinite(factors[k]) ? known[doubts[k]][0] : "" })),
  };
}

/**
 * The memo of the present settings, as Markdown.
 * @param {Kit} kit
 * @param {Shown} shown
 * @param {string} date
 * @param {string} address
 * @returns {string}
 */
export const memoText = (kit, shown, date, address) => renderMemo(kit.template, memoFacts(kit, shown, date, address));

/**
 * The cells of the ledger: way, item, how, unit, then numbers.
 * @param {Kit} kit
 * @param {Shown} shown
 * @returns {(string | number)[][]}
 */
export function ledgerCells(kit, shown) {
  const d = carried(shown), usd = d("usd"), keys = [...new Set(kit.ledger.map(([way]) => way))].slice(-kit.ways.length);
  return kit.ledger.filter(([way]) => !keys.includes(way) || Number.isFinite(usd[keys.indexOf(way)]))
    .map(([way, item, how, unit, name, start, count]) => [way, item, how, unit, ...d(name).slice(start, start + count)]);
}

/**
 * The ledger as a CSV file.
 * @param {Kit} kit
 * @param {Shown} shown
 * @returns {string}
 */
export function ledgerText(kit, shown) {
  const years = Array.from({ length: kit.years }, (_, k) => `year ${k}`);
  return csvLines([["way", "item", "how", "unit", ...years], ...ledgerCells(kit, shown)]);
}
