/* The frame: head with the time of the data, what is wrong, the chosen list, the bar at the bottom, what lies on top. */
import { h, put } from "./dom.js";
import { buildings } from "./face.js";
import { list } from "./list.js";
import { outbox } from "./outbox.js";
import { settings } from "./settings.js";
import { canUndo, sheet } from "./sheet.js";
import { age, clock, say, span } from "./words.js";

const STALE_MS = 15 * 60e3;
const CLOCK_MS = 5 * 60e3;
const TABS = ["today", "map", "buildings", "unsent"];
const root = document.documentElement;
const place = document.getElementById("app");
const parts = {};

const frame = () => {
  if (parts.main) return;
  Object.assign(parts, {
    head: h("header", { class: "top" }), trouble: h("div", { class: "strips", role: "status" }),
    main: h("main", { tabindex: "-1" }), nav: h("nav", { class: "tabs" }), toast: h("div", { class: "toast", role: "status" }),
    sheet: h("dialog", { class: "sheet", "aria-labelledby": "sheet-title" }),
  });
  place.replaceChildren(parts.head, parts.trouble, parts.main, parts.nav, parts.toast, parts.sheet);
};

export const paint = (state, link, act) => {
  frame();
  const { grid } = state.held.body;
  document.title = say("tablet.title_of", { grid: grid.name });
  const stale = Date.now() - state.held.at > STALE_MS || link.how !== "ok";
  Object.assign(root.dataset, { tab: state.tab, link: link.how, stale: String(stale) });
  put(parts.head, top(state, link, act, grid));
  put(parts.trouble, strips(state, link));
  const moved = parts.shown !== `${state.tab}${state.building}`;
  put(parts.main, state.tab === "unsent" ? outbox(state, act) : state.tab === "buildings" ? buildings(state, act) : list(state, act));
  if (moved) parts.main.scrollTop = 0;
  parts.shown = `${state.tab}${state.building}`;
  put(parts.nav, tabs(state, act));
  put(parts.toast, toast(state, act));
  onTop(state, act);
};

const top = (state, link, act, grid) => {
  const old = Date.now() - state.held.at;
  const moment = new Date(state.held.at - (state.held.off || 0));
  return [
    h("div", { class: "grow" }, h("h1", {}, grid.name, state.me.demo ? h("span", { class: "badge" }, say("product.demo")) : null),
      h("p", { class: "stamp" }, say("when.stamp", { clock: clock(moment, new Date(Date.now() - link.off), state.me.zone), age: age(old) }))),
    state.me.grids.length > 1 && state.me.role === "grid" ? h("label", {}, h("span", { class: "out-of-sight" }, say("tablet.choose_grid")),
      h("select", { class: "choice", onchange: ({ target }) => location.assign(`/grid?area=${encodeURIComponent(target.value)}`) },
        state.me.grids.map(({ code, name }) => h("option", { value: code, selected: code === state.grid }, name)))) : null,
    h("span", { class: `signal is-${link.how}` }, say(link.sending ? "tablet.sending" : `tablet.signal_${link.how}`)),
    h("button", { class: "button line", onclick: act.settings, "aria-label": say("tablet.settings"), "data-key": "settings" }, say("tablet.settings_short")),
  ];
};

const strip = (tint, text, more = null) => h("p", { class: `strip ${tint}` }, h("span", { class: "grow" }, text), more);
const strips = (state, link) => [
  link.how === "session" ? strip("severe", say("tablet.link_session"),
    h("a", { class: "button primary", href: `/login?next=${encodeURIComponent(location.pathname + location.search)}` }, say("tablet.sign_in"))) : null,
  ["away", "database"].includes(link.how) ? strip("warning", say(`tablet.link_${link.how}`)) : null,
  Math.abs(link.off) > CLOCK_MS ? strip("warning", say(link.off > 0 ? "tablet.clock_fast" : "tablet.clock_slow", { span: span(Math.abs(link.off)) })) : null,
  state.others ? strip("", say("tablet.others_wait", { n: state.others })) : null,
];

const tabs = (state, act) => TABS.map((name) => {
  const unsent = state.queue.filter(({ status }) => status === "queued").length;
  const open = state.queue.length - unsent;
  const text = name !== "unsent" ? say(`tablet.tab_${name}`) : unsent ? say("tablet.tab_unsent_n", { n: unsent }) : say("tablet.tab_unsent");
  return h("button", { class: "tab", "aria-current": name === state.tab ? "page" : null, "data-key": `tab-${name}`, "data-tab": name, onclick: () => act.tab(name) },
    h("span", { class: "icon", "aria-hidden": "true" }), h("span", {}, text), name === "unsent" && open ? h("span", { class: "count severe" }, say("tablet.n_open", { n: open })) : null);
});

/* Something can be taken back as long as it is the newest of its household, and nobody else was there. */
const toast = (state, act) => (state.toast && state.toast.rows.some((row) => canUndo(state, { ...row, at: Date.parse(row.made_at) })) ? [h("span", { class: "grow" }, say(`tablet.toast_${state.toast.key}`, { n: state.toast.n })),
  h("button", { class: "button line", "data-key": "toast-undo", onclick: () => act.undo(state.toast.rows) }, say("tablet.undo"))] : null);

const onTop = (state, act) => {
  const inside = state.settings ? settings(state, act) : state.door ? sheet(state, act) : null;
  const { sheet: dialog } = parts;
  if (!inside) { if (dialog.open) dialog.close(); return; }
  put(dialog, inside);
  if (dialog.open) return;
  dialog.oncancel = (event) => { event.preventDefault(); act.close(); };
  dialog.onclick = (event) => { if (event.target === dialog) act.close(); };
  dialog.showModal();
};

/* Before there is anything to show: why, and what to do. */
export const paintWithout = (state, link, act) => {
  parts.main = null;
  root.dataset.tab = "none";
  const why = link.how === "broken" ? "broken" : link.how !== "ok" ? link.how : state.me && !state.grid ? (state.me.grids.length ? "choose" : "no_grid") : "loading";
  const said = h("div", { class: "notice" }, h("strong", {}, say(`tablet.first_${why}`)), say(`tablet.first_${why}_more`));
  const bones = why === "loading" ? Array.from({ length: 8 }, () => h("span", { class: "bone tall" })) : null;
  const grids = why === "choose" ? h("ul", {}, state.me.grids.map(({ code, name, above }) => h("li", {}, h("a", { class: "door", href: `/grid?area=${code}` },
    h("span", { class: "who" }, h("strong", {}, name), h("span", { class: "small quiet" }, [above, code].filter(Boolean).join(" · "))))))) : null;
  const way = why === "session" ? h("a", { class: "button primary", href: `/login?next=${encodeURIComponent(location.pathname + location.search)}` }, say("tablet.sign_in"))
    : ["choose", "loading"].includes(why) ? null : h("button", { class: "button line", onclick: () => location.reload() }, say("tablet.again"));
  place.replaceChildren(h("main", { class: "alone", "data-why": why }, [h("h1", {}, say("tablet.title")), said, bones, grids, way,
    left(state, act)].flat(3).filter(Boolean)));
};

/* What was entered outlives the right to the grid, and is told with what became of it. */
const left = (state, act) => (state.me && (state.queue.length || state.others)
  ? outbox({ ...state, done: [], seen: { states: new Map(), byId: new Map() } }, act) : null);
