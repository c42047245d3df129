// Elements that the script makes, and what they are given.

/**
 * An element of a picture.
 * @param {string} tag
 * @returns {SVGElement}
 */
export const pictured = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);

/**
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 */
export function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
