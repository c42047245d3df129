// A reader's answers on this device, for as long as the tab is open, to be saved as a file: as progress.py writes it.

import { csvLines, handOver } from "../../../../kernelless/static/hand.js";

/** @typedef {{exercise: string, answer: string, value: number, unit: string, settled: boolean}} Answer */

const ANSWERS_KEY = "answers";

/** @returns {Answer[]} */
function answersSoFar() {
  try {
    return JSON.parse(sessionStorage.getItem(ANSWERS_KEY) || "[]");
  } catch {
    return []; // a reader may forbid keeping anything
  }
}

/**
 * The file's text.
 * @param {Answer[]} answers
 * @returns {string}
 */
export function answersFile(answers) {
  const lines = answers.map((a) => [a.exercise, a.answer, Number.isFinite(a.value) ? String(a.value) : "", a.unit,
    a.settled ? "yes" : "no"]);
  return csvLines([["exercise", "answer", "value", "unit", "settled"], ...lines]);
}

/** Keep what is answered on this page, and offer it as a file below the last exercise. */
export function startKeeping() {
  const boxes = document.querySelectorAll("section.exercise"), last = boxes[boxes.length - 1];
  if (!last) return;
  /** @type {Answer[]} */
  let answers = answersSoFar();
  const row = document.createElement("p"), button = document.createElement("button"), said = document.createElement("span");
  row.className = "answers-kept";
  button.type = "button";
  said.setAttribute("role", "status");
  row.append(button, said);
  const show = () => {
    row.hidden = !answers.length;
    button.textContent = `Save my answers (${answers.length})`;
  };
  show();
  last.after(row);
  button.addEventListener("click", () => {
    handOver("my_answers.csv", answersFile(answers), "text/csv");
    said.textContent = " Saved as my_answers.csv. It stays on this device unless you send it.";
  });
  document.addEventListener("answered", (event) => {
    const { detail } = /** @type {CustomEvent<Answer>} */ (event);
    answers = [...answers, { ...detail, value: Number.isFinite(detail.value) ? detail.value : NaN }];
    try { sessionStorage.setItem(ANSWERS_KEY, JSON.stringify(answers)); } catch { /* then for this page only */ }
    said.textContent = "";
    show();
  });
}
