// Time: a button that moves its slider from stop to stop, until the end, until it is pressed again, or until it is out
// of view. All else follows the slider, as if a hand had moved it.

/**
 * Bring a play button to life.
 * @param {HTMLElement} button with the id of its slider in `aria-controls`, and how long the whole way takes
 */
export function startPlay(button) {
  const slider = /** @type {HTMLInputElement} */ (document.getElementById(button.getAttribute("aria-controls") ?? ""));
  const still = matchMedia("(prefers-reduced-motion: reduce)"), name = button.getAttribute("aria-label") ?? "";
  let playing = false, since = 0, from = 0, stands = "";

  /** @param {number} place */
  function go(place) {
    stands = String(place);
    if (slider.value === stands) return;
    slider.value = stands;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
  /** @param {boolean} on */
  function set(on) {
    if (playing === on) return;
    playing = on;
    button.textContent = on ? "❚❚" : "▶";
    button.setAttribute("aria-label", on ? name.replace("Play", "Pause") : name);
    button.dataset.playing = String(on);
    if (!on) slider.dispatchEvent(new Event("change", { bubbles: true }));
  }
  /** @param {number} now */
  function tick(now) {
    // Whatever else has moved the slider meanwhile has the last word.
    if (slider.value !== stands) set(false);
    if (!playing) return;
    const last = Number(slider.max), { top, bottom } = slider.getBoundingClientRect();
    const place = Math.min(from + Math.floor((now - since) / 1000 * last / Number(button.dataset.play)), last);
    go(place);
    const plot = slider.closest("figure")?.querySelector("svg")?.getBoundingClientRect();
    const gone = Math.max(bottom, plot?.bottom ?? 0) < 0 || Math.min(top, plot?.top ?? top) > innerHeight;
    if (place === last || gone) set(false);
    else requestAnimationFrame(tick);
  }
  function press() {
    if (playing) { set(false); return; }
    const last = Number(slider.max), at = Number(slider.value);
    from = at < last ? at : 0;
    // Where the reader wants no motion, each press is one step.
    if (still.matches) { go(at < last ? at + 1 : 0); return; }
    since = performance.now();
    set(true);
    go(from);
    requestAnimationFrame(tick);
  }
  button.addEventListener("click", press);
  slider.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); press(); }
    else set(false);
  });
  slider.addEventListener("pointerdown", () => set(false));
  // A page out of sight paints nothing, so nothing would tell the time.
  for (const away of ["beforeprint", "pagehide", "visibilitychange"]) addEventListener(away, () => set(false));
  button.dataset.ready = "true";
}
