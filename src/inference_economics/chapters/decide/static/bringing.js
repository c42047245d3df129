// What a reader brings: a usage export, a benchmark, a model's configuration. It is read here and stays on the device.

import { part } from "../../../../kernelless/static/page.js";
import { askFigure, setFigure } from "./asking.js";
import { bringBenchmark, bringConfig, bringUsage, withFaults } from "./reading_in.js";

const MOST_BYTES = 20_000_000;

/**
 * Let a reader bring things.
 * @param {HTMLElement} room
 * @param {HTMLElement} figure that is set
 */
export function startBringing(room, figure) {
  const taking = part(document, "script.decide-kit"), kit = JSON.parse(taking.textContent ?? "").bring;
  const counted = /** @type {HTMLInputElement} */ (part(room, "[data-counted]"));
  /** @type {Record<string, (words: string) => import("./reading_in.js").Brought | Promise<import("./reading_in.js").Brought>>} */
  const reads = {
    usage: (words) => bringUsage(kit, words, Number(counted.value || NaN), askFigure(figure)),
    benchmark: (words) => bringBenchmark(kit, words, askFigure(figure)),
    config: async (words) => bringConfig(kit, (await askFigure(figure).readText({ reader: kit.reader }, words)).numbers),
  };
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (room.querySelectorAll("[data-bring]"))) {
    const read = reads[box.dataset.bring ?? ""], said = part(box, ".decide-said");
    const pasted = /** @type {HTMLTextAreaElement} */ (part(box, "textarea"));
    const chosen = /** @type {HTMLInputElement} */ (part(box, "input[type=file]"));
    const take = async () => {
      try {
        const { settings, words } = await read(pasted.value);
        setFigure(figure, settings);
        said.textContent = withFaults(words, askFigure(figure).spec.controls, settings);
        said.dataset.refused = "";
      } catch (error) {
        said.textContent = `Not read: ${/** @type {Error} */ (error).message}`;
        said.dataset.refused = "true";
      }
    };
    part(box, "button").addEventListener("click", take);
    chosen.addEventListener("change", async () => {
      const file = chosen.files?.[0];
      if (!file) return;
      if (file.size > MOST_BYTES) { said.textContent = "Not read: the file has more than 20 MB."; return; }
      pasted.value = await file.text();
      take();
    });
  }
  for (const waits of /** @type {NodeListOf<HTMLElement>} */ (room.querySelectorAll("[data-live]"))) waits.hidden = false;
}
