// The page of the decision: what a reader takes away is fetched when it comes near.

import { live, part } from "../../../../kernelless/static/page.js";

live(".decide-room", (room) => {
  const figure = document.getElementById(room.dataset.figure ?? "");
  room.dataset.ready = "true";
  if (!figure) return;
  import("./taking.js").then(({ startTaking }) => startTaking(room, figure)).catch((error) => {
    part(room, ".decide-said").textContent = error.message;
  });
}, true);
