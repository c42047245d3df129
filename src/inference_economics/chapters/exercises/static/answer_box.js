// Answer boxes. How an answer is read is fetched when a reader comes to the first of them.

import { live, part } from "../../../../kernelless/static/page.js";

/**
 * Bring one answer box to life.
 * @param {HTMLElement} root the `<section class="exercise">`, on a slide a `<div>`
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
  const reader = () => import("./answer_reply.js");
  input.addEventListener("focus", () => { reader().catch(() => {}); }, { once: true }); // what fails is said on asking
  input.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    reader().then(({ echoOf }) => {
      const echo = echoOf(spec, input.value);
      shown.textContent = echo && `read as ${echo}`;
    }, () => {});
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = input.value;
    try {
      const { echoOf, replyTo } = await reader(), [words, settled, value] = replyTo(spec, typed);
      if (!echoOf(spec, typed)) input.setAttribute("aria-invalid", "true");
      reply.textContent = words;
      reply.dataset.settled = String(settled);
      const detail = { exercise: root.id.slice(9), answer: typed, value, unit: spec.unit, settled };
      root.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail }));
      if (settled) /** @type {HTMLDetailsElement} */ (part(root, "details")).open = true;
    } catch (error) {
      reply.textContent = /** @type {Error} */ (error).message;
    }
  });
}

live(".exercise", startExercise);
