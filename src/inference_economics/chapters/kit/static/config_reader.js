// A model's config.json as the numbers of a figure's program, by the table that Python reads: models/config_keys.toml.

import { load } from "../../../../kernelless/static/program.js";
import { CONFIG_TABLE } from "./config_table.js";

/** @import { Family, Listed, OfRow, Rule, Spec } from "./config_table.js" */
/** @typedef {Record<string, any>} Raw keys and values of a config.json */
/** @typedef {number | string | any[]} Tree a parsed formula: a number, a name, or operator, left and right */

const LARGEST = 2 ** 53, LONGEST = 4_000_000;
const LEVELS = [["==", "!=", "<", "<=", ">", ">="], ["+", "-"], ["*", "//", "%"]];

/** @type {Record<string, (a: number, b: number) => number>} */
const APPLY = {
  "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b), "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b), ">": (a, b) => Number(a > b), ">=": (a, b) => Number(a >= b),
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "//": (a, b) => Math.floor(divisor(b) && a / b),
  "%": (a, b) => a - b * Math.floor(divisor(b) && a / b),
};

/** @param {number} b */
function divisor(b) {
  if (!b) throw new Error("a formula divides by zero.");
  return b;
}

/** @type {(words: string) => never} */
const refuse = (words) => { throw new Error(words); };
/** @type {(raw: object, key: string) => boolean} */
const has = (raw, key) => Object.hasOwn(raw, key);
/** @param {any} value */
const isSet = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A value for a message, short whatever it is.
 * @param {any} value
 */
function shortly(value) {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isSet(value)) return `an object of ${Object.keys(value).length}`;
  const words = JSON.stringify(value) ?? "nothing";
  return words.length > 60 ? `${words.slice(0, 57)}…` : words;
}

/** @type {(value: any, least: number, most: number) => boolean} */
const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/** @type {Map<string, Tree>} */
const PARSED = new Map();

/**
 * A formula as a tree: comparisons bind least.
 * @param {string} words
 * @returns {Tree}
 */
function parsed(words) {
  const known = PARSED.get(words);
  if (known !== undefined) return known;
  const tokens = words.match(/\d+|[A-Za-z_]\w*|\/\/|==|!=|<=|>=|[-+*%<>()]/g) ?? [];
  let at = 0;
  /** @type {(depth: number) => Tree} */
  const level = (depth) => {
    if (depth === LEVELS.length) {
      const token = tokens[at++];
      if (token !== "(") return /^\d/.test(token) ? Number(token) : token;
      const inner = level(0);
      at++;
      return inner;
    }
    let tree = level(depth + 1);
    while (LEVELS[depth].includes(tokens[at])) tree = [tokens[at++], tree, level(depth + 1)];
    return tree;
  };
  const tree = level(0);
  PARSED.set(words, tree);
  return tree;
}

/**
 * The level of the file that describes the text decoder.
 * @param {Raw} raw
 * @returns {Raw}
 */
function decoderOf(raw) {
  const { nested, ignored, labels } = CONFIG_TABLE, inner = raw[nested.key], outer = raw.model_type;
  if (inner === undefined || inner === null) return raw;
  if (!isSet(inner)) refuse(`${nested.key} is not a set of keys and values.`);
  if (outer !== undefined && outer !== null && !(typeof outer === "string" && has(nested.types, outer))) {
    refuse(`model_type ${shortly(outer)} around a ${nested.key} is not known, and may change the decoder in it. If it does not, paste what stands in ${nested.key} alone.`);
  }
  const known = new Set([...labels, ...ignored.keys, ...ignored.parts, ...nested.keys, nested.key, "tie_word_embeddings"]);
  refuseKeys(Object.keys(raw).filter((key) => !known.has(key) && speaks(raw[key])), `beside ${nested.key}`);
  const found = { ...inner }, tie = "tie_word_embeddings", outside = raw[tie];
  found.model_type ??= nested.types[outer] || null;
  if (outside !== undefined && outside !== null) {
    if (!has(found, tie)) found[tie] = outside;
    else if (found[tie] === !outside) refuse(`${tie} in ${nested.key} contradicts the one beside it.`);
  }
  return found;
}

/** @param {any} value whether it says anything: null, {} and [] do not */
const speaks = (value) => value !== null && value !== undefined
  && !(typeof value === "object" && !Object.keys(value).length);

/** @type {(keys: string[], where: string) => void} */
function refuseKeys(keys, where) {
  if (keys.length) {
    refuse(`${keys.slice(0, 5).map(shortly).join(", ")}${keys.length > 5 ? ` and ${keys.length - 5} more` : ""}: not understood ${where}. If it changes neither weights nor cache, take it out and paste the rest; or type the numbers.`);
  }
}

/**
 * What stands under a key, or with a dot under a key of a key.
 * @type {(raw: Raw, key: string) => any}
 */
function keyInside(raw, key) {
  const [outer, ...rest] = key.split("."), value = has(raw, outer) ? raw[outer] : undefined;
  if (!rest.length) return value;
  if (value !== null && value !== undefined && !isSet(value)) refuse(`${outer} is not a set of keys and values.`);
  return value && has(value, rest.join(".")) ? value[rest.join(".")] : undefined;
}

/**
 * The numbers that names in the formulas of one family stand for, as `_Reader` of models/reader.py has them.
 * @param {Raw} raw
 * @param {string} kind
 * @param {Family} family
 */
function readingOf(raw, kind, family) {
  const { limits, none } = CONFIG_TABLE;
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @type {Map<string, number[]>} */
  const each = new Map();
  /** @type {Map<string, number>} */
  let terms = new Map();
  let layer = 0;

  /** @type {(tree: Tree) => number} */
  const evaluate = (tree) => (Array.isArray(tree) ? APPLY[tree[0]](evaluate(tree[1]), evaluate(tree[2]))
    : typeof tree === "string" ? named(tree) : tree);
  /** @type {(rule: Rule) => number} */
  const number = (rule) => {
    if (typeof rule === "object") {
      const parts = number(rule.one_in);
      return parts < 2 ? parts : 1 / parts;
    }
    return typeof rule === "string" ? evaluate(parsed(rule)) : Math.trunc(Number(rule));
  };
  /** @type {(name: string) => number} */
  const named = (name) => {
    if (name === "layer") return layer;
    if (!has(family.terms, name)) return key(name);
    const before = terms.get(name);
    if (before !== undefined) return before;
    const rule = family.terms[name];
    const found = typeof rule === "object" && !("one_in" in rule) ? listed(rule) : Math.trunc(number(/** @type {Rule} */ (rule)));
    terms.set(name, found);
    return found;
  };
  /** @type {(rule: Listed) => number} */
  const listed = (rule) => {
    const name = rule.list ?? rule.at ?? "", entries = given(name);
    if (entries === undefined || (rule.list && !entries.length)) {
      return rule.else === undefined ? refuse(`${name} is missing in a ${kind}.`) : Math.trunc(number(rule.else));
    }
    const layers = key("num_hidden_layers");
    if (rule.at) {
      const first = rule.first ?? 0;
      const wrong = entries.find((/** @type {any} */ one) => typeof one === "string" || one < first || one >= first + layers);
      if (wrong !== undefined) refuse(`${name}: ${shortly(wrong)} is no layer of ${first} to ${first + layers - 1}.`);
      return Number(entries.includes(first + layer));
    }
    if (!(rule.longer && entries.length > layers)) ofEachLayer(name, entries);
    const entry = entries[layer];
    if (rule.known && ![...rule.is, ...rule.known].includes(entry)) {
      refuse(`${name}: ${shortly(entry)} is not understood in a ${kind}; known: ${[...rule.is, ...rule.known].join(", ")}.`);
    }
    return Number(rule.is.includes(entry));
  };
  /** @type {(name: string) => any} */
  const given = (name) => {
    const spec = family.keys[name];
    /** @type {[string, any][]} */
    const said = [name, ...(spec.also ?? [])].map((one) => /** @type {[string, any]} */ ([one, keyInside(raw, one)]))
      .filter(([, value]) => value !== null && value !== undefined);
    for (const pair of said) {
      const [one, value] = pair;
      if (spec.list || (Array.isArray(value) && spec.each)) pair[1] = entriesOf(one, value);
      else if (typeof value === "object") return value;
    }
    for (const [one, value] of said) {
      if (JSON.stringify(value) !== JSON.stringify(said[0][1])) refuse(`${one}=${shortly(value)} contradicts ${said[0][0]}=${shortly(said[0][1])}.`);
    }
    return said[0]?.[1];
  };
  /** @type {(name: string, entries: any[]) => any[]} */
  const ofEachLayer = (name, entries) => {
    const layers = key("num_hidden_layers");
    return entries.length === layers ? entries : refuse(`${name} has ${entries.length} entries for ${layers} layers.`);
  };
  /** @type {(name: string, value: any) => any[]} */
  const entriesOf = (name, value) => {
    if (!(Array.isArray(value) || typeof value === "string") || value.length > limits.layers) {
      refuse(`${name}=${shortly(value)} is not a list of at most ${limits.layers} layers.`);
    }
    const entries = [...value], wrong = entries.find((one) => typeof one !== "string" && !whole(one, -limits.number, limits.number));
    return wrong === undefined && !entries.includes(undefined) ? entries
      : refuse(`${name}: ${shortly(wrong)} is neither a word nor a whole number.`);
  };
  /** @type {(name: string) => number} */
  const key = (name) => {
    if (!known.has(name)) {
      const spec = family.keys[name];
      let said = given(name);
      if (Array.isArray(said) && spec.each) {
        each.set(name, ofEachLayer(name, said).map((one) => value(name, spec, one)));
        said = said[0];
      }
      known.set(name, value(name, spec, said));
    }
    return each.get(name)?.[layer] ?? /** @type {number} */ (known.get(name));
  };
  /** @type {(name: string, spec: Spec, said: any) => number} */
  const value = (name, spec, said) => {
    let found;
    if (spec.list) {
      found = said?.length ?? 0;
      const wrong = found && spec.every ? ofEachLayer(name, said).find((one) => one !== spec.every) : undefined;
      if (wrong !== undefined) refuse(`${name}: ${shortly(wrong)} is not understood in a ${kind}, only ${spec.every}.`);
    } else if (said === undefined) {
      if (name === "head_dim") splitHeads(spec);
      const there = [name, ...(spec.also ?? [])].some((one) => has(raw, one));
      return Math.trunc(number(there && spec.null !== undefined ? spec.null : spec.default ?? 0));
    } else if (typeof said === "string" && spec.words) {
      found = has(spec.words, said) ? number(spec.words[said])
        : refuse(`${name}=${shortly(said)} is not known; known: ${Object.keys(spec.words).join(", ")}.`);
    } else found = checked(name, spec, said);
    if (spec.only !== undefined && found !== number(spec.only)) {
      refuse(`${name}=${shortly(said)} is not understood in a ${kind}, only ${spec.only}.`);
    }
    return found;
  };
  /** @type {(spec: Spec) => void} */
  const splitHeads = (spec) => {
    const rule = "hidden_size // num_attention_heads";
    if ((spec.default === rule || spec.null === rule) && key("num_attention_heads")
        && key("hidden_size") % key("num_attention_heads")) {
      refuse("head_dim is missing, and num_attention_heads does not divide hidden_size.");
    }
  };
  /** @type {(name: string, spec: Spec, said: any) => number} */
  const checked = (name, spec, said) => {
    if (typeof spec.default === "boolean" || spec.truth !== undefined) {
      return typeof said === "boolean" ? Number(said) : refuse(`${name}=${shortly(said)} is neither true nor false.`);
    }
    const never = !none.keys.includes(name) && (family.required.includes(name) || number(spec.default ?? 0) !== 0);
    const least = spec.least ?? Number(never);
    return whole(said, least, limits.number) ? said
      : refuse(`${name}=${shortly(said)} is not a whole number of ${least} to ${limits.number}.`);
  };

  for (const name of family.required) if (given(name) === undefined) refuse(`${name} is missing in a ${kind}.`);
  for (const name of Object.keys(family.keys)) key(name);
  const layers = key("num_hidden_layers");
  if (!whole(layers, 1, limits.layers)) refuse(`num_hidden_layers=${layers} is outside 1 to ${limits.layers}.`);
  for (const rule of family.refuse) if (number(rule.when)) refuse(`${rule.say}.`);
  /** @type {Map<string, Record<string, number>>} */
  const rows = new Map();
  /** @type {Record<string, number>} */
  let row = {};
  for (layer = 0; layer < layers; layer++) {
    terms = new Map();
    row = Object.fromEntries(CONFIG_TABLE.each.map(([name, otherwise]) =>
      [name, has(family.row, name) ? number(family.row[name]) : otherwise]));
    const same = JSON.stringify(row), before = rows.get(same) ?? { ...row, layers: 0 };
    before.layers++;
    rows.set(same, before);
  }
  layer = layers - 1;
  const model = Object.fromEntries(Object.entries(family.model).map(([name, rule]) => [name, number(rule)]));
  const groups = [...rows.values()];
  for (const [name, spec] of Object.entries(family.keys)) {
    if (spec.every && given(name) && groups.some((row) => row.window_tok)) {
      refuse(`${name} says ${spec.every} of every layer, but a ${kind} with these keys has a sliding window. Give sliding_window as null where there is none.`);
    }
  }
  const further = Object.values(family.mtp).map(number).reduce((sum, more) => sum + more, 0);
  if (further > limits.layers) refuse("there are too many layers that predict further tokens.");
  // as `_Reader.mtp`: like the last layer, with a matrix that joins two inputs, and three norms
  const mtp = { ...row, layers: further, matrix_params: row.matrix_params + 2 * model.hidden ** 2,
    vector_params: row.vector_params + 3 * model.hidden };
  return { model, groups, mtp };
}

/**
 * Refuse a row that cannot be, as `LayerGroup` does.
 * @param {Record<string, number>} row
 */
function checkRow(row) {
  const { needs, needs_all, flags } = CONFIG_TABLE;
  for (const [name, value] of Object.entries(row)) {
    if (name === "kept_share" ? !(value >= 0 && value <= 1) : !whole(value, 0, LARGEST)) refuse(`${name}=${value} cannot be.`);
  }
  for (const [name, partners] of Object.entries(needs)) {
    if (row[name] && !partners.some((one) => row[one])) refuse(`${name}=${row[name]} describes nothing without ${partners.join(" or ")}.`);
  }
  for (const [name, partners] of Object.entries(needs_all)) {
    const lacking = row[name] && partners.find((one) => !row[one]);
    if (lacking) refuse(`${name}=${row[name]} needs ${lacking}.`);
  }
  const { kv_heads: kv, kv_lora: latent, q_heads: heads, experts } = row;
  /** @type {[string, unknown][]} */
  const refusals = [
    ["a flag is neither 0 nor 1", flags.some((name) => row[name] > 1)],
    [`kv_heads=${kv} and kv_lora=${latent} exclude each other: a latent stands for all heads`, kv && latent],
    [`out_groups=${row.out_groups} does not divide q_heads=${heads}`, row.out_groups && heads % row.out_groups],
    [`router_width=${row.router_width} is less than experts=${experts}`, row.router_width < experts],
    [`kv_heads=${kv} does not divide q_heads=${heads}`, kv && heads % kv],
    [`rope_dim=${row.rope_dim} exceeds qk_dim=${row.qk_dim}`, row.rope_dim > row.qk_dim],
    [`window_tok=${row.window_tok} adds nothing to kept_share=1`, row.window_tok && row.kept_share === 1],
    ["attention without a cache", heads && !row.kept_share && !row.window_tok],
    [`ffn_matrices=${row.ffn_matrices} is neither 2 nor 3`, ![2, 3].includes(row.ffn_matrices)],
    [`experts_active=${row.experts_active} is outside 1 to ${experts}`, experts && !whole(row.experts_active, 1, experts)],
  ];
  const wrong = refusals.find(([, found]) => found);
  if (wrong) refuse(`${wrong[0]}.`);
}

/**
 * A model's numbers in a row, as models/rows.py lays them out.
 * @param {Record<string, number>} alone
 * @param {Record<string, number>[]} groups
 */
const rowOf = (alone, groups) => [...CONFIG_TABLE.alone.map((name) => alone[name] ?? 0),
  ...CONFIG_TABLE.each.flatMap(([name, otherwise]) =>
    Array.from({ length: CONFIG_TABLE.kinds }, (_, k) => (groups[k] ? groups[k][name] : otherwise)))];

/**
 * Run a program of a model's row of numbers.
 * @param {OfRow} small
 * @param {number[]} numbers
 * @returns {number[]} its results
 */
export function runRow({ program, at }, numbers) {
  const { values, evaluate } = load(program);
  values[program.own?.row[0] ?? 0].set(numbers);
  evaluate({ row: 0 });
  return at.map((place) => values[place][0]);
}

/**
 * Refuse a key that stands twice in one object: which of the two holds is a matter of the reader.
 * @param {string} words JSON that parses
 */
function refuseTwice(words) {
  /** @type {Set<string>[]} */
  const open = [];
  for (const [token, text, colon] of words.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon) {
      const key = JSON.parse(text), keys = open[open.length - 1];
      if (keys.has(key)) refuse(`the key ${shortly(key)} stands there twice.`);
      keys.add(key);
    }
  }
}

/**
 * Read a config.json.
 * @param {string} words
 * @param {{needs?: string, words?: string}} told the field of a layer that the figure cannot do without, and what to say
 * @returns {{text: string, numbers: number[], said: string}} the keys that matter, the numbers of a figure's program as
 *   models/rows.py lays them out, and what it was read as
 */
export function readBrought(words, told = {}) {
  const tab = CONFIG_TABLE;
  if (words.length > LONGEST) refuse("a config.json is much shorter than this.");
  let file;
  try {
    // Python writes Infinity and NaN, which JSON lacks; as words no number is taken from them.
    file = JSON.parse(words.replace(/^\ufeff/, "").replace(/("(?:[^"\\]|\\.)*")|-?\b(?:Infinity|NaN)\b/g,
      (all, quoted) => quoted ?? `"${all}"`));
  } catch {
    refuse("This is no JSON. Paste the whole config.json of a model, from its first brace to its last.");
  }
  refuseTwice(words);
  if (!isSet(file)) refuse("This is no config.json: it holds no keys and values.");
  const raw = decoderOf(file), kind = raw.model_type;
  if (typeof kind !== "string") refuse("model_type is missing: a config.json says there what it is, such as “llama”.");
  if (!has(tab.types, kind)) {
    refuse(`model_type ${shortly(kind)} is not known here. Known: ${Object.keys(tab.types).join(", ")}. Type the numbers of its card instead.`);
  }
  const family = tab.families[tab.types[kind]];
  const own = new Set([...Object.keys(family.keys), ...Object.values(family.keys).flatMap((spec) => spec.also ?? [])]);
  const known = new Set([...tab.labels, ...tab.ignored.keys, ...tab.ignored.parts, ...family.ignored, ...own]);
  const opened = new Set([...known].filter((key) => key.includes(".")).map((key) => key.split(".")[0]));
  const said = Object.keys(raw).filter((key) => speaks(raw[key]));
  refuseKeys([...said, ...said.filter((key) => opened.has(key) && isSet(raw[key]))
    .flatMap((key) => Object.keys(raw[key]).map((name) => `${key}.${name}`))]
    .filter((key) => !known.has(key) && !opened.has(key)), `in a ${kind}`);
  const { model, groups, mtp } = readingOf(raw, kind, family);
  groups.forEach(checkRow);
  for (const name of ["window_tok", "attend_tok", "experts", "experts_active"]) {
    if (new Set(groups.map((row) => row[name]).filter(Boolean)).size > 1) refuse(`${name} differs between layers, which no figure here can show.`);
  }
  if (new Set(groups.filter((row) => row.attend_tok).map((row) => row.kept_share)).size > 1) {
    refuse("kept_share differs between the layers that have attend_tok.");
  }
  if (groups.length > tab.kinds) refuse(`It has ${groups.length} kinds of layers; a figure here holds ${tab.kinds}.`);
  const context = tab.max_context.keys.find((key) => raw[key] !== null && raw[key] !== undefined);
  if (context && !whole(raw[context], 1, tab.limits.context)) {
    refuse(`${context}=${shortly(raw[context])} is not a whole number of 1 to ${tab.limits.context}.`);
  }
  const summed = Object.entries(tab.summed_norms).some(([key, values]) => values.includes(raw[key]));
  /** @type {Record<string, number>} */
  const alone = { ...model, max_context_tok: context ? raw[context] : 0, summed_norms: Number(summed) };
  for (const name of ["hidden", "vocab"]) if (!whole(alone[name], 1, LARGEST)) refuse(`${name}=${alone[name]} is not a whole number of at least 1.`);
  for (const name of tab.alone) if (!whole(alone[name] ?? 0, 0, LARGEST)) refuse(`${name}=${alone[name]} is not a whole number of at least 0.`);
  const { needs } = told;
  if (needs && !groups.some((row) => row[needs])) refuse(String(told.words));
  const numbers = rowOf(alone, groups), apart = mtp.layers ? rowOf({ hidden: alone.hidden }, [mtp]) : [];
  const [counted, more] = [numbers, apart].map((row) => (row.length ? runRow(tab.count, row)[0] : 0));
  if (counted + more > tab.limits.parameters) {
    refuse(`${(counted + more).toPrecision(3)} parameters are more than ${tab.limits.parameters.toLocaleString("en")}.`);
  }
  const wanted = new Set(["model_type", "max_context_tok", ...tab.max_context.keys, ...Object.keys(tab.summed_norms),
    ...[...own].map((key) => key.split(".")[0])]);
  const short = Object.fromEntries(Object.entries(raw).filter(([key, value]) => wanted.has(key)
    && (value !== null || has(family.keys, key))).map(([key, value]) => [key, !opened.has(key) || !isSet(value) ? value
    : Object.fromEntries(Object.entries(value).filter(([name]) => own.has(`${key}.${name}`)))]));
  const layers = groups.reduce((sum, row) => sum + row.layers, 0);
  const what = groups.length > 1 ? `${layers} layers of ${groups.length} kinds` : `${layers} layers`;
  return { text: JSON.stringify(short), numbers,
    said: `Read as ${kind === "by_hand" ? "numbers typed by hand" : kind}: ${what}, ${alone.hidden} wide.` };
}
