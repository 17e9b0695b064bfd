/* What the page brought with it, and how numbers and moments are written. */
import { clock as clockOf, dayOf, language, say } from "../grid/words.js";

export const root = document.documentElement;
export const box = document.getElementById("map");
export const zone = box.dataset.zone;
export const { patience, ramp, programme } = JSON.parse(document.getElementById("facts").textContent);
export const DAY = 864e5;

export const missing = (value) => value === null || value === undefined;
const places = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
/* What nobody reported is a dash, never a zero. */
export const number = (value) => (missing(value) ? "—" : (Math.abs(value) >= 100 ? whole : places).format(value));
export const percent = (part, of) => (missing(part) || !of ? "—" : ((100 * part) / of).toFixed(1));
export const signed = (value) => `${value > 0 ? "+" : "−"}${number(Math.abs(value))}`;

export const clock = (moment, now) => clockOf(moment, now, zone);
export const dayOfCity = (moment) => dayOf(moment, zone);
const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const hours = (moment) => parts.format(moment);
const weekdays = { zh: "zh-CN", en: "en-GB" };
export const weekday = (moment) => new Intl.DateTimeFormat(weekdays[language()], { timeZone: zone, weekday: "short" }).format(moment);
export const dayWords = (day) => {
  const [year, month, date] = day.split("-").map(Number);
  return say("when.day", { year, month, day: date, name: say("when.months").split(" ")[month - 1] });
};
/* The instant of a wall-clock time on a day of the city, whose offset is looked up and not assumed. */
export const instant = (day, time) => {
  const guess = Date.parse(`${day}T${time}Z`);
  const seen = Date.parse(`${dayOfCity(guess)}T${hours(guess)}Z`);
  return guess - (seen - guess);
};
export const plusDays = (day, n) => new Date(Date.parse(`${day}T12:00:00Z`) + n * DAY).toISOString().slice(0, 10);
export const minutes = (ms) => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
