// A CSV file as rows of cells, each with the line on which it ends.

/**
 * @param {string} text
 * @returns {{line: number, cells: string[]}[]} rows with something in them
 */
export function csvRows(text) {
  /** @type {{line: number, cells: string[]}[]} */
  const rows = [];
  /** @type {string[]} */
  let cells = [];
  let cell = "", quoted = false, line = 1;
  const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n") + "\n";
  for (let k = 0; k < source.length; k++) {
    const sign = source[k];
    if (quoted) {
      if (sign === '"' && source[k + 1] === '"') { cell += '"'; k += 1; }
      else if (sign === '"') quoted = false;
      else cell += sign;
      if (sign === "\n") line += 1;
    } else if (sign === '"') quoted = true;
    else if (sign === ",") { cells.push(cell); cell = ""; }
    else if (sign === "\n") {
      cells.push(cell);
      if (cells.some((one) => one.trim())) rows.push({ line, cells });
      cells = [];
      cell = "";
      line += 1;
    } else cell += sign;
  }
  if (quoted) throw new Error("a quoted cell does not end; give a CSV.");
  return rows;
}
