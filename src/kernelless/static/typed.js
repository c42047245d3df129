// What the buttons of a control do. A value typed by hand is understood wholly, in any unit that values are shown in, or
// refused with what is accepted.

import { text } from "./format.js";
import { newPart } from "./making.js";
import { part } from "./page.js";
import { show, snap } from "./settings.js";

/** @import { Control, Slider, Value } from "./settings.js" */

const NUMBER = /^([-+]?)(\$?)(\d{1,3}(?:[,\s]\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*(.*)$/i;

/**
 * What may stand before a unit or after a number, and what it multiplies by.
 * @type {Record<string, [string, number][]>}
 */
const FACTORS = {
  prefixed: [["n", 1e-9], ["µ", 1e-6], ["m", 1e-3], ["", 1], ["k", 1e3], ["M", 1e6], ["G", 1e9], ["T", 1e12],
    ["P", 1e15], ["E", 1e18]],
  iB: [["B", 1], ["KiB", 2 ** 10], ["MiB", 2 ** 20], ["GiB", 2 ** 30], ["TiB", 2 ** 40], ["PiB", 2 ** 50]],
  s: [["ns", 1e-9], ["µs", 1e-6], ["us", 1e-6], ["ms", 1e-3], ["s", 1], ["min", 60], ["h", 3600], ["days", 86400],
    ["day", 86400], ["years", 31536000], ["year", 31536000]],
  count: [["", 1], ["k", 1e3], ["K", 1e3], ["M", 1e6], ["B", 1e9], ["T", 1e12]],
};

/**
 * What may follow a number, and what it multiplies by.
 * @param {string} unit
 * @returns {[string, number][]}
 */
function endings(unit) {
  if (unit in FACTORS && unit !== "count") return FACTORS[unit];
  if (unit === "%") return [["%", 0.01]];
  if (/^(B|B\/s|B\/token|FLOP\/s|W|Wh|J|bit\/s)$/.test(unit)) {
    return FACTORS.prefixed.map(([prefix, factor]) => [prefix + unit, factor]);
  }
  const after = unit.startsWith("USD") ? unit.slice(3) : unit;
  return FACTORS.count.flatMap(([letter, factor]) =>
    [after, after.replace(/s$/, ""), ""].map((words) => /** @type {[string, number]} */ ([letter + words, factor])));
}

/** @type {(words: string) => string} */
const tight = (words) => words.replace(/\s+/g, "");

/**
 * The value that a reader typed for a slider. A number alone is in the unit that the present value is shown in.
 * @param {Slider} c
 * @param {string} typed
 * @param {number} now
 * @returns {{value?: number, said: string}} `said` tells why it is refused, or to what it was rounded
 */
export function understand(c, typed, now) {
  const range = `${show(c, c.low)} to ${show(c, c.high)}`;
  const refused = (/** @type {string} */ why) => ({ said: `${why} Give a number from ${range}.` });
  // As values are written: −3.2×10⁻⁴ is -3.2e-4.
  const match = NUMBER.exec(typed.trim().replace(/×10([⁻⁰-⁹²-¹]+)/, (_, power) => `e${power.normalize("NFKC")}`)
    .replace(/−/g, "-"));
  if (!match || (match[2] && !c.unit.startsWith("USD"))) return refused(`“${typed.trim()}” is not understood.`);
  const [, sign, , digits, power = "", ending] = match, known = endings(c.unit);
  let wanted = tight(ending);
  // A unit that is never left out is the one shown now.
  if (!wanted && known.every(([words]) => words)) wanted = tight(show(c, now)).replace(/^[−\d.,×⁻⁰¹²³⁴-⁹]+/, "");
  const found = known.find(([words]) => tight(words) === wanted);
  if (!found) return refused(`“${ending || typed.trim()}” is not a unit known here.`);
  // 15% is the number that 15 / 100 is, not what 15 * 0.01 is.
  const number = Number(sign + digits.replace(/[,\s]/g, "") + power), [, factor] = found;
  const meant = factor < 1 ? number / Math.round(1 / factor) : number * factor;
  if (!(meant >= c.low && meant <= c.high)) return refused(`${text(meant, c.unit)} is out of reach.`);
  const value = Number(snap(c, meant));
  if (value === meant) return { value, said: "" };
  return { value, said: `${c.stops ? "The nearest value offered" : "Rounded to a whole number"}: ${show(c, value)}.` };
}

/**
 * Let a reader type a slider's value where it stands.
 * @param {HTMLElement} box the control
 * @param {Slider} c
 * @param {number} now
 * @param {(value: number) => void} take
 */
function openField(box, c, now, take) {
  if (box.querySelector(".ex-typed")) return;
  const button = part(box, ".ex-value"), field = newPart("input", "", { class: "ex-typed", "aria-label": c.label });
  const said = newPart("span", "", { class: "ex-said", role: "status" });
  field.value = text(now, c.unit, 15);
  const before = field.value;
  button.before(field, said);
  field.select();
  field.focus();
  let open = true;
  /** @param {boolean} back whether the focus goes back to the value */
  const close = (back) => {
    open = false;
    field.remove();
    if (back) button.focus();
    if (said.textContent) setTimeout(() => said.remove(), 6000);
    else said.remove();
  };
  /** @param {boolean} entered */
  const commit = (entered) => {
    if (!open) return;
    const { value, said: words } = field.value === before ? { value: now, said: "" } : understand(c, field.value, now);
    said.textContent = words;
    if (value === undefined) {
      field.setAttribute("aria-invalid", "true");
      // Left with what cannot be, the value stays as it was, and the reason stays in sight for a while.
      if (!entered) close(false);
      return;
    }
    close(entered);
    if (value !== now) take(value);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit(true);
    else if (event.key === "Escape") { said.textContent = ""; close(true); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("input", () => { field.removeAttribute("aria-invalid"); said.textContent = ""; });
  field.addEventListener("blur", () => commit(false));
}

/**
 * Do what a button of a control says.
 * @param {string} deed
 * @param {HTMLElement} box the control's
 * @param {Control} c
 * @param {number[]} stops where it may stand
 * @param {number} now
 * @param {(value: Value) => void} take
 */
export function act(deed, box, c, stops, now, take) {
  if (deed === "again") {
    take(c.default);
    part(box, "[data-parameter]").focus();
  } else if (deed === "type") openField(box, /** @type {Slider} */ (c), now, take);
  else {
    // From between two stops, to which a typed value may have brought it, the next one.
    const next = deed === "less" ? stops.filter((stop) => stop < now).pop() : stops.find((stop) => stop > now);
    if (next !== undefined) take(next);
  }
}
