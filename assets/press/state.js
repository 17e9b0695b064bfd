/* The order in hand, and where it is kept: choices in the address, so that it can be linked; texts that are not sent
   yet also in the tab's own store, because a long one does not fit into an address. */

export const facts = JSON.parse(document.getElementById("facts").textContent);
const FIRST = {
  area: "", at: null, measure: "households", parts: null, layers: [], title: "", note: "", language: "zh", size: "fhd",
  review_number: "", days: 7, form: "png",
};
const TEXTS = ["title", "note", "review_number"];
const SHORT = { review_number: "review" };
export const FILMS = ["gif", "mp4"];
export const MOST = { title: 200, note: 400, review_number: 60 };
const LONGEST_ADDRESS = 1_500;
const STORE = `wangge-press-${facts.user}`;

export const desk = { options: null, order: { ...FIRST }, view: "make", batch: [], templates: [], waiting: null, said: "" };

const listeners = new Set();
/* Call `hear(changed)` after every change of the order; `changed` is the set of its names. Returns what ends that. */
export const follow = (hear) => { listeners.add(hear); return () => listeners.delete(hear); };

/* What the order means has changed, though it says the same. */
export const touch = (...names) => { for (const hear of [...listeners]) hear(new Set(names)); };

export const change = (changes) => {
  const changed = new Set(Object.keys(changes).filter((name) => JSON.stringify(changes[name]) !== JSON.stringify(desk.order[name])));
  if (!changed.size) return;
  Object.assign(desk.order, changes);
  keep();
  touch(...changed);
};

/* As the server takes it; `form` is no part of a picture's order, and days only of a film's. */
export const sent = () => {
  const { form, days, ...order } = desk.order;
  return FILMS.includes(form) ? { ...order, days } : order;
};
export const length = (text) => [...text].length;
export const tooLong = () => TEXTS.find((name) => length(desk.order[name].trim()) > MOST[name]);

/* ── the address ── */

const asText = (name, value) => {
  if (name === "layers") return value.join(",");
  if (name === "at") return value || "";
  return value === null || String(value) === String(FIRST[name]) ? "" : String(value);
};

export const query = ({ texts = true } = {}) => {
  const asked = new URLSearchParams();
  if (desk.view !== "make") asked.set("view", desk.view);
  if (desk.view === "releases" && desk.batch.length) asked.set("batch", desk.batch.join(","));
  for (const name of Object.keys(FIRST)) {
    if (TEXTS.includes(name) && !texts) continue;
    const value = asText(name, desk.order[name]);
    if (value) asked.set(SHORT[name] || name, value);
  }
  return asked.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
};

const address = () => {
  const whole = query();
  const short = whole.length <= LONGEST_ADDRESS ? whole : query({ texts: false });
  return short ? `/press?${short}` : "/press";
};

export const keep = (how = "replaceState") => {
  if (how === "replaceState" || address() !== location.pathname + location.search) history[how]({}, "", address());
  const { area, measure } = desk.order;
  const texts = Object.fromEntries(TEXTS.map((name) => [name, desk.order[name]]));
  try { sessionStorage.setItem(STORE, JSON.stringify({ area, measure, texts })); } catch { /* a full store loses nothing that shows */ }
};

const kept = () => {
  try { return JSON.parse(sessionStorage.getItem(STORE)) || {}; } catch { return {}; }
};

/* What was written for one area is never put under the picture of another. */
export const read = () => {
  const asked = new URLSearchParams(location.search);
  const order = { ...FIRST };
  for (const name of Object.keys(FIRST)) {
    const text = asked.get(SHORT[name] || name);
    if (text === null) continue;
    if (name === "layers") order.layers = text.split(",").filter(Boolean);
    else if (name === "days") order.days = Math.min(31, Math.max(2, Number(text) || FIRST.days));
    else order[name] = text || FIRST[name];
  }
  const { area, measure, texts } = kept();
  const same = texts && (!order.area || area === order.area) && (!asked.has("measure") || measure === order.measure);
  if (same && !TEXTS.some((name) => asked.has(SHORT[name] || name))) Object.assign(order, texts);
  if (same && !order.area) Object.assign(order, { area });
  desk.order = order;
  desk.view = ["releases", "verify"].includes(asked.get("view")) ? asked.get("view") : "make";
  desk.batch = (asked.get("batch") || "").split(",").filter(Boolean);
};

/* Take a template's order, or one of a release, as the form's own. */
export const take = (order) => change({ ...FIRST, form: desk.order.form, ...order, layers: [...(order.layers || [])] });

/* ── what the options say ── */

export const areaOf = (code) => desk.options && desk.options.areas.find((area) => area.code === code);
export const measureOf = (id) => desk.options && desk.options.measures.find((measure) => measure.id === id);
export const sizeOf = (name) => {
  const found = desk.options && desk.options.sizes.find((size) => size.id === name);
  if (found) return found;
  const [, width, height] = /^(\d{1,5})[x×](\d{1,5})$/.exec(name) || [];
  return width ? { id: name, width: Number(width), height: Number(height), group: "free" } : null;
};

/* As it stands where nobody writes a title: in the language of the picture, which need not be the page's. */
export const itself = (order, tongue) => {
  const measure = measureOf(order.measure);
  const names = { area: (areaOf(order.area) || { name: order.area }).name, measure: measure ? measure.title[tongue] : order.measure };
  return facts.itself[tongue].replace(/\{(\w+)\}/g, (_, name) => names[name]);
};
