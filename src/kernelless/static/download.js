// What a reader takes away: a link, the numbers as CSV, the figure as SVG and as PNG.

import { dress, pictured } from "./element.js";
import { handOver } from "./hand.js";
import { part } from "./page.js";
import { sentence } from "./settings.js";
import { csvOf, sourcesOf } from "./tables.js";

/** @import { Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */
/** @import { Settings } from "./settings.js" */

/**
 * Words in lines of at most so many letters.
 * @param {string} words
 * @param {number} most
 * @returns {string[]}
 */
const wrap = (words, most) =>
  (words.match(new RegExp(`.{1,${most}}(?=\\s|$)|\\S+`, "gu")) ?? []).map((line) => line.trim());

// What a file of its own needs written in, and what it has without.
/** @type {Record<string, string>} */
const LOOKS = { fill: "", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linejoin": "miter",
  "stroke-linecap": "butt", "fill-opacity": "1", "stroke-opacity": "1", opacity: "1", "paint-order": "normal",
  "fill-rule": "nonzero", visibility: "visible" };
/** @type {Record<string, string>} */
const WRITING = { "font-size": "", "font-family": "", "font-weight": "400", "text-anchor": "start" };

/**
 * A copy of an SVG element with the page's colours, strokes and fonts written in, as they are now.
 * @param {Element} drawn
 * @returns {Element}
 */
function resolved(drawn) {
  const copy = /** @type {Element} */ (drawn.cloneNode(true)), dead = [...copy.querySelectorAll("*")];
  drawn.querySelectorAll("*").forEach((element, k) => {
    const style = getComputedStyle(element), text = element.tagName === "text" || element.tagName === "tspan";
    if (style.display === "none" && !element.closest("defs")) { dead[k].setAttribute("display", "none"); return; }
    for (const [property, usual] of Object.entries({ ...LOOKS, ...(text ? WRITING : {}) })) {
      const value = style.getPropertyValue(property);
      if (value !== usual || element.hasAttribute(property)) dead[k].setAttribute(property, value);
    }
    dead[k].removeAttribute("class");
  });
  for (const gone of copy.querySelectorAll('[display="none"], .ex-cursor-line')) gone.remove();
  return copy;
}

/**
 * The figure as a file of its own: the page's look, with title, legend, readouts, settings and sources written in.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Settings} settings
 * @returns {string}
 */
export function svgOf(root, spec, settings) {
  const drawn = part(root, ".ex-plot svg"), copy = resolved(drawn), page = getComputedStyle(root);
  const [, , width, height] = (drawn.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const tick = drawn.querySelector(".ex-tick"), em = tick ? parseFloat(getComputedStyle(tick).fontSize) : 8;
  /** @type {(words: string, size: number, weight?: number) => [string, number, number][]} */
  const lines = (words, size, weight = 400) =>
    wrap(words, Math.floor((width - 4 * em) / (0.54 * size * em))).map((line) => [line, size * em, weight]);
  /** @type {[string, number, number, Element?][]} */
  const above = lines(spec.title, 1.35, 600);
  for (const entry of root.querySelectorAll(".ex-legend li")) {
    if (getComputedStyle(entry).display === "none") continue; // named where it ends
    const [first, ...more] = lines(entry.textContent ?? "", 1);
    above.push([first[0], first[1], first[2], part(entry, "svg")], ...more);
  }
  const readouts = [...root.querySelectorAll(".ex-readout")].map((r) => [...r.children].map((c) => c.textContent).join(": "));
  const states = [...root.querySelectorAll(".ex-state")].map((s) =>
    `${getComputedStyle(s, "::before").content.replace(/^none$|^normal$|"/g, "").trim()} ${s.textContent}`.trim());
  const below = [readouts.join(" · "), ...states, sentence(spec.controls, settings),
    ...sourcesOf(spec, settings).map((words) => `Source: ${words}`)].flatMap((words) => lines(words, 0.9));

  /** @type {(entries: [string, number, number, Element?][]) => [SVGElement, number]} */
  function block(entries) {
    const group = pictured("g");
    let y = 0.6 * em;
    for (const [words, size, weight, swatch] of entries) {
      y += size * 1.4;
      if (swatch) {
        const small = resolved(swatch);
        dress(small, { x: 2 * em, y: y - 0.9 * em, width: 2.6 * em, height: em });
        group.append(small);
      }
      const line = pictured("text");
      dress(line, { x: (swatch ? 5.2 : 2) * em, y, "font-size": size, "font-weight": weight, "font-family": page.fontFamily,
        fill: page.color });
      line.textContent = words;
      group.append(line);
    }
    return [group, y + 0.6 * em];
  }
  const [head, top] = block(above), [foot, bottom] = block(below), whole = top + height + bottom, scale = 920 / width;
  dress(copy, { viewBox: `0 ${-top} ${width} ${whole}`, width: 920, height: whole * scale });
  dress(head, { transform: `translate(0 ${-top})` });
  dress(foot, { transform: `translate(0 ${height})` });
  const ground = pictured("rect");
  dress(ground, { x: 0, y: -top, width, height: whole, fill: page.backgroundColor });
  copy.prepend(ground, head);
  copy.append(foot);
  return new XMLSerializer().serializeToString(copy);
}

/**
 * Draw an SVG on a canvas, and hand that to the reader.
 * @param {string} name
 * @param {string} svg
 */
function savePng(name, svg) {
  const image = new Image(), source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(source);
    canvas.toBlob((blob) => { if (blob) handOver(name, blob, "image/png"); });
  };
  image.src = source;
}

/**
 * Save the figure as a file.
 * @param {string} kind
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Values} v
 * @param {Settings} settings
 * @param {string} address where these settings are
 */
export function download(kind, root, spec, v, settings, address) {
  const name = `${spec.name}.${kind}`, made = `kernelless ${root.dataset.version ?? ""}`;
  // A page from disk has an address that says something of the reader's device, and nothing to anyone else.
  const about = /** @type {[string, string][]} */ (/^https?:/.test(address) ? [["page", address]] : []);
  if (kind === "csv") handOver(name, csvOf(spec, v, settings, [...about, ["made with", made]]), "text/csv");
  else if (kind === "svg") handOver(name, svgOf(root, spec, settings), "image/svg+xml");
  else savePng(name, svgOf(root, spec, settings));
}

/**
 * Hand an address to the reader: in its box, selected, and on the clipboard where that is allowed.
 * @param {HTMLInputElement} box
 * @param {HTMLElement} button
 * @param {string} address
 */
export function giveLink(box, button, address) {
  box.hidden = false;
  box.value = address;
  box.focus();
  box.select();
  const copied = () => {
    button.textContent = box.value.startsWith("file:") ? "Link copied, for this device" : "Link copied";
  };
  // Refused on a page that was opened from disk; the address stands selected in the box.
  navigator.clipboard?.writeText(box.value).then(copied, () => {});
}
