/* Households by state, which is the map's legend at the same time: colour, letter, meaning, number. */
import { h, put } from "../grid/dom.js";
import { language } from "../grid/words.js";
import { number } from "./facts.js";
import { drill } from "./drill.js";
import { changed } from "./frame.js";
import { future, shown, wall } from "./state.js";

const swatch = ({ colour, ink, letter, hatch }) => h("span", {
  class: `swatch${hatch ? ` hatched hatch-${hatch}` : ""}`, style: { "background-color": colour, color: ink }, "aria-hidden": "true",
}, h("span", {}, letter));

const row = (state) => {
  const count = shown("households")?.figures?.states?.[state.code] ?? (shown("households")?.figures?.states ? 0 : null);
  const mark = changed(`states.${state.code}.${wall.at === null}`, count) && wall.at === null ? " changed" : "";
  return h("li", {}, swatch(state), h("span", { class: "name" }, state[language()]), future() ? null : h("span", { class: `value${mark}` }, number(count)));
};

export const states = {
  region: "states",
  blocks: ["households"],
  draw: (place) => put(place, wall.states.length && shown("households")?.figures?.states
    ? h("a", { href: drill({ measure: "total" }) }, h("ul", {}, wall.states.map(row)))
    : null),
};
