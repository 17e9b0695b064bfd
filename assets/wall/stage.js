/* The map in the middle: map.js with the wall's own hands. What it shows is a scene (area, layers, measure, moment) that
   the tour, an alert or nothing chooses; a touch on a thing leads to the desk. */
import { box, root } from "./facts.js";
import { drill } from "./drill.js";
import { wall } from "./state.js";

export const scene = { area: "", on: null, measure: "", box: null, name: "" };
const facts = JSON.parse(box.dataset.layers);
let trouble = null;
const hands = { moved: () => {}, troubled: () => {} };
export const onMove = (then) => { hands.moved = then; };
export const onTrouble = (then) => { hands.troubled = then; };

const dash = () => window.dash_clientside;
export const ready = () => Boolean(dash() && dash().set_props && document.getElementById("page"));
export const report = (id, data) => ready() && dash().set_props(id, { data });

const address = () => ({
  area: scene.area || wall.code, at: wall.at === null ? "" : new Date(wall.at).toISOString(), measure: scene.measure,
  pick: "", face: "", on: scene.on, view: null,
});
const here = () => (desk.map ? desk.map.here() : {});

/* A thing is opened on the desk, where there is room for its card. */
const go = (changes) => {
  if (changes.area) leave(drill({ area: changes.area }));
  else if (changes.pick) leave(drill({ area: address().area, pick: changes.pick, ...here() }));
  else if (changes.face) leave(drill({ area: address().area, face: changes.face, ...here() }));
};
export const leave = (to) => {
  sessionStorage.setItem("wangge-wall", location.pathname + location.search);
  location.assign(to);
};

const fail = ({ status, message }) => {
  if (status === 401) { trouble = "signed_out"; hands.troubled(trouble); }
  else if (!/abort/i.test(message || "")) { trouble = trouble || "map_failed"; hands.troubled(trouble); }
};

export const desk = (window.wangge = {
  root, box, facts, map: null, spot: null, moving: [],
  scale: () => Math.max(0.75, parseFloat(getComputedStyle(root).fontSize) / 16),
  taste: () => ({ theme: root.dataset.theme, lang: root.lang === "en" ? "en" : "zh" }),
  shown: (id, on) => (on ? on.includes(id) : (facts[id] || { on: true }).on),
  say: (kind) => { trouble = kind === "webgl" ? "no_webgl" : null; hands.troubled(trouble); },
  keepView: () => {}, far: () => hands.moved(), report: () => {}, address, go, fail, dash,
});

export const unhappy = (kind) => { trouble = kind; hands.troubled(kind); };
export const healed = () => {
  if (!trouble || trouble === "no_webgl") return;
  trouble = null;
  hands.troubled(null);
};
export const retry = () => { if (desk.map) desk.map.retry(); };

const measures = () => { root.style.setProperty("--map-scale", desk.scale()); if (desk.map) desk.map.resize(); };
addEventListener("resize", measures);
new ResizeObserver(measures).observe(document.getElementById("map-box"));
measures();

/* Show a scene. The map moves only where the area is another one than before. */
export const show = (next, found) => {
  const moves = (next.area || wall.code) !== (scene.area || wall.code) || next.moves;
  Object.assign(scene, { area: "", on: null, measure: "", ...next });
  if (found) [scene.box, scene.name] = [found.bbox, found.name];
  if (!desk.map) return;
  desk.map.follow(address());
  if (moves && scene.box) desk.map.fit(scene.box);
  seen();
};
/* Only layers that show are fetched again, under what is on the screen: no blank flash, no movement. A burst is two
   fetches, its first change and its last state. */
const REFRESH_MS = 3000;
const old = new Set();
let resting = null;
const renew = () => {
  resting = null;
  if (!old.size || !desk.map || wall.at !== null) return old.clear(); // coming back to now fetches everything
  desk.map.refresh([...old]);
  if ([...old].some((id) => facts[id]?.live)) seen();
  old.clear();
  resting = setTimeout(renew, REFRESH_MS);
};
export const refresh = (layers) => {
  for (const id of layers || []) old.add(id);
  if (!resting) renew();
};
/* Where drones are is asked for anew: at the moment and in the theme that are shown. */
export const seen = () => report("wall-seen", { at: wall.at === null ? "" : new Date(wall.at).toISOString(), theme: desk.taste().theme, nth: (seen.nth = (seen.nth || 0) + 1) });
export const moving = (layers) => { desk.moving = layers || []; if (desk.map) desk.map.draw(); };
export const fly = (lon, lat, zoom = 15) => desk.map && desk.map.own.easeTo({ center: [lon, lat], zoom, duration: 800 });
export const home = () => { if (desk.map && scene.box) desk.map.fit(scene.box); };
/* Where a place is on the screen, in pixels of the region. */
export const project = (lon, lat) => {
  if (!desk.map) return null;
  const { x, y } = desk.map.own.project([lon, lat]);
  return { x: x * desk.scale(), y: y * desk.scale() };
};
