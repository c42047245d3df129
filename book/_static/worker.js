"use strict";
// Lets the book be read without a network. The server is asked first, always: what is kept is shown only when it does
// not answer, so no reader meets a page that is older than the server's.
const NAME = `book-${"VERSION"}`;
const ALL = "FILES";
const CORE = ALL.filter((file) => /^_static\/|^book\/index\.html$|^search\.html$|webmanifest$/.test(file));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(CORE)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("book-") && name !== NAME) await caches.delete(name);
    await self.clients.claim();
  })());
});
self.addEventListener("message", (event) => {
  if (event.data !== "keep") return;
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    let done = 0;
    for (const file of ALL) {
      if (!await cache.match(file)) await cache.add(new Request(file, { cache: "no-cache" }));
      done += 1;
      event.source.postMessage({ done, of: ALL.length });
    }
  })().catch(() => event.source.postMessage({ failed: true })));  // no network, or no room
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open(NAME);
    try {
      const answer = await fetch(request.mode === "navigate" ? request : new Request(request, { cache: "no-cache" }));
      if (answer.ok) await cache.put(request, answer.clone());
      return answer;
    } catch (error) {
      const kept = await cache.match(request, { ignoreSearch: true });
      if (kept) return kept;
      throw error;
    }
  })());
});
