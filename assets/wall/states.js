/* Households by state, which is the map's legend at the same time: colour, letter, meaning, number. */
import { h, put } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { number } from "./facts.js";
import { drill } from "./drill.js";
import { changed } from "./frame.js";
import { shown, wall } from "./state.js";

const swatch = ({ colour, ink, letter, hatch }) => h("span", {
  class: `swatch${hatch ? ` hatched hatch-${hatch}` : ""}`, style: { "background-color": colour, color: ink }, "aria-hidden": "true",
}, h("span", {}, letter));

const row = (state) => {
  const count = shown("households")?.figures?.states?.[state.code] ?? (shown("households")?.figures?.states ? 0 : null);
  const mark = changed(`states.${state.code}.${wall.at === null}`, count) && wall.at === null ? " changed" : "";
  return h("li", {}, swatch(state), h("span", { class: "name" }, state[language()]), h("span", { class: `value${mark}` }, number(count)));
};

export const states = {
  region: "states",
  blocks: ["households"],
  draw: (place) => put(place, wall.states.length && shown("households")?.figures?.states
    ? h("a", { href: drill({ measure: "total" }), "aria-label": say("screen.states") }, h("ul", {}, wall.states.map(row)))
    : null),
};
