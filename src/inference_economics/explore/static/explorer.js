// The page's side of an explorer: controls in, program, moved paths and readouts out. Everything that does not move
// (axes, ticks, grid) was drawn by matplotlib and is left alone.

const NUMERAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

// --- controls ---------------------------------------------------------------------------------------------------

/** The values a slider stops at: whole numbers or short ones, its ends, and the default. */
function stopsOf(c) {
  if (c.stops) return c.stops;
  const steps = c.whole && c.scale === "linear" ? Math.min(c.high - c.low, 400) : 240;
  const ratio = (c.high / c.low) ** (1 / steps), step = (c.high - c.low) / steps;
  const stops = new Set([c.low, c.high, c.default]);
  for (let k = 1; k < steps; k++) {
    const log = c.scale === "log", raw = log ? c.low * ratio ** k : c.low + step * k;
    // Three digits, or as many as tell a stop from the next on a short track.
    const digits = Math.ceil(Math.log10(Math.abs(raw) / (log ? raw * (ratio - 1) : step)) + 0.5);
    const value = c.whole ? Math.floor(raw + 0.5) : Number(raw.toPrecision(Math.min(Math.max(digits, 3), 17)));
    if (value > c.low && value < c.high) stops.add(value);
  }
  return [...stops].sort((a, b) => a - b);
}

const nearest = (list, value) => {
  let best = 0;
  for (let k = 1; k < list.length; k++) if (Math.abs(list[k] - value) < Math.abs(list[best] - value)) best = k;
  return best;
};

/** The nearest value that a control can hold; what it cannot read gives the default. As Slider.snap and Choice.snap. */
function snap(c, given) {
  if (c.kind === "choice") return c.keys.includes(given) ? given : c.default;
  const value = typeof given === "number" ? given : typeof given === "string" && NUMERAL.test(given) ? Number(given) : NaN;
  if (Number.isNaN(value)) return c.default;
  const clamped = Math.min(Math.max(value, c.low), c.high) + 0;
  if (c.stops) return c.stops[nearest(c.stops, clamped)];
  return c.whole ? Math.floor(clamped + 0.5) : clamped;
}

/** The number that a program is given for a control's value. */
const encode = (c, value) => (c.kind === "choice" ? c.keys : c.stops)?.indexOf(value) ?? value;

const show = (c, value) => (c.kind === "choice" ? c.titles[c.keys.indexOf(value)] : text(value, c.unit));

// --- plot -------------------------------------------------------------------------------------------------------

// Far away is as good as infinitely far: SVG holds single precision.
const round = (v) => Math.round(Math.min(Math.max(v, -1e6), 1e6) * 100) / 100;

/** Data to SVG units along one axis. */
function scaleOf(axis, start, length) {
  const f = axis.scale === "log" ? Math.log10 : (v) => v;
  const [low, high] = axis.limits.map(f), factor = length / (high - low);
  const [least, most] = [Math.min(...axis.limits), Math.max(...axis.limits)];
  const at = (v) => start + (f(v) - low) * factor;
  at.inverse = (p) => { const v = low + (p - start) / factor; return axis.scale === "log" ? 10 ** v : v; };
  at.clamped = (v) => at(Math.min(Math.max(v, least), most));
  at.inside = (v) => v >= least && v <= most;
  return at;
}

function linePath(px, py, xs, ys) {
  const n = Math.max(xs.length, ys.length), sx = xs.length > 1 ? 1 : 0, sy = ys.length > 1 ? 1 : 0;
  let d = "", pen = "M";
  for (let k = 0; k < n; k++) {
    const x = px(xs[k * sx]), y = py(ys[k * sy]);
    if (Number.isFinite(x) && Number.isFinite(y)) {
      d += `${pen}${round(x)} ${round(y)}`;
      pen = "L";
    } else pen = "M";
  }
  return d;
}

function bandPath(px, py, xs, low, high) {
  const there = [], back = [], at = (v, k) => v[v.length > 1 ? k : 0];
  for (let k = 0; k < xs.length; k++) {
    const x = px(xs[k]), a = py.clamped(at(low, k)), b = py.clamped(at(high, k));
    if (!Number.isFinite(x + a + b)) continue;
    there.push(`${round(x)} ${round(a)}`);
    back.push(`${round(x)} ${round(b)}`);
  }
  return there.length ? `M${there.concat(back.reverse()).join("L")}Z` : "";
}

function circles(px, py, xs, ys) {
  const r = 3.4;
  let d = "";
  for (let k = 0; k < Math.max(xs.length, ys.length); k++) {
    const x = px(xs[xs.length > 1 ? k : 0]), y = py(ys[ys.length > 1 ? k : 0]);
    if (Number.isFinite(x + y)) d += `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  }
  return d;
}

/** Put words at a place, or hide them. */
function write(m, v, seen, x, y) {
  m.words.setAttribute("visibility", seen ? "visible" : "hidden");
  m.words.textContent = wordsOf(m, v);
  if (!seen) return;
  m.words.setAttribute("x", round(x));
  m.words.setAttribute("y", round(y));
}

/** Draws each mark from its current values. `values` are the program's; a mark's fields are places among them. */
const DRAW = {
  line: (m, v, plot) => m.path.setAttribute("d", linePath(plot.px, plot.py, v[m.x], v[m.y])),
  band: (m, v, plot) => m.path.setAttribute("d", bandPath(plot.px, plot.py, v[m.x], v[m.low], v[m.high])),
  point: (m, v, plot) => m.path.setAttribute("d", circles(plot.px, plot.py, v[m.x], v[m.y])),
  bars(m, v, { px, py, axes }) {
    const flat = Boolean(axes.y.categories), along = flat ? px : py, across = flat ? py : px;
    m.bars.forEach((bar, k) => {
      const a = round(along.clamped(v[m.base][v[m.base].length > 1 ? k : 0])), b = round(along.clamped(v[m.value][k]));
      const p = round(across(k - m.width / 2)), q = round(across(k + m.width / 2));
      const d = flat ? `M${a} ${p}H${b}V${q}H${a}Z` : `M${p} ${a}V${b}H${q}V${a}Z`;
      bar.setAttribute("d", Number.isFinite(a + b) ? d : "");
    });
  },
  rule(m, v, { px, py, frame: [left, top, width, height] }) {
    const upright = m.x !== undefined, at = (upright ? px : py)(v[upright ? m.x : m.y][0]);
    const seen = (upright ? px : py).inside(v[upright ? m.x : m.y][0]);
    const p = round(at);
    m.path.setAttribute("d", !seen ? "" : upright ? `M${p} ${top}V${round(top + height)}` : `M${left} ${p}H${round(left + width)}`);
    write(m, v, seen, upright ? at + 3 : left + width - 2, upright ? top + 9 : at - 3);
  },
  label(m, v, { px, py }) {
    const x = px(v[m.x][0]), y = py(v[m.y][0]), seen = px.inside(v[m.x][0]) && py.inside(v[m.y][0]);
    write(m, v, seen, x, y);
  },
};

/** Words that are fixed, or chosen by a control. */
const chosen = (words, v) => (typeof words === "string" ? words : words.texts[v[words.at][0]]);

/** A label's words, with a number after them. */
function wordsOf(m, v) {
  const words = chosen(m.label, v);
  return m.value === undefined ? words : `${words} ${text(v[m.value][0], m.unit)}`.trim();
}

/** The numbers at one place of the plot, in words; and where that place is. */
function readAt(plot, v, place) {
  const { axes, marks } = plot;
  const bars = marks.filter((m) => m.kind === "bars");
  if (bars.length) {
    const flat = Boolean(axes.y.categories), names = (flat ? axes.y : axes.x).categories;
    const k = Math.min(place, names.length - 1);
    const of = (m) => v[m.value][k] - v[m.base][v[m.base].length > 1 ? k : 0];
    const parts = bars.map((m) => `${m.label}: ${text(of(m), (flat ? axes.x : axes.y).unit)}`);
    return { words: `${names[k]} — ${parts.join(" · ")}`, at: null };
  }
  const lead = marks.find((m) => m.kind === "line") ?? marks.find((m) => m.kind === "band" || m.kind === "point");
  if (!lead) return null;
  const xs = v[lead.x], x = xs[Math.min(place, xs.length - 1)];
  const parts = [];
  for (const m of marks) {
    if (!["line", "band", "point"].includes(m.kind)) continue;
    const k = v[m.x].length > 1 ? nearest(v[m.x], x) : 0, of = (field) => text(v[field][v[field].length > 1 ? k : 0], axes.y.unit);
    if (m.kind === "band") parts.push(`${m.label}: ${of(m.low)} to ${of(m.high)}`);
    else if (m.kind === "line") parts.push(`${m.label}: ${of(m.y)}`);
    else if (v[m.x].length === 1) parts.push(`${m.label}: ${text(v[m.x][0], axes.x.unit)}, ${of(m.y)}`);
  }
  return { words: `${axes.x.label} ${text(x, axes.x.unit)} — ${parts.join(" · ")}`, at: plot.px(x) };
}

// --- downloads --------------------------------------------------------------------------------------------------

const quote = (cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

function csvOf(spec, v, settings) {
  const rows = [["title", spec.title]];
  for (const c of spec.controls) rows.push([c.label, settings[c.name], c.unit ?? ""]);
  for (const r of spec.readouts) rows.push([r.label, v[r.value][0], r.unit]);
  for (const s of spec.states) rows.push([chosen(v[s.ok][0] === 0 ? s.fails : s.holds, v)]);
  const named = (axis, label) => `${label}${axis.unit ? ` [${axis.unit}]` : ""}`;
  const { x, y } = spec.axes, byX = new Map();
  for (const m of spec.marks) {
    if (m.kind === "bars") {
      const [names, axis] = y.categories ? [y.categories, x] : [x.categories, y];
      rows.push([], ["", named(axis, `${m.label} from`), named(axis, `${m.label} to`)]);
      names.forEach((name, k) => rows.push([name, v[m.base][v[m.base].length > 1 ? k : 0], v[m.value][k]]));
    } else if (m.x !== undefined && ["line", "band", "point"].includes(m.kind)) {
      if (!byX.has(m.x)) byX.set(m.x, []);
      const fields = m.kind === "band" ? [["low", " low"], ["high", " high"]] : [["y", ""]];
      for (const [field, suffix] of fields) byX.get(m.x).push([named(y, m.label + suffix), v[m[field]]]);
    }
  }
  for (const [at, columns] of byX) {
    rows.push([], [named(x, x.label), ...columns.map(([name]) => name)]);
    v[at].forEach((value, k) => rows.push([value, ...columns.map(([, list]) => list[list.length > 1 ? k : 0])]));
  }
  return rows.map((row) => row.map(quote).join(",")).join("\n") + "\n";
}

/** Words in lines of at most so many letters. */
const wrap = (words, most) => words.match(new RegExp(`.{1,${most}}(?=\\s|$)|\\S+`, "gu")).map((line) => line.trim());

/** A copy of an SVG element with the theme's colours and fonts written in. */
function resolved(drawn) {
  const copy = drawn.cloneNode(true), dead = copy.querySelectorAll("*");
  drawn.querySelectorAll("*").forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const property of ["fill", "stroke", "font-size", "font-family"]) {
      if (property.startsWith("font") && element.tagName !== "text") continue;
      if (element.hasAttribute(property) || property === "font-family") dead[k].setAttribute(property, style.getPropertyValue(property));
    }
    dead[k].removeAttribute("class");
  });
  return copy;
}

/** The figure as a file of its own: colours resolved, title, legend and settings written in. */
function svgOf(root, spec, settings) {
  const drawn = root.querySelector(".ex-plot svg"), copy = resolved(drawn);
  const page = getComputedStyle(root), [, , width, height] = drawn.getAttribute("viewBox").split(" ").map(Number);
  const lines = [...wrap(spec.title, 68).map((words) => [words, 11, 600]),
    ...[...root.querySelectorAll(".ex-legend li")].map((entry) => [entry.textContent, 8, 400, entry.querySelector("svg")])];
  const summary = spec.controls.map((c) => `${c.label}: ${show(c, settings[c.name])}`).join(" · ");
  lines.push(...wrap(summary, 110).map((words) => [words, 7, 400]));
  let y = 16;
  const head = document.createElementNS("http://www.w3.org/2000/svg", "g");
  const add = (parent, tag, attributes, words) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (words) element.textContent = words;
    parent.append(element);
  };
  for (const [words, size, weight, swatch] of lines) {
    if (swatch) {
      const small = resolved(swatch);
      for (const [name, value] of Object.entries({ x: 16, y: y - 7, width: 20, height: 7.7 })) small.setAttribute(name, value);
      head.append(small);
    }
    add(head, "text", { x: swatch ? 42 : 16, y, "font-size": size, "font-weight": weight,
      "font-family": page.fontFamily, fill: page.color }, words);
    y += size * 1.5;
  }
  copy.setAttribute("viewBox", `0 ${-y} ${width} ${height + y}`);
  copy.setAttribute("width", width * 2);
  copy.setAttribute("height", (height + y) * 2);
  head.setAttribute("transform", `translate(0 ${-y})`);
  copy.prepend(head);
  const ground = { x: 0, y: -y, width, height: height + y, fill: page.getPropertyValue("--ex-ground").trim() || "#fff" };
  add(copy, "rect", ground);
  copy.prepend(copy.lastChild);
  return new XMLSerializer().serializeToString(copy);
}

function save(name, parts, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function savePng(name, svg) {
  const image = new Image(), source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(source);
    canvas.toBlob((blob) => save(name, [blob], "image/png"));
  };
  image.src = source;
}

// --- one explorer -----------------------------------------------------------------------------------------------

/**
 * Bring one explorer to life.
 * @param {HTMLElement} root the `<figure class="explorer">`
 */
function start(root) {
  const spec = JSON.parse(root.querySelector("script.ex-spec").textContent);
  const program = load(spec.program);
  const v = program.values;
  const find = (key) => root.querySelector(`[data-key="${key}"]`);
  const [left, top, width, height] = spec.frame;
  const plot = {
    axes: spec.axes, frame: spec.frame, px: scaleOf(spec.axes.x, left, width),
    py: scaleOf(spec.axes.y, top + height, -height),
    marks: spec.marks.map((m, k) => ({ ...m, path: find(`m${k}`), words: find(`m${k}-t`),
      bars: [...root.querySelectorAll(`[data-key^="m${k}-"]`)] })),
  };
  const readouts = spec.readouts.map((r, k) => ({ ...r, element: find(`r${k}`) }));
  const states = spec.states.map((s, k) => ({ ...s, element: find(`s${k}`) }));
  const cursor = { line: root.querySelector(".ex-cursor-line"), words: root.querySelector(".ex-cursor"), place: -1 };
  const hint = cursor.words.textContent, summary = root.querySelector(".ex-settings");
  const spoken = root.querySelector(".ex-spoken");

  /** @type {Record<string, number|string>} */
  const settings = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));
  const inputs = spec.controls.map((c) => {
    const element = root.querySelector(`[data-parameter="${c.name}"]`);
    const stops = c.kind === "slider" ? stopsOf(c) : [];
    if (c.kind === "slider") Object.assign(element, { min: 0, max: stops.length - 1, step: 1 });
    return { c, element, stops, shown: root.querySelector(`[data-value-of="${c.name}"]`) };
  });

  const numbers = () => Object.fromEntries(spec.controls.map((c) => [c.name, encode(c, settings[c.name])]));
  const touched = (fields, changed) => fields.some((f) => typeof f === "number" && program.depends[f] & changed);

  let speaking = 0;
  function speak() {
    const numbers = readouts.map((r) => `${r.label}: ${r.element.textContent}`);
    spoken.textContent = [...numbers, ...states.map((s) => s.element.textContent)].join(". ");
  }

  /** Redraw what depends on the changed inputs. */
  function update() {
    const changed = program.evaluate(numbers());
    for (const m of plot.marks) {
      if (touched([m.x, m.y, m.low, m.high, m.value, m.base, m.label?.at], changed)) DRAW[m.kind](m, v, plot);
    }
    for (const r of readouts) if (touched([r.value], changed)) r.element.textContent = text(v[r.value][0], r.unit);
    for (const s of states) {
      const ok = v[s.ok][0] !== 0, words = chosen(ok ? s.holds : s.fails, v);
      s.element.dataset.ok = String(Number(ok));
      if (s.element.textContent !== words) s.element.textContent = words;
    }
    if (cursor.place >= 0) point(cursor.place);
    // Spoken once the reader has stopped moving, not at every step.
    clearTimeout(speaking);
    speaking = setTimeout(speak, 700);
  }

  /** Show the settings on the controls. */
  function reflect() {
    for (const { c, element, stops, shown } of inputs) {
      const value = settings[c.name], words = show(c, value);
      if (c.kind === "slider") {
        const place = String(nearest(stops, value));
        if (element.value !== place) element.value = place;
        element.setAttribute("aria-valuetext", words);
        shown.textContent = words;
      } else if (element.value !== value) element.value = value;
      element.dataset.value = String(value);
    }
    summary.textContent = spec.controls.map((c) => `${c.label}: ${show(c, settings[c.name])}`).join(" · ");
  }

  let waiting = false;
  function change(next) {
    Object.assign(settings, next);
    reflect();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; update(); });
  }
  const set = (given) =>
    change(Object.fromEntries(spec.controls.filter((c) => Object.hasOwn(given, c.name)).map((c) => [c.name, snap(c, given[c.name])])));
  const defaults = Object.fromEntries(spec.controls.map((c) => [c.name, c.default]));

  for (const { c, element, stops } of inputs) {
    element.addEventListener("input", () => set({ [c.name]: c.kind === "slider" ? stops[element.value] : element.value }));
  }

  // Reading values off the plot, by pointer or by keyboard.
  const surface = root.querySelector(".ex-plot"), svg = surface.querySelector("svg");
  function places() {
    const bars = plot.marks.some((m) => m.kind === "bars");
    if (bars) return (plot.axes.y.categories ?? plot.axes.x.categories).map((_, k) => (plot.axes.y.categories ? plot.py : plot.px)(k));
    const lead = plot.marks.find((m) => m.kind === "line") ?? plot.marks.find((m) => m.x !== undefined);
    return lead ? [...v[lead.x]].map(plot.px) : [];
  }
  function point(place) {
    const found = readAt(plot, v, place);
    cursor.place = found ? place : -1;
    cursor.words.textContent = found ? found.words : hint;
    cursor.line.setAttribute("d", found?.at == null ? "" : `M${round(found.at)} ${top}V${top + height}`);
  }
  function leave() {
    cursor.place = -1;
    cursor.words.textContent = hint;
    cursor.line.setAttribute("d", "");
  }
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const along = plot.axes.y.categories ? (event.clientY - box.top) * scale : (event.clientX - box.left) * scale;
    point(nearest(places(), along));
  });
  svg.addEventListener("pointerleave", leave);
  surface.addEventListener("blur", leave);
  surface.addEventListener("keydown", (event) => {
    const last = places().length - 1, leap = event.shiftKey ? 10 : 1;
    const moves = { ArrowLeft: -leap, ArrowUp: -leap, ArrowRight: leap, ArrowDown: leap, Home: -Infinity, End: Infinity };
    if (event.key === "Escape") leave();
    else if (event.key in moves && last >= 0) {
      event.preventDefault();
      // The first arrow starts in the middle.
      const to = cursor.place < 0 && Number.isFinite(moves[event.key]) ? Math.round(last / 2) : cursor.place + moves[event.key];
      point(Math.min(Math.max(to, 0), last));
    }
  });

  // Buttons.
  const file = spec.name;
  const actions = {
    reset: () => set(defaults),
    preset: (button) => set({ ...defaults, ...spec.presets[button.dataset.preset] }),
    link(button) {
      const query = new URLSearchParams(spec.controls.map((c) => [c.name, String(settings[c.name])]));
      const address = `${location.href.split("#")[0]}#${root.id}?${query}`;
      const box = root.querySelector(".ex-link");
      box.hidden = false;
      box.value = address;
      box.focus();
      box.select();
      history.replaceState(null, "", address);
      const copied = () => { button.textContent = "Link copied"; };
      // Refused on a page that was opened from disk; the address stands selected in the box.
      navigator.clipboard?.writeText(address).then(copied, () => {});
    },
    csv: () => save(`${file}.csv`, [csvOf(spec, v, settings)], "text/csv"),
    svg: () => save(`${file}.svg`, [svgOf(root, spec, settings)], "image/svg+xml"),
    png: () => savePng(`${file}.png`, svgOf(root, spec, settings)),
  };
  for (const button of root.querySelectorAll("button[data-action]")) {
    button.addEventListener("click", () => actions[button.dataset.action](button));
  }

  /** Take the settings from the address, if it names this explorer. What it does not name is at its default. */
  function fromAddress() {
    const [id, ...query] = location.hash.slice(1).split("?");
    if (id !== root.id || !query.length) return;
    set({ ...defaults, ...Object.fromEntries(new URLSearchParams(query.join("?"))) });
    root.scrollIntoView();
  }
  window.addEventListener("hashchange", fromAddress);

  program.evaluate(numbers());
  reflect();
  for (const part of root.querySelectorAll("[data-live]")) part.hidden = false;
  root.dataset.ready = "true";
  fromAddress();
}

if (typeof document === "undefined") {
  Object.assign(globalThis, { explorerRuntime: { text, load, snap, stopsOf, encode, show, wordsOf, chosen, replyTo } });
} else {
  const startAll = () => {
    for (const root of document.querySelectorAll("figure.explorer:not([data-ready])")) {
      try {
        start(root);
      } catch (error) {
        // The figure at its default still stands, so say so and go on with the others.
        console.warn(`[explorer] ${root.id} stays at its default:`, error);
      }
    }
  };
  const startPage = () => {
    startAll();
    document.querySelectorAll("section.exercise:not([data-ready])").forEach(startExercise);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startPage);
  else startPage();
}
