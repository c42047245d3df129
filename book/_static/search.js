"use strict";
// The search of the book: chapters before appendices, and those before the names of functions; it says where, in words.
{
  /* global BOOK_INDEX */
  const { pages, entries } = BOOK_INDEX;
  const form = document.querySelector(".search-form"), field = form.querySelector("input");
  const list = document.getElementById("search-results"), summary = document.getElementById("search-summary");
  const root = document.documentElement.dataset.root;
  const SHOWN = 40;
  const plain = (words) => words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  /** A word as the reader writes it, and without its plural. */
  const stem = (word) => (word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word);
  const ready = entries.map(([page, anchor, title, text]) => ({
    page: pages[page], anchor, title, text, heading: plain(title), body: plain(text), name: plain(pages[page][1]) }));

  const count = (where, what) => {
    let found = 0;
    for (let at = where.indexOf(what); at >= 0 && found < 5; at = where.indexOf(what, at + what.length)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(where[at - 1])) found += 1;  // words that begin so
    }
    return found;
  };
  const score = (entry, words, phrase) => {
    let sum = 0;
    for (const word of words) {
      const here = 6 * count(entry.name, word) + 8 * count(entry.heading, word) + count(entry.body, word);
      if (!here) return 0;
      sum += here;
    }
    if (words.length > 1) sum += 12 * count(entry.heading, phrase) + 3 * count(entry.body, phrase) + 8 * count(entry.name, phrase);
    if (!entry.anchor && count(entry.name, phrase)) sum += 20;
    return sum * entry.page[2];
  };
  const excerpt = (entry, words) => {
    const first = Math.min(...words.map((word) => entry.body.indexOf(word)).filter((at) => at >= 0), Infinity);
    const from = first === Infinity ? 0 : Math.max(0, entry.text.lastIndexOf(" ", Math.max(0, first - 70)));
    const piece = entry.text.slice(from, from + 240);
    const cut = piece.length === 240 ? piece.slice(0, piece.lastIndexOf(" ")) + " …" : piece;
    const words_ = document.createElement("p");
    const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "iu");
    for (const [k, part] of ((from ? "… " : "") + cut.trim()).split(new RegExp(pattern, "giu")).entries()) {
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
    const words = [...new Set(plain(query).split(/[^\p{L}\p{N}.+-]+/u).filter(Boolean).map(stem))];
    const phrase = plain(query);
    const hits = words.length ? ready.map((entry) => [score(entry, words, phrase), entry]).filter(([sum]) => sum > 0) : [];
    hits.sort(([a, one], [b, other]) => b - a || ready.indexOf(one) - ready.indexOf(other));
    // At most three places of one page, so that one page does not push the others out.
    const seen = new Map();
    const few = hits.filter(([, { page }]) => {
      seen.set(page, (seen.get(page) ?? 0) + 1);
      return seen.get(page) <= 3;
    }).slice(0, SHOWN);
    summary.textContent = hits.length
      ? `${hits.length} place${hits.length === 1 ? "" : "s"} on ${seen.size} page${seen.size === 1 ? "" : "s"}, chapters first.`
      : `Nothing in the book for “${query}”. Try one word of it, or its singular.`;
    for (const [, entry] of few) {
      const link = Object.assign(document.createElement("a"), {
        href: `${root}${entry.page[0]}${entry.anchor && `#${entry.anchor}`}`, textContent: entry.anchor ? entry.title : entry.page[1] });
      const item = document.createElement("li");
      if (entry.anchor) item.append(Object.assign(document.createElement("p"), { className: "search-where", textContent: entry.page[1] }));
      item.append(link, excerpt(entry, words));
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
