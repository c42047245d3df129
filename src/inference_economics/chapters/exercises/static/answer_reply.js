// The reply to a typed answer is looked up in the list of intervals that exercise.py wrote, as check() does.

import { text } from "../../../../kernelless/static/format.js";
import { part } from "../../../../kernelless/static/page.js";
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

/**
 * Let an answer box read what is typed, and reply.
 * @param {HTMLElement} root
 */
export function startBox(root) {
  /** @type {AnswerSpec} */
  const spec = JSON.parse(part(root, "script.exercise-spec").textContent ?? "");
  const form = part(root, "form"), reply = part(root, ".exercise-reply"), shown = part(form, ".exercise-read");
  const input = /** @type {HTMLInputElement} */ (part(form, "input"));
  reply.textContent = ""; // an earlier try to fetch this may have failed
  form.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    const echo = echoOf(spec, input.value);
    shown.textContent = echo && `read as ${echo}`;
  });
  form.addEventListener("submit", () => {
    const typed = input.value, [words, settled, value] = replyTo(spec, typed);
    if (!echoOf(spec, typed)) input.setAttribute("aria-invalid", "true");
    reply.textContent = words;
    reply.dataset.settled = String(settled);
    const detail = { exercise: root.id.slice(9), answer: typed, value, unit: spec.unit, settled };
    root.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail }));
    if (settled) /** @type {HTMLDetailsElement} */ (part(root, "details")).open = true;
  });
}
