// A typed answer as a number, or why it is refused: as reading.py does, by the same table.

import { ANSWER_GRAMMAR } from "./answer_grammar.js";

/**
 * @typedef {object} AnswerReading
 * @property {string} kind empty where the answer is understood, otherwise what is wrong
 * @property {number} value in the unit of the answer
 * @property {string} given the part that is wrong
 * @property {string} more what the reply needs besides
 */

/** @typedef {{dimension: string, factor: number, words: Record<string, number>}} AnswerUnit */

/**
 * What is thrown where an answer is refused.
 * @param {string} kind
 * @param {string} given
 * @param {string} more
 * @returns {{refused: AnswerReading}}
 */
const refusal = (kind, given, more = "") => ({ refused: { kind, value: NaN, given, more } });

/**
 * @param {Record<string, any>} table
 * @param {string} key
 */
const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);

/**
 * A word's factor, as it is written or in lower case.
 * @param {Record<string, number>} table
 * @param {string} word
 * @returns {number | undefined}
 */
const factorIn = (table, word) => own(table, word) ?? own(table, word.toLowerCase());

/**
 * Refuse a sign that the grammar has not.
 * @param {string} sign
 */
function refuseSign(sign) {
  const code = Number(sign.codePointAt(0)), hex = code.toString(16).toUpperCase().padStart(4, "0");
  for (const [kind, zero] of Object.entries(ANSWER_GRAMMAR.digits)) {
    if (zero <= code && code < zero + 10) return refusal("digits", sign, kind);
  }
  return refusal("sign", code < 32 || (code > 126 && code < 160) ? "□" : sign, `U+${hex}`);
}

/**
 * An answer as the grammar spells it.
 * @param {string} typed
 * @returns {string}
 */
function spelled(typed) {
  let out = "";
  for (const sign of typed) {
    const same = own(ANSWER_GRAMMAR.same, sign);
    if (same === undefined && !ANSWER_GRAMMAR.plain.includes(sign)) throw refuseSign(sign);
    out += same ?? sign;
  }
  for (const [pattern, words] of ANSWER_GRAMMAR.phrases) {
    out = out.replace(new RegExp(pattern, "g"), words.replace(/\\/g, "$"));
  }
  return out;
}

/**
 * A numeral without the signs that part its groups.
 * @param {string} numeral
 * @returns {string}
 */
function decimal(numeral) {
  for (const [pattern, groups, point] of ANSWER_GRAMMAR.numerals) {
    if (!new RegExp(pattern).test(numeral)) continue;
    return [...numeral].filter((sign) => !groups.includes(sign)).map((sign) => (point.includes(sign) ? "." : sign)).join("");
  }
  throw refusal("grouping", numeral);
}

/**
 * A number times a power.
 * @param {string} digits
 * @param {string} base
 * @param {string} power
 * @returns {number}
 */
function raised(digits, base, power) {
  if (base === "10") return Number(`${digits}e${power}`);
  if (base !== "2") throw refusal("power", `${base}^${power}`);
  const steps = Math.min(Math.abs(Number(power)), 3000), by = power.startsWith("-") ? 0.5 : 2;
  let value = Number(digits);
  for (let n = 0; n < steps; n++) value *= by;
  return value;
}

/**
 * The value of a number that the grammar's pattern found.
 * @param {(string | undefined)[]} found
 * @returns {number}
 */
function valueOf(found) {
  const whole = String(found[0]), digits = decimal(String(found[5]));
  const [before, after, ten, base, power, alone, below] = [2, 4, 6, 7, 8, 9, 10].map((n) => found[n] ?? "");
  if (before && after) throw refusal("number", whole);
  if (ten && (base || alone)) throw refusal("power", whole);
  let value = Number(ten ? `${digits}e${ten}` : digits);
  if (base) value = raised(digits, base, power);
  if (alone) value = raised("1", digits, alone);
  if (below) value /= Number(decimal(below));
  if (below && !/[1-9]/.test(below)) throw refusal("zero", whole);
  if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(digits))) throw refusal("size", whole);
  return before + after === "-" ? -value : value;
}

/**
 * What a unit measures, its factor, and the words for it and its like.
 * @param {string} unit
 * @returns {AnswerUnit}
 */
function unitOf(unit) {
  const also = own(ANSWER_GRAMMAR.also, unit) ?? {};
  for (const [dimension, words] of Object.entries(ANSWER_GRAMMAR.units)) {
    const factor = own(words, unit);
    // shares are computed with as ratios
    if (factor !== undefined) return { dimension, factor: dimension === "ratio" ? 1 : factor, words: { ...words, ...also } };
  }
  const low = unit.toLowerCase();
  return { dimension: unit, factor: 1, words: unit ? { [low]: 1, [low.replace(/s$/, "")]: 1, ...also } : {} };
}

/**
 * The words after a number.
 * @param {string} tail
 * @returns {string[]}
 */
function tailWords(tail) {
  const word = new RegExp(ANSWER_GRAMMAR.word), words = [];
  for (let rest = tail; rest;) {
    const found = word.exec(rest);
    if (!found) throw refusal(/^ ?[0-9]/.test(rest) ? "two" : "word", rest.trim());
    words.push(found[1]);
    rest = rest.slice(found[0].length);
  }
  return words;
}

/**
 * Why a word is refused that is neither a magnitude nor one of the unit's.
 * @param {string} word
 */
function refuseWord(word) {
  const low = word.toLowerCase();
  if (word === "1") return refusal("two", word);
  if (ANSWER_GRAMMAR.foreign.includes(low)) return refusal("foreign", word);
  if (own(ANSWER_GRAMMAR.letters, low) !== undefined) return refusal("letter", word);
  const known = Object.values(ANSWER_GRAMMAR.units).some((words) => factorIn(words, word) !== undefined);
  return refusal(known ? "unit" : "word", word);
}

/**
 * What a magnitude and a unit multiply by, and the word that named the unit.
 * @param {string[]} words
 * @param {AnswerUnit} unit
 * @returns {[number, string]}
 */
function factorOf(words, unit) {
  const money = unit.dimension === "money", lettered = ANSWER_GRAMMAR.lettered.includes(unit.dimension);
  let scale = 0, factor = unit.factor, named = "", letter = "";
  for (const word of words) {
    const size = factorIn(unit.words, word), low = word.toLowerCase();
    const short = lettered ? own(ANSWER_GRAMMAR.large, word) : own(ANSWER_GRAMMAR.letters, low);
    const magnitude = short ?? own(ANSWER_GRAMMAR.magnitudes, low);
    if (unit.dimension === "bytes" && ANSWER_GRAMMAR.bits.includes(word)) throw refusal("bits", word);
    if (size !== undefined && (!named || (money && size === factor))) {
      named = word;
      factor = size;
    } else if (size === undefined && magnitude !== undefined && !scale && (!named || money)) {
      scale = magnitude;
      if (lettered && short !== undefined) letter = word;
    } else throw size === undefined && magnitude === undefined ? refuseWord(word) : refusal("word", word);
  }
  if (letter && !named) throw refusal("letter", letter);
  return [(scale || 1) * (factor / unit.factor), named];
}

/**
 * What the words after "per" divide by.
 * @param {string[]} said
 * @param {string} below
 * @returns {number}
 */
function perFactor(said, below) {
  const words = said.slice(said[1] === "1" && said.length > 2 ? 2 : 1);
  if (below) {
    try {
      const [factor, named] = factorOf(words, unitOf(below));
      if (named) return factor;
    } catch {
      // whatever is wrong with it, this is not what the answer is given for
    }
  }
  throw refusal("per", said.join(" ").replaceAll("/ ", "/"));
}

/**
 * A number as an answer in a unit, or its refusal: bytes, times and counts are not below zero.
 * @param {number} value
 * @param {string} unit
 * @param {string} given
 * @returns {AnswerReading}
 */
export function possible(value, unit, given) {
  const above = (own(ANSWER_GRAMMAR.boxes, unit) ?? unit).split("/")[0];
  if (value < 0 && !ANSWER_GRAMMAR.signed.includes(unitOf(above).dimension)) {
    return { kind: "negative", value: NaN, given, more: "" };
  }
  return { kind: "", value, given: "", more: "" };
}

/**
 * A typed answer.
 * @param {string} typed
 * @param {string} unit
 * @returns {AnswerReading}
 */
function understood(typed, unit) {
  if ([...typed].length > ANSWER_GRAMMAR.longest) throw refusal("long", "");
  const words = spelled(typed), low = words.toLowerCase();
  for (const [pattern, kind] of ANSWER_GRAMMAR.refused) {
    if (new RegExp(pattern).test(low)) throw refusal(kind, words);
  }
  const found = new RegExp(ANSWER_GRAMMAR.number.join("")).exec(low);
  if (!found) throw refusal("number", words);
  const value = valueOf(found), said = tailWords(words.slice(found[0].length));
  const [above, below] = (own(ANSWER_GRAMMAR.boxes, unit) ?? unit).split("/");
  const split = said.findIndex((word) => ANSWER_GRAMMAR.per.includes(word.toLowerCase()));
  const top = split < 0 ? said : said.slice(0, split);
  const [factor, named] = factorOf(found[3] ? [found[3], ...top] : top, unitOf(above));
  if (above === "%" && !named && !found[10] && value !== 0) throw refusal("share", words);
  const result = split < 0 ? value * factor : (value * factor) / perFactor(said.slice(split), below);
  if (!Number.isFinite(result)) throw refusal("size", words);
  return possible(result, unit, words);
}

/**
 * The reply to an answer that is refused.
 * @param {AnswerReading} reading
 * @param {string} unit what the answer is in, in words
 * @param {string} example one that would be understood
 * @returns {string}
 */
export function refusalOf(reading, unit, example) {
  const parts = /** @type {Record<string, string>} */ ({ given: reading.given, kind: reading.more, unit, example });
  const words = ANSWER_GRAMMAR.replies[reading.kind].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  return `${words} Write one such as ${example}.`;
}

/**
 * A typed answer in the unit of the answer, or why it is refused.
 * @param {string} typed
 * @param {string} unit
 * @returns {AnswerReading}
 */
export function readAnswer(typed, unit) {
  try {
    return understood(typed, unit);
  } catch (error) {
    const { refused } = /** @type {{refused?: AnswerReading}} */ (error);
    if (!refused) throw error;
    return refused;
  }
}
