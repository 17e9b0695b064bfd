/* Arrivals 到报: who delivered what on a day. Whoever has not reported stands first. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { button } from "../press/parts.js";
import { failed, heads, labelled, none, table, wait } from "./pieces.js";
import { asked, keep, number, officeOf, old, titleOf, today, when } from "./state.js";
import { ask } from "./talk.js";

const LOOK_MS = 60_000;
const COLUMNS = ["sender", "kind", "last", "deliveries", "rows", "accepted", "repeated", "refused"];
const NUMBERS = new Set(COLUMNS.slice(3));
/* Never, then the longest silence of those that are late, then the others by their newest. */
const order = (a, b) => b.late - a.late || (a.late ? (a.newest_at || "").localeCompare(b.newest_at || "") : (b.newest_at || "").localeCompare(a.newest_at || "")) || a.kind.localeCompare(b.kind);

const last = (row) => h("span", { class: row.late ? "sign-of warning" : "" },
  row.late && h("strong", {}, say(row.newest_at ? "admin.late" : "admin.silent")),
  h("span", {}, row.newest_at ? when(row.newest_at) : ""), h("span", { class: "small quiet" }, old(row.newest_at)));

export const arrivals = (go) => {
  let gone = false, timer = null, day = asked("day") || today();
  const picked = h("input", { type: "date", value: day, max: today(), id: "day" });
  const figures = h("div"), list = h("div"), stamp = h("p", { class: "small quiet stamp-of", role: "status" });
  picked.addEventListener("change", () => { day = picked.value || today(); keep({ day: day === today() ? "" : day }); load(); });

  const cell = (row, name) => {
    if (name === "sender") return [h("strong", {}, row.office || officeOf(row.sender)), h("span", { class: "small quiet under" }, row.sender.replace(/^sender:/, ""))];
    if (name === "kind") return titleOf(row.kind);
    if (name === "last") return last(row);
    if (name !== "refused" || !row.refused) return number(row[name]);
    return button(number(row.refused), () => go({ view: "quarantine", kind: row.kind, sender: row.sender }), { class: "button warning", "aria-label": say("admin.see_refused", { n: row.refused }) });
  };
  const show = (rows) => {
    const late = rows.filter((row) => row.late).length;
    const sum = (name) => rows.reduce((all, row) => all + row[name], 0);
    figures.replaceChildren(heads([
      { text: say("admin.late_count"), value: number(late), kind: late ? "warning" : "" }, { text: say("admin.expected"), value: number(rows.length) },
      { text: say("admin.rows"), value: number(sum("rows")) }, { text: say("admin.accepted"), value: number(sum("accepted")) },
      { text: say("admin.refused"), value: number(sum("refused")), kind: sum("refused") ? "warning" : "" },
    ]));
    stamp.textContent = say("admin.as_of", { moment: when(new Date().toISOString()) });
    if (!rows.length) return list.replaceChildren(none(say("admin.no_arrivals"), say("admin.no_arrivals_more")));
    const made = [...rows].sort(order).map((row) => Object.assign(COLUMNS.map((name) => cell(row, name)), { of: { class: row.late ? "late-row" : "" } }));
    return list.replaceChildren(table(say("admin.arrivals"), COLUMNS.map((name) => ({ text: say(`admin.${name}`), number: NUMBERS.has(name) })), made));
  };
  const load = async () => {
    clearTimeout(timer);
    if (!list.children.length) wait(list);
    try {
      const rows = await ask(`/api/arrivals?day=${day}`);
      if (!gone) show(rows);
    } catch (error) {
      if (!gone) list.replaceChildren(failed(error, load));
    }
    if (!gone) timer = setTimeout(() => (document.hidden ? null : load()), LOOK_MS);
  };
  const seen = () => { if (!document.hidden) load(); };
  document.addEventListener("visibilitychange", seen);
  load();
  const element = h("section", { class: "sheet wide" }, h("div", { class: "sheet-head" }, figures, labelled(say("admin.day"), picked)), stamp, list);
  return { element, leave: () => { gone = true; clearTimeout(timer); document.removeEventListener("visibilitychange", seen); } };
};
