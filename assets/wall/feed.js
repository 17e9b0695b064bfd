/* Alerts: what, where, since when, who is on it. The most severe first; as many as fit, the others counted. */
import { h, put } from "../grid/dom.js";
import { age, language, say } from "../grid/words.js";
import { missing, number } from "./facts.js";
import { drill } from "./drill.js";
import { moment, shown } from "./state.js";

export const SEVERITIES = ["severe", "warning", "information"];
export const alerts = () => shown("feed")?.figures?.rows || [];
export const words = (row) => row[language()] ?? row.text?.[language()] ?? "";
export const where = (row) => row.place_name || row.area_name || row.area?.name || "";
export const fired = (row) => Date.parse(row.fired_at || row.since || "");
export const owner = (row) => (row.owner ? say("screen.owner", { name: row.owner }) : say("screen.nobody"));
const code = (row) => row.area_code || row.area?.code || row.code || "";

export const target = (row) => {
  const [lon, lat] = row.place || [row.lon, row.lat];
  if (missing(lon) || missing(lat)) return { area: code(row) };
  return { area: code(row), lon: Number(lon).toFixed(5), lat: Number(lat).toFixed(5), z: "15.00" };
};

const line = (row) => h("li", {}, h("a", { href: drill(target(row)), "data-key": `alert-${row.id}`, class: `alert ${row.severity}` },
  h("span", { class: "sign", role: "img", "aria-label": say(`screen.${row.severity}`) }),
  h("span", { class: "words" }, words(row), row.count > 1 && h("span", { class: "count" }, `×${number(row.count)}`)),
  h("span", { class: "age", "data-since": String(fired(row)) }, Number.isFinite(fired(row)) ? age(Math.max(0, moment() - fired(row))) : ""),
  h("span", { class: `beside${row.owner ? "" : " nobody"}` }, [where(row), owner(row)].filter(Boolean).join(" · "))));

const total = (figures) => (severity) => {
  const open = figures?.[severity];
  return missing(open) ? null : typeof open === "object" ? open.open ?? open.total : open;
};

const tally = () => {
  const of = total(shown("alerts")?.figures?.by_severity || shown("alerts")?.figures);
  const known = SEVERITIES.map((severity) => [severity, of(severity)]).filter(([, count]) => !missing(count));
  return known.length ? h("p", { class: "tally" }, known.map(([severity, count]) =>
    h("span", { class: `count ${count ? severity : ""}` }, h("span", { class: `sign ${severity}`, "aria-hidden": "true" }), `${say(`screen.${severity}`)} `, h("span", { class: "value" }, number(count))))) : null;
};

export const feed = {
  region: "feed",
  blocks: ["feed", "alerts"],
  draw: (place) => {
    if (!shown("feed")?.figures) return put(place, h("p", { class: "nothing" }, say("screen.no_data")));
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [rows, head] = [alerts(), tally()];
    if (!rows.length) return put(place, head, h("p", { class: "nothing" }, say("screen.no_alerts")));
    const room = Math.max(1, Math.floor((place.clientHeight - (head ? 2.6 * rem : 0)) / (3.6 * rem)));
    const some = rows.slice(0, rows.length > room ? Math.max(1, room - 1) : room);
    put(place, head, h("ol", { class: "feed" }, some.map(line)),
      some.length < rows.length && h("p", { class: "more" }, say("screen.more_alerts", { n: number(rows.length - some.length) })));
  },
  tick: (place) => {
    for (const slot of place.querySelectorAll("[data-since]")) {
      const since = Number(slot.dataset.since);
      const text = Number.isFinite(since) ? age(Math.max(0, moment() - since)) : "";
      if (slot.textContent !== text) slot.textContent = text;
    }
  },
};
