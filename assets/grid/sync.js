/* Speaking with the server: send what waits, then fetch the grid anew. One at a time, over all tabs of the device.

   What is sent stays in the queue until the server answered for each change; an answer that got lost is asked for again
   with the same client ids, which the server knows. */
import { cookie } from "./dom.js";
import { asSent, next, settle } from "./queue.js";
import { dropPack, keepNote, owned, pack as heldPack, packKey, together } from "./store.js";

const BATCH = 100;
const PATIENCE_MS = 20e3;
const OFTEN_MS = 15e3;
const REFRESH_MS = 60e3;
const CARE_MS = 15 * 60e3;

/* What is known of the way to the server: `how` is ok, away, session, database, refused; `off` how wrong the clock is. */
export const link = { how: "ok", sending: false, off: 0, at: 0, since: 0 };
let bearer, told, timer, refreshed = 0, again = false, running = null;
const tabs = self.BroadcastChannel ? new BroadcastChannel("wangge-grid") : null;

const ask = (address, of = {}) => fetch(address, {
  ...of, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS),
  headers: { "X-Wangge": "1", "X-Wangge-User": encodeURIComponent(bearer.user), ...of.headers },
});

const became = (how) => {
  if (link.how !== how) Object.assign(link, { how, since: Date.now() });
  return how === "ok";
};

/* Our own refusals say what they are; a stranger on the way, such as the sign-in page of a hotel's network, does not. */
const problem = (answer) => answer.json().then((said) => said || {}, () => ({}));
const MEANING = { not_signed_in: "session", database_away: "database", too_slow: "database", unknown_area: "refused", not_allowed: "refused" };
const meaning = async (answer) => MEANING[(await problem(answer)).error] || "away";

const clockOff = async (ms) => {
  if (Math.abs(ms - link.off) < 2000) return;
  link.off = ms;
  await keepNote(owned(bearer.user, "off"), ms);
};
/* Every answer carries the server's time, to the second. */
const watchClock = (answer) => {
  const server = Date.parse(answer.headers.get("date") || "");
  return Number.isFinite(server) ? clockOff(Date.now() - server - 500) : null;
};

const mine = () => cookie("wangge_user") === bearer.user;

const post = (rows) => ask("/api/changes", {
  method: "POST",
  body: JSON.stringify({ sent_at: new Date().toISOString(), changes: rows.map(asSent) }),
  headers: { "Content-Type": "application/json" },
});

/* Send until nothing waits. A batch that cannot even be read is sent one by one, so that one bad change stops no other. */
const send = async () => {
  let size = BATCH;
  for (let rows; (rows = await next(bearer.user, size)).length;) {
    if (!mine()) return became("session");
    link.sending = true;
    const answer = await post(rows);
    if (answer.ok) {
      const { results, clock_off_s: off } = await answer.json();
      await clockOff(off * 1000);
      const { open } = await settle(bearer.user, rows, results);
      became("ok");
      await changed();
      if (open === rows.length) return became("away");
      size = BATCH;
    } else if ([400, 413, 422].includes(answer.status)) {
      const { error, message } = await problem(answer);
      if (!error) return became("away");
      if (rows.length > 1) { size = 1; continue; }
      await settle(bearer.user, rows, [{ client_id: rows[0].client_id, outcome: "refused", message }]);
      await changed();
    } else return became(await meaning(answer));
  }
  return true;
};

/* Clinics and hotels change seldom; what was known of them stays until something newer is. */
const nearest = async (grid, held, at) => {
  const kept = held && held.care ? { care: held.care, careAt: held.careAt } : {};
  if (kept.care && at - kept.careAt < CARE_MS) return kept;
  const answer = await ask(`/api/grids/${encodeURIComponent(grid)}/care`).catch(() => null);
  return answer && answer.ok ? { care: await answer.json(), careAt: at } : kept;
};

const refresh = async () => {
  const { user, grid } = bearer;
  if (!grid) return true;
  if (!mine()) return became("session");
  const held = await heldPack(user, grid);
  const answer = await ask(`/api/grids/${encodeURIComponent(grid)}/pack`, { headers: held && held.etag ? { "If-None-Match": held.etag } : {} });
  if (answer.status === 304 || answer.ok) {
    const row = answer.ok ? { key: packKey(user, grid), user, grid, etag: answer.headers.get("etag"), body: await answer.json() } : held;
    await watchClock(answer);
    const at = Date.now();
    const care = await nearest(grid, held, at);
    await together(["packs"], "readwrite", ({ packs }) => packs.put({ ...row, ...care, at, off: link.off }));
    refreshed = link.at = at;
    return became("ok");
  }
  const how = await meaning(answer);
  if (how === "refused") await dropPack(user, grid);
  return became(how);
};

const changed = async () => {
  if (tabs) tabs.postMessage("changed");
  await told();
};

const alone = (work) => (navigator.locks ? navigator.locks.request("wangge-grid", work) : work());

/* Send and fetch. Whoever asks meanwhile is served by one more round. */
export const sync = () => {
  if (running) { again = true; return running; }
  running = alone(async () => {
    try {
      do {
        again = false;
        if (await send()) await refresh();
      } while (again && link.how === "ok");
    } catch {
      became("away");
    } finally {
      link.sending = false;
    }
  }).then(changed).finally(() => { running = null; });
  return running;
};

/* Look from time to time: often while something waits, else as often as a reader may want to know. */
const tick = async () => {
  const waits = (await next(bearer.user, 1)).length > 0;
  if ((waits && !document.hidden) || (waits && navigator.onLine) || (!document.hidden && Date.now() - refreshed > REFRESH_MS)) await sync();
};

export const begin = async (who, tell) => {
  bearer = who;
  told = tell;
  if (tabs) tabs.onmessage = () => told();
  addEventListener("online", () => sync());
  addEventListener("offline", () => { became("away"); told(); });
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  clearInterval(timer);
  timer = setInterval(tick, OFTEN_MS);
  await sync();
};

export const whoAsks = async (user) => {
  bearer = { user };
  const answer = await ask("/api/grids");
  if (answer.ok) return answer.json();
  throw Object.assign(new Error(String(answer.status)), { how: await meaning(answer) });
};

export const history = async (household) => {
  const answer = await ask(`/api/households/${household}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).history;
};
