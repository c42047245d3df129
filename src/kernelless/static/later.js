// What is needed rarely stands in further scripts, fetched when first used. A module asks for another one by a dynamic
// import, which editors and the type checker know; runtime.py writes later("name.js") for it.

import { bridge, FILES } from "./bridge.js";

/** @typedef {Record<string, Record<string, unknown>>} LaterModules what each exports, by its file's name */

const ours = /** @type {HTMLScriptElement} */ (document.currentScript);

/** @type {Record<string, Promise<LaterModules> | undefined>} by its file */
const fetched = {};

/**
 * Fetch a further script. A script of the same origin is all that a strict policy allows, and that a browser loads for
 * a page from disk; it hands its modules over in an event, so nothing becomes global.
 * @param {string} file
 * @returns {Promise<LaterModules>}
 */
const fetchRest = (file) => new Promise((resolve, reject) => {
  const script = document.createElement("script");
  script.addEventListener("kernelless", (event) => {
    script.removeEventListener("load", fail);
    resolve(/** @type {CustomEvent} */ (event).detail(bridge()));
  });
  const fail = () => {
    fetched[file] = undefined; // another use asks again
    script.remove();
    reject(Error("This part of the page could not be fetched. Are you offline?"));
  };
  script.addEventListener("error", fail);
  script.addEventListener("load", fail); // something came that was not ours
  script.src = new URL(file, ours.src).href;
  document.head.append(script);
});

/**
 * A module of a further script.
 * @param {string} name its file's
 */
export const later = (name, file = FILES[name] ?? FILES[""]) =>
  (fetched[file] ??= fetchRest(file)).then((modules) => modules[name]);
