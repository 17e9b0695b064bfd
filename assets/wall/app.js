/* The command wall. Regions are filled by value from what the hub pushes (state.js); once a second everything that only
   time changes is brought up to date: clock, ages, what is stale. */
import { h, keepCookie, put } from "../grid/dom.js";
import { age, language, say } from "../grid/words.js";
import { dayOfCity, dayWords, hours, minutes, programme, ramp, root, weekday } from "./facts.js";
import * as bar from "./bar.js";
import * as clock from "./clock.js";
import { feed, fired, key as keyOf, owner, target, where, words } from "./feed.js";
import { forget, stamp } from "./frame.js";
import { heads } from "./heads.js";
import { numbers } from "./numbers.js";
import { patrols } from "./patrols.js";
import { posts } from "./posts.js";
import { ranked } from "./ranked.js";
import * as stage from "./stage.js";
import { fill, future, hear, take, tell, wall, watch } from "./state.js";
import { states } from "./states.js";
import * as tour from "./tour.js";
import { trend } from "./trend.js";

const region = (name) => document.querySelector(`[data-region="${name}"]`);
const id = (name) => document.getElementById(name);
const PANELS = [heads, states, ranked, trend, numbers, feed, patrols, posts].map((panel) => ({
  ...panel,
  panel: panel.region === "states" ? null : region(panel.region),
  inside: panel.region === "states" ? id("wall-states") : region(panel.region).querySelector(".inside") || region(panel.region),
}));
const text = (place, said) => { if (place.textContent !== said) place.textContent = said; };

// ── drawing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/* A panel that cannot be drawn says so in its own place, and the others go on. */
const drawn = ({ region: name, panel, inside, draw }) => {
  try {
    draw(inside);
  } catch (error) {
    console.error(name, error);
    if (panel) put(inside, h("p", { class: "nothing" }, say("screen.failed")));
  }
};

let due = null;
const waiting = new Set();
/* Bursts are merged: what changed within one frame is drawn once. */
const redraw = (blocks) => {
  for (const { region: name, blocks: own } of PANELS) if (!blocks || own.some((block) => blocks.includes(block))) waiting.add(name);
  if (!blocks || blocks.includes("feed")) tour.heed();
  due = due || requestAnimationFrame(() => {
    due = null;
    const names = new Set(waiting);
    waiting.clear();
    for (const panel of PANELS) if (names.has(panel.region)) drawn(panel);
    root.dataset.drawn = `${innerWidth}x${innerHeight}`;
    tick();
  });
};

// ── what only time changes ─────────────────────────────────────────────────────────────────────────────────────────

const stampOfMoment = () => {
  const at = wall.at === null ? clock.now() : wall.at;
  return `${dayWords(dayOfCity(at))} ${weekday(at)}`;
};

const connection = () => {
  if (wall.lost !== null) return ["lost", say("screen.lost", { age: minutes(clock.since(wall.lost)) })];
  return ["live", say("screen.live")];
};

const head = () => {
  const [kind, said] = connection();
  const away = Math.abs(bar.day());
  const when = wall.at === null ? "now" : future() ? "future" : "past";
  root.dataset.when = when;
  root.dataset.signal = kind;
  text(id("wall-title"), wall.card ? wall.card.name : say("screen.title"));
  const place = id("wall-moment");
  const told = when === "now" ? [] : [say(`screen.${when}`), `${stampOfMoment()} ${hours(wall.at).slice(0, 5)}`,
    say(when === "past" ? "screen.before_now" : "screen.after_now", { n: away }), say(when === "past" ? "screen.not_now" : "screen.not_fact")];
  const key = told.join("|");
  if (place.dataset.told !== key) {
    place.dataset.told = key;
    put(place, told.length ? [h("strong", {}, told[0]), h("span", { class: "value" }, told[1]), h("span", {}, told[2]), h("strong", { class: "not" }, told[3])] : null);
  }
  text(id("wall-signal"), said);
  text(id("wall-time"), hours(clock.now()).slice(0, 5));
  const now = clock.now();
  text(id("wall-day"), `${dayWords(dayOfCity(now))} ${weekday(now)}`);
};

const ramped = () => ramp[root.dataset.theme === "light" ? "light" : "dark"].map((colour) => h("i", { style: { "background-color": colour } }));
const scene = () => {
  const place = id("wall-scene");
  const { programme: running } = tour.tour;
  const left = tour.left();
  const measure = stage.scene.measure || stage.desk.box.dataset.measure || "overdue";
  const going = !running ? "" : tour.paused() ? say("screen.tour_paused", { left: minutes(left.pause) })
    : tour.tour.resting ? say("screen.tour_resting") : say("screen.tour", { nth: tour.tour.nth + 1, of: running.stops.length });
  const key = [stage.scene.name, measure, going, root.dataset.theme, language(), trouble].join("|");
  if (place.dataset.told === key) return;
  place.dataset.told = key;
  put(place,
    h("strong", {}, stage.scene.name || wall.card?.name || ""),
    h("span", { class: "coloured" }, say("screen.coloured", { measure: say(`measure.${measure}`) }), h("span", { class: "ramp", "aria-hidden": "true" }, say("screen.less"), ramped(), say("screen.much"))),
    going && h("span", { class: "going" }, going),
    trouble && h("span", { class: `trouble-of-map${trouble === "signed_out" ? " severe" : ""}`, role: "status" }, say(`screen.${trouble}`)));
};

const alert = () => {
  const [place, pin, row] = [id("wall-alert"), id("wall-pin"), tour.tour.alert];
  const key = row ? `${keyOf(row)}|${language()}|${owner(row)}` : "";
  if (place.dataset.told !== key) {
    place.dataset.told = key;
    place.hidden = !row;
    put(place, row && [h("span", { class: "sign severe", "aria-hidden": "true" }), h("strong", {}, say("screen.tour_alert")), h("span", { class: "words" }, words(row)),
      h("span", { class: "beside" }, [where(row), owner(row)].filter(Boolean).join(" · ")), h("span", { class: "age value" })]);
  }
  if (row) text(place.querySelector(".age"), Number.isFinite(fired(row)) ? age(Math.max(0, clock.now() - fired(row))) : "");
  pinned(pin, row);
};
const pinned = (pin, row) => {
  const { lon, lat } = row ? target(row) : {};
  const at = lon === undefined ? null : stage.project(Number(lon), Number(lat));
  pin.hidden = !at;
  if (at) { pin.style.setProperty("--x", `${at.x}px`); pin.style.setProperty("--y", `${at.y}px`); }
};

let day = "";
const tick = () => {
  head();
  if (dayOfCity(clock.now()) !== day) { day = dayOfCity(clock.now()); bar.build(); } // the bar's days move on
  for (const { panel, inside, blocks, tick: own } of PANELS) {
    if (panel && panel.classList.contains("panel")) stamp(panel, blocks);
    if (own) own(inside);
  }
  scene();
  alert();
};

// ── the connection ─────────────────────────────────────────────────────────────────────────────────────────────────

const lost = () => {
  if (wall.lost === null) wall.lost = clock.mark();
  tick();
};
let filling = null;
/* The whole state anew; while that fails, again and again, and the screen says that it is old. */
const refill = () => {
  filling = filling || fill().then(() => { filling = null; stage.healed(); stage.retry(); begin(); }, (error) => {
    filling = null;
    lost();
    if (error.status === 401) stage.desk.fail(error);
    if (error.status === 404) stage.unhappy("no_area");
    setTimeout(refill, 3000);
  });
  return filling;
};

let begun = false;
const begin = () => {
  if (begun) return;
  begun = true;
  stage.show({ area: wall.card.code }, wall.card);
  tour.begin(programme);
  listen();
};
/* Dash puts its hands on the page later than this script: asked until it is there. */
let asks = 0; // Dash passes on only what differs
const listen = (again = false) => {
  if (!stage.ready()) return setTimeout(listen, 100, again);
  stage.report("wall-listen", { area: wall.code, blocks: [...new Set(PANELS.flatMap(({ blocks }) => blocks))], again, count: (asks += 1) });
  stage.seen();
};

// ── hands: touch, keys, taste ──────────────────────────────────────────────────────────────────────────────────────

addEventListener("pointerdown", () => { tour.touch(); bar.touched(); }, { passive: true, capture: true });
addEventListener("keydown", () => { tour.touch(); bar.touched(); }, { capture: true });
addEventListener("wheel", () => { tour.touch(); bar.touched(); }, { passive: true, capture: true });
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest("a[href^='/map']");
  if (link) { event.preventDefault(); stage.leave(link.getAttribute("href")); }
});
const prefer = (what) => {
  if (what === "theme") root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  else root.lang = language() === "en" ? "zh-CN" : "en";
  keepCookie("theme", root.dataset.theme);
  keepCookie("lang", language());
  dress();
};
const dress = () => {
  for (const place of document.querySelectorAll("[data-say]")) text(place, say(place.dataset.say));
  for (const kind of ["server", "database", "revoked"]) for (const place of document.querySelectorAll(`#lost .of-${kind} strong`)) text(place, say(`live.${kind}`));
  tools();
  bar.build();
  forget();
  redraw(null);
  if (stage.desk.map) stage.desk.map.restyle();
  stage.seen();
};
const tools = () => put(id("wall-clock"),
  h("span", { id: "wall-signal" }),
  h("button", { class: "button", type: "button", "data-key": "language", lang: language() === "en" ? "zh-CN" : "en", onclick: () => prefer("language") }, say("screen.language")),
  h("button", { class: "button", type: "button", "data-key": "theme", onclick: () => prefer("theme") }, say(root.dataset.theme === "light" ? "screen.dark" : "screen.light")),
  h("span", { id: "wall-day" }), h("span", { id: "wall-time", class: "value" }));

// ── together ───────────────────────────────────────────────────────────────────────────────────────────────────────

let trouble = null;
stage.onTrouble((found) => { trouble = found; scene(); });
stage.onMove(() => alert());

const heard = (message) => {
  if (!message) return;
  if (message.scheme) return location.reload(); // colours and letters mean something else from now on
  take(message);
  stage.healed();
  stage.refresh(message.layers);
};
/* live.js hands on every message in order, and says when the connection is lost and there again. */
document.addEventListener("wangge:news", ({ detail }) => heard(detail));
document.addEventListener("wangge:lost", lost);
document.addEventListener("wangge:again", () => { refill(); listen(true); });
document.addEventListener("wangge:found", () => { hear(); stage.healed(); stage.retry(); tick(); });
/* What Dash calls. */
window.dash_clientside = {
  ...window.dash_clientside,
  wangge: { ...window.dash_clientside?.wangge, wall_moving: (layers) => { stage.moving(layers); return window.dash_clientside.no_update; } },
};

/* What else moves when another moment is looked at. */
const otherMoment = () => {
  if (stage.desk.map) stage.show({ ...stage.scene, moves: false });
  if (wall.at === null) tour.heed();
};

sessionStorage.removeItem("wangge-wall");
tools();
dressed();
function dressed() {
  for (const place of document.querySelectorAll("[data-say]")) text(place, say(place.dataset.say));
  watch(redraw);
  bar.start(region("bar"), otherMoment);
  refill();
  setInterval(() => { tour.tick(); tick(); }, 1000);
  addEventListener("resize", () => redraw(null));
}

/* For tests: the wall's inside, and time that goes by at once. */
Object.assign(window.wangge, { wall, tour, bar, clock, heard, tick, refill, lost, hear, tell, listen });
