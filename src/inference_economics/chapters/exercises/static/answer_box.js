// Answer boxes: the reply is looked up in the list of intervals that exercise.py wrote, as check() does.

import { text } from "../../../../kernelless/static/format.js";
import { live, part } from "../../../../kernelless/static/page.js";
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
function echoOf(spec, typed) {
  const { kind, value } = readAnswer(typed, spec.unit);
  return kind ? "" : text(value, spec.unit, 6);
}

/**
 * The reply to a typed answer, and whether it settles the exercise: as Exercise.reply.
 * @param {AnswerSpec} spec
 * @param {string} typed
 * @returns {[string, boolean]}
 */
export function replyTo(spec, typed) {
  const reading = readAnswer(typed, spec.unit);
  if (reading.kind) return [refusalOf(reading, spec.name, spec.example), false];
  const found = spec.cases.find(([low, high]) => Number(low) <= reading.value && reading.value <= Number(high));
  const [, , words, settled] = /** @type {AnswerSpec["cases"][0]} */ (found);
  const echo = echoOf(spec, typed);
  const same = echo.replace(/ /g, "").replace("−", "-") === typed.replace(/ /g, "");
  return [same || words.includes(` ${echo}.`) ? words : `${words} (Read as ${echo}.)`, settled];
}

/**
 * Bring one answer box to life.
 * @param {HTMLElement} root the `<section class="exercise">`
 */
function startExercise(root) {
  const data = root.querySelector("script.exercise-spec");
  root.dataset.ready = "true";
  if (!data) return;
  const spec = JSON.parse(/** @type {string} */ (data.textContent));
  const form = part(root, "form"), reply = part(root, ".exercise-reply");
  const input = /** @type {HTMLInputElement} */ (part(form, "input"));
  const shown = part(form, ".exercise-read");
  form.hidden = false;
  input.addEventListener("input", () => {
    const echo = echoOf(spec, input.value);
    shown.textContent = echo && `read as ${echo}`;
    input.removeAttribute("aria-invalid");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [words, settled] = replyTo(spec, input.value);
    if (!echoOf(spec, input.value)) input.setAttribute("aria-invalid", "true");
    reply.textContent = words;
    reply.dataset.settled = String(settled);
    if (settled) /** @type {HTMLDetailsElement} */ (part(root, "details")).open = true;
  });
}

live("section.exercise", startExercise);
