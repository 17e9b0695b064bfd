/* The areas below, worst first, as many as fit: never a row that is cut. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { missing, number } from "./facts.js";
import { drill } from "./drill.js";
import { changed } from "./frame.js";
import { shown, wall } from "./state.js";

const COLUMNS = [
  ["overdue", "severe", "screen.trend_overdue"], ["due_today", "warning", "screen.due"],
  ["silent", "severe", "screen.silent_short"], ["unsurveyed", "", "screen.unsurveyed"],
];
export const rows = () => shown("ranked")?.figures?.rows || [];

const cell = (area, name, tone) => {
  const value = area[name];
  const mark = changed(`ranked.${area.code}.${name}.${wall.at === null}`, value) && wall.at === null ? " changed" : "";
  return h("td", {}, h("span", { class: `value${tone && value ? ` ${tone}` : ""}${mark}` }, number(value)));
};
const line = (columns) => (area) => h("tr", { "data-code": area.code },
  h("th", { scope: "row" }, h("a", { href: drill({ area: area.code }), "data-key": area.code }, area.name)),
  columns.map(([name, tone]) => cell(area, name, tone)));

const [LEAST_REM, MOST_REM, HEAD_REM, FOOT_REM] = [2.3, 3.6, 1.8, 1.6];
/* How many rows fit, and how high they then are: all of them, or as many as leave room to say how many are left. */
const fit = (high, count, rem) => {
  const room = high / rem - HEAD_REM;
  if (count * LEAST_REM <= room) return [count, Math.min(MOST_REM, room / count)];
  return [Math.max(1, Math.floor((room - FOOT_REM) / LEAST_REM)), LEAST_REM];
};

export const ranked = {
  region: "ranked",
  blocks: ["ranked"],
  draw: (place) => {
    const areas = rows();
    if (!shown("ranked")?.figures) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    if (!areas.length) return put(place, h("p", { class: "nothing" }, say("screen.no_areas")));
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const columns = COLUMNS.filter(([name]) => areas.some((area) => !missing(area[name]))).slice(0, place.clientWidth > 26 * rem ? 4 : 2);
    const head = h("tr", {}, h("th", { scope: "col" }, say("screen.area")), columns.map(([name, , words]) => h("th", { scope: "col" }, say(words))));
    const [most, row] = fit(place.clientHeight, areas.length, rem);
    const some = areas.slice(0, most);
    put(place, h("table", { class: "below-areas", style: { "--row": `${row}rem` } }, h("thead", {}, head), h("tbody", {}, some.map(line(columns)))),
      some.length < areas.length && h("p", { class: "more" }, say("screen.more_areas", { n: areas.length - some.length })));
  },
};
