// Answer boxes: the reply is looked up in the list of intervals that exercise.py wrote, as check() does.

import { live, part } from "../../../../kernelless/static/page.js";

/**
 * @typedef {object} AnswerSpec what `Exercise.spec` wrote
 * @property {Record<string, number>} suffixes what a suffix such as "gb" multiplies by
 * @property {[number | string, number | string, string, boolean][]} cases from, to, the reply, whether it settles
 * @property {string} example a number that would be understood
 */

const ANSWER = /^[$\s]*([-+−]?(?:\d[\d,_ ]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-zµ%]*)/i;

/**
 * A typed answer in base units; NaN if it is not a number.
 * @param {string} typed
 * @param {Record<string, number>} suffixes
 * @returns {number}
 */
function parseAnswer(typed, suffixes) {
  const found = ANSWER.exec(typed);
  if (!found) return NaN;
  const value = Number(found[1].replace(/[,_ ]/g, "").replace("−", "-"));
  const suffix = found[2].toLowerCase();
  return value * (Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : 1);
}

/**
 * The reply to a typed answer, and whether it settles the exercise: as Exercise.reply.
 * @param {AnswerSpec} spec
 * @param {string} typed
 * @returns {[string, boolean]}
 */
export function replyTo(spec, typed) {
  const value = parseAnswer(typed, spec.suffixes);
  const found = spec.cases.find(([low, high]) => Number(low) <= value && value <= Number(high));
  return found ? [found[2], found[3]] : [`That is not a number. Write one such as ${spec.example}.`, false];
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
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [words, settled] = replyTo(spec, input.value);
    reply.textContent = words;
    reply.dataset.settled = String(settled);
    if (settled) /** @type {HTMLDetailsElement} */ (part(root, "details")).open = true;
  });
}

live("section.exercise", startExercise);
