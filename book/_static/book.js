"use strict";
// What every page does besides its figures: colours, the way through the book, notes, copying, the reader's place.
{
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  /** Make an element. */
  const make = (name, fields = {}, ...children) => {
    const made = Object.assign(document.createElement(name), fields);
    made.append(...children);
    return made;
  };
  // A reader may forbid keeping anything; nothing that is kept leaves the device.
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* then not */ } };
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

  // --- colours -------------------------------------------------------------------------------------------------------
  const NEXT = { auto: "light", light: "dark", dark: "auto" };
  const SAID = { auto: "as the system has them", light: "light", dark: "dark" };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = () => {
    const mode = kept("mode") in NEXT ? kept("mode") : "auto";
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
    for (const button of all(".theme-switch-button")) {
      button.hidden = false;
      button.setAttribute("aria-label", `Colours: ${SAID[mode]}`);
      button.title = `Colours: ${SAID[mode]}`;
    }
  };
  dark.addEventListener("change", colour);
  for (const button of all(".theme-switch-button")) {
    button.addEventListener("click", () => { keep("mode", NEXT[root.dataset.mode] ?? "auto"); colour(); });
  }
  colour();

  // --- the rail on a narrow screen: a panel over the page -----------------------------------------------------------
  const rail = document.getElementById("rail"), menu = document.querySelector(".menu-button");
  const narrow = matchMedia("(max-width: 61.99rem)");
  const open = (yes) => {
    root.toggleAttribute("data-rail", yes);
    menu.setAttribute("aria-expanded", String(yes));
    for (const other of all("body > main, body > footer, body > header")) other.inert = yes;
    if (yes) rail.querySelector(".rail-close").focus(); else if (narrow.matches) menu.focus();
  };
  menu.setAttribute("aria-expanded", "false");
  menu.addEventListener("click", (event) => { event.preventDefault(); open(true); });
  rail.querySelector(".rail-close").addEventListener("click", (event) => { event.preventDefault(); open(false); });
  rail.addEventListener("click", (event) => {
    if (root.hasAttribute("data-rail") && event.target.closest("a[href^='#']:not(.rail-close)")) open(false);
  });
  for (const button of [menu, rail.querySelector(".rail-close")]) {
    button.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); button.click(); } });
  }
  narrow.addEventListener("change", () => { if (root.hasAttribute("data-rail")) open(false); });
  const here = rail.querySelector("[aria-current]");
  if (here && !narrow.matches) {
    const top = here.offsetTop - rail.clientHeight / 3;
    if (here.offsetTop + here.offsetHeight > rail.clientHeight) rail.scrollTop = top;
  }

  // --- keys: / and Ctrl-K search ------------------------------------------------------------------------------------
  const box = rail.querySelector("input");
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && root.hasAttribute("data-rail")) open(false);
    if ((event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey)
      || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      const field = document.querySelector(".search-form input") ?? box;
      if (field === box && narrow.matches) open(true);
      field.focus();
      field.select();
    }
  });

  // --- where the reader is ------------------------------------------------------------------------------------------
  const links = new Map(all(".rail-sections a").map((link) => [link.hash.slice(1), link]));
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const page = location.pathname.split("/").slice(-2).join("/");
  const title = document.querySelector("h1")?.textContent.replace(/#$/, "").trim() ?? document.title;
  const before = kept(`place:${page}`);
  let last = null;
  const look = () => {
    let current = null;
    for (const section of sections) if (section.getBoundingClientRect().top < innerHeight * .35) current = section;
    if (current === last) return;
    if (last) links.get(last.id).removeAttribute("aria-current");
    last = current;
    if (!current) return;
    const link = links.get(current.id);
    link.setAttribute("aria-current", "location");
    keep(`place:${page}`, current.id);
    keep("place", JSON.stringify({ page, id: current.id, title, section: link.textContent }));
  };
  if (sections.length) {
    let waits = false;
    const soon = () => { if (!waits) { waits = true; requestAnimationFrame(() => { waits = false; look(); }); } };
    addEventListener("scroll", soon, { passive: true });
    requestAnimationFrame(() => setTimeout(look));  // once the page is laid out, for looking would lay it out now
  }
  const line = document.querySelector(".reading-minutes");
  if (line && before && links.has(before) && !location.hash && sections.indexOf(document.getElementById(before)) > 0) {
    line.append(" You were at ", make("a", { href: `#${before}`, textContent: links.get(before).textContent }), ".");
  }
  const resume = document.querySelector(".book-resume");
  if (resume && kept("place")) {
    try {
      const place = JSON.parse(kept("place"));
      if (/^[\w.-]+\/[\w.-]+\.html$/.test(place.page)) {
        const href = `${root.dataset.root}${place.page}#${encodeURIComponent(place.id)}`;
        resume.append("Where you were: ", make("a", { href, textContent: `${place.title}, ${place.section}` }));
        resume.hidden = false;
      }
    } catch { /* not written by this script */ }
  }

  // --- copying ------------------------------------------------------------------------------------------------------
  for (const block of all(".bd-article div.highlight")) {
    if (block.closest(".cell_output")) continue;
    const button = make("button", { type: "button", className: "copy", textContent: "Copy" });
    button.setAttribute("aria-label", "Copy the code");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(block.querySelector("pre").textContent.trimEnd());
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(block.querySelector("pre"));
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    block.append(button);
  }

  // --- notes: what a term means, what a citation says, where a number is from ---------------------------------------
  const told = document.getElementById("book-notes");
  const notes = told ? new Map(Object.entries(JSON.parse(told.textContent))) : new Map();
  if (notes.size) {
    const note = make("div", { className: "note", id: "book-note", hidden: true });
    note.setAttribute("role", "tooltip");
    document.querySelector("main").append(note);
    let owner = null, timer = 0;
    const hide = () => {
      clearTimeout(timer);
      note.hidden = true;
      owner?.removeAttribute("aria-describedby");
      owner = null;
    };
    // The numbers of a paragraph or a table are one stop of the Tab key; the arrow keys lead from one to the next.
    const beside = new Map();
    for (const link of all("a.sourced")) {
      const block = link.closest("p, li, table, dd, figcaption") ?? link;
      if (!beside.has(block)) beside.set(block, []);
      beside.get(block).push(link);
    }
    const group = new Map([...beside.values()].flatMap((links) => links.map((link) => [link, links])));
    const stop = (links, at) => { for (const link of links) link.tabIndex = link === at ? 0 : -1; };
    for (const links of beside.values()) {
      if (links.length > 1) stop(links, links[0]);
      for (const [k, link] of links.entries()) link.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step || !links[k + step] || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        stop(links, links[k + step]);
        links[k + step].focus();
      });
    }
    const show = (link, by) => {
      clearTimeout(timer);
      if (owner === link) return;
      hide();
      owner = link;
      note.innerHTML = notes.get(link.dataset.note);  // written by the build, from the book's own pages
      const links = group.get(link);
      if (by === "keys" && links?.length > 1) {
        note.append(make("p", { textContent: `Source ${links.indexOf(link) + 1} of ${links.length} here: arrow keys lead to the others.` }));
      }
      note.hidden = false;
      link.setAttribute("aria-describedby", note.id);
      const { left, top, bottom } = link.getClientRects()[0], { width, height } = note.getBoundingClientRect();
      const above = bottom + height + 8 > innerHeight && top > height + 8;
      const from = (note.offsetParent ?? document.body).getBoundingClientRect();
      note.style.left = `${Math.max(8, Math.min(left, root.clientWidth - width - 8)) - from.left}px`;
      note.style.top = `${(above ? top - height - 6 : bottom + 6) - from.top}px`;
    };
    const later = () => { clearTimeout(timer); timer = setTimeout(hide, 250); };
    for (const link of all("[data-note]")) {
      link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") show(link); });
      link.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") later(); });
      link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link, "keys"); });
      link.addEventListener("blur", later);
      // The first tap shows the note, a second one follows the link.
      link.addEventListener("click", (event) => {
        if (event.pointerType === "touch" && owner !== link) { event.preventDefault(); show(link); }
      });
    }
    note.addEventListener("pointerenter", () => clearTimeout(timer));
    note.addEventListener("pointerleave", later);
    addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    addEventListener("pointerdown", (event) => {
      if (owner && !note.contains(event.target) && !owner.contains(event.target)) hide();
    });
  }

  // --- found an error? ----------------------------------------------------------------------------------------------
  /** Say where the reader is and how each figure that was moved stands. */
  const state = () => {
    const lines = [`Page: ${title}`, `Address: ${location.href}`, document.querySelector(".colophon p").firstChild.data.trim()];
    for (const figure of all("figure.explorer[data-ready]")) {
      const held = all("[data-parameter]", figure).map((c) => `${c.dataset.parameter}=${c.dataset.value}`);
      const moved = figure.querySelector("[data-moved]");
      if (moved) lines.push(`${figure.querySelector(".ex-title").textContent}: ${held.join(", ")}`);
    }
    const chosen = String(getSelection()).trim().slice(0, 300);
    if (chosen) lines.push(`About: “${chosen}”`);
    return `${lines.join("\n")}\n\nWhat is wrong:\n`;
  };
  const repository = document.querySelector("meta[name='book-issues']")?.content;
  /** Show words to copy, which the reader may change before. */
  const offer = (heading, label, text, address) => {
    document.querySelector("dialog.report")?.remove();
    const words = make("textarea", { id: "report-words", rows: 9, value: text });
    const copy = make("button", { type: "button", textContent: "Copy" });
    const close = make("button", { type: "button", textContent: "Close" });
    const said = make("span");
    said.setAttribute("role", "status");
    copy.addEventListener("click", async () => {
      words.select();
      try { await navigator.clipboard.writeText(words.value); said.textContent = "Copied."; }
      catch { said.textContent = "Selected: copy it with the keyboard."; }
    });
    const actions = make("p", { className: "report-actions" }, copy, close, said);
    if (address) {
      const send = make("a", { textContent: "Open an issue with this text", rel: "noopener", target: "_blank" });
      const renew = () => { send.href = `${address}?title=${encodeURIComponent(title)}&body=${encodeURIComponent(words.value)}`; };
      words.addEventListener("input", renew);
      renew();
      actions.prepend(send);
    }
    const dialog = make("dialog", { className: "report" }, make("h2", { textContent: heading }),
      make("label", { htmlFor: "report-words", textContent: label }), words, actions);
    dialog.setAttribute("aria-label", heading);
    close.addEventListener("click", () => dialog.close());
    document.body.append(dialog);
    dialog.showModal();
  };
  const version = () => document.querySelector(".colophon p").firstChild.data.match(/version (\d+(?:\.\d+)*\w*)/)?.[1] ?? "";
  const cited = () => {
    const year = new Date().getFullYear(), key = (page.match(/(\w+)\.html$/)?.[1] ?? "page").replace(/\W/g, "");
    const address = location.protocol === "file:" ? "" : `\n  url       = {${location.href}},`;
    return `The Infrastructure Trap contributors (2026). “${title}”. In The Infrastructure Trap: inference economics you can run `
      + `(version ${version()}). Read on ${new Date().toISOString().slice(0, 10)}.\n\n@incollection{infrastructuretrap2026_${key},\n`
      + `  title     = {${title}},\n  booktitle = {The Infrastructure Trap: inference economics you can run},\n`
      + `  author    = {{The Infrastructure Trap contributors}},\n  year      = {2026},${address}\n`
      + `  note      = {Version ${version()}, read in ${year}}\n}\n`;
  };
  for (const [name, show] of [
    [".report-button", () => offer("Found an error?", "Page and figures as they stand are filled in. Nothing is sent from here.", state(), repository)],
    [".cite-button", () => offer("Cite this page", "In words, and for BibTeX.", cited(), "")]]) {
    const button = document.querySelector(name);
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", show);
  }

  // --- tables that scroll get a cue ---------------------------------------------------------------------------------
  const boxes = all(".table-scroll, .pst-scrollable-table-container, .math-scroll, .bd-article pre");
  const cue = (entries) => { for (const { target } of entries) edge(target); };
  const edge = (target) => {
    const wide = target.scrollWidth > target.clientWidth + 1;
    target.toggleAttribute("data-more", wide && target.scrollLeft + target.clientWidth < target.scrollWidth - 2);
    if (wide || target.dataset.stop) {
      target.tabIndex = wide ? 0 : -1;
      target.dataset.stop = "1";
    } else if (target.matches(".math-scroll, .pst-scrollable-table-container")) target.removeAttribute("tabindex");
  };
  if (boxes.length) {
    const watch = new ResizeObserver(cue);
    for (const scrolled of boxes) {
      watch.observe(scrolled);
      scrolled.addEventListener("scroll", () => edge(scrolled), { passive: true });
    }
  }

  // --- what this device keeps can be forgotten ----------------------------------------------------------------------
  const forget = document.querySelector(".forget-book");
  if (forget) {
    forget.hidden = false;
    const OWN = /^(mode$|place$|place:|answers$|kernelless:)/;
    forget.querySelector("button").addEventListener("click", async () => {
      let said = "Forgotten.";
      try {
        for (const store of [localStorage, sessionStorage]) {
          for (const key of Object.keys(store)) if (OWN.test(key)) store.removeItem(key);
        }
        for (const name of await globalThis.caches?.keys() ?? []) if (name.startsWith("book-")) await caches.delete(name);
        const workers = await navigator.serviceWorker?.getRegistrations() ?? [];
        await Promise.all(workers.filter(({ scope }) => location.href.startsWith(scope)).map((one) => one.unregister()));
        colour();
      } catch {
        said = "This browser keeps nothing here, or does not let it be cleared from a page.";
      }
      forget.querySelector("[role=status]").textContent = said;
    });
  }

  // --- a served site can be read without a network ------------------------------------------------------------------
  if ("serviceWorker" in navigator && location.protocol === "https:") {
    navigator.serviceWorker.register(`${root.dataset.root}worker.js`).then(() => {
      const offered = document.querySelector(".keep-book");
      if (!offered) return;
      offered.hidden = false;
      const said = offered.querySelector("[role=status]");
      offered.querySelector("button").addEventListener("click", async () => {
        const { active } = await navigator.serviceWorker.ready;
        said.textContent = "Keeping …";
        active.postMessage("keep");
      });
      navigator.serviceWorker.addEventListener("message", ({ data }) => {
        said.textContent = data.failed ? "Not all could be kept. Press again to go on." : data.done < data.of ? `${data.done} of ${data.of} files` : "The book is kept on this device.";
      });
    }, () => { /* forbidden here: the book is read as before */ });
  }
}
