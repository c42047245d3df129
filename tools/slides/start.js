"use strict";
// The deck is laid out for a thousand pixels and scaled to the projector, so that a figure's words grow with it.
Reveal.initialize({
  width: 1000, height: 640, margin: 0.03, hash: true, center: false, transition: "none", slideNumber: "c/t",
  plugins: [RevealNotes],
});
// A figure is built when it comes into view; its slide says so by a change of size.
Reveal.on("slidechanged", () => dispatchEvent(new Event("resize")));
