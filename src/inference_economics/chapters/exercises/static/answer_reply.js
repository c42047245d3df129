// The reply to a typed answer is looked up in the list of intervals that exercise.py wrote, as check() does.

import { text } from "../../../../kernelless/static/format.js";
import { readAnswer, refusalOf } from "./answer_reader.js";

/**
 * @typedef {object} AnswerSpec what `Exercise.spec` wrote
 * @property {[number | string, number | string, string, boolean][]} cases from, to, the reply, whether it settles
 * @property {string} unit what the answer is in
 * @property {string} name the same in words
 * @property {string} example an answer that would be understood
 */

/**
 * What an answer was read as; empty where it was not.
 * @param {AnswerSpec} spec
 * @param {string} typed
 * @returns {string}
 */
export function echoOf(spec, typed) {
  const { kind, value } = readAnswer(typed, spec.unit);
  return kind ? "" : text(value, spec.unit, 6);
}

/**
 * The reply to a typed answer, whether it settles the exercise, and the number it was read as: as Exercise.reply.
 * @param {AnswerSpec} spec
 * @param {string} typed
 * @returns {[string, boolean, number]}
 */
export function replyTo(spec, typed) {
  const reading = readAnswer(typed, spec.unit);
  if (reading.kind) return [refusalOf(reading, spec.name, spec.example), false, NaN];
  const found = spec.cases.find(([low, high]) => Number(low) <= reading.value && reading.value <= Number(high));
  const [, , words, settled] = /** @type {AnswerSpec["cases"][0]} */ (found);
  const echo = echoOf(spec, typed);
  const same = echo.replace(/ /g, "").replace("−", "-") === typed.replace(/ /g, "");
  return [same || words.includes(` ${echo}.`) ? words : `${words} (Read as ${echo}.)`, settled, reading.value];
}
