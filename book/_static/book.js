"use strict";
// A page on disk may not fetch another: the search there lists titles without the words around a hit.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
// The theme folds the contents in the margin while something of this class, which is its own, is on the screen. It looks
// for the class once; on its way down to the document, the event comes by here before.
window.addEventListener("DOMContentLoaded", () => {
  for (const figure of document.querySelectorAll(".explorer")) figure.classList.add("full-width");
}, true);
