"use strict";
// A page on disk may not fetch another: the search there lists titles without the words around a hit.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
