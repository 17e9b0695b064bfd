/* The duty programme: the map goes from stop to stop, shows a new severe alert where it happened, rests while somebody
   touches the wall, and goes on. One small machine that is told the time once a second. */
import { dayOfCity, instant } from "./facts.js";
import * as clock from "./clock.js";
import { turned } from "./numbers.js";
import * as stage from "./stage.js";
import { rows } from "./ranked.js";
import { alerts, key, target } from "./feed.js";
import { shown, tell, wall } from "./state.js";

export const tour = { programme: null, nth: -1, until: 0, paused: 0, alert: null, alertUntil: 0, resting: false };
const waiting = [];
let known = null;
const MOST_WAITING = 20;

const open = ({ from, to }) => {
  if (!from) return true;
  const [now, day] = [clock.now(), dayOfCity(clock.now())];
  const [begin, end] = [instant(day, pad(from)), instant(day, pad(to))];
  return begin <= end ? now >= begin && now < end : now >= begin || now < end;
};
const pad = (time) => (time.length === 5 ? `${time}:00` : time.slice(0, 8));

const codeOf = (area) => {
  if (area === "own") return wall.code;
  if (!area.startsWith("worst:")) return area;
  return rows()[Number(area.slice(6)) - 1]?.code || null;
};

const cards = new Map();
const card = async (code) => {
  if (code === wall.code && wall.card) return wall.card;
  if (!cards.has(code)) {
    const answer = await fetch(`/api/areas/${encodeURIComponent(code)}`);
    if (!answer.ok) return null;
    if (cards.size > 100) cards.clear();
    cards.set(code, await answer.json());
  }
  return cards.get(code);
};

/* The next stop that is open at this hour and lies in an area that exists; none rests in the own area. */
const next = () => {
  const { stops } = tour.programme;
  for (let step = 1; step <= stops.length; step += 1) {
    const nth = (tour.nth + step) % stops.length;
    if (open(stops[nth]) && codeOf(stops[nth].area)) return nth;
  }
  return null;
};

const arrive = async (nth) => {
  tour.resting = nth === null;
  const stop = nth === null ? { area: "own", seconds: 30 } : tour.programme.stops[nth];
  [tour.nth, tour.until] = [nth ?? -1, clock.mark() + stop.seconds * 1000];
  const found = await card(codeOf(stop.area)).catch(() => null);
  if (tour.alert || (nth !== null && tour.nth !== nth)) return;
  turned(stop.panel || "");
  tell(["trend", "numbers"]);
  if (found) stage.show({ area: found.code, on: stop.layers || null, measure: stop.measure || "", moves: true }, found);
};

const again = () => {
  const stop = tour.programme && tour.nth >= 0 ? tour.nth : null;
  if (tour.programme) return arrive(stop ?? next());
  if (wall.card) stage.show({ area: wall.card.code, moves: true }, wall.card);
};

const interrupt = () => {
  const row = waiting.pop();
  waiting.length = 0; // the newest is shown, all are in the feed
  tour.alert = row;
  tour.alertUntil = clock.mark() + (tour.programme?.alert_seconds || 30) * 1000;
  const { lon, lat } = target(row);
  if (lon !== undefined) stage.fly(Number(lon), Number(lat), row.n > 1 ? 11 : 15);
};

/* What is in the feed at the start is known: a wall that is switched on does not show yesterday's alerts one by one. */
export const heed = () => {
  if (wall.at !== null || !shown("feed")?.figures) return;
  const severe = alerts().filter((row) => row.severity === "severe");
  const fresh = known ? severe.filter((row) => !known.has(key(row))) : [];
  known = new Set(severe.map((row) => key(row)));
  waiting.push(...fresh.reverse());
  if (waiting.length > MOST_WAITING) waiting.splice(0, waiting.length - MOST_WAITING);
};

export const paused = () => tour.paused > clock.mark();
export const touch = () => {
  tour.paused = clock.mark() + (tour.programme?.touch_seconds || 120) * 1000;
  tour.alert = null;
};

export const tick = () => {
  if (wall.at !== null || !wall.card) return;
  if (paused()) return;
  if (tour.paused) { tour.paused = 0; again(); }
  if (waiting.length) return interrupt();
  if (tour.alert) {
    if (clock.mark() < tour.alertUntil) return;
    tour.alert = null;
    return again();
  }
  if (tour.programme && clock.mark() >= tour.until) arrive(next());
};

export const begin = async (name) => {
  if (!name) return;
  const answer = await fetch(`/api/programmes/${encodeURIComponent(name)}`);
  if (answer.ok) [tour.programme, tour.nth, tour.until] = [await answer.json(), -1, 0];
};
export const left = () => ({ stop: tour.until - clock.mark(), pause: tour.paused - clock.mark(), alert: tour.alertUntil - clock.mark() });
