// Elements that a figure gets when they are needed.

import { dress } from "./element.js";

/**
 * An element with words in it.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [words]
 * @param {Record<string, string>} [attributes]
 */
export function newPart(tag, words = "", attributes = {}) {
  const found = document.createElement(tag);
  found.textContent = words;
  dress(found, attributes);
  return found;
}
