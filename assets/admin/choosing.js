/* The first steps of an import: what it is, whose it is, and the file. */
import { h } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { button, size } from "../press/parts.js";
import { labelled, select, table } from "./pieces.js";
import { asSender, desk, facts, feedOf, fieldsOf, nameOf, needed } from "./state.js";
import { save } from "./talk.js";

const KINDS = ".csv,.txt,.tsv,.xlsx,.xls,.ods,.ndjson,.jsonl,.json,.geojson,.gpkg,.zip,.kml";
const MB = 1024 * 1024;
const quoted = (value) => { const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value); return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };

/* The example as a table that spreadsheets open: with a mark for UTF-8, heads in the reader's language. */
export const example = (feed) => {
  const names = fieldsOf(feed).filter((name) => name in feed.example);
  const lines = [names.map((name) => quoted(nameOf(feed, name))), names.map((name) => quoted(feed.example[name]))];
  save(`\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`, "text/csv", `${feed.kind}.csv`);
};
const columns = (feed) => table(say("admin.columns"), [{ text: say("admin.field") }, { text: say("admin.written") }, { text: say("admin.example") }],
  fieldsOf(feed).map((name) => [[name, needed(feed, name) && h("span", { title: say("admin.needed") }, " *")], feed.paper.names[name].join("、") || "–", quoted(feed.example[name]) || "–"]));

export const choosing = (begin) => {
  const kinds = desk.feeds.filter((feed) => !feed.foundation || facts.founds).sort((a, b) => a.foundation - b.foundation);
  const kind = select(kinds.map((feed) => ({ value: feed.kind, text: feed.title[language()] })), kinds[0].kind, () => told(), { id: "kind" });
  const sender = select([{ value: "", text: say("admin.own_office", { user: facts.user }) }, ...desk.senders.map((one) => ({ value: asSender(one.code), text: one.name }))], "", null, { id: "sender" });
  const file = h("input", { type: "file", id: "file", class: "out-of-sight", accept: KINDS });
  const drop = h("label", { class: "drop", for: "file" }, h("strong", {}, say("admin.drop")), h("span", { class: "small quiet" }, say("admin.drop_hint")));
  const shape = h("details", { class: "more-of" }), held = h("div", { class: "held", hidden: true });
  const wrong = h("p", { class: "small severe", role: "alert", hidden: true });

  const told = () => {
    const feed = feedOf(kind.value);
    shape.replaceChildren(h("summary", {}, say("admin.columns")), columns(feed), button(say("admin.example_csv"), () => example(feed)));
  };
  const take = (given) => {
    if (!given) return;
    wrong.hidden = given.size <= facts.most_mb * MB;
    wrong.textContent = say("admin.too_large", { mb: facts.most_mb });
    if (wrong.hidden) begin(given, { kind: kind.value, sender: sender.value });
  };
  file.addEventListener("change", () => { take(file.files[0]); file.value = ""; });
  for (const what of ["dragenter", "dragover"]) drop.addEventListener(what, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const what of ["dragleave", "drop"]) drop.addEventListener(what, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", (event) => take(event.dataTransfer.files[0]));
  told();

  const sync = (job, leave) => {
    kind.disabled = sender.disabled = Boolean(job);
    drop.parentElement.hidden = shape.hidden = Boolean(job);
    held.hidden = !job;
    if (job) held.replaceChildren(h("strong", {}, job.name), h("span", { class: "small quiet" }, size(job.size)), button(say("admin.other_file"), leave, { id: "other-file" }));
  };
  const element = h("div", {}, labelled(say("admin.kind"), kind), shape, labelled(say("admin.whose"), sender), h("div", { class: "by-file" }, file, drop, wrong), held);
  return { element, sync, take: (job) => { kind.value = job.kind; if (![...sender.options].some((one) => one.value === job.sender)) sender.append(h("option", { value: job.sender }, job.sender)); sender.value = job.sender === facts.user ? "" : job.sender; } };
};
