/* The map beside or under the list. The page's own households and buildings are drawn from the pack, so that a change
   shows at once and without signal; borders, names and care come as tiles, which are kept for the own grid. */
import { h } from "./dom.js";
import { hatch } from "./hatch.js";
import { FROM_TILES, styleAddress } from "./keep.js";
import { language, say } from "./words.js";

const root = document.documentElement;
const box = document.getElementById("land");
const OWN = ["households", "buildings"];
let map, shown, acts, starting = false, styled = false;

const wide = () => matchMedia("(orientation: landscape) and (width > 900px)").matches;
const visible = () => wide() || root.dataset.tab === "map" || root.dataset.pull !== "down";

const grip = h("button", { class: "grip", onclick: () => pull(root.dataset.pull === "down" ? "half" : "down") });
document.body.append(grip);
root.dataset.pull = localStorage.getItem("wangge-pull") || "down";
const pull = (to) => {
  root.dataset.pull = to;
  localStorage.setItem("wangge-pull", to);
  if (shown) show(shown, acts);
};
/* The map follows the finger and stays half open or closed when it is let go. */
grip.addEventListener("pointerdown", (down) => {
  const begin = down.clientY;
  const move = ({ clientY }) => root.style.setProperty("--dragged", `${begin - clientY}px`);
  const end = ({ clientY }) => {
    removeEventListener("pointermove", move);
    root.style.removeProperty("--dragged");
    if (Math.abs(begin - clientY) > 40) { grip.dataset.dragged = "1"; pull(clientY < begin ? "half" : "down"); }
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end, { once: true });
});
grip.addEventListener("click", (event) => { if (grip.dataset.dragged) { delete grip.dataset.dragged; event.stopImmediatePropagation(); } }, true);

export const show = (state, act) => {
  [shown, acts] = [state, act];
  grip.textContent = say(root.dataset.pull === "down" ? "tablet.pull_up" : "tablet.pull_down");
  grip.setAttribute("aria-expanded", String(root.dataset.pull !== "down"));
  if (!visible()) return;
  if (!map) return start();
  feed();
  requestAnimationFrame(() => map && map.resize());
};
addEventListener("resize", () => shown && show(shown, acts));

const load = (source) => new Promise((done, broken) => {
  document.head.append(Object.assign(document.createElement("script"), { src: source, onload: done, onerror: broken }));
});

const start = async () => {
  if (starting) return;
  starting = true;
  if (!document.createElement("canvas").getContext("webgl2")) { box.textContent = say("tablet.no_webgl"); return; }
  try {
    if (!window.createDeck) await load(box.dataset.script);
    const spec = JSON.parse(box.dataset.deck);
    const { bbox } = shown.held.body.grid;
    const [west, south, east, north] = bbox || [0, 0, 0, 0];
    spec.initialViewState = { longitude: (west + east) / 2, latitude: (south + north) / 2, zoom: 15 };
    spec.mapStyle = { version: 8, sources: {}, layers: [] };
    awake(createDeck({ container: box, jsonInput: spec, tooltip: false }), bbox);
  } catch {
    starting = false;
    setTimeout(() => shown && show(shown, acts), 5000);
  }
};

/* pydeck hands out the map only when its first style is drawn, and gives no event for it: see map.js. */
const awake = (overlay, bbox) => {
  if (!overlay._map) return setTimeout(awake, 20, overlay, bbox);
  map = overlay._map;
  for (const control of [...map._controls]) {
    if (control._zoomInButton) map.removeControl(control);
    else if (control._updateAttributions) control.options.customAttribution = "";
  }
  map.dragRotate.disable();
  map.touchZoomRotate.disableRotation();
  map.on("styleimagemissing", ({ id }) => hatch(map, id));
  map.on("error", () => {}); // a tile that is not kept stays empty without signal
  map.on("click", click);
  map.on("idle", () => (root.dataset.map = "idle"));
  map.getCanvas().setAttribute("aria-label", say("tablet.tab_map"));
  map.resize();
  if (bbox) map.fitBounds(around(bbox), { padding: 48, maxZoom: 17.5, duration: 0 });
  return restyle();
};

/* Where the doors are; most of a grid's ground may be fields. */
const around = ([west, south, east, north]) => {
  const { doors } = shown.seen;
  if (!doors.length) return [[west, south], [east, north]];
  const [lons, lats] = [doors.map(({ lon }) => lon), doors.map(({ lat }) => lat)];
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
};

export const restyle = async () => {
  if (!map) return;
  const style = await fetchStyle();
  if (!style) return void setTimeout(restyle, 15e3);
  styled = true;
  map.setStyle(style, { diff: true });
  feed();
};

const fetchStyle = async () => {
  const answer = await fetch(styleAddress(root.dataset.theme, language())).catch(() => null);
  const style = answer && answer.status === 200 ? await answer.json() : null;
  if (!style) return null;
  const sources = Object.fromEntries(Object.entries(style.sources).filter(([name]) => FROM_TILES.includes(name)));
  for (const name of OWN) sources[name] = { type: "geojson", data: nothing() };
  sources.own = { type: "geojson", data: nothing() };
  const layers = style.layers.filter(({ source }) => !source || sources[source]).map(({ "source-layer": inside, ...layer }) =>
    (OWN.includes(layer.source) || !inside ? layer : { ...layer, "source-layer": inside }));
  const accent = getComputedStyle(root).getPropertyValue("--accent").trim();
  layers.splice(1, 0, { id: "own", type: "line", source: "own", paint: { "line-color": accent, "line-width": 3 } });
  return { ...style, sources, layers };
};
const nothing = () => ({ type: "FeatureCollection", features: [] });

const feature = (id, geometry, properties) => ({ type: "Feature", id, geometry, properties });
const feed = () => {
  if (!styled || !map.getSource("own")) return;
  const { seen, held } = shown;
  const doors = seen.doors.map((door) => feature(door.id, { type: "Point", coordinates: [door.lon, door.lat] },
    { state: door.state, severity: door.sign ? door.sign.severity : 99, households: 1, building_id: door.building_id }));
  const worst = new Map();
  for (const { building_id: id, sign } of seen.doors) if (sign && (!worst.get(id) || sign.severity < worst.get(id).severity)) worst.set(id, sign);
  const outlines = held.body.buildings.map((building) => feature(building.id, building.outline,
    { name: building.name, ...(worst.get(building.id) ? { state: worst.get(building.id).code } : {}) }));
  const set = (name, features) => map.getSource(name).setData({ type: "FeatureCollection", features });
  set("households", doors);
  set("buildings", outlines);
  set("own", held.body.grid.outline ? [feature(1, held.body.grid.outline, {})] : []);
};

const click = ({ point }) => {
  const around = [[point.x - 10, point.y - 10], [point.x + 10, point.y + 10]];
  const layers = map.getLayersOrder().filter((id) => OWN.includes(map.getLayer(id).source));
  const found = map.queryRenderedFeatures(around, { layers });
  const door = found.find(({ source }) => source === "households");
  const beside = new Set(found.filter(({ source }) => source === "households").map(({ id }) => id));
  if (door && beside.size === 1) acts.open(door.id);
  else if (door) acts.enter(door.properties.building_id); // several under the finger: the face tells them apart
  else if (found.length) acts.enter(found[0].id);
};
