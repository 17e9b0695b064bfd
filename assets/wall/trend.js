/* Fourteen days back as lines, fourteen days ahead as dashed, hatched bars with a title that says so. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { dayWords, number, percent } from "./facts.js";
import { expected, line } from "./chart.js";
import { drill } from "./drill.js";
import { shown } from "./state.js";

const share = (row) => (row.rooms ? Number(percent(row.occupied, row.rooms)) : null);
const LINES = [
  { id: "overdue", of: (row) => row.overdue, to: { measure: "overdue" }, tone: "severe" },
  { id: "followed", of: (row) => row.followed, to: { measure: "followed" } },
  { id: "new", of: (row) => row.new, to: { measure: "followed" } },
  { id: "passages", of: (row) => row.passages, to: {} },
  { id: "occupied", of: share, to: {}, unit: "%" },
];

const one = (days) => ({ id, of, to, tone = "", unit = "" }) => {
  const values = days.map(of);
  const last = values.at(-1);
  return h("a", { class: "small-chart", href: drill(to), "data-key": `trend-${id}` },
    h("span", { class: "words" }, say(`screen.trend_${id}`)),
    h("span", { class: `value${tone && last ? ` ${tone}` : ""}` }, number(last), unit && last !== null && h("span", { class: "unit" }, unit)),
    line(values, say(`screen.trend_${id}`)));
};

const ahead = (days) => {
  const values = days.map((row) => row.due);
  return h("a", { class: "small-chart ahead", href: drill({ measure: "due_today" }), "data-key": "trend-due" },
    h("span", { class: "words" }, say("screen.forecast")),
    h("span", { class: "value" }, number(values.reduce((sum, value) => sum + (value || 0), 0))),
    expected(values, say("screen.forecast")),
    h("span", { class: "axis" }, h("span", {}, dayWords(days[0].day)), h("span", {}, dayWords(days.at(-1).day))));
};

export const trend = {
  region: "trend",
  blocks: ["trend", "forecast"],
  draw: (place) => {
    const [past, next] = [shown("trend")?.figures?.days || [], shown("forecast")?.figures?.days || []];
    const known = LINES.filter(({ of }) => past.some((row) => of(row) !== null && of(row) !== undefined));
    const axis = past.length && h("span", { class: "axis of-all" }, h("span", {}, dayWords(past[0].day)), h("span", {}, dayWords(past.at(-1).day)));
    put(place, past.length || next.length
      ? h("div", { class: "charts" }, h("div", { class: "facts" }, known.map(one(past)), axis), next.length ? ahead(next) : null)
      : h("p", { class: "nothing" }, say("screen.no_data")));
  },
};
