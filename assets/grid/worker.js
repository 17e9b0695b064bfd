/* The service worker of /grid: keeps the page so that it starts without signal, and hands out kept map tiles.

   The page and its scripts come from one kept set of one version, never mixed; a new set is fetched whole in the background
   and used from the next start on. What the server says about homes is never kept here: that is the page's own store. */
/* global KEPT */
const SHELL = `wangge-shell-${KEPT.version}`;
const SOON_MS = 3000;
const LAND = /^\/(tiles|base)\/|^\/style\.json$/;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(KEPT.files.map((file) => new Request(file, { cache: "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("wangge-shell-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

const fromShell = async (address, request) => {
  const held = await (await caches.open(SHELL)).match(address, { ignoreVary: true });
  return held || fetch(request);
};

/* Libraries that draw the map: the page keeps them (keep.js); their address changes with their content. */
const bundle = async (request) => (await caches.match(request, { cacheName: "wangge-bundle", ignoreVary: true })) || fetch(request);

/* The page fills these caches, one a user and grid, with what this user was given; here they are only looked up. */
const landed = async (request) => {
  for (const name of await caches.keys()) {
    if (!name.startsWith("wangge-land-")) continue;
    const held = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (held) return held;
  }
  return null;
};

/* What the server says now, if it says it soon; else what is kept. */
const land = async (request) => {
  const held = await landed(request);
  if (self.navigator.onLine) {
    try {
      const answer = await fetch(request, held ? { signal: AbortSignal.timeout(SOON_MS) } : {});
      if (answer.status < 500) return answer;
    } catch { /* then from what is kept */ }
  }
  return held || new Response(null, { status: 204 });
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === "/grid") event.respondWith(fromShell("/grid/shell", request));
  } else if (KEPT.files.includes(pathname)) event.respondWith(fromShell(pathname, request));
  else if (pathname === KEPT.bundle) event.respondWith(bundle(request));
  else if (LAND.test(pathname)) event.respondWith(land(request));
});
