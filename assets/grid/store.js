/* What is kept on the device: IndexedDB. Every row says whose it is; nobody is shown a row of somebody else's.

   packs   one grid as the server last told it            key user|grid
   queue   changes that the server has not answered yet   key seq, in the order they were made
   done    what was sent, for a day, so that it can be undone
   notes   small things: who carries the tablet, how wrong its clock is */

const NAME = "wangge-grid";
let leaving = false; // once the device is wiped nothing under way may write to it again: neither a pack nor a tile
const TABLES = { packs: { keyPath: "key" }, queue: { keyPath: "seq", autoIncrement: true }, done: { keyPath: "client_id" }, notes: { keyPath: "key" } };
let opened;

const answered = (request) => new Promise((done, broken) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => broken(request.error);
});

const open = () => (opened ||= new Promise((done, broken) => {
  if (leaving) throw new Error("wiped");
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const [table, of] of Object.entries(TABLES)) request.result.createObjectStore(table, of);
  };
  request.onsuccess = () => {
    // Another tab that wipes the device must not wait for this one.
    request.result.onversionchange = () => { request.result.close(); opened = null; };
    done(request.result);
  };
  request.onerror = () => { opened = null; broken(request.error); };
}));

/* One transaction: `work` gets the tables, each with all/get/put/delete; all of it happens or nothing. */
export const together = async (names, mode, work) => {
  const transaction = (await open()).transaction(names, mode);
  const whole = new Promise((done, broken) => {
    transaction.oncomplete = done;
    transaction.onerror = transaction.onabort = () => broken(transaction.error || new Error("aborted"));
  });
  const tables = Object.fromEntries(names.map((name) => {
    const table = transaction.objectStore(name);
    return [name, {
      all: () => answered(table.getAll()),
      get: (key) => answered(table.get(key)),
      put: (row) => answered(table.put(row)),
      delete: (key) => answered(table.delete(key)),
    }];
  }));
  try {
    const found = await work(tables);
    await whole;
    return found;
  } catch (error) {
    try { transaction.abort(); } catch { /* it has ended already */ }
    whole.catch(() => {});
    throw error;
  }
};

export const note = (key) => together(["notes"], "readonly", async ({ notes }) => ((await notes.get(key)) || {}).value);
export const keepNote = (key, value) => together(["notes"], "readwrite", ({ notes }) => notes.put({ key, value }));

/* Whose something is, first; no name can look like another's beginning. */
export const owned = (user, rest) => `${encodeURIComponent(user)}|${rest}`;
export const packKey = owned;
export const pack = (user, grid) => together(["packs"], "readonly", ({ packs }) => packs.get(packKey(user, grid)));
export const dropPack = async (user, grid) => {
  await together(["packs"], "readwrite", ({ packs }) => packs.delete(packKey(user, grid)));
  if (self.caches) await caches.delete(landCache(user, grid));
};

/* A cache to write to. */
export const cacheOf = async (name) => {
  if (leaving) throw new Error("wiped");
  return caches.open(name);
};
export const landCache = (user, grid) => `wangge-land-${owned(user, grid)}`;

/* Take away everything that is not this user's; only how many changes of others wait is told. Their changes stay, unseen,
   until their owner signs in again. Without a user everything but waiting changes goes. */
export const wipeForeign = async (user) => {
  const waiting = await together(["packs", "queue", "done", "notes"], "readwrite", async ({ packs, queue, done, notes }) => {
    for (const row of await packs.all()) if (row.user !== user) await packs.delete(row.key);
    for (const row of await done.all()) if (row.user !== user) await done.delete(row.client_id);
    for (const row of await notes.all()) if (!user || !row.key.startsWith(owned(user, ""))) await notes.delete(row.key);
    return (await queue.all()).filter((row) => row.user !== user).length;
  });
  const names = self.caches ? await caches.keys() : [];
  const foreign = names.filter((name) => name.startsWith("wangge-land-") && !(user && name.startsWith(landCache(user, ""))));
  await Promise.all(foreign.map((name) => caches.delete(name)));
  return waiting;
};

/* Nothing of anybody stays: data, tiles, the page itself. */
export const wipe = async () => {
  leaving = true;
  const held = await Promise.resolve(opened).catch(() => null);
  if (held) held.close();
  opened = null;
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = done;
  });
  if (self.caches) await Promise.all((await caches.keys()).filter((name) => name.startsWith("wangge-")).map((name) => caches.delete(name)));
  for (const one of navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : []) await one.unregister();
  localStorage.clear();
  sessionStorage.clear();
};
