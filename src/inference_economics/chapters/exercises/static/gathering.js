// A room's links and answers on one page: what was pasted is read here, on this device, and shown as a spread.

import { text } from "../../../../kernelless/static/format.js";
import { csvLines, handOver } from "../../../../kernelless/static/hand.js";
import { possible, readAnswer, refusalOf } from "./answer_reader.js";

/**
 * @typedef {{label: string, unit: string, log: boolean, default: number | string, low?: number, high?: number,
 *   titles?: Record<string, string>}} Control
 */
/** @typedef {{title: string, page: string, controls: Record<string, Control>}} Known a figure */
/** @typedef {{question: string, unit: string, name: string, example: string, answer: number | null}} Asked an exercise */
/** @typedef {{figures: Record<string, Known>, exercises: Record<string, Asked>, claims: Record<string, string>}} Book */
/**
 * One value of one line; a line of a table that this page saved says itself when it was given.
 * @typedef {{topic: string, part: string, value: number | string, when?: "before" | "after"}} Reading
 */
/** @typedef {{line: number, words: string, why: string}} Refused */
/** @typedef {{topic: string, part: string, label: string, unit: string, log: boolean, right: number | null,
 *   before: (number | string)[], after: (number | string)[]}} Spread */

/**
 * The cells of a line of CSV.
 * @param {string} line
 * @returns {string[]}
 */
export function cellsOf(line) {
  const cells = [""];
  for (let k = 0, quoted = false; k < line.length; k++) {
    const c = line[k], at = cells.length - 1;
    if (quoted) {
      if (c !== '"') cells[at] += c;
      else if (line[k + 1] === '"') { cells[at] += '"'; k++; } else quoted = false;
    } else if (c === '"' && cells[at] === "") quoted = true;
    else if (c === ",") cells.push("");
    else cells[at] += c;
  }
  return cells;
}

const SAVED = ["figure or exercise", "control", "unit", "when", "value"]; // the columns of a table that this page saves
const HEADINGS = [SAVED.join(","), "exercise,answer,value,unit,settled"];
const VOTES = ["holds", "in part", "fails"];

/**
 * What a line of a table says that this page saved.
 * @param {Book} book
 * @param {string[]} cells
 * @returns {Reading[] | string} its value, or why it was not understood
 */
function readSaved(book, [topic, part, unit, at, given]) {
  /** @type {"before" | "after"} */
  const when = at === "before" ? "before" : "after";
  const figure = Object.hasOwn(book.figures, topic) ? book.figures[topic] : null;
  const found = (/** @type {number | string} */ value) => [{ topic, part, value, when }];
  if (Object.hasOwn(book.claims, topic)) return VOTES.includes(given) ? found(given) : `${given} is no vote`;
  const value = given.trim() ? Number(given) : NaN;
  if (figure && Object.hasOwn(figure.controls, part)) {
    const { label, titles, low = -Infinity, high = Infinity } = figure.controls[part];
    const fits = titles ? Object.values(titles).includes(given) : value >= low && value <= high;
    return fits ? found(titles ? given : value) : `${given} is no value of ${label}`;
  }
  if (!Object.hasOwn(book.exercises, topic)) return `this book has no figure, exercise or claim called ${topic}`;
  const asked = book.exercises[topic];
  if (unit !== asked.unit) return `${topic} is answered in ${asked.unit}, not in ${unit}`;
  if (!Number.isFinite(value)) return `${given} is no number`;
  const reading = possible(value, asked.unit, given);
  return reading.kind ? refusalOf(reading, asked.name, asked.example) : found(reading.value);
}

/**
 * What one line says.
 * @param {Book} book
 * @param {string} line
 * @returns {Reading[] | string} its values, or why it was not understood
 */
export function readLine(book, line) {
  const cells = cellsOf(line), given = cells[0].trim();
  if (cells.length === SAVED.length && ["before", "after"].includes(cells[3])) return readSaved(book, cells);
  const at = line.indexOf("#explorer-");
  if (at >= 0) {
    const [id, query = ""] = line.slice(at + 10).trim().split("?");
    const own = Object.keys(book.figures).filter((name) => id === name || id.replace(/-\d+$/, "") === name);
    if (!own.length) return `this book has no figure called ${id}`;
    const name = own.includes(id) ? id : own[0], figure = book.figures[name];
    /** @type {Reading[]} */
    const found = [];
    for (const [key, given] of new URLSearchParams(query)) {
      if (!Object.hasOwn(figure.controls, key)) continue; // pins and the like
      const control = figure.controls[key];
      if (control.titles) {
        if (!Object.hasOwn(control.titles, given)) return `${control.label} has no choice ${given}`;
        found.push({ topic: name, part: key, value: control.titles[given] });
      } else {
        const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(given) ? Number(given) : NaN;
        if (!(value >= /** @type {number} */ (control.low) && value <= /** @type {number} */ (control.high))) {
          return `${given} is no value of ${control.label}`;
        }
        found.push({ topic: name, part: key, value });
      }
    }
    return found.length ? found : "the link has no settings; take the one that the figure gives";
  }
  const vote = /\b(C\d+)["\s:=;,-]+(holds in part|in part|holds|fails)\b/i.exec(line);
  if (vote && Object.hasOwn(book.claims, vote[1].toUpperCase())) {
    const words = vote[2].toLowerCase();
    return [{ topic: vote[1].toUpperCase(), part: "", value: words === "holds in part" ? "in part" : words }];
  }
  const known = (/** @type {string} */ one) => Object.hasOwn(book.exercises, one);
  // a chat puts a name or a time before it, and a phone a capital
  const spoken = [...line.matchAll(/(?<![\w-])([a-z]+-q?\d+)(?![\w-])["'\s:=;]+(.+?)["']?$/gi)]
    .map((found) => [found[1].toLowerCase(), found[2]]).find(([one]) => known(one));
  const id = known(given) ? given : spoken ? spoken[0] : "";
  if (!id) return "neither a link to a figure of this book, nor an answer to one of its exercises, nor a vote such as C8: fails";
  const asked = book.exercises[id];
  /** What the box of the question would say. @param {import("./answer_reader.js").AnswerReading} reading */
  const answered = (reading) => (reading.kind ? refusalOf(reading, asked.name, asked.example)
    : [{ topic: id, part: "", value: reading.value }]);
  if (cells.length === 5 && given === id) {
    if (!cells[2].trim()) return `${cells[1]} was not understood when it was given`;
    const value = Number(cells[2]);
    if (!Number.isFinite(value)) return `${cells[2]} is no number`;
    if (![asked.unit, asked.unit.split("/")[0]].includes(cells[3])) return `${id} is answered in ${asked.unit}, not in ${cells[3]}`;
    return answered(possible(value, asked.unit, cells[2]));
  }
  const typed = spoken && spoken[0] === id ? spoken[1] : cells.slice(1).join(",");
  return answered(readAnswer(typed, asked.unit));
}

/**
 * What all lines say, and which were not understood. Empty lines and headings of files are passed over.
 * @param {Book} book
 * @param {string} pasted
 * @returns {{readings: Reading[], refused: Refused[], lines: number}}
 */
export function readAll(book, pasted) {
  /** @type {Reading[]} */
  const readings = [];
  /** @type {Refused[]} */
  const refused = [];
  let lines = 0;
  pasted.split(/\r?\n/).forEach((line, k) => {
    if (!line.trim() || HEADINGS.includes(line.trim())) return;
    lines++;
    const found = readLine(book, line.trim());
    if (typeof found === "string") refused.push({ line: k + 1, words: line.trim().slice(0, 60), why: found });
    else readings.push(...found);
  });
  return { readings, refused, lines };
}

/**
 * The spreads: for each exercise and each control of a figure that differs among the lines, what was given.
 * @param {Book} book
 * @param {Reading[]} before
 * @param {Reading[]} after
 * @returns {Spread[]}
 */
export function spreadsOf(book, before, after) {
  /** @type {Map<string, Spread>} */
  const found = new Map();
  for (const [readings, box] of /** @type {[Reading[], "before" | "after"][]} */ ([[before, "before"], [after, "after"]])) {
    for (const { topic, part, value, when = box } of readings) {
      const key = `${topic}?${part}`, asked = book.exercises[topic], control = book.figures[topic]?.controls[part];
      let spread = found.get(key);
      if (!spread) {
        spread = { topic, part, label: part ? control.label : "Answers", unit: part ? control.unit : asked?.unit ?? "",
          log: part ? control.log : false, right: part ? null : asked?.answer ?? null, before: [], after: [] };
        found.set(key, spread);
      }
      spread[when].push(value);
    }
  }
  // of a figure's controls those that somebody moved
  const idle = (/** @type {Spread} */ { topic, part, before: b, after: a }) => {
    const control = part ? book.figures[topic].controls[part] : null;
    return control && [...b, ...a].every((value) => value === control.default);
  };
  return [...found.values()].filter((spread) => !idle(spread));
}

/**
 * The value below which a share of the sorted values lies, between neighbours in a straight line.
 * @param {number[]} sorted
 * @param {number} share
 * @returns {number}
 */
export function quantileOf(sorted, share) {
  const at = share * (sorted.length - 1), low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** @param {(number | string)[]} values @returns {number[]} */
const sortedNumbers = (values) => /** @type {number[]} */ ([...values]).sort((a, b) => a - b);

const SVG_NAME = "http://www.w3.org/2000/svg";

/**
 * A strip of dots: one row before, one after, the medians, and what the book computes.
 * @param {Spread} spread
 * @param {number} width in CSS pixels
 * @param {number} letter width of a letter [CSS pixels]
 * @returns {SVGElement}
 */
function strip(spread, width, letter) {
  const rows = /** @type {["before" | "after", string][]} */ ([["before", "Before"], ["after", "After"]])
    .filter(([when]) => spread[when].length);
  const numbers = sortedNumbers([...spread.before, ...spread.after, ...(spread.right === null ? [] : [spread.right])]);
  let low = numbers[0], high = numbers[numbers.length - 1];
  const log = low > 0 && (spread.log || high / low > 20);
  if (low === high) { low = low > 0 ? low / 2 : low - 1; high = high > 0 ? high * 2 : high + 1; }
  const scale = log ? Math.log : (/** @type {number} */ v) => v;
  const left = 14 * letter, right = width - 24, rowHeight = 74, size = letter > 8 ? 7 : 4;
  const x = (/** @type {number} */ v) => left + (scale(v) - scale(low)) / (scale(high) - scale(low)) * (right - left);
  const height = rowHeight * rows.length + 64;
  /** @param {string} name @param {Record<string, string | number>} fields @param {string} [words] */
  const make = (name, fields, words = "") => {
    const made = document.createElementNS(SVG_NAME, name);
    for (const [key, value] of Object.entries(fields)) made.setAttribute(key, String(value));
    made.textContent = words;
    return made;
  };
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "spread-plot" });
  svg.append(make("title", {}, rows.map(([when, words]) =>
    `${words}: ${spread[when].length} values, median ${text(quantileOf(sortedNumbers(spread[when]), 0.5), spread.unit)}`).join(". ")));
  rows.forEach(([when, words], k) => {
    const base = rowHeight * k + 72, values = sortedNumbers(spread[when]);
    svg.append(make("text", { x: 4, y: base, class: "spread-row" }, `${words} (${values.length})`));
    svg.append(make("line", { x1: left, x2: right, y1: base + 6, y2: base + 6, class: "spread-axis" }));
    /** @type {Map<number, number>} */
    const piled = new Map(), placeOf = (/** @type {number} */ value) => Math.round(x(value) / (2 * size + 1));
    for (const value of values) piled.set(placeOf(value), (piled.get(placeOf(value)) ?? 0) + 1);
    // every answer has a dot: a tall pile is pressed together, and not cut off
    const rise = Math.min(2 * size + 1, 42 / Math.max(...piled.values(), 2));
    const put = new Map();
    for (const value of values) {
      const place = placeOf(value), n = put.get(place) ?? 0;
      put.set(place, n + 1);
      svg.append(make("circle", { cx: x(value), cy: base - n * rise, r: size, class: `spread-dot ${when}` }));
    }
    const median = quantileOf(values, 0.5), place = x(median);
    const near = spread.right !== null && Math.abs(x(spread.right) - place) < 80; // then beside the dashed line
    const end = near ? place > (left + right) / 2 : place > right - 60, middle = !near && !end && place > left + 60;
    svg.append(make("path", { d: `M${x(median)},${base + 2}l-5,10h10z`, class: "spread-median" }),
      make("text", { x: place + (middle ? 0 : end ? -10 : 10), y: base + 24, class: "spread-words",
        "text-anchor": middle ? "middle" : end ? "end" : "start" }, `median ${text(median, spread.unit)}`));
  });
  if (spread.right !== null) {
    const at = x(spread.right), words = `the book computes ${text(spread.right, spread.unit)}`;
    const half = words.length * letter / 2;
    svg.append(make("line", { x1: at, x2: at, y1: 24, y2: height - 18, class: "spread-right" }),
      make("text", { x: Math.min(Math.max(at, half), width - half), y: 18, class: "spread-words", "text-anchor": "middle" }, words));
  }
  svg.append(make("text", { x: left, y: height - 4, class: "spread-words" }, text(low, spread.unit)),
    make("text", { x: right, y: height - 4, class: "spread-words", "text-anchor": "end" }, text(high, spread.unit)));
  return svg;
}

/**
 * A table: what was chosen how often, or quartiles.
 * @param {Spread} spread
 * @returns {string[][]} rows of words, the heading first
 */
export function rowsOf(spread) {
  const chosen = typeof [...spread.before, ...spread.after][0] === "string";
  if (chosen) {
    const options = [...new Set([...spread.before, ...spread.after])].map(String).sort();
    return [["choice", "before", "after"], ...options.map((option) =>
      [option, ...[spread.before, spread.after].map((values) => String(values.filter((v) => v === option).length))])];
  }
  return [["", "values", "lowest", "quarter below", "median", "quarter above", "highest"],
    .../** @type {["before" | "after", string][]} */ ([["before", "Before"], ["after", "After"]])
      .filter(([when]) => spread[when].length).map(([when, words]) => {
        const sorted = sortedNumbers(spread[when]);
        return [words, String(sorted.length), ...[0, 0.25, 0.5, 0.75, 1].map((share) => text(quantileOf(sorted, share), spread.unit))];
      })];
}

/**
 * What was gathered as a table of CSV, which the page can read again.
 * @param {Spread[]} spreads
 * @returns {string}
 */
export function savedOf(spreads) {
  const rows = spreads.flatMap((s) => /** @type {["before" | "after"][]} */ ([["before"], ["after"]]).flatMap(([when]) =>
    s[when].map((value) => [s.topic, s.part, s.unit, when, value])));
  return csvLines([SAVED, ...rows]);
}

/** Bring the page to life. */
export function startGathering() {
  const root = /** @type {HTMLElement} */ (document.getElementById("gathering"));
  /** @type {Book} */
  const book = JSON.parse(/** @type {string} */ (root.querySelector("script")?.textContent));
  const area = (/** @type {string} */ name) => /** @type {HTMLTextAreaElement} */ (document.getElementById(`gather-${name}`));
  const said = /** @type {HTMLElement} */ (document.getElementById("gather-said"));
  const out = /** @type {HTMLElement} */ (document.getElementById("gather-out"));
  const refusals = /** @type {HTMLElement} */ (document.getElementById("gather-refused"));
  /** @param {string} name @param {string} [words] @param {string} [kind] */
  const make = (name, words = "", kind = "") => {
    const made = document.createElement(name);
    made.textContent = words;
    if (kind) made.className = kind;
    return made;
  };
  const table = (/** @type {string[][]} */ rows) => {
    const made = make("table");
    rows.forEach((cells, k) => {
      const row = make("tr");
      cells.forEach((words, place) => {
        const cell = make(k === 0 && words ? "th" : place === 0 && k > 0 ? "th" : "td", words);
        if (cell.tagName === "TH") cell.setAttribute("scope", k === 0 ? "col" : "row");
        row.append(cell);
      });
      made.append(row);
    });
    return made;
  };
  /** @type {Spread[]} */
  let spreads = [];
  const show = () => {
    const [before, after] = [readAll(book, area("before").value), readAll(book, area("after").value)];
    spreads = spreadsOf(book, before.readings, after.readings);
    const refused = [...before.refused.map((r) => ({ ...r, box: "before" })), ...after.refused.map((r) => ({ ...r, box: "after" }))];
    const lines = before.lines + after.lines;
    said.textContent = lines ? `${lines - refused.length} of ${lines} lines understood.` : "";
    refusals.replaceChildren(...refused.map((r) => make("li", `${r.box}, line ${r.line}: ${r.words} – ${r.why.replace(/\.?$/, ".")}`)));
    out.replaceChildren();
    let topic = "";
    for (const spread of spreads) {
      if (spread.topic !== topic) {
        topic = spread.topic;
        const figure = book.figures[topic], asked = book.exercises[topic];
        out.append(make("h3", figure ? figure.title : asked ? `${topic}: ${asked.question}` : `${topic}. ${book.claims[topic]}`));
      }
      const words = typeof [...spread.before, ...spread.after][0] === "string";
      const part = make("div", "", "spread");
      if (spread.part) part.append(make("h4", spread.label));
      const letter = root.classList.contains("projected") ? 11 : 7;
      if (!words) part.append(strip(spread, Math.max(Math.min(out.clientWidth, letter > 8 ? 1800 : 1100), 320), letter));
      part.append(table(rowsOf(spread)));
      out.append(part);
      if (part.scrollWidth > part.clientWidth) part.tabIndex = 0; // the arrow keys reach what is cut off
    }
  };
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150); // once a hand rests
  };
  for (const name of ["before", "after"]) {
    area(name).addEventListener("input", soon);
    const file = /** @type {HTMLInputElement} */ (document.getElementById(`gather-${name}-file`));
    file.addEventListener("change", async () => {
      const texts = await Promise.all([...(file.files ?? [])].map((one) => one.text()));
      area(name).value = [area(name).value.trim(), ...texts].filter(Boolean).join("\n");
      file.value = "";
      show();
    });
  }
  document.getElementById("gather-large")?.addEventListener("click", (event) => {
    const large = root.classList.toggle("projected");
    /** @type {HTMLElement} */ (event.currentTarget).setAttribute("aria-pressed", String(large));
    show();
  });
  document.getElementById("gather-clear")?.addEventListener("click", () => {
    area("before").value = area("after").value = "";
    show();
  });
  document.getElementById("gather-save")?.addEventListener("click", () => {
    handOver("gathered.csv", savedOf(spreads), "text/csv");
  });
  addEventListener("resize", soon);
  show();
}
