// The controls of one explorer: what they show, and what a hand does to them.

import { excuse, part } from "./page.js";
import { nearest, show, stopsOf } from "./settings.js";

/** @import { Control, Settings, Value } from "./settings.js" */

/**
 * A finger on a slider may be about to scroll the page, which must not move the slider. So nothing is taken before it
 * is lifted, or has gone sideways; if the browser takes the gesture for scrolling, the slider is put back.
 * @param {HTMLInputElement} element
 * @param {() => void} take
 * @param {() => void} put
 */
function untilDecided(element, take, put) {
  let waits = false, from = 0;
  /** @param {boolean} takes */
  const decide = (takes) => {
    if (!waits) return;
    waits = false;
    if (takes) take();
  };
  element.addEventListener("pointerdown", (event) => {
    waits = event.pointerType === "touch";
    from = event.clientX;
  });
  element.addEventListener("pointermove", (event) => { if (Math.abs(event.clientX - from) > 6) decide(true); });
  element.addEventListener("pointerup", () => decide(true));
  element.addEventListener("pointercancel", put);
  return { undecided: () => waits };
}

/**
 * Bring an explorer's controls to life, sixteen in a step.
 * @param {HTMLElement} root
 * @param {Control[]} controls
 * @param {Settings} settings
 * @param {(name: string, value: Value, settled: boolean) => void} move a hand moves one control
 * @returns {Generator<undefined, () => void>} what shows the settings on the controls
 */
export function* startControls(root, controls, settings, move) {
  /** @type {{c: Control, element: HTMLInputElement, stops: number[], shown: Element | null, box: HTMLElement}[]} */
  const inputs = [];
  for (const c of controls) {
    const element = /** @type {HTMLInputElement} */ (part(root, `[data-parameter="${c.name}"]`));
    const box = /** @type {HTMLElement} */ (element.closest(".ex-control"));
    const slides = c.kind === "slider", stops = slides ? stopsOf(c) : [];
    const shown = box.querySelector(slides ? "[data-value-of]" : ".ex-whole > span");
    if (slides) {
      Object.assign(element, { min: 0, max: stops.length - 1, step: 1 });
      // Room for the longest value, so that no label wraps and no thumb moves while the value changes.
      const some = stops.filter((_, k) => k % 6 === 0 || k > stops.length - 7);
      const longest = Math.max(...some.map((stop) => show(c, stop).length));
      const room = /** @type {HTMLElement} */ (shown);
      room.style.minWidth = `${longest}ch`;
    }
    const take = () => move(c.name, slides ? stops[Number(element.value)] : element.value, false);
    const put = () => { element.value = String(nearest(stops, Number(settings[c.name]))); };
    const touch = slides ? untilDecided(element, take, put) : { undecided: () => false };
    element.addEventListener("input", () => { if (!touch.undecided()) take(); });
    element.addEventListener("change", () => {
      if (touch.undecided()) put();
      else move(c.name, settings[c.name], true);
    });
    box.addEventListener("click", ({ target }) => {
      const deed = /** @type {HTMLElement} */ (target).closest("button")?.dataset.do;
      if (deed) {
        import("./typed.js").then(({ act }) => act(deed, box, c, stops, Number(settings[c.name]), (value) =>
          move(c.name, value, true))).catch(excuse(root));
      }
    });
    if (inputs.push({ c, element, stops, shown, box }) % 16 === 0) yield;
  }
  const groups = [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".ex-group"))].map((group) => {
    const inside = inputs.filter(({ box }) => group.contains(box));
    return { held: part(group, ".ex-held"), inside };
  });

  return () => {
    for (const { c, element, stops, shown, box } of inputs) {
      const value = settings[c.name];
      const held = String(c.kind === "slider" ? nearest(stops, Number(value)) : value);
      if (element.value !== held) element.value = held;
      if (element.dataset.value === String(value)) continue;
      element.dataset.value = String(value);
      const words = show(c, value);
      if (c.kind === "slider") element.setAttribute("aria-valuetext", words);
      if (shown) shown.textContent = words;
      box.toggleAttribute("data-moved", value !== c.default);
    }
    for (const { held, inside } of groups) {
      const words = inside.map(({ c }) => `${c.label} ${show(c, settings[c.name])}`).join(" · ");
      if (held.textContent !== words) held.textContent = words;
    }
  };
}
