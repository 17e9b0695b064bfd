/* How the page looks at a doorway, whose it is, and the way out. */
import { h, keepCookie } from "./dom.js";
import { say } from "./words.js";

const root = document.documentElement;

const either = (title, name, options, act) => h("div", { class: "either" }, h("h3", {}, title),
  h("div", { class: "chips", role: "group", "aria-label": title }, options.map(([value, text]) => h("button", {
    class: "chip", "aria-pressed": String(value === valueOf(name)), "data-key": `${name}-${value}`,
    onclick: () => { set(name, value); act.draw(); act.restyle(); },
  }, text))));

const valueOf = (name) => (name === "lang" ? (root.lang === "en" ? "en" : "zh") : root.dataset[name]);
const set = (name, value) => {
  if (name === "lang") root.lang = value === "en" ? "en" : "zh-CN";
  else root.dataset[name] = value;
  keepCookie(name, value);
};

export const settings = (state, act) => [
  h("div", { class: "head" }, h("div", { class: "grow" }, h("h2", { id: "sheet-title" }, say("tablet.settings")),
    h("p", { class: "small quiet" }, `${state.user} · ${say(`tablet.role_${state.me.role}`)}`)),
  h("button", { class: "button close", onclick: act.close, "aria-label": say("tablet.close"), "data-key": "close" }, "×")),
  either(say("tablet.size"), "size", [["usual", say("tablet.size_normal")], ["large", say("tablet.size_large")]], act),
  either(say("tablet.contrast"), "contrast", [["usual", say("tablet.contrast_normal")], ["high", say("tablet.contrast_high")]], act),
  either(say("tablet.theme"), "theme", [["dark", say("tablet.dark")], ["light", say("tablet.light")]], act),
  either(say("tablet.language"), "lang", [["zh", say("tablet.chinese")], ["en", say("tablet.english")]], act),
  h("p", { class: "small quiet" }, say(root.dataset.landed ? "tablet.land_kept" : "tablet.land_not_kept")),
  h("p", { class: "small quiet" }, say(state.kept ? "tablet.kept" : "tablet.not_kept")),
  leaving(state, act),
];

/* Nothing asks 'are you sure' but this: what was not sent would be lost. */
const leaving = (state, act) => {
  const open = state.queue.filter(({ status }) => status !== "refused").length;
  if (!state.leaving || !open) return h("div", { class: "two" },
    h("a", { class: "button line", href: `/map?area=${encodeURIComponent(state.grid || "")}` }, say("tablet.to_map")),
    h("button", { class: "button line", "data-key": "leave", onclick: () => act.leave(open > 0) }, say("tablet.sign_out")));
  return h("div", {}, h("p", { class: "said severe" }, say("tablet.leave_unsent", { n: open })),
    h("div", { class: "two" },
      h("button", { class: "button primary", onclick: act.stay, "data-key": "stay" }, say("tablet.stay")),
      h("button", { class: "button line severe", onclick: () => act.leave(false), "data-key": "leave" }, say("tablet.leave_anyway"))));
};
