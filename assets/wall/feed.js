/* Alerts: what, where, since when, who is on it. The most severe first; as many as fit, the others counted. */
import { h, put } from "../grid/dom.js";
import { age, language, say } from "../grid/words.js";
import { missing, number } from "./facts.js";
import { drill } from "./drill.js";
import { future, moment, shown } from "./state.js";

const MOST_ROWS = 16;
export const SEVERITIES = ["severe", "warning", "information"];
export const alerts = () => shown("feed")?.figures?.rows || [];
export const words = (row) => row.text[language()];
export const where = (row) => (row.n === 1 && row.name !== row.area_name ? `${row.area_name} ${row.name}` : row.area_name);
export const fired = (row) => Date.parse(row.began_at);
export const owner = (row) => (row.owners.length ? say("screen.owner", { name: row.owners.join("、") }) : say("screen.nobody"));
/* One alert by its id; many of one rule in one area are the same row as long as they are many. */
export const key = (row) => String(row.id ?? `${row.rule}:${row.area_code}`);

export const target = (row) => {
  if (missing(row.lon) || missing(row.lat)) return { area: row.area_code };
  return { area: row.area_code, lon: row.lon.toFixed(5), lat: row.lat.toFixed(5), z: row.n > 1 ? "11.00" : "15.00" };
};

const line = (row) => h("li", {}, h("a", { href: drill(target(row)), "data-key": `alert-${key(row)}`, class: `alert ${row.severity}` },
  h("span", { class: "sign", role: "img", "aria-label": say(`screen.${row.severity}`) }),
  h("span", { class: "words" }, words(row), row.n > 1 && h("span", { class: "count" }, `×${number(row.n)}`)),
  h("span", { class: "age", "data-since": String(fired(row)) }, Number.isFinite(fired(row)) ? age(Math.max(0, moment() - fired(row))) : ""),
  h("span", { class: `beside${row.assigned < row.n ? " nobody" : ""}` }, [where(row), owner(row)].filter(Boolean).join(" · "))));

const AGES = ["under_1h", "under_6h", "under_24h", "older"];
/* How many are open, by severity and by age. */
const tally = () => {
  const { by_severity: of, by_age: ages } = shown("alerts")?.figures || {};
  if (!of) return null;
  const one = (severity) => h("span", { class: `count ${of[severity] ? severity : ""}` }, h("span", { class: `sign ${severity}`, "aria-hidden": "true" }), say(`screen.${severity}`), h("span", { class: "value" }, number(of[severity])));
  return h("div", { class: "tally" }, h("p", {}, SEVERITIES.map(one)),
    h("p", { class: "ages" }, AGES.map((name) => h("span", { class: "count" }, say(`screen.${name}`), h("span", { class: "value" }, number(ages?.[name]))))));
};

export const feed = {
  region: "feed",
  blocks: ["feed", "alerts"],
  draw: (place) => {
    if (future()) return put(place, h("p", { class: "nothing" }, say("screen.unknown_then")));
    if (!shown("feed")?.figures) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    const [rows, head, more] = [alerts(), tally(), shown("feed").figures.more || 0];
    if (!rows.length) return put(place, head, h("p", { class: "nothing" }, say("screen.no_alerts")));
    // A long sentence takes a second line, so how many rows fit is seen only once they stand there.
    const list = h("ol", { class: "feed" }, rows.slice(0, MOST_ROWS).map(line));
    const rest = h("p", { class: "more" });
    put(place, head, list, rest);
    const count = () => more + rows.slice(list.childElementCount).reduce((n, row) => n + row.n, 0);
    const tell = () => { rest.textContent = count() ? say("screen.more_alerts", { n: number(count()) }) : ""; };
    tell();
    while (list.childElementCount > 1 && place.scrollHeight > place.clientHeight) { list.lastChild.remove(); tell(); }
  },
  tick: (place) => {
    for (const slot of place.querySelectorAll("[data-since]")) {
      const since = Number(slot.dataset.since);
      const text = Number.isFinite(since) ? age(Math.max(0, moment() - since)) : "";
      if (slot.textContent !== text) slot.textContent = text;
    }
  },
};
