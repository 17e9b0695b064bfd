/* What the wall knows: the live figures of its area by block, those of another moment while one is looked at, since
   when nobody answers. Nothing here draws. */
import { box } from "./facts.js";
import * as clock from "./clock.js";

export const wall = {
  code: box.dataset.area,
  card: null,
  states: [],
  live: {},
  then: {},
  at: null, // the moment that is looked at, in milliseconds; none is now
  lost: null, // since when nobody answers
  seq: null,
};
const watchers = new Set();
export const watch = (watcher) => watchers.add(watcher);
/* Tells which blocks changed; nothing told means everything. */
export const tell = (blocks = null) => { for (const watcher of watchers) watcher(blocks); };

export const shown = (id) => (wall.at === null ? wall.live : wall.then)[id];
export const moment = () => (wall.at === null ? clock.now() : wall.at);
export const future = () => wall.at !== null && wall.at > clock.now();

/* A block that failed keeps what it showed, and says since when it is that old. */
const laid = (kept, blocks) => {
  for (const [id, found] of Object.entries(blocks)) {
    const before = kept[id];
    if (found.error) kept[id] = { figures: before ? before.figures : null, failed: before?.failed || { key: found.error, since: clock.now() } };
    else kept[id] = { figures: found, failed: null };
  }
};

export const hear = () => {
  if (wall.lost !== null) { wall.lost = null; tell(); }
};

/* A message of the hub, by value. What comes late or twice is left out: the last state wins. */
export const take = (message) => {
  if (!message || (message.area && message.area !== wall.code)) return;
  clock.reach(Date.parse(message.at));
  hear();
  if (message.seq !== undefined && message.seq !== null) {
    if (wall.seq !== null && message.seq <= wall.seq) return;
    wall.seq = message.seq;
  }
  const blocks = message.blocks || {};
  laid(wall.live, blocks);
  if (wall.at === null && Object.keys(blocks).length) tell(Object.keys(blocks));
};

const json = async (address, options) => {
  const answer = await fetch(address, { cache: "no-store", ...options });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return { body: await answer.json(), date: Date.parse(answer.headers.get("date") || "") };
};

/* The whole state anew: at the start, and whenever the connection is there again. */
export const fill = async () => {
  const code = encodeURIComponent(wall.code);
  const [{ body, date }, card, states] = await Promise.all([
    json(`/api/wall/${code}`), json(`/api/areas/${code}`), json("/api/scheme"),
  ]);
  clock.set(date);
  clock.reach(Date.parse(body.now || body.at));
  wall.seq = null;
  [wall.card, wall.states, wall.code] = [card.body, states.body, card.body.code];
  laid(wall.live, body.blocks);
  hear();
  tell();
};

// ── another moment ─────────────────────────────────────────────────────────────────────────────────────────────────

const MOST_KEPT = 50;
const kept = new Map();
let asking = null;

const asked = async (at, options) => {
  const key = `${wall.code} ${at}`;
  if (!kept.has(key)) {
    const found = (await json(`/api/wall/${encodeURIComponent(wall.code)}?at=${encodeURIComponent(new Date(at).toISOString())}`, options)).body.blocks;
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value);
    kept.set(key, found);
  }
  return kept.get(key);
};

/* The figures of a moment, or of now for none. Resolves once they show; a later call ends an earlier one. */
export const look = async (at) => {
  if (asking) asking.abort();
  if (at === null) {
    [asking, wall.at, wall.then] = [null, null, {}];
    kept.clear();
    return tell();
  }
  const mine = (asking = new AbortController());
  try {
    const blocks = await asked(at, { signal: mine.signal });
    if (asking !== mine) return;
    [wall.at, wall.then] = [at, {}];
    laid(wall.then, blocks);
  } catch (error) {
    if (mine.signal.aborted) return;
    [wall.at, wall.then] = [at, {}];
    laid(wall.then, Object.fromEntries(Object.keys(wall.live).map((id) => [id, { error: "error.internal" }])));
  }
  tell();
};
export const expect = (at) => { asked(at, {}).catch(() => {}); };
