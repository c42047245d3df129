"use strict";
// The search of the book: chapters before appendices, and those before the names of functions; it says where, in words.
{
  /* global BOOK_INDEX */
  const { pages, entries } = BOOK_INDEX;
  const form = document.querySelector(".search-form"), field = form.querySelector("input");
  const list = document.getElementById("search-results"), summary = document.getElementById("search-summary");
  const root = document.documentElement.dataset.root;
  const SHOWN = 40, WORDS = 20;
  // What readers call what the book calls otherwise.
  const ALSO = [["moe", "mixture of experts"], ["speculative decoding", "draft"], ["speculation", "draft"],
    ["accelerator", "gpu"], ["prompt cache", "prefix cache"], ["prompt caching", "prefix cache"], ["llm", "language model"],
    ["carbon", "energy"], ["breakeven", "break-even"], ["break even", "break-even"], ["on premise", "own"], ["on prem", "own"], ["inference", "serving"]];
  const SMALL = new Set(("a an and are as at be by can do does for from how i in is it my of on or our that the their to "
    + "versus vs was we what when where which why will with you your").split(" "));
  // Both spellings of such words as utilisation are one.
  const plain = (words) => words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/iz(?=[aei])/g, "is");
  /** A word as the reader writes it, and without its plural. */
  const stem = (word) => (word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word);
  /** With a space for each hyphen, and as long as before: "break even" is found in "break-even". */
  const spaced = (words) => words.replaceAll("-", " ");
  const ready = entries.map(([page, anchor, title, text]) => ({
    page: pages[page], anchor, title, text, heading: plain(title), body: plain(text), name: plain(pages[page][1]) }))
    .map((entry) => ({ ...entry, phrases: spaced(entry.body) }));

  const count = (where, what) => {
    let found = 0;
    for (let at = where.indexOf(what); at >= 0 && found < 5; at = where.indexOf(what, at + what.length)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(where[at - 1])) found += 1;  // words that begin so
    }
    return found;
  };
  /** The words that tell something, if there are any: "what is a cache" asks for "cache". */
  const wordsOf = (phrase) => {
    const all = [...new Set(phrase.split(/[^\p{L}\p{N}.+-]+/u).filter(Boolean).map(stem))];
    const telling = all.filter((word) => !SMALL.has(word));
    return (telling.length ? telling : all).slice(0, WORDS);
  };
  /** How well an entry answers, and how many of the words it has. */
  const score = (entry, words, phrase) => {
    let sum = 0, has = 0;
    for (const word of words) {
      const here = 6 * count(entry.name, word) + 8 * count(entry.heading, word) + count(entry.body, word);
      if (here) has += 1;
      sum += here;
    }
    if (words.length > 1) sum += 12 * count(entry.heading, phrase) + 3 * count(entry.phrases, spaced(phrase)) + 8 * count(entry.name, phrase);
    if (!entry.anchor && count(entry.name, phrase)) sum += 20;
    return { sum: sum * entry.page[2], has };
  };
  /** The entries that have at least so many of a phrase's words, those with most of them first. */
  const having = (phrase, words, least) => ready.map((entry) => ({ entry, words, phrase, ...score(entry, words, phrase) }))
    .filter(({ has }) => words.length && has >= least);
  const byWorth = (a, b) => b.has / b.words.length - a.has / a.words.length || b.sum - a.sum
    || ready.indexOf(a.entry) - ready.indexOf(b.entry);
  /** The entries that have all words, as the reader writes them or as the book does. */
  const withAll = (phrase) => {
    const best = new Map();
    for (const [asked, said] of [["", ""], ...ALSO]) {
      const open = spaced(phrase);
      if (asked && !` ${open} `.includes(` ${asked} `)) continue;
      const other = asked ? open.replace(asked, said) : phrase, words = wordsOf(other);
      for (const hit of having(other, words, words.length)) {
        if (hit.sum > (best.get(hit.entry)?.sum ?? 0)) best.set(hit.entry, hit);
      }
    }
    return [...best.values()];
  };
  /** Whether two words are one letter apart: another, one more, one less, or two that changed places. */
  const near = (a, b) => {
    let k = 0;
    while (k < a.length && a[k] === b[k]) k += 1;
    const [p, q] = [a.slice(k), b.slice(k)];
    return p.slice(1) === q || q.slice(1) === p || p.slice(1) === q.slice(1)
      || (p.slice(2) === q.slice(2) && p[0] === q[1] && p[1] === q[0]);
  };
  let vocabulary = null;
  /** A phrase with the book's own words in the place of those that are nowhere in it and one letter away. */
  const corrected = (phrase) => {
    if (!vocabulary) {
      vocabulary = new Map();
      for (const { heading, body } of ready) {
        for (const word of `${heading} ${body}`.match(/\p{L}{4,31}/gu) ?? []) vocabulary.set(word, (vocabulary.get(word) ?? 0) + 1);
      }
    }
    return phrase.split(" ").slice(0, WORDS).map((word) => {
      if (word.length < 5 || word.length > 30 || ready.some(({ heading, body }) => count(heading, stem(word)) || count(body, stem(word)))) return word;
      const likely = [...vocabulary].filter(([known]) => near(word, known)).sort(([, a], [, b]) => b - a);
      return likely[0]?.[0] ?? word;
    }).join(" ");
  };
  const escaped = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const excerpt = ({ entry, words, phrase }) => {
    const pattern = words.map((word) => escaped(word).replace(/is(?=[aei])/g, "i[sz]")).join("|");
    const found = new RegExp(`(?<![\\p{L}\\p{N}])(${pattern})`, "giu");  // words that begin so
    const whole = entry.phrases.search(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(spaced(phrase))}`, "u"));
    const first = whole < 0 ? entry.body.search(found) : whole;
    const from = first < 0 ? 0 : Math.max(0, entry.text.lastIndexOf(" ", Math.max(0, first - 70)));
    const piece = entry.text.slice(from, from + 240);
    const cut = piece.length === 240 ? piece.slice(0, piece.lastIndexOf(" ")) + " …" : piece;
    const words_ = document.createElement("p");
    for (const [k, part] of ((from ? "… " : "") + cut.trim()).split(found).entries()) {
      if (k % 2) words_.append(Object.assign(document.createElement("mark"), { textContent: part }));
      else words_.append(part);
    }
    return words_;
  };
  const search = () => {
    const query = field.value.trim();
    list.replaceChildren();
    document.title = query ? `${query} · Search` : "Search";
    if (!query) { summary.textContent = ""; return; }
    const spoken = plain(query).split(/\s+/).filter((word) => !/^(vs\.?|versus)$/.test(word));
    const phrase = spoken.slice(Math.max(0, spoken.findIndex((word) => !SMALL.has(word)))).join(" "), asked = `“${query.length > 80 ? `${query.slice(0, 80)}…` : query}”`;
    let hits = withAll(phrase), said = "";
    const meant = hits.length ? phrase : corrected(phrase);
    if (!hits.length && meant !== phrase) {
      hits = withAll(meant);
      said = `Nothing in the book for ${asked}; for “${meant}” there is: `;
    }
    if (!hits.length) {
      // A question in words: those that say nothing are left out, and most of the rest will do.
      const loose = wordsOf(meant).filter((word) => !SMALL.has(word)).flatMap((word) => word.split("-").filter(Boolean))
        .map((word) => (word.length > 6 ? word.replace(/ing$/, "") : word));
      hits = loose.length > 1 ? having(meant, loose, Math.max(1, Math.ceil(loose.length / 2))) : [];
      said = "No place has all of these words; with most of them there is: ";
    }
    hits.sort(byWorth);
    // At most three places of one page, so that one page does not push the others out.
    const seen = new Map();
    const few = hits.filter(({ entry: { page } }) => {
      seen.set(page, (seen.get(page) ?? 0) + 1);
      return seen.get(page) <= 3;
    }).slice(0, SHOWN);
    summary.textContent = hits.length
      ? `${said}${hits.length} place${hits.length === 1 ? "" : "s"} on ${seen.size} page${seen.size === 1 ? "" : "s"}, chapters first.`
      : `Nothing in the book for ${asked}. Try one word of it, or its singular.`;
    for (const hit of few) {
      const { entry } = hit;
      const link = Object.assign(document.createElement("a"), {
        href: `${root}${entry.page[0]}${entry.anchor && `#${entry.anchor}`}`, textContent: entry.anchor ? entry.title : entry.page[1] });
      const item = document.createElement("li");
      if (entry.anchor) item.append(Object.assign(document.createElement("p"), { className: "search-where", textContent: entry.page[1] }));
      item.append(link, excerpt(hit));
      list.append(item);
    }
  };
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URL(location.href);
    address.search = `?q=${encodeURIComponent(field.value)}`;
    history.replaceState(null, "", address);
    search();
  });
  let timer = 0;
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
  search();
  if (!field.value) field.focus();
}
