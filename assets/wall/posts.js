/* Passages at the posts: today and in this hour, by outcome. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { missing, number } from "./facts.js";
import { drill, LAYERS } from "./drill.js";
import { changed } from "./frame.js";
import { shown, wall } from "./state.js";

const OUTCOMES = ["passed", "home_quarantine", "central_quarantine", "turned_back"];
const all = (of) => (of && OUTCOMES.some((name) => !missing(of[name])) ? OUTCOMES.reduce((n, name) => n + (of[name] || 0), 0) : null);

const value = (name, found) => {
  const mark = changed(`posts.${name}.${wall.at === null}`, found) && wall.at === null ? " changed" : "";
  return h("td", {}, h("span", { class: `value${mark}` }, number(found)));
};

export const posts = {
  region: "posts",
  blocks: ["checkpoints"],
  draw: (place) => {
    const day = shown("checkpoints")?.figures;
    if (!day) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    const hour = day.hour || day.this_hour || null;
    const row = (name, words, of) => h("tr", {}, h("th", { scope: "row" }, say(words)), value(`day.${name}`, of(day)), hour && value(`hour.${name}`, of(hour)));
    const title = say(wall.at === null ? "screen.today" : "screen.that_day");
    put(place, h("a", { href: drill({ on: `${LAYERS},checkpoints` }), "data-key": "posts" }, h("table", {},
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, title), hour && h("th", { scope: "col" }, say("screen.this_hour")))),
      h("tbody", {}, row("all", "screen.passages", all), OUTCOMES.map((name) => row(name, `screen.${name}`, (of) => of[name])),
        h("tr", {}, h("th", { scope: "row" }, say("screen.pace")), [day, hour].filter(Boolean).map((of) => h("td", {}, h("span", { class: "value" },
          missing(of.seconds_per_pass) ? "—" : say("screen.seconds", { n: number(of.seconds_per_pass) })))))))));
  },
};
