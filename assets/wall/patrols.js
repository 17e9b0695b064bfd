/* Who looks from above and on foot, and, what matters most, what nobody has looked at for a day. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { missing, number, percent } from "./facts.js";
import { drill, LAYERS } from "./drill.js";
import { changed } from "./frame.js";
import { future, shown, wall } from "./state.js";

const figure = (name, words, value, { unit = "", beside = "", tone = "", on = "drones" } = {}) => {
  const mark = changed(`patrols.${name}.${wall.at === null}`, value) && wall.at === null ? " changed" : "";
  return h("a", { class: "figure", href: drill({ on: `${LAYERS},${on}` }), "data-key": `patrols-${name}` },
    h("span", { class: "words" }, say(words)),
    h("span", { class: `value${tone && Number(value) ? ` ${tone}` : ""}${mark}` }, typeof value === "string" ? value : number(value), unit && h("span", { class: "unit" }, unit)),
    beside && h("span", { class: "beside" }, beside));
};

export const patrols = {
  region: "patrols",
  blocks: ["patrols"],
  draw: (place) => {
    if (future()) return put(place, h("p", { class: "nothing" }, say("screen.unknown_then")));
    const found = shown("patrols")?.figures;
    if (!found) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    const cells = !missing(found.cells) && found.cells > 0;
    put(place, h("div", { class: "figures" },
      figure("in_air", "screen.in_air", found.in_air),
      !missing(found.on_foot) && figure("on_foot", "screen.ground", found.on_foot, { on: "ground_patrols" }),
      cells
        ? figure("unseen", "screen.unseen", percent(found.unseen, found.cells), { unit: "%", on: "unseen",
          beside: say("screen.cells", { n: number(found.unseen), total: number(found.cells) }) })
        : figure("flights", "screen.flights", found.flights_24h, { on: "tracks" }),
      figure("events", "screen.events", found.events_24h, { on: "patrol_events" })));
  },
};
