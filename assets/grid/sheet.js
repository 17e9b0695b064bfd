/* One household, from below: colour and letter big, days left, the two buttons that matter; the rest behind 'more'. */
import { h } from "./dom.js";
import { nameOf, swatch, tone } from "./marks.js";
import { metres } from "./model.js";
import { UNDO_MS } from "./queue.js";
import { history, link } from "./sync.js";
import { clock, days, reason, say } from "./words.js";

const REASONS = ["survey", "returned", "moved", "phoned", "told", "mistake"];
const form = {};
const begin = (id) => Object.assign(form, { door: id, changing: false, to: null, why: "survey", more: false, past: null });

export const sheet = (state, act) => {
  const door = state.seen.byId.get(state.door);
  if (form.door !== state.door) begin(state.door);
  if (!door) return [head(act, null), h("p", { class: "notice" }, h("strong", {}, say("tablet.no_door")), say("tablet.no_door_more"))];
  return [
    head(act, door),
    door.conflict.length ? h("p", { class: "said severe" }, say("tablet.decide_first"), " ",
      h("button", { class: "button line", onclick: act.decide }, say("tablet.to_decide"))) : null,
    door.waiting.length ? h("p", { class: "said" }, say("tablet.waits")) : null,
    door.conflict.length ? null : form.changing ? changing(state, act, door) : main(state, act, door),
    undoable(state, act, door),
    more(state, act, door),
  ];
};

const head = (act, door) => h("div", { class: "head" },
  door ? swatch(door.sign, "big") : null,
  h("div", { class: "grow" },
    h("h2", { id: "sheet-title" }, door ? door.name : say("tablet.household")),
    door ? h("p", { class: "state" }, nameOf(door.sign)) : null,
    door && door.building ? h("p", { class: "small quiet" }, door.building.address) : null),
  door && door.left !== null ? h("strong", { class: `days ${tone(door.left)}` }, days(door.left)) : null,
  h("button", { class: "button close", onclick: act.close, "aria-label": say("tablet.close"), "data-key": "close" }, "×"));

const main = (state, act, door) => h("div", { class: "two" },
  door.ready ? h("button", { class: "button primary", "data-key": "do-clear", onclick: () => { act.clear([door.id]); act.close(); } }, say("tablet.clear")) : null,
  h("button", { class: "button line", "data-key": "do-change", onclick: () => { form.changing = true; act.draw(); } }, say("tablet.change")));

const chip = (name, pressed, onclick, ...inside) => h("button", { class: "chip", "aria-pressed": String(pressed), onclick, "data-key": name }, inside);

const changing = (state, act, door) => {
  const states = [...state.seen.states.values()].filter(({ code }) => code !== door.state).sort((a, b) => a.severity - b.severity);
  const ready = form.to !== null;
  return h("div", { class: "changing" },
    h("h3", {}, say("tablet.to_state")),
    h("div", { class: "chips" }, states.map((sign) => chip(`to-${sign.code}`, form.to === sign.code, () => { form.to = sign.code; act.draw(); }, swatch(sign), nameOf(sign)))),
    h("h3", {}, say("tablet.why")),
    h("div", { class: "chips" }, REASONS.map((why) => chip(`why-${why}`, form.why === why, () => { form.why = why; act.draw(); }, reason(why)))),
    h("div", { class: "two" },
      h("button", { class: "button primary", disabled: !ready, "data-key": "save", onclick: () => { act.change(door.id, form.to, form.why); act.close(); } },
        ready ? say("tablet.save") : say("tablet.choose_state")),
      h("button", { class: "button line", "data-key": "back", onclick: () => { form.changing = false; act.draw(); } }, say("tablet.cancel"))));
};

/* The newest own change of this household can be taken back for ten minutes. */
export const lately = (state) => [...state.queue.filter(({ status }) => status === "queued"), ...state.done]
  .map((row) => ({ ...row, at: Date.parse(row.made_at) })).sort((a, b) => b.at - a.at);
export const canUndo = (state, row) => {
  const rows = lately(state);
  const newest = rows.find(({ household }) => household === row.household);
  return row.kind !== "undo" && row.from && newest && newest.client_id === row.client_id && Date.now() - row.at < UNDO_MS;
};

const undoable = (state, act, door) => {
  const row = lately(state).find(({ household }) => household === door.id);
  if (!row || door.conflict.length || !canUndo(state, row)) return null;
  return h("div", { class: "said" }, h("span", { class: "grow" }, say("tablet.just_now", { what: said(state, row), clock: clock(new Date(row.at), new Date(), state.me.zone) })),
    h("button", { class: "button line", "data-key": "undo", onclick: () => act.undo([row]) }, say("tablet.undo")));
};

/* What a change did, in a few words. */
export const said = (state, row) => {
  if (row.kind === "clear") return say("tablet.did_clear");
  if (row.kind === "undo") return say("tablet.did_undo");
  return say("tablet.did_change", { state: nameOf(state.seen.states.get(row.to)) });
};

const more = (state, act, door) => h("details", {
  class: "more", open: form.more, ontoggle: ({ target }) => { form.more = target.open; if (target.open && !form.past) load(act, door); },
},
h("summary", { "data-key": "more" }, say("tablet.more")),
h("dl", { class: "facts" },
  h("dt", {}, say("tablet.since")), h("dd", {}, clock(new Date(door.since), new Date(), state.me.zone)),
  door.due_on ? [h("dt", {}, say("tablet.due_on")), h("dd", {}, door.due_on)] : null),
care(state.care, door),
h("h3", {}, say("tablet.history")),
past(state));

const load = async (act, door) => {
  form.past = "loading";
  act.draw();
  const found = link.how === "ok" ? await history(door.id).catch(() => "away") : "away";
  if (form.door === door.id) form.past = found;
  act.draw();
};

const past = (state) => {
  if (form.past === "away") return h("p", { class: "quiet" }, say("tablet.history_away"));
  if (!Array.isArray(form.past)) return [h("span", { class: "bone" }), h("span", { class: "bone half" })];
  return h("ul", { class: "past" }, form.past.map((row) => h("li", { class: "line-of" }, swatch(state.seen.states.get(row.to)),
    h("span", { class: "who" }, h("span", {}, nameOf(state.seen.states.get(row.to)), " · ", clock(new Date(row.effective), new Date(), state.me.zone)),
      h("span", { class: "small quiet" }, [reason(row.reason), row.by, row.undone ? say("tablet.undone") : ""].filter(Boolean).join(" · "))))));
};

const care = (found, door) => {
  if (!found) return h("p", { class: "quiet" }, say("tablet.no_care"));
  return [["clinics", "nearest_clinic"], ["hotels", "nearest_hotel"]].map(([kind, title]) => {
    const [near] = [...(found[kind] || [])].sort((a, b) => metres(door, a) - metres(door, b));
    return [h("h3", {}, say(`tablet.${title}`)), near ? place(near, metres(door, near)) : h("p", { class: "quiet" }, say("tablet.none_near"))];
  });
};

const place = (one, far) => h("div", { class: "care" },
  h("div", { class: "grow" }, h("strong", {}, one.name),
    h("p", { class: "small quiet" }, [far < 950 ? say("tablet.metres", { n: Math.round(far / 10) * 10 }) : say("tablet.kilometres", { n: (far / 1000).toFixed(1) }),
      one.status ? say(`tablet.status_${one.status}`) : "", one.hours || "", one.free === undefined || one.free === null ? "" : say("tablet.rooms_free", { n: one.free })].filter(Boolean).join(" · "))),
  one.telephone ? h("a", { class: "button line", href: `tel:${one.telephone.replace(/[^\d+]/g, "")}` }, say("tablet.call"), " ", one.telephone) : null);
