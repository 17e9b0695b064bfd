/* Days and whole hours of the city, whatever zone the reader's own clock is in. */
import { say } from "../grid/words.js";
import { facts } from "./state.js";

const zoned = new Intl.DateTimeFormat("sv-SE", { timeZone: facts.zone, dateStyle: "short", timeStyle: "short" });
const named = new Intl.DateTimeFormat("en-US", { timeZone: facts.zone, timeZoneName: "longOffset" });

/* A moment (ISO) as {day: "2026-11-27", hour: 20} of the city. */
export const local = (iso) => {
  const [day, time] = zoned.format(new Date(iso)).split(" ");
  return { day, hour: Number(time.slice(0, 2)) };
};

const offset = (ms) => named.formatToParts(ms).find((part) => part.type === "timeZoneName").value.slice(3) || "+00:00";
const minutes = (text) => (text[0] === "-" ? -1 : 1) * (Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6) || 0));

/* A day and an hour of the city as ISO with the city's offset at that moment. */
export const moment = (day, hour) => {
  const plain = `${day}T${String(hour).padStart(2, "0")}:00:00`;
  const guess = Date.parse(`${plain}Z`);
  return plain + offset(guess - minutes(offset(guess)) * 60e3);
};

/* Always with its day: what leaves the office is read on another. */
export const said = (iso) => {
  if (!iso) return say("when.none");
  const [date, time] = zoned.format(new Date(iso)).split(" ");
  const [year, month, day] = date.split("-").map(Number);
  const thisYear = zoned.format(new Date()).startsWith(`${year}-`);
  return `${say(thisYear ? "when.day" : "when.day_of_year", { year, month, day, name: say("when.months").split(" ")[month - 1] })} ${time}`;
};
