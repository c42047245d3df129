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
