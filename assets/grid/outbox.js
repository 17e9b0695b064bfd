/* Not sent 未发送: what is to be decided, what waits, what was refused, and what was done just now. */
import { h } from "./dom.js";
import { nameOf, swatch } from "./marks.js";
import { canUndo, lately, said } from "./sheet.js";
import { link } from "./sync.js";
import { clock, reason, say } from "./words.js";

const LATELY_MS = 864e5;

export const outbox = (state, act) => {
  const by = (status) => state.queue.filter((row) => row.status === status);
  const [conflicts, waiting, refused] = [by("conflict"), by("queued"), by("refused")];
  const done = state.done.filter((row) => Date.now() - row.at < LATELY_MS);
  return [
    conflicts.length ? part("to_decide", conflicts.length, h("ul", {}, perHousehold(conflicts).map((rows) => conflict(state, act, rows))), "severe") : null,
    waiting.length ? part("not_sent", waiting.length, [how(act), h("ul", {}, waiting.slice(0, 200).map((row) => h("li", { class: "entry" }, line(state, row), undo(state, act, row))))]) : null,
    refused.length ? part("refused", refused.length, h("ul", {}, refused.map((row) => h("li", { class: "entry" }, line(state, row),
      h("p", { class: "severe" }, row.message), h("button", { class: "button line", onclick: () => act.drop([row]) }, say("tablet.read")))))) : null,
    done.length ? part("done", done.length, h("ul", {}, done.slice(0, 100).map((row) => h("li", { class: "entry" }, line(state, row), undo(state, act, row))))) : null,
    state.queue.length || done.length ? null : h("p", { class: "notice" }, h("strong", {}, say("tablet.all_sent")), say("tablet.all_sent_more")),
    state.others ? h("p", { class: "said" }, say("tablet.others_wait", { n: state.others })) : null,
  ];
};

const part = (name, count, inside, tint = "") => h("section", { class: "group" },
  h("h2", { class: tint }, say(`tablet.${name}`), h("span", { class: "value" }, String(count))), inside);

/* What hinders is said on top of the page. */
const how = (act) => h("div", { class: "said" }, h("span", { class: "grow" }, link.sending ? say("tablet.sending") : say(link.how === "ok" ? "tablet.will_send" : "tablet.will_send_later")),
  h("button", { class: "button line", onclick: act.send, "data-key": "send" }, say("tablet.send_now")));

const line = (state, row) => h("div", { class: "line-of" },
  swatch(state.seen.states.get(row.then && row.then.state)),
  h("span", { class: "who" }, h("strong", {}, row.door), h("span", { class: "small quiet" },
    [said(state, row), reason(row.reason), clock(new Date(row.made_at), new Date(), state.me.zone)].filter(Boolean).join(" · "))));

const undo = (state, act, row) => {
  const one = { ...row, at: Date.parse(row.made_at) };
  return lately(state).length && canUndo(state, one)
    ? h("button", { class: "button line", onclick: () => act.undo([one]), "data-key": `undo-${row.client_id}` }, say("tablet.undo")) : null;
};

const perHousehold = (rows) => [...new Set(rows.map(({ household }) => household))].map((id) => rows.filter(({ household }) => household === id));

/* Two versions side by side; a person decides. */
const conflict = (state, act, rows) => {
  const mine = rows[rows.length - 1];
  const theirs = mine.now || {};
  const version = (title, code, who, when, why) => h("div", { class: "version" },
    h("h3", {}, say(`tablet.${title}`)),
    h("p", { class: "line-of" }, swatch(state.seen.states.get(code)), h("strong", {}, nameOf(state.seen.states.get(code)))),
    h("p", { class: "small quiet" }, [who, when ? clock(new Date(when), new Date(), state.me.zone) : "", reason(why)].filter(Boolean).join(" · ")));
  return h("li", { class: "conflict" },
    h("strong", {}, mine.door),
    mine.message ? h("p", { class: "small quiet" }, mine.message) : null,
    h("div", { class: "versions" },
      version("mine", mine.then.state, state.user, mine.made_at, mine.reason),
      version("theirs", theirs.state, theirs.by, theirs.at, theirs.reason)),
    h("div", { class: "two" },
      h("button", { class: "button line", onclick: () => act.drop(rows) }, say("tablet.keep_theirs")),
      h("button", { class: "button line", onclick: () => act.insist(rows) }, say("tablet.enter_mine"))));
};
