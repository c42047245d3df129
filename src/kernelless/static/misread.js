// What a link asks for that a figure does not have: named with what is accepted, and with what stands in its place.

import { newPart } from "./making.js";
import { part } from "./page.js";
import { numberIn, show, snap } from "./settings.js";

/** @import { Control } from "./settings.js" */

const MOST = 8; // options, or faults, that are named one by one

/** @type {(given: string) => string} */
const quoted = (given) => `“${given.length > 40 ? `${given.slice(0, 40)}…` : given}”`;

/**
 * What is wrong with one value of a link.
 * @param {Control} c
 * @param {string} given
 * @returns {string} "" where the control can hold it
 */
function fault(c, given) {
  if (c.kind === "choice") {
    if (c.keys.includes(given) || (c.own && /^own:/.test(given))) return "";
    const gone = c.renamed?.find(([old]) => old === given);
    if (gone) return `${quoted(given)} is no longer offered: ${gone[2]}`;
    const some = c.titles.slice(0, MOST).join(", "), more = c.titles.length - MOST;
    return `${quoted(given)} is not offered; there are ${some}${more > 0 ? ` and ${more} more` : ""}`;
  }
  const value = numberIn(given), range = `${show(c, c.low)} to ${show(c, c.high)}`;
  if (isNaN(value)) return `${quoted(given)} is not understood; it takes a number from ${range}`;
  if (value < c.low || value > c.high) return `${show(c, value)} is out of reach; it takes ${range}`;
  if (snap(c, given) === value) return "";
  return `${quoted(given)} is not one of its ${c.stops ? "stops" : "whole numbers"}`;
}

/**
 * All that some settings ask for and do not get, in sentences; "" where there is nothing.
 * @param {Control[]} controls
 * @param {string} query
 * @returns {string}
 */
export function misread(controls, query) {
  const said = [];
  for (const [key, given] of new URLSearchParams(query)) {
    if (key === ".only") continue;
    const pinned = key.startsWith("A."), c = controls.find(({ name }) => name === key.slice(pinned ? 2 : 0));
    const words = c ? fault(c, given) : "";
    if (c && words) said.push(`${c.label}${pinned ? " in A" : ""}: ${words}. Used instead: ${show(c, snap(c, given))}.`);
    else if (!c) said.push(`There is no control ${quoted(key)} here, so it is left out.`);
  }
  const more = said.length > MOST ? ` There are ${said.length - MOST} more of this kind.` : "";
  return said.slice(0, MOST).join(" ") + more;
}

/**
 * Say it above the figure, until something else is set.
 * @param {HTMLElement} root
 * @param {Control[]} controls
 * @param {string} asked what the link says
 * @param {() => string} query the present settings
 */
export function reproach(root, controls, asked, query) {
  const before = root.querySelector(".ex-misread"), at = query();
  const words = misread(controls, asked);
  before?.remove();
  if (!words) return;
  // First a place, then its words: so they are spoken.
  const said = newPart("p", "", { class: "ex-misread", role: "status" });
  part(root, ".ex-body").before(said);
  said.textContent = `Not all of the link could be followed. ${words}`;
  const leave = () => {
    if (query() === at) return;
    said.remove();
    root.removeEventListener("kernelless:moved", leave);
  };
  root.addEventListener("kernelless:moved", leave);
}
