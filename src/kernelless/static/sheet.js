// What opens under a figure: its numbers as tables, or the Python that makes it.

import { dress } from "./element.js";
import { part } from "./page.js";
import { sentence } from "./settings.js";
import { pythonOf, shownCell, tablesOf } from "./tables.js";

/** @import { Spec } from "./plot.js" */
/** @import { Values } from "./program.js" */
/** @import { Settings } from "./settings.js" */

/**
 * An element with words in it.
 * @param {string} tag
 * @param {string} [words]
 * @param {Record<string, string>} [attributes]
 */
function made(tag, words = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = words;
  dress(element, attributes);
  return element;
}

/**
 * A table of the page.
 * @param {import("./tables.js").Table} table
 */
function tableOf({ caption, columns, rows }) {
  const table = made("table"), head = made("tr"), body = made("tbody");
  head.append(...columns.map(({ name }) => (name ? made("th", name, { scope: "col" }) : made("td"))));
  body.append(...rows.map((cells) => {
    const row = made("tr");
    row.append(...cells.map((cell, k) => {
      const words = shownCell(cell, columns[k]);
      return k || !words ? made("td", words) : made("th", words, { scope: "row" });  // a thing may have no name
    }));
    return row;
  }));
  const thead = made("thead");
  thead.append(head);
  table.append(made("caption", caption), thead, body);
  return table;
}

/**
 * The sheets of one figure, each opened and closed by its button.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {Values} v
 * @param {Settings} settings
 */
export function startSheets(root, spec, v, settings) {
  const sheet = made("div", "", { class: "ex-sheet", role: "region", tabindex: "0" });
  part(root, ".ex-actions").after(sheet);
  let open = "";

  function fill() {
    if (open === "table") {
      const tables = tablesOf(spec, v).map(tableOf);
      sheet.replaceChildren(made("p", sentence(spec.controls, settings)), ...tables);
    } else if (open === "python") {
      const page = location.protocol.startsWith("http") ? location.href.split("#")[0] : "";
      sheet.replaceChildren(made("pre", pythonOf(spec, settings, root.dataset.version ?? "", page)));
    }
    sheet.hidden = !open;
  }
  return {
    /** Show the present numbers, if any are shown. */
    refresh: fill,
    /**
     * Open a sheet, or close it.
     * @param {HTMLElement} button
     */
    toggle(button) {
      const action = button.dataset.action ?? "";
      open = open === action ? "" : action;
      sheet.setAttribute("aria-label", open === "table" ? `${spec.title}: numbers` : `${spec.title}: Python`);
      for (const other of root.querySelectorAll(".ex-actions [aria-expanded]")) {
        other.setAttribute("aria-expanded", String(/** @type {HTMLElement} */ (other).dataset.action === open));
      }
      fill();
      if (open === "python") navigator.clipboard?.writeText(sheet.textContent ?? "").catch(() => {});
    },
  };
}
