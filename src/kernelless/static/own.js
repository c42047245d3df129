// An option of the reader's own: its form, and how a text becomes an option with numbers for the program.

import { text } from "./format.js";
import { newPart } from "./making.js";
import { part } from "./page.js";

/** @import { Spec } from "./plot.js" */
/** @import { Choice, Own, Value } from "./settings.js" */

/** @typedef {{text: string, numbers: number[], said: string}} Brought */
/** @typedef {(name: string, value: Value, settled: boolean) => void} Move */

const MARK = "own:";

/**
 * The numbers of a text that holds the fields of a form.
 * @param {Own} own
 * @param {string} words
 * @returns {Brought}
 */
function readFields(own, words) {
  /** @type {Record<string, unknown>} */
  let given;
  try {
    given = Object(JSON.parse(words));
  } catch {
    throw Error("This is not understood.");
  }
  const numbers = own.fields.map(({ name, label, low, high, unit, whole }) => {
    const value = given[name];
    if (typeof value !== "number" || !(value >= low && value <= high) || (whole && value % 1)) {
      throw Error(`${label}: give a number from ${text(low, unit)} to ${text(high, unit)}.`);
    }
    return value;
  });
  return { text: JSON.stringify(Object.fromEntries(own.fields.map(({ name }, k) => [name, numbers[k]]))), numbers, said: "" };
}

/**
 * Read what a reader brings.
 * @param {Pick<Own, "reader" | "told"> & Partial<Own>} own
 * @param {string} words
 * @returns {Promise<Brought>}
 */
export async function readOwn(own, words) {
  if (!own.reader) return readFields(/** @type {Own} */ (own), words);
  const module = await import(own.reader);
  return module.readBrought(words, own.told);
}

/**
 * Make an option of what a reader brings.
 * @param {HTMLElement} root
 * @param {Spec} spec
 * @param {ReturnType<typeof import("./program.js").load>} program
 * @param {Move} move a hand moves a control
 * @param {Choice} c
 * @param {string} value
 * @returns {Promise<string>} the option's key
 */
export async function bring(root, spec, program, move, c, value) {
  const own = /** @type {Own} */ (c.own), box = part(root, `[data-control="${c.name}"]`);
  const select = /** @type {HTMLSelectElement} */ (part(box, "select"));
  const latest = c.keys.filter((key) => key.startsWith(MARK)).pop(), asked = value.slice(MARK.length);
  const { fills } = await import("./filling.js");
  if (spec.program.own?.[c.name].length === 2) fills(program, spec.program);
  const show = formOf(box, c, async (made) => {
    const before = select.dataset.value, key = await admit(await made());
    if (select.dataset.value === before) move(c.name, key, true); // nothing else was chosen meanwhile
  });
  /** @type {(words: string, key?: string) => Promise<string>} */
  async function admit(words, key) {
    const found = await readOwn(own, words), made = key ?? MARK + found.text;
    if (!c.keys.includes(made)) {
      c.keys.push(made);
      c.titles.push(own.title);
      spec.program.own?.[c.name].push(found.numbers);
      const option = new Option(own.title, made);
      option.hidden = true;
      select.add(option);
    }
    show(found);
    return made;
  }
  return asked ? admit(asked, value) : latest ?? admit(own.example);
}

/** @type {WeakMap<Element, (found: Brought) => void>} what shows in a control's form what was brought */
const FORMS = new WeakMap();

/**
 * The form of a control; made when it is first asked for.
 * @param {HTMLElement} box
 * @param {Choice} c
 * @param {(made: () => Promise<string>) => Promise<void>} admit the text that is made
 * @returns {(found: Brought) => void}
 */
function formOf(box, c, admit) {
  const known = FORMS.get(box);
  if (known) return known;
  const own = /** @type {Own} */ (c.own), form = newPart("div", "", { class: "ex-own" });
  const said = newPart("p", "", { class: "ex-own-said", role: "status" }), typed = newPart("div", "", { class: "ex-own-fields" });
  const area = newPart("textarea", "", { "aria-label": own.title });
  /** @param {string} words */
  const say = (words) => { said.textContent = words; };
  /** @type {HTMLElement} what was refused last */
  let refused = area;
  /** @param {HTMLElement} element */
  const enter = (element, made = async () => area.value) => {
    refused.removeAttribute("aria-invalid");
    return admit(made).catch((error) => {
      refused = element;
      element.setAttribute("aria-invalid", "true");
      say(error.message);
    });
  };
  /** @type {Record<string, HTMLInputElement>} */
  const inputs = {};
  /** @type {Record<string, number>} what the fields hold */
  let held = {};
  for (const field of own.fields) {
    const label = newPart("label", field.label);
    const input = newPart("input", "", { inputmode: "decimal", autocomplete: "off" });
    input.addEventListener("change", () => enter(input, async () => {
      const { understand } = await import("./typed.js");
      const { value, said: words } = understand(field, input.value, held[field.name] ?? field.default);
      if (value === undefined) throw Error(`${field.label}: ${words}`);
      held = { ...JSON.parse(own.example), ...held, [field.name]: value };
      return JSON.stringify(held);
    }));
    label.append(input);
    typed.append(label);
    inputs[field.name] = input;
  }
  const folded = newPart("details"), summary = newPart("summary", "Type its numbers");
  folded.append(summary, typed);
  form.append(newPart("p", own.hint), ...(own.reader ? [area, folded] : [typed]), said);
  area.addEventListener("change", () => enter(area));
  area.addEventListener("paste", () => setTimeout(() => enter(area)));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    enter(area, async () => (area.value = file.size < 4e6 ? await file.text() : ""));
  });
  box.append(form);
  /** @param {Brought} found */
  const show = (found) => {
    const given = JSON.parse(found.text), fits = own.fields.every(({ name }) => typeof given[name] === "number");
    held = fits ? given : {};
    if (area.value.trim() !== found.text && document.activeElement !== area) area.value = found.text;
    for (const { name, unit } of own.fields) inputs[name].value = fits ? text(held[name], unit, 15) : "";
    say(found.said);
  };
  FORMS.set(box, show);
  return show;
}
