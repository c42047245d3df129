// The page of the decision: what a reader takes away, and what a reader brings, are fetched when they come near.

import { live, part } from "../../../../kernelless/static/page.js";

live(".decide-room", (room) => {
  const figure = document.getElementById(room.dataset.figure ?? "");
  room.dataset.ready = "true";
  if (!figure) return;
  const started = room.dataset.room === "bring"
    ? import("./bringing.js").then(({ startBringing }) => startBringing(room, figure))
    : import("./taking.js").then(({ startTaking }) => startTaking(room, figure));
  started.catch((error) => { part(room, ".decide-said").textContent = error.message; });
}, true);
