/* Quarantine 待处理: rows that were refused, to be corrected and sent again, or given up with a reason. */
import { h } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { busy, button, choices } from "../press/parts.js";
import { failed, labelled, none, select, table, wait } from "./pieces.js";
import { asSender, asked, desk, feedOf, fieldsOf, keep, nameOf, needed, number, officeOf, titleOf, today, when } from "./state.js";
import { ask } from "./talk.js";

const PAGE = 50, DAYS = 7, STATES = ["open", "sent", "dropped"];

/* How many rows were refused of whom, on each of the last days. */
const counts = async () => {
  const days = Array.from({ length: DAYS }, (_, back) => today(DAYS - 1 - back));
  const found = await Promise.all(days.map((day) => ask(`/api/arrivals?day=${day}`)));
  const by = new Map();
  found.forEach((rows, nth) => rows.filter((row) => row.refused).forEach((row) => {
    if (!by.has(row.sender)) by.set(row.sender, days.map(() => 0));
    by.get(row.sender)[nth] += row.refused;
  }));
  if (!by.size) return null;
  const columns = [{ text: say("admin.sender") }, ...days.map((day) => ({ text: day.slice(5), number: true }))];
  return h("details", { class: "more-of", open: true }, h("summary", {}, say("admin.refused_by_day")),
    table(say("admin.refused_by_day"), columns, [...by].map(([sender, all]) => [officeOf(sender), ...all.map((n) => (n ? number(n) : ""))])));
};

const rowOf = (one, settled) => {
  const feed = feedOf(one.kind), open = one.state === "open";
  const status = h("p", { class: "answer small", role: "status" });
  const inputs = new Map();
  const input = (name) => {
    const value = one.fields[name];
    const made = h("input", { type: "text", value: value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value), autocomplete: "off", spellcheck: "false", disabled: !open, "aria-invalid": String(open && name === one.column) });
    inputs.set(name, made);
    return labelled([nameOf(feed, name), needed(feed, name) && " *"].filter(Boolean).join(""), made);
  };
  const editable = feed && one.row > 0;
  const shown = editable ? fieldsOf(feed).filter((name) => open || name in one.fields) : [];
  const work = async (at, path, body, why) => {
    const done = busy(at, why);
    status.textContent = "";
    try {
      settled(await ask(`/api/refused-rows/${one.id}/${path}`, { method: "POST", body }));
    } catch (error) {
      const rows = error.rows || [];
      for (const [name, made] of inputs) made.setAttribute("aria-invalid", rows.some((row) => row.column === name));
      status.className = "answer small severe";
      status.textContent = rows.length ? rows.map((row) => `${row.column ? `${nameOf(feed, row.column)}：` : ""}${row.reason} ${row.suggestion}`).join(" ") : error.message;
      done();
    }
  };
  const value = (text) => { try { return /^\s*[{[]/.test(text) ? JSON.parse(text) : text.trim(); } catch { return text; } };
  const fix = h("button", { type: "button", class: "button line send", onclick: () => work(fix, "correct", { fields: Object.fromEntries([...inputs].filter(([, made]) => made.value.trim()).map(([name, made]) => [name, value(made.value)])) }, say("admin.sending")) }, say("admin.send_again"));
  const why = h("input", { type: "text", maxlength: 200, autocomplete: "off", "aria-label": say("admin.drop_why"), placeholder: say("admin.drop_why") });
  const give = button(say("admin.drop_row"), () => (why.value.trim() ? work(give, "drop", { reason: why.value.trim() }, say("admin.sending")) : why.focus()));
  return h("li", { class: "refused-row", "data-id": one.id, "data-row-state": one.state },
    h("div", { class: "told" },
      h("p", { class: "small quiet" }, [titleOf(one.kind), officeOf(one.sender), one.file, one.row ? say("admin.row", { n: one.row }) : say("admin.whole"), when(one.last_at), one.times > 1 && say("admin.times", { n: one.times })].filter(Boolean).join(" · ")),
      h("h2", {}, one.column && ![one.column, nameOf(feed, one.column)].some((name) => one.reason.includes(name)) && h("span", {}, `${nameOf(feed, one.column)}：`), one.reason), h("p", {}, one.suggestion),
      !open && h("p", { class: "small quiet" }, say(`admin.settled_${one.state}`, { by: one.settled_by, moment: when(one.settled_at) }), one.settled_reason && ` ${one.settled_reason}`)),
    shown.length > 0 && h("div", { class: "fields" }, shown.map(input)),
    open && h("div", { class: "acts-of" }, editable && fix, h("div", { class: "inline" }, why, give)), status);
};

export const quarantine = () => {
  let gone = false, held = [];
  const filter = { kind: asked("kind"), sender: asked("sender"), state: STATES.includes(asked("state")) ? asked("state") : "open" };
  const list = h("ol", { class: "refused-rows" }), told = h("div"), summary = h("div");
  const next = button(say("admin.more"), () => load(true), { hidden: true });
  const pick = (name) => (value) => { filter[name] = value; keep({ ...filter, state: filter.state === "open" ? "" : filter.state }); load(); };
  const offices = desk.senders.map((one) => ({ value: asSender(one.code), text: one.name }));
  if (filter.sender && !offices.some((one) => one.value === filter.sender)) offices.push({ value: filter.sender, text: officeOf(filter.sender) });
  const every = { value: "", text: say("admin.all") };
  const head = h("div", { class: "sheet-head" },
    labelled(say("admin.kind"), select([every, ...desk.feeds.map((feed) => ({ value: feed.kind, text: feed.title[language()] }))], filter.kind, pick("kind"))),
    labelled(say("admin.sender"), select([every, ...offices], filter.sender, pick("sender"))),
    choices("state", say("admin.show"), STATES.map((value) => ({ value, text: say(`admin.state_${value}`) })), filter.state, pick("state")));

  const settled = (one) => {
    /* Other faults of the same row were settled with it. */
    const row = list.querySelector(`[data-id="${one.id}"]`);
    row.replaceWith(h("li", { class: "refused-row done", role: "status" }, h("p", {}, h("strong", {}, say(`admin.done_${one.state}`)), ` ${one.row ? say("admin.row", { n: one.row }) : ""} ${one.reason}`)));
    held = held.filter((other) => other.id !== one.id);
    tally();
  };
  const load = async (further = false) => {
    if (!further) { list.replaceChildren(); wait(told); }
    try {
      const query = new URLSearchParams(Object.entries({ ...filter, limit: PAGE, before: further ? held.at(-1).id : "" }).filter(([, value]) => value));
      const found = await ask(`/api/refused-rows?${query}`);
      if (gone) return;
      held = further ? [...held, ...found] : found;
      told.replaceChildren(...(held.length ? [] : [none(say(`admin.none_${filter.state}`))]));
      list.append(...found.map((one) => rowOf(one, settled)));
      next.hidden = found.length < PAGE;
    } catch (error) {
      if (!gone) told.replaceChildren(failed(error, () => load()));
    }
  };
  const tally = async () => {
    const found = await counts().catch(() => null);
    if (!gone) summary.replaceChildren(...(found ? [found] : []));
  };
  load();
  tally();
  return { element: h("section", { class: "sheet wide" }, head, summary, told, list, next), leave: () => { gone = true; } };
};
