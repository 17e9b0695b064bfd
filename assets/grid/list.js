/* Today 今日: who is overdue, due, new, and not asked yet; several can be cleared at once. */
import { h } from "./dom.js";
import { doorRow } from "./marks.js";
import { groups } from "./model.js";
import { say } from "./words.js";

const NAMES = ["overdue", "due", "new", "unsurveyed"];
const FOLDED = 12;
const opened = new Set();

export const list = (state, act) => {
  const found = groups(state.seen, state.me.zone);
  const ready = [...found.overdue, ...found.due].filter((door) => !door.conflict.length);
  const counts = h("dl", { class: "counts" }, NAMES.map((name) => h("div", { class: tint(name, found[name].length) },
    h("dt", {}, say(`tablet.${name}`)), h("dd", { class: "value" }, String(found[name].length)))));
  return [
    counts,
    ready.length ? tools(state, act, ready) : h("p", { class: "notice" }, h("strong", {}, say("tablet.none_due")), say("tablet.none_due_more")),
    NAMES.filter((name) => !state.choosing || ["overdue", "due"].includes(name)).map((name) => group(name, found[name], state, act)),
  ];
};

const tint = (name, count) => (count && name === "overdue" ? "severe" : count && name === "due" ? "warning" : "");

const tools = (state, act, ready) => {
  if (!state.choosing) return h("div", { class: "tools" }, h("button", { class: "button line", onclick: () => act.choose(true), "data-key": "choose" }, say("tablet.choose")));
  const some = ready.filter(({ id }) => state.picked.has(id)).map(({ id }) => id);
  return h("div", { class: "tools" },
    h("button", { class: "button line", onclick: () => act.pickAll(ready.map(({ id }) => id)), "data-key": "all" }, say("tablet.choose_all")),
    h("button", { class: "button line", onclick: () => act.choose(false), "data-key": "cancel" }, say("tablet.cancel")),
    h("button", { class: "button primary", disabled: !some.length, onclick: () => act.clear(some), "data-key": "clear" }, say("tablet.clear_n", { n: some.length })));
};

const group = (name, doors, state, act) => {
  if (!doors.length) return null;
  const all = opened.has(name) || doors.length <= FOLDED || state.choosing;
  const shown = all ? doors : doors.slice(0, FOLDED);
  return h("section", { class: "group", "data-group": name },
    h("h2", {}, say(`tablet.${name}`), h("span", { class: "value" }, String(doors.length))),
    h("ul", {}, shown.map((door) => doorRow(door, {
      open: act.open, ...(state.choosing && door.ready && !door.conflict.length ? { picked: state.picked.has(door.id), toggle: act.pick } : {}),
    }))),
    all ? null : h("button", { class: "button more", "data-key": `more-${name}`, onclick: () => { opened.add(name); act.draw(); } },
      say("tablet.show_all", { n: doors.length })));
};
