// What a reader takes away: the memo, printed or as Markdown, and the ledger.

import { handOver } from "../../../../kernelless/static/hand.js";
import { part } from "../../../../kernelless/static/page.js";
import { askFigure } from "./asking.js";
import { ledgerText, memoText } from "./brief.js";
import { paperOf } from "./paper.js";

/**
 * Memo and ledger.
 * @param {HTMLElement} room
 * @param {HTMLElement} figure that it speaks of
 */
export function startTaking(room, figure) {
  const kit = JSON.parse(part(room, "script.decide-kit").textContent ?? "");
  const sheet = part(room, ".decide-memo");
  const today = () => new Date().toISOString().slice(0, 10);
  const write = () => sheet.replaceChildren(...paperOf(memoText(kit, askFigure(figure), today(), "")));
  // It is written when it comes near the view, or is printed; from then on again after every change.
  let waiting = 0, written = false;
  const begin = () => {
    seen.disconnect();
    if (!written) write();
    written = true;
  };
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) begin();
  }, { rootMargin: "100% 0px" });
  seen.observe(room);
  window.addEventListener("beforeprint", begin);
  figure.addEventListener("kernelless:moved", () => {
    clearTimeout(waiting);
    if (written) waiting = setTimeout(write, 400);
  });
  /** @type {Record<string, () => void>} */
  const takes = {
    memo() {
      const shown = askFigure(figure);
      handOver("decision-memo.md", memoText(kit, shown, today(), shown.address), "text/markdown");
    },
    ledger: () => handOver("decision-ledger.csv", ledgerText(kit, askFigure(figure)), "text/csv"),
    print() {
      write();
      document.documentElement.dataset.print = "memo";
      window.addEventListener("afterprint", () => { delete document.documentElement.dataset.print; }, { once: true });
      window.print();
    },
  };
  for (const [name, take] of Object.entries(takes)) part(room, `[data-take=${name}]`).addEventListener("click", take);
  for (const waits of /** @type {NodeListOf<HTMLElement>} */ (room.querySelectorAll("[data-live]"))) waits.hidden = false;
}
