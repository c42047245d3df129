// Answer boxes. All that one does is fetched when a reader comes to the first of them.

import { atFirst, live, part } from "../../../../kernelless/static/page.js";

/**
 * Let one answer box come to life when it is needed.
 * @param {HTMLElement} root the `<section class="exercise">`, on a slide a `<div>`
 */
function startExercise(root) {
  root.dataset.ready = "true";
  if (!root.querySelector("script.exercise-spec")) return;
  const form = part(root, "form");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  atFirst(form, ["focusin", "input", "submit"], async () => {
    try {
      (await import("./answer_reply.js")).startBox(root);
    } catch (error) {
      part(root, ".exercise-reply").textContent = /** @type {Error} */ (error).message;
      throw error;
    }
  });
}

live(".exercise", startExercise);
