/* The numbers that feeds bring, in the place of the trends while a stop of the programme asks for them. As many whole
   numbers as fit; the next stop that asks shows those that follow. What needs somebody comes first. */
import { h, put } from "../grid/dom.js";
import { age, language, say } from "../grid/words.js";
import { clock as written, missing, number, percent, root, signed } from "./facts.js";
import { changed } from "./frame.js";
import { future, moment, shown, wall } from "./state.js";

let turn = 0;
let first = { turn: 0, at: 0, next: 0 };
/* Another stop asks: it begins where the last one ended. */
export const turned = (panel) => {
  if (panel) turn += 1;
  if (panel) root.dataset.panel = panel; else delete root.dataset.panel;
};

/* A small share has one more digit, lest it look like none. */
const share = (value, of) => `${value && value / of < 0.01 ? ((100 * value) / of).toFixed(2) : percent(value, of)}%`;
const beside = ({ value, of, before, target }) => {
  if (missing(value)) return "";
  const parts = of ? [share(value, of)] : [];
  if (!missing(target) && target !== of) parts.push(say("reported.target", { target: number(target) }));
  if (!missing(before)) parts.push(value === before ? "±0" : signed(value - before));
  return parts.join(" · ");
};

const line = (name, row) => {
  const mark = changed(`${name}.${row.words.zh}.${wall.at === null}`, row.value) && wall.at === null ? " changed" : "";
  const tone = row.severe && row.value ? " severe" : "";
  return h("tr", { class: row.late ? "stale" : "" }, h("th", { scope: "row" }, row.words[language()]),
    h("td", {}, h("span", { class: `value${tone}${mark}` }, number(row.value), !missing(row.value) && h("span", { class: "unit" }, row.unit[language()]))),
    h("td", { class: "beside" }, beside(row)));
};

const block = ({ id, title, lines, error }) => {
  const times = lines.map((row) => Date.parse(row.data_time || "")).filter(Number.isFinite);
  const newest = Math.max(...times);
  const late = lines.some((row) => row.late);
  const stamp = !times.length ? say("screen.no_time") : late
    ? say("screen.data_age", { clock: written(newest, moment()), age: age(Math.max(0, moment() - newest)) })
    : say("screen.data_of", { clock: written(newest, moment()), age: "" });
  return h("li", { class: `number${late ? " stale" : ""}` },
    h("p", {}, h("strong", {}, title[language()]), h("span", { class: "stamp" }, error ? say("screen.failed") : stamp)),
    h("table", {}, h("tbody", {}, lines.map((row) => line(id, row)))));
};

/* What is left of the numbers from the turn's first one on; after the last one the first comes again. */
const page = (numbers) => {
  if (first.turn !== turn) first = { turn, at: first.next < numbers.length ? first.next : 0, next: 0 };
  return numbers.slice(first.at);
};

export const numbers = {
  region: "numbers",
  blocks: ["numbers"],
  draw: (place) => {
    if (root.dataset.panel !== "numbers") return put(place, null);
    if (future()) return put(place, h("p", { class: "nothing" }, say("screen.unknown_then")));
    const every = shown("numbers")?.figures?.numbers;
    if (!every) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    if (!every.length) return put(place, h("p", { class: "nothing" }, say("screen.numbers_none")));
    const list = h("ol", { class: "numbers" }, page(every).map(block));
    put(place, list);
    // How many fit is seen only once they stand there.
    const there = place.querySelector("ol");
    while (there.childElementCount > 1 && place.scrollHeight > place.clientHeight) there.lastChild.remove();
    first.next = first.at + there.childElementCount;
    if (first.next >= every.length) first.next = 0;
  },
};
