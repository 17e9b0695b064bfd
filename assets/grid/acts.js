/* What happens when somebody touches something. Everything is written down first, shown at once, and sent when it can be. */
import { dueOn, now } from "./model.js";
import { add, drop, insist } from "./queue.js";
import { canUndo } from "./sheet.js";
import { restyle } from "./land.js";
import { dropPack, wipe } from "./store.js";
import { link, sync } from "./sync.js";

const TOAST_MS = 8000;
let state, draw, reload, fading;
export const attach = (given) => ({ state, draw, reload } = given);

const go = (hash, how = "pushState") => { history[how](null, "", hash); draw(); };
const tabHash = () => `#${state.tab}${state.building ? `/b${state.building}` : ""}`;
const follow = async () => { await reload(); sync(); };

const toast = (rows, key) => {
  state.toast = { rows, key, n: rows.length };
  clearTimeout(fading);
  fading = setTimeout(() => { state.toast = null; draw(); }, TOAST_MS);
};

const become = (code) => {
  const since = now(link.off).toISOString();
  return { state: code, since, due_on: dueOn(state.seen.states.get(code), since, state.me.zone) };
};

/* A household that was opened on top of the list closes with 'back'; one that a link opened, in place. */
const closed = () => go(tabHash(), "replaceState");

export const act = {
  draw: () => draw(),
  tab: (name) => { state.choosing = false; go(`#${name}`, "replaceState"); },
  open: (id) => go(`${tabHash()}/h${id}`),
  enter: (id) => go(id ? `#buildings/b${id}` : "#buildings", id ? "pushState" : "replaceState"),
  settings: () => go(`${tabHash()}/settings`),
  close: () => closed(),
  decide: () => go("#unsent", "replaceState"),
  choose: (on) => { state.choosing = on; state.picked.clear(); draw(); },
  pick: (id) => { if (!state.picked.delete(id)) state.picked.add(id); draw(); },
  pickAll: (ids) => { const whole = ids.every((id) => state.picked.has(id)); ids.forEach((id) => (whole ? state.picked.delete(id) : state.picked.add(id))); draw(); },

  clear: async (ids) => {
    const doors = ids.map((id) => state.seen.byId.get(id)).filter((door) => door && door.ready);
    const rows = await add(state.user, state.grid, doors.map((door) => (
      { household: door.id, door: door.name, kind: "clear", reason: "cleared", then: become(door.sign.clears_to) })));
    Object.assign(state, { choosing: false });
    state.picked.clear();
    toast(rows, "cleared");
    await follow();
  },
  change: async (id, to, why) => {
    const door = state.seen.byId.get(id);
    toast(await add(state.user, state.grid, [{ household: id, door: door.name, kind: "change", to, reason: why, then: become(to) }]), "changed");
    await follow();
  },
  /* A counter-entry, never a deletion: the ledger keeps both. */
  undo: async (rows) => {
    const good = rows.filter((row) => canUndo(state, { ...row, at: Date.parse(row.made_at) }));
    await add(state.user, state.grid, good.map((row) => (
      { household: row.household, door: row.door, kind: "undo", undoes: row.client_id, reason: "mistake", then: row.from })));
    state.toast = null;
    await follow();
  },
  drop: async (rows) => { await drop(rows); await follow(); },
  insist: async (rows) => { await insist(state.user, rows); await follow(); },
  send: () => sync(),
  restyle: () => restyle(),

  /* Signing out wipes the device; what waits is asked about first. */
  leave: async (asking) => {
    if (asking) { state.leaving = true; return draw(); }
    const heard = await fetch("/logout?device=wipe", { method: "POST", headers: { "X-Wangge": "1" }, redirect: "manual" }).catch(() => null);
    document.cookie = "wangge_user=; path=/; max-age=0; samesite=lax";
    await wipe();
    if (!heard) localStorage.setItem("wangge-signed-out", "1"); // the session ends when there is signal: leave.js
    return location.replace("/login?next=/grid");
  },
  stay: () => { state.leaving = false; draw(); sync(); },
  forget: (grid) => dropPack(state.user, grid),
};
