// Numbers as text: the same text as units.py gives for the same number. tests/parity compares the two.

/** @typedef {{digits: string, exponent: number, exact: boolean}} Scientific */

/** @type {Record<number, string>} */
const SI = { "-9": "n", "-6": "µ", "-3": "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E" };
const IEC = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
/** @type {Record<number, string>} */
const COUNT = { 6: "M", 9: "B", 12: "T" };
/** @type {[number, number, string][]} */
const DURATION = [[1e-6, 1e9, "ns"], [1e-3, 1e6, "µs"], [1, 1e3, "ms"], [120, 1, "s"], [7200, 60, "min"],
  [172800, 3600, "h"], [63072000, 86400, "days"], [Infinity, 31536000, "years"]];
const PREFIXED = new Set(["B", "B/s", "B/token", "FLOP/s", "W", "Wh", "J", "bit/s"]);

/**
 * The significant digits, the decimal exponent, and whether rounding lost nothing to speak of.
 * @param {number} magnitude
 * @param {number} digits
 * @returns {Scientific}
 */
function scientific(magnitude, digits) {
  const rounded = magnitude.toExponential(digits - 1);
  const [mantissa, exponent] = rounded.split("e");
  const exact = Math.abs(Number(rounded) - magnitude) <= 1e-12 * magnitude;
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent), exact };
}

/**
 * Significant digits with the point after position `exponent`, less the zeros that say nothing.
 * @param {Scientific} s
 * @param {number} exponent
 * @returns {string}
 */
function place({ digits, exact }, exponent) {
  let whole, part;
  if (exponent < 0) {
    whole = "0";
    part = "0".repeat(-exponent - 1) + digits;
  } else {
    whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
    part = digits.slice(exponent + 1);
  }
  if (exact) part = part.replace(/0+$/, "");
  return part ? `${whole}.${part}` : whole;
}

/**
 * Significant digits times a power of ten. What is no digit of its exponent is a minus.
 * @param {Scientific} s
 * @returns {string}
 */
const power10 = (s) => `${place(s, 0)}×10${String(s.exponent).replace(/./g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻")}`;
/**
 * The multiple of three at or below an exponent.
 * @param {number} exponent
 * @returns {number}
 */
const step3 = (exponent) => 3 * Math.floor(exponent / 3);

/**
 * A number without a unit.
 * @param {number} magnitude
 * @param {number} digits
 * @returns {string}
 */
function count(magnitude, digits) {
  if (magnitude === 0) return "0";
  if (magnitude === Infinity) return "∞";
  const s = scientific(magnitude, digits);
  if (s.exponent < -3) return power10(s);
  if (s.exponent < 3) return place(s, s.exponent);
  if (s.exponent < 6) return magnitude.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
  const step = step3(s.exponent);
  return step in COUNT ? place(s, s.exponent - step) + COUNT[step] : power10(s);
}

/**
 * A number with an SI prefix before its unit.
 * @param {number} magnitude
 * @param {string} unit
 * @param {number} digits
 * @returns {string}
 */
function prefixed(magnitude, unit, digits) {
  if (magnitude === 0) return `0 ${unit}`;
  const s = scientific(magnitude, digits);
  const step = step3(s.exponent);
  return step in SI ? `${place(s, s.exponent - step)} ${SI[step]}${unit}` : `${power10(s)} ${unit}`;
}

/**
 * A number with a binary prefix before its unit.
 * @param {number} magnitude
 * @param {string} unit
 * @param {number} digits
 * @returns {string}
 */
function iec(magnitude, unit, digits) {
  let step = 0;
  for (; magnitude >= 1024 && step < IEC.length - 1; step++) magnitude /= 1024;
  return `${count(magnitude, digits)} ${IEC[step]}${unit}`;
}

/**
 * US dollars.
 * @param {number} magnitude
 * @param {number} digits
 * @returns {string}
 */
function money(magnitude, digits) {
  if (magnitude >= 1 && magnitude < 999.995) return `$${magnitude.toFixed(2).replace(/\.00$/, "")}`;
  return `$${count(magnitude, digits).replace(/^0\.\d$/, "$&0")}`;
}

/**
 * A name after a count: 2 days, 1 day.
 * @param {string} number
 * @param {string} name
 * @returns {string}
 */
const counted = (number, name) =>
  `${number} ${number === "1" && /^[A-Za-z]{3,}s$/.test(name) ? name.slice(0, -1) : name}`;

/**
 * Seconds, in the unit that suits them.
 * @param {number} magnitude
 * @param {number} digits
 * @returns {string}
 */
function duration(magnitude, digits) {
  if (magnitude === 0) return "0 s";
  const [, size, name] = /** @type {[number, number, string]} */ (DURATION.find(([limit]) => magnitude < limit));
  return counted(count(magnitude < 1 ? magnitude * size : magnitude / size, digits), name);
}

/**
 * A year and its fraction, to the month.
 * @param {number} year
 * @returns {string}
 */
function month(year) {
  const months = Math.floor(year * 12 + 1e-6), k = 3 * (months % 12);
  return `${"JanFebMarAprMayJunJulAugSepOctNovDec".slice(k, k + 3)} ${Math.floor(months / 12)}`;
}

/**
 * A number as a reader sees it.
 * @param {number} value in the base unit named by `unit`
 * @param {string} unit
 * @param {number} [digits]
 * @returns {string}
 */
export function text(value, unit = "", digits = 3) {
  if (isNaN(value)) return "n/a";
  const sign = value < 0 ? "−" : "";
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return `${sign}∞`;
  let body;
  if (PREFIXED.has(unit)) body = prefixed(magnitude, unit, digits);
  else if (unit === "iB") body = iec(magnitude, "B", digits);
  else if (unit === "s") body = duration(magnitude, digits);
  else if (unit === "USD" || unit.startsWith("USD/")) body = money(magnitude, digits) + unit.slice(3);
  else if (unit === "%") body = `${count(magnitude * 100, digits)}%`;
  else if (unit === "date") body = month(magnitude);
  else if (unit === "×" || unit === "°") body = `${count(magnitude, digits)}${unit}`;
  else body = unit ? counted(count(magnitude, digits), unit) : count(magnitude, digits);
  return sign + body;
}
