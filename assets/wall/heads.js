/* The headline: eight figures that say whether something is wrong, each with what it is part of and its change. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { dayOfCity, missing, number, percent, plusDays, signed } from "./facts.js";
import { drill, LAYERS } from "./drill.js";
import { changed, condition } from "./frame.js";
import { future, moment, shown, wall } from "./state.js";

const sum = (states, wanted) => wall.states.filter(wanted).reduce((n, { code }) => n + (states[code] || 0), 0);
const then = (now, other) => (wall.at === null ? now : other);

/* Against the day before, where the trend knows it. */
const against = (name, value) => {
  const rows = shown("trend")?.figures?.days || [];
  const day = plusDays(dayOfCity(moment()), -1);
  const yesterday = rows.find((row) => row.day === day)?.[name];
  if (missing(yesterday) || missing(value)) return "";
  return value === yesterday ? say("screen.same") : say("screen.against", { n: signed(value - yesterday) });
};

const HEADS = [
  { id: "overdue", block: "households", ahead: true, tone: "severe", of: (b) => [b.overdue, against("overdue", b.overdue)], to: () => drill({ measure: "overdue" }) },
  { id: "due_today", block: "households", ahead: true, tone: "warning", words: () => then("screen.due_today", "screen.due_then"),
    of: (b) => [b.due_today, say("screen.followed_n", { n: number(sum(b.states || {}, (state) => state.followed)) })], to: () => drill({ measure: "due_today" }) },
  { id: "new_today", block: "households", words: () => then("screen.new_today", "screen.new_then"),
    of: (b) => [b.new_today, against("new", b.new_today)], to: () => drill({ measure: "followed" }) },
  { id: "surveyed", block: "households", unit: "%",
    of: (b) => [missing(b.surveyed_share) ? null : (100 * b.surveyed_share).toFixed(1), say("screen.unsurveyed_n", { n: number(b.states ? sum(b.states, (state) => !state.surveyed) : null) })],
    to: () => drill({ measure: "unsurveyed" }) },
  { id: "silent", block: "checkpoints", tone: "severe",
    of: (b) => [b.silent, say("screen.staffed_of", { n: number(b.staffed), total: number(b.total) })], to: () => drill({ on: `${LAYERS},checkpoints` }) },
  { id: "occupancy", block: "hotels", unit: "%",
    of: (b) => [percent(b.occupied, b.rooms), say("screen.rooms_of", { n: number(b.occupied), total: number(b.rooms) })], to: () => drill({ on: `${LAYERS},hotels` }) },
  { id: "clinics", block: "clinics",
    of: (b) => [b.open, say("screen.clinics_of", { total: number(b.total), full: number(b.full) })], to: () => drill({ on: `${LAYERS},clinics` }) },
  { id: "reports", block: "reports", unit: "%",
    of: (b) => [percent(b.received, b.expected), say("screen.reports_of", { n: number(b.received), total: number(b.expected) })], to: () => drill() },
];

const written = (value) => (typeof value === "string" ? value : number(value));

/* Of a day to come only what is due by then is known; what is known of now must not look like that day's. */
const head = ({ id, block, ahead, tone, unit, words, of, to }) => {
  const held = shown(block);
  const [value, beside] = future() && !ahead ? [null, say("screen.unknown_then")] : held?.figures ? of(held.figures) : [null, ""];
  const text = written(value);
  const mark = changed(`heads.${id}.${wall.at === null}`, text) && wall.at === null ? " changed" : "";
  return h("a", { class: "head", href: to(), "data-head": id, "data-key": id },
    h("span", { class: "words" }, say(words ? words() : `screen.${id}`)),
    h("span", { class: `value${tone && Number(value) ? ` ${tone}` : ""}${mark}` }, text, unit && text !== "—" && h("span", { class: "unit" }, unit)),
    h("span", { class: "beside" }, beside),
    h("span", { class: "stamp" }));
};

export const heads = {
  region: "heads",
  blocks: ["households", "checkpoints", "hotels", "clinics", "reports", "trend"],
  draw: (place) => put(place, HEADS.map(head)),
  tick: (place) => {
    for (const { id, block } of HEADS) {
      const [cell, { words, stale }] = [place.querySelector(`[data-head=${id}]`), condition([block])];
      const slot = cell && cell.querySelector(".stamp");
      if (!slot) continue;
      if (slot.textContent !== words) slot.textContent = words;
      cell.classList.toggle("stale", stale);
    }
  },
};
