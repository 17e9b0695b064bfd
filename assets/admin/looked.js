/* A file as it was understood: which column is which field, its first rows, and where its places lie. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { ground } from "./ground.js";
import { select, table } from "./pieces.js";
import { feedOf, fieldsOf, nameOf, needed, number } from "./state.js";

const SAMPLES = 3;
const per = (share) => `${Math.round(share * 100)} %`;

const mapping = (job, said, change) => {
  const feed = feedOf(job.kind), { heads, columns, first } = job.preview;
  const text = (name) => { const own = nameOf(feed, name); return `${own === name ? name : `${own} ${name}`}${needed(feed, name) ? " *" : ""}`; };
  const items = [{ value: "", text: say("admin.left") }, ...fieldsOf(feed).map((name) => ({ value: name, text: text(name) }))];
  const now = Object.fromEntries(heads.map((head) => [head, said.columns[head] ?? columns[head] ?? ""]));
  const pick = (head) => (field) => {
    for (const other of heads) if (field && now[other] === field) now[other] = "";
    now[head] = field;
    change({ columns: now });
  };
  const seen = (nth) => [...new Set(first.map((row) => row[nth]).filter(Boolean))].slice(0, SAMPLES).join("　");
  const rows = heads.map((head, nth) => Object.assign([head, select(items, now[head], pick(head), { "aria-label": head, "data-head": head, class: now[head] ? "" : "is-left" }), h("span", { class: "quiet" }, seen(nth))], { of: {} }));
  return table(say("admin.mapping"), [{ text: say("admin.column") }, { text: say("admin.field") }, { text: say("admin.first_values") }], rows);
};

const lacking = (job) => job.preview.missing.length > 0 && h("p", { class: "severe", role: "alert", id: "missing" },
  say("admin.missing", { fields: job.preview.missing.map((name) => nameOf(feedOf(job.kind), name)).join("、") }));

const facts = (job) => {
  const { form, encoding, rows, heads, sheet, sheets } = job.preview;
  return h("header", {}, h("h2", {}, sheets.length > 1 && sheet ? `${job.name} · ${sheet}` : job.name), h("span", {}, say(`admin.form_${form}`)), h("span", {}, encoding.toUpperCase()), h("span", {}, rows === null ? say("admin.rows_open") : say("admin.rows_of", { n: number(rows) })), h("span", {}, say("admin.columns_of", { n: heads.length })));
};

const where = ({ system, name, confidence, inside_share: inside, moved_m_median: moved, mixed, question, looked }) => {
  if (question || !system) return null;
  const told = [say("admin.crs_found", { name }), say("admin.moved_by", { n: number(Math.round(moved)) }), say("admin.inside_by", { share: per(inside) })];
  return h("p", { class: "placed" }, h("strong", {}, told[0]), h("span", {}, told[1]), h("span", {}, told[2]), h("span", { class: confidence < 0.9 ? "warning" : "" }, say("admin.sure", { share: per(confidence) })), mixed && h("span", { class: "warning" }, say("admin.mixed")),
    h("span", { class: "small quiet" }, say("admin.looked_at", { n: number(looked) })));
};

export const looked = (job, said, change) => {
  const { places, first, heads } = job.preview;
  const rows = h("details", { class: "more-of" }, h("summary", {}, say("admin.first_rows")), table(say("admin.first_rows"), heads.map((text) => ({ text })), first));
  return h("section", { class: "seen" }, facts(job), lacking(job),
    h("div", { class: places ? "beside" : "" }, h("div", {}, mapping(job, said, change)), places && h("div", {}, where(places), ground(places))), rows);
};
