"use strict";
// The deck is laid out for one wall and scaled to the projector, so that a figure's words grow with it. Every key, and
// every button of a presenter, goes to the next slide and to no other.
Reveal.initialize({
  width: 1120, height: 630, margin: 0.02, hash: true, center: false, transition: "none", slideNumber: "c/t",
  navigationMode: "linear", plugins: [RevealNotes],
  // what a figure has done with a key, or a list would do, is not done again; a presenter's buttons always turn the page
  keyboardCondition: (event) => !event.defaultPrevented
    && !(document.activeElement?.matches("select") && /^(Arrow|Home|End|.$)/.test(event.key)),
});
// Of a letter, in pixels of the deck; of a figure's controls, in letters (the wider they are, the lower is the plot); and
// where the numbers that come of it stand: beside the plot, or below.
const SIZES = [
  [22, 20, "beside"], [22, 24, "beside"], [22, 24, "below"], [20, 20, "beside"], [20, 26, "beside"], [20, 26, "below"],
  [18, 24, "beside"], [18, 30, "beside"], [18, 30, "below"], [16, 28, "beside"], [16, 34, "beside"], [16, 34, "below"],
  [15, 32, "beside"], [15, 36, "below"], [14, 34, "beside"], [14, 40, "below"]];
const fitting = new Map(); // the size that a slide has come to
let turn = 0;
const laidOut = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));
/** Write a slide as large as it fits: a figure lays itself out anew for each size. */
async function fit() {
  const slide = Reveal.getCurrentSlide(), { style } = document.documentElement, mine = ++turn;
  const figure = slide.querySelector(".explorer");
  delete slide.dataset.written;
  for (let k = fitting.get(slide) ?? 0; k < SIZES.length; k++) {
    const [letter, controls, numbers] = SIZES[k];
    style.fontSize = `${letter}px`;
    style.setProperty("--controls", `${controls}rem`);
    document.body.dataset.numbers = numbers;
    if (figure) await laidOut();
    if (mine !== turn) return;
    if (!figure || figure.dataset.ready) fitting.set(slide, k);
    if (slide.scrollHeight <= slide.clientHeight && slide.scrollWidth <= slide.clientWidth) break;
  }
  slide.dataset.written = style.fontSize;
}
// A figure is built when it comes into view; its slide says so by a change of size.
function shown() {
  fit();
  dispatchEvent(new Event("resize"));
}
Reveal.on("ready", shown);
Reveal.on("slidechanged", shown);
// As it comes to life, and once its curve is drawn, it is measured anew; and where its words come late, or a group is opened.
new MutationObserver(() => {
  fitting.delete(Reveal.getCurrentSlide());
  fit();
}).observe(document.querySelector(".slides"), { subtree: true, attributeFilter: ["data-ready", "data-sketch"] });
const late = new ResizeObserver(() => {
  const slide = Reveal.getCurrentSlide();
  if (slide.dataset.written && slide.scrollHeight > slide.clientHeight) fit();
});
for (const body of document.querySelectorAll(".slides .ex-body")) late.observe(body);
// From a slider, Escape leads back to the slides, and a presenter's buttons turn the page as everywhere.
addEventListener("keydown", (event) => {
  const held = document.activeElement;
  if (!held || held === document.body || !held.closest(".slides")) return;
  if (event.key === "Escape") {
    held.blur();
    event.stopPropagation();
  } else if (held.matches("input, textarea") && /^Page(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    event.stopPropagation();
    held.blur();
    if (event.key === "PageUp") Reveal.prev();
    else Reveal.next();
  }
}, true);
