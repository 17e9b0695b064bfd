/* The areas below, worst first, as many as fit: never a row that is cut. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { missing, number } from "./facts.js";
import { drill } from "./drill.js";
import { changed } from "./frame.js";
import { shown, wall } from "./state.js";

const COLUMNS = [["overdue", "severe"], ["due_today", "warning"], ["silent", "severe"], ["unsurveyed", ""]];
export const rows = () => shown("ranked")?.figures?.areas || [];

const cell = (area, name, tone) => {
  const value = area[name];
  const mark = changed(`ranked.${area.code}.${name}.${wall.at === null}`, value) && wall.at === null ? " changed" : "";
  return h("td", {}, h("span", { class: `value${tone && value ? ` ${tone}` : ""}${mark}` }, number(value)));
};
const line = (columns) => (area) => h("tr", { "data-code": area.code },
  h("th", { scope: "row" }, h("a", { href: drill({ area: area.code }), "data-key": area.code }, area.name)),
  columns.map(([name, tone]) => cell(area, name, tone)));

export const fitting = (place, high, every, foot = 1) => {
  const room = Math.floor((place.clientHeight + 1) / high);
  return room >= every ? every : Math.max(1, room - foot);
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
    const head = h("tr", {}, h("th", { scope: "col" }, say("screen.area")), columns.map(([name]) => h("th", { scope: "col" }, say(`screen.${name === "overdue" ? "trend_overdue" : name === "due_today" ? "due" : name === "silent" ? "silent_short" : name}`))));
    const most = fitting(place, 2.3 * rem, areas.length + 1, 2) - (areas.length + 1 <= Math.floor(place.clientHeight / (2.3 * rem)) ? 1 : 0);
    const some = areas.slice(0, Math.max(1, most));
    put(place, h("table", { class: "ranked" }, h("thead", {}, head), h("tbody", {}, some.map(line(columns)))),
      some.length < areas.length && h("p", { class: "more" }, say("screen.more_areas", { n: areas.length - some.length })));
  },
};
