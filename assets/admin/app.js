/* The data desk: who reported, files brought, rows that wait, offices that report. */
import { h, keepCookie, put } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { arrivals } from "./arrivals.js";
import { bring } from "./bring.js";
import { quarantine } from "./quarantine.js";
import { senders } from "./senders.js";
import { VIEWS, address, asked, desk, facts } from "./state.js";
import { ask, loginAgain } from "./talk.js";

const root = document.documentElement, page = document.getElementById("admin");
const stage = { arrivals, import: bring, quarantine, senders };
let leave = () => {};

const prefer = (what) => {
  if (what === "theme") root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  else root.lang = language() === "en" ? "zh-CN" : "en";
  keepCookie("theme", root.dataset.theme);
  keepCookie("lang", language());
  if (what === "language") draw(); else bar();
};
const tab = (view) => h("a", {
  href: address({ view }), class: "tab", "data-key": `tab-${view}`, "data-view": view, "aria-current": desk.view === view ? "page" : null,
  onclick: (event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go({ view }); } },
}, say(`admin.${view}`));

const bar = () => put(page.querySelector("header.bar"),
  h("div", { class: "brand" }, h("span", { class: "mark" }, say("product.name")), facts.label && h("span", { class: "city" }, facts.label), facts.demo && h("span", { class: "badge" }, say("product.demo"))),
  h("nav", { class: "tabs", "aria-label": say("admin.title") }, VIEWS.map(tab)),
  h("div", { class: "who" },
    h("a", { class: "button", href: "/map", "data-key": "map" }, say("admin.map")),
    h("button", { type: "button", class: "button", lang: say("map.language_code"), "data-key": "language", onclick: () => prefer("language") }, say("map.language")),
    h("button", { type: "button", class: "button", "data-key": "theme", onclick: () => prefer("theme") }, say(root.dataset.theme === "light" ? "map.dark" : "map.light")),
    h("div", { class: "name" }, h("span", {}, facts.user), h("span", { class: "small" }, say(`role.${facts.role}`))),
    h("form", { action: "/logout", method: "post" }, h("button", { type: "submit", class: "button" }, say("map.sign_out")))),
);

const draw = () => {
  leave();
  document.title = `${say(`admin.${desk.view}`)} · ${say("product.name")}`;
  bar();
  const view = stage[desk.view](go);
  leave = view.leave;
  page.querySelector("main").replaceWith(h("main", { class: view.class || "one", "data-view": desk.view }, h("h1", { class: "out-of-sight" }, say(`admin.${desk.view}`)), view.element));
  page.dataset.state = "ready";
};
const readAddress = () => { desk.view = VIEWS.includes(asked("view")) ? asked("view") : "arrivals"; };
const go = (of) => {
  history.pushState({}, "", address(of));
  readAddress();
  draw();
};

const alone = (error) => {
  page.dataset.state = error.kind || "failed";
  bar();
  const act = error.kind === "session" ? h("a", { class: "button primary", href: loginAgain() }, say("admin.sign_in"))
    : h("button", { type: "button", class: "button primary", onclick: () => location.reload() }, say("admin.again"));
  page.querySelector("main").replaceWith(h("main", { class: "one" }, h("div", { class: "notice alone", role: "alert" }, h("strong", {}, error.message), act)));
};

const start = async () => {
  bar();
  readAddress();
  try {
    [desk.feeds, desk.senders] = await Promise.all([ask("/api/feeds"), ask("/api/senders")]);
  } catch (error) {
    return alone(error);
  }
  return draw();
};

addEventListener("popstate", () => { readAddress(); if (page.dataset.state === "ready") draw(); });
start();
