/* Passages at the posts: today and in this hour, by outcome. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { hours, missing, number } from "./facts.js";
import { drill, LAYERS } from "./drill.js";
import { changed } from "./frame.js";
import { future, shown, wall } from "./state.js";

/* The newest hour of which anything is known, from when to when. */
const hoursOf = ({ began }) => [0, 36e5].map((ms) => hours(Date.parse(began) + ms).slice(0, 5)).join("–");
const OUTCOMES = ["passed", "home_quarantine", "central_quarantine", "turned_back"];

const value = (name, found) => {
  const mark = changed(`posts.${name}.${wall.at === null}`, found) && wall.at === null ? " changed" : "";
  return h("td", {}, h("span", { class: `value${mark}` }, number(found)));
};

export const posts = {
  region: "posts",
  blocks: ["checkpoints"],
  draw: (place) => {
    if (future()) return put(place, h("p", { class: "nothing" }, say("screen.unknown_then")));
    const day = shown("checkpoints")?.figures;
    if (!day) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    const hour = day.hour;
    const row = (name, words, of) => h("tr", {}, h("th", { scope: "row" }, say(words)), value(`day.${name}`, of(day)), hour && value(`hour.${name}`, of(hour)));
    const title = say(wall.at === null ? "screen.today" : "screen.that_day");
    put(place, h("a", { href: drill({ on: `${LAYERS},checkpoints` }), "data-key": "posts" }, h("table", {},
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, title), hour && h("th", { scope: "col" }, hoursOf(hour)))),
      h("tbody", {}, row("all", "screen.passages", (of) => of.passages), OUTCOMES.map((name) => row(name, `screen.${name}`, (of) => of[name])),
        h("tr", {}, h("th", { scope: "row" }, say("screen.pace")), [day, hour].filter(Boolean).map((of) => h("td", {}, h("span", { class: "value" },
          missing(of.seconds_per_pass) ? "—" : say("screen.seconds", { n: number(of.seconds_per_pass) })))))))));
  },
};
