// Elements that a figure gets when they are needed.

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
  for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
  return found;
}
