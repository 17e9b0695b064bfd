/* The tablet of a grid leader. What is shown comes out of the device's own store (store.js); sync.js keeps it true.
   The address after # holds what is open, so that 'back' closes it. */
import { act, attach } from "./acts.js";
import { cookie } from "./dom.js";
import { all } from "./queue.js";
import { seen } from "./model.js";
import { keepNote, note, owned, pack, wipeForeign } from "./store.js";
import { keepLand } from "./keep.js";
import { begin, link, whoAsks } from "./sync.js";
import { paint, paintWithout } from "./view.js";
import { show as showLand } from "./land.js";

const land = document.getElementById("land");
export const state = {
  user: "", me: null, grid: "", held: null, care: null, seen: null, queue: [], done: [], others: 0, kept: false,
  tab: "today", door: null, building: null, settings: false, leaving: false, choosing: false, picked: new Set(), toast: null,
};

/* #today · #map · #buildings/12 · #unsent, each with /h34 for the open household or /settings. */
const read = () => {
  const parts = location.hash.slice(1).split("/").filter(Boolean);
  const number = (letter) => Number((parts.find((part) => new RegExp(`^${letter}\\d+$`).test(part)) || "").slice(1)) || null;
  state.tab = ["today", "map", "buildings", "unsent"].includes(parts[0]) ? parts[0] : "today";
  Object.assign(state, { door: number("h"), building: number("b"), settings: parts.includes("settings") });
  if (!state.settings) state.leaving = false;
};
/* What is under a finger must not be replaced before the finger is up: the touch would be lost. */
let touching = false, waiting = false;
addEventListener("pointerdown", () => { touching = true; }, true);
addEventListener("click", () => { touching = false; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => { touching = false; if (waiting) draw(); }, 50), true);
}

export const draw = () => {
  waiting = touching;
  if (touching) return null;
  read();
  if (!state.held) return paintWithout(state, link, act);
  state.seen = seen(state.held, state.queue, { zone: state.me.zone, off: link.off });
  state.care = state.held.care;
  paint(state, link, act);
  return showLand(state, act);
};

/* Read the store anew; called whenever anything in it changed, here or in another tab. */
export const reload = async () => {
  const found = await all(state.user);
  Object.assign(state, found, { held: state.grid ? await pack(state.user, state.grid) : null });
  draw();
  if (state.held && link.how === "ok" && link.at) keepLand(state.user, state.grid, state.held.body.grid.bbox, land.dataset.script);
};

/* Who carries the tablet: the server says, and without signal what it said last. */
const learn = async () => {
  const key = owned(state.user, "me");
  state.me = await note(key);
  link.off = (await note(owned(state.user, "off"))) || 0;
  const asking = whoAsks(state.user).then(async (me) => { await keepNote(key, me); state.me = me; });
  if (state.me) return asking.catch(() => {});
  return asking;
};

/* The grid that opens by itself: the last one if it is still one's own. An officer of many chooses. */
const ownGrid = ({ role, grids }, last) => {
  if (grids.some(({ code }) => code === last)) return last;
  return grids.length && (role === "grid" || grids.length === 1) ? grids[0].code : "";
};

const start = async () => {
  const query = new URLSearchParams(location.search);
  state.user = cookie("wangge_user");
  state.others = await wipeForeign(state.user);
  if (!state.user) return location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  if (navigator.serviceWorker) navigator.serviceWorker.register("/sw.js", { scope: "/grid" }).catch(() => {});
  attach({ state, draw, reload });
  addEventListener("popstate", draw);
  const asked = query.get("area") || "";
  state.grid = asked || (await note(owned(state.user, "grid"))) || "";
  const learning = learn().catch((error) => { link.how = error.how || "away"; });
  if (!state.grid || !(await note(owned(state.user, "me")))) await learning;
  if (!asked && state.me) state.grid = ownGrid(state.me, state.grid);
  if (!state.me) return draw();
  if (!state.grid) return draw();
  if (!asked) await keepNote(owned(state.user, "grid"), state.grid);
  await reload();
  if (navigator.storage && navigator.storage.persist) state.kept = await navigator.storage.persist();
  await begin({ user: state.user, grid: state.grid }, reload);
  setInterval(draw, 30e3);
  return null;
};

/* Without the store nothing can be kept; that is said instead of losing what somebody enters. */
start().catch((error) => { console.warn(error); link.how = "broken"; paintWithout(state, link, act); });
