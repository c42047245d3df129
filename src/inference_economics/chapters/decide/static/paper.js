// The memo on the page: Markdown of the few kinds that the template has, as elements.

/**
 * An element with words in it, **bold** where they are marked so.
 * @param {string} tag
 * @param {string} words
 * @returns {HTMLElement}
 */
function paperLine(tag, words) {
  const made = document.createElement(tag);
  words.split("**").forEach((part, k) => {
    if (k % 2) made.append(Object.assign(document.createElement("strong"), { textContent: part }));
    else made.append(part.replace(/ Settings: <[^>]*>/, ""));
  });
  return made;
}

/**
 * A memo as elements, for the page and for print.
 * @param {string} markdown
 * @returns {HTMLElement[]}
 */
export function paperOf(markdown) {
  /** @type {HTMLElement[]} */
  const out = [];
  for (const block of markdown.trim().split(/\n\n+/)) {
    const lines = block.trim().split("\n");
    if (lines[0].startsWith("#")) {
      out.push(paperLine(lines[0].startsWith("##") ? "h4" : "h3", lines[0].replace(/^#+ /, "")));
    } else if (lines[0].startsWith("|") && lines.length < 3) {
      out.push(paperLine("p", "Nothing to list."));
    } else if (lines[0].startsWith("|")) {
      const table = document.createElement("table"), scroll = document.createElement("div");
      lines.filter((_, k) => k !== 1).forEach((line, k) => {
        const row = table.insertRow();
        line.slice(2, -2).split(" | ").forEach((cell) => row.append(paperLine(k ? "td" : "th", cell)));
      });
      scroll.className = "decide-scroll";
      scroll.tabIndex = 0;
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", out.at(-1)?.textContent ?? "Table");
      scroll.append(table);
      out.push(scroll);
    } else if (/^(- |\d+\. )/.test(lines[0])) {
      const list = document.createElement(lines[0].startsWith("- ") ? "ul" : "ol");
      for (const line of lines) list.append(paperLine("li", line.replace(/^(- |\d+\. )/, "")));
      out.push(list);
    } else out.push(paperLine("p", lines.join(" ")));
  }
  return out;
}
