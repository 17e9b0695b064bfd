/* The press desk: a form in the order of decision, the true picture beside it, and what becomes of pictures. */
import { h, keepCookie, put } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { deeds } from "./deeds.js";
import { form } from "./form.js";
import { picture } from "./picture.js";
import { releases, waiting } from "./releases.js";
import { areaOf, change, desk, facts, follow, keep, measureOf, read as readAddress, sizeOf, touch } from "./state.js";
import { loginAgain, read } from "./talk.js";
import { hands } from "./templates.js";
import { verify } from "./verify.js";
import { moment } from "./when.js";

const root = document.documentElement, page = document.getElementById("press");
const VIEWS = { make: "press_desk.make", releases: "press_desk.releases", verify: "press_desk.verify" };
/* Nearest of the map's own measures, which are not all for the public. */
const OF_MAP = { total: "households", followed: "followed_share", unsurveyed: "unsurveyed_share", overdue: "followed", due_today: "followed" };
const HOUR_LOOK_MS = 60_000;
let leaving = [];

/* ── the bar ── */

const map = () => {
  const { area, at } = desk.order;
  return `/map?${new URLSearchParams({ ...(area && { area }), ...(at && { at }) })}`.replace(/\?$/, "");
};
const prefer = (what) => {
  if (what === "theme") root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  else root.lang = language() === "en" ? "zh-CN" : "en";
  keepCookie("theme", root.dataset.theme);
  keepCookie("lang", language());
  if (what === "language" && desk.options) reconcile();
  if (what === "language") draw(); else bar();
};
const tab = (view) => h("a", {
  href: view === "make" ? "/press" : `/press?view=${view}`, class: "tab", "data-key": `tab-${view}`, "data-view": view,
  "aria-current": desk.view === view ? "page" : null, onclick: (event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(view); } },
}, say(VIEWS[view]), view === "releases" && desk.waiting && h("span", { class: "badge-of", "aria-label": say("press_desk.waiting", { n: desk.waiting }) }, desk.waiting));

const bar = () => {
  const at = page.querySelector("header.bar");
  const other = say(root.dataset.theme === "light" ? "map.dark" : "map.light");
  put(at,
    h("div", { class: "brand" }, h("span", { class: "mark" }, say("product.name")), facts.label && h("span", { class: "city" }, facts.label), facts.demo && h("span", { class: "badge" }, say("product.demo"))),
    h("nav", { class: "tabs", "aria-label": say("press_desk.title") }, Object.keys(VIEWS).map(tab)),
    h("div", { class: "who" },
      h("a", { class: "button", href: map(), id: "to-map", "data-key": "map" }, say("press_desk.map")),
      h("button", { type: "button", class: "button", lang: say("map.language_code"), "data-key": "language", onclick: () => prefer("language") }, say("map.language")),
      h("button", { type: "button", class: "button", "data-key": "theme", onclick: () => prefer("theme") }, other),
      h("div", { class: "name" }, h("span", {}, facts.user), h("span", { class: "small" }, say(`role.${facts.role}`))),
      h("form", { action: "/logout", method: "post" }, h("button", { type: "submit", class: "button" }, say("map.sign_out")))),
  );
};

/* ── the views ── */

const stage = {
  make: () => {
    const foot = deeds(go), shown = picture();
    const column = form(foot.element);
    queueMicrotask(shown.now);
    return { element: [column.element, shown.element], leave: () => { foot.leave(); column.leave(); shown.leave(); }, class: "desk" };
  },
  releases: () => ({ ...releases({ onChange: count }), class: "one" }),
  verify: () => ({ ...verify(), class: "one" }),
};

const draw = () => {
  for (const leave of leaving.splice(0)) leave();
  document.title = `${say(VIEWS[desk.view])} · ${say("product.name")}`;
  bar();
  const view = stage[desk.view]();
  leaving.push(view.leave);
  page.querySelector("main").replaceWith(h("main", { class: view.class, "data-view": desk.view }, h("h1", { class: "out-of-sight" }, say(VIEWS[desk.view])), view.element));
  page.dataset.state = "ready";
};
const go = (view) => {
  if (!desk.options) return location.assign(view === "make" ? "/press" : `/press?view=${view}`);
  if (view !== "releases") desk.batch = [];
  desk.view = view;
  keep("pushState");
  return draw();
};
hands.batch = (ids) => { desk.batch = ids.map(String); go("releases"); };

const count = async () => {
  try { desk.waiting = await waiting(); bar(); } catch { /* the list itself says what is wrong */ }
};

/* The map's moment may lack its offset, or lie ahead, where there is nothing to publish yet. */
const timely = (text) => {
  const at = text.replace(/ (?=\d\d:\d\d$)/, "+");
  const whole = /(Z|[+-]\d\d:?\d\d)$/.test(at) ? at : moment(at.slice(0, 10), Number(at.slice(11, 13)) || 0);
  return Date.parse(whole) < Date.parse(desk.options.newest) + 3600e3 ? whole : null;
};

/* What an address asks for may be another's, or not for the public: then the nearest that is, and that is said. */
const reconcile = () => {
  const { areas, measures } = desk.options;
  const asked = desk.order, mend = {};
  desk.said = "";
  if (!areaOf(asked.area)) mend.area = (areas[0] || {}).code || "";
  if (!measureOf(asked.measure)) mend.measure = measureOf(OF_MAP[asked.measure]) ? OF_MAP[asked.measure] : (measureOf("households") || measures[0] || {}).id;
  if (asked.parts && !(areaOf(mend.area || asked.area) || { parts: [] }).parts.includes(asked.parts)) mend.parts = null;
  if (!sizeOf(asked.size)) mend.size = "fhd";
  if (!desk.options.forms.includes(asked.form)) mend.form = desk.options.forms[0];
  if (asked.at) mend.at = timely(asked.at);
  mend.layers = asked.layers.filter((id) => desk.options.layers.some((layer) => layer.id === id));
  change(mend);
};
/* A village's picture is made of its township: the nearest area above that pictures are made of. */
const nearest = async (code) => {
  try {
    const { trail } = await read(`/api/areas/${encodeURIComponent(code)}`);
    return trail.map((step) => step.code).reverse().find(areaOf) || "";
  } catch { return ""; }
};

/* A page that stays open must not call an hour the newest when it is not. */
const newHour = async () => {
  if (document.hidden || Date.now() < Date.parse(desk.options.newest) + 3600e3) return;
  const found = await read("/api/press/options").catch(() => null);
  if (!found || found.newest === desk.options.newest) return;
  desk.options = found;
  if (!desk.order.at) touch("at");
};

const alone = (error) => {
  page.dataset.state = error.kind || "failed";
  bar();
  const act = error.kind === "session" ? h("a", { class: "button primary", href: loginAgain() }, say("press_desk.sign_in"))
    : h("button", { type: "button", class: "button primary", onclick: () => location.reload() }, say("press_desk.again"));
  page.querySelector("main").replaceWith(h("main", { class: "one" }, h("div", { class: "notice alone", role: "alert" }, h("strong", {}, error.message || say("press_desk.failed")), act)));
};

const start = async () => {
  bar();
  readAddress();
  try {
    desk.options = await read("/api/press/options");
  } catch (error) {
    return alone(error);
  }
  if (!desk.options.areas.length) return alone({ kind: "empty", message: say("press_desk.no_area") });
  const { area: wanted, measure: asked, at } = desk.order;
  if (wanted && !areaOf(wanted)) desk.order.area = await nearest(wanted);
  const instead = wanted && desk.order.area !== wanted;
  reconcile();
  const other = asked !== desk.order.measure;
  desk.said = [instead && say("press_desk.other_area", { code: wanted }), other && say("press_desk.other_measure"), at && !desk.order.at && say("press_desk.other_moment")].filter(Boolean).join(" ");
  keep();
  follow((changed) => {
    if (desk.said && (changed.has("area") || changed.has("measure"))) desk.said = "";
    const link = document.getElementById("to-map");
    if (link) link.href = map();
  });
  draw();
  setInterval(newHour, HOUR_LOOK_MS);
  return count();
};

addEventListener("popstate", () => { readAddress(); if (desk.options) { reconcile(); draw(); } });
start();
