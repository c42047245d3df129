// What a reader takes along: a file, and lines of CSV.

/**
 * Hand a file to the reader.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type
 */
export function handOver(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000); // not before the browser has read it
}

/** @param {unknown} cell */
const csvCell = (cell) => (/[",\n\r]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

/**
 * Rows of cells as CSV.
 * @param {unknown[][]} rows
 * @returns {string}
 */
export const csvLines = (rows) => rows.map((row) => `${row.map(csvCell).join(",")}\n`).join("");

/**
 * A number in the unit that is written beside it: a share is kept as a ratio, and shown in per cent.
 * @param {number} value
 * @param {string} [unit]
 */
export const inUnit = (value, unit) => (unit === "%" ? Number((value * 100).toPrecision(15)) : value);

/** @param {string} [unit] */
export const unitName = (unit) => (unit === "iB" ? "B" : unit ?? "");

/**
 * The head of a column.
 * @param {string} name
 * @param {string} [unit]
 */
export const headOf = (name, unit) => (unit ? `${name} [${unitName(unit)}]` : name);
