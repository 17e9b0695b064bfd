/* Who is here, what may be delivered and by whom, and what the address says. */
import { age, clock, language, say } from "../grid/words.js";

export const facts = JSON.parse(document.getElementById("facts").textContent);
export const desk = { feeds: [], senders: [], view: "arrivals" };
export const VIEWS = ["arrivals", "import", "quarantine", "senders"];

/* ── the address ── */

export const asked = (name) => new URLSearchParams(location.search).get(name) || "";
/* address({view: "import", id: "…"}): what is empty is left out. */
export const address = (of) => {
  const kept = Object.entries(of).filter(([name, value]) => value && !(name === "view" && value === "arrivals"));
  const query = new URLSearchParams(kept).toString();
  return query ? `/admin?${query}` : "/admin";
};
export const keep = (of) => history.replaceState({}, "", address({ view: desk.view, ...of }));

/* ── names ── */

export const feedOf = (kind) => desk.feeds.find((feed) => feed.kind === kind);
export const titleOf = (kind) => (feedOf(kind) ? feedOf(kind).title[language()] : kind);
export const fieldsOf = (feed) => Object.keys(feed.row.properties);
export const needed = (feed, name) => (feed.row.required || []).includes(name);
const CHINESE = /[\u4e00-\u9fff]/;
/* A field as departments call it, and as the feed does. */
export const nameOf = (feed, name) => (language() === "zh" && feed && (feed.paper.names[name] || []).find((one) => CHINESE.test(one))) || name;
const PREFIX = "sender:";
/* An office by its code; somebody's own name where it is no office. */
export const officeOf = (sender) => {
  const code = sender.startsWith(PREFIX) ? sender.slice(PREFIX.length) : "";
  const found = desk.senders.find((one) => one.code === code);
  return found ? found.name : code || sender;
};
export const asSender = (code) => PREFIX + code;

/* ── numbers and moments ── */

const grouped = new Intl.NumberFormat("en-US");
export const number = (n) => (n === null || n === undefined ? "–" : grouped.format(n));
export const when = (iso) => (iso ? clock(new Date(iso), new Date(), facts.zone) : say("admin.never"));
export const old = (iso) => (iso ? age(Math.max(0, Date.now() - Date.parse(iso))) : "");
const dayed = new Intl.DateTimeFormat("sv-SE", { timeZone: facts.zone, dateStyle: "short" });
export const today = (back = 0) => dayed.format(new Date(Date.now() - back * 864e5));
