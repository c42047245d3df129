// The page of the decision: what a reader takes away, and what a reader brings. The page carries this by itself, so that
// no other page loads it.

import { part } from "../../../../kernelless/static/page.js";
import { startBringing } from "./bringing.js";
import { startTaking } from "./taking.js";

/** Start both, once the figure that they speak of is there. */
export function startRooms() {
  for (const room of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".decide-room"))) {
    const figure = document.getElementById(room.dataset.figure ?? "");
    if (!figure || room.dataset.ready) continue;
    room.dataset.ready = "true";
    try {
      if (room.dataset.room === "bring") startBringing(room, figure);
      else startTaking(room, figure);
    } catch (error) {
      part(room, ".decide-said").textContent = /** @type {Error} */ (error).message;
    }
  }
}
