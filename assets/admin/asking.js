/* What a person may have to say about a file: which of its sheets is meant, its coordinate system, its encoding, what its words for a state mean. */
import { h } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { labelled, select } from "./pieces.js";
import { number } from "./state.js";

const SYSTEMS = ["wgs84", "cgcs2000", "gcj02", "bd09"];
const ENCODINGS = ["", "utf-8", "gb18030", "big5"];

const systems = (places, said, change) => {
  const rivals = places.rivals.filter((one) => !SYSTEMS.includes(one.id));
  const known = [{ value: "auto", text: say("admin.by_places") }, ...SYSTEMS.map((id) => ({ value: id, text: say(`system.${id}`) })), ...rivals.map((one) => ({ value: one.id, text: one.name }))];
  if (!known.some((one) => one.value === said.crs)) known.push({ value: said.crs, text: said.crs });
  const other = h("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: "EPSG:4547", "aria-label": say("admin.other_system"), hidden: true });
  const chosen = select([...known, { value: "other", text: say("admin.other_system") }], said.crs, (value) => {
    other.hidden = value !== "other";
    if (value === "other") other.focus(); else change({ crs: value }, true);
  }, { id: "crs", "aria-invalid": String(Boolean(places.question) && said.crs === "auto") });
  other.addEventListener("change", () => other.value.trim() && change({ crs: other.value.trim() }, true));
  const asks = places.question && said.crs === "auto";
  return labelled(say("admin.crs"), chosen, other, asks && h("p", { class: "small severe", role: "alert", id: "question" }, places.question));
};

const states = (words, choices, said, change) => {
  const items = (known) => [{ value: "", text: say("admin.choose") }, ...known.map((one) => ({ value: one.code, text: `${one.letter} ${one[language()]}`.trim() }))];
  const now = { ...said.states };
  const pick = (word) => (code) => {
    if (code) now[word] = code; else delete now[word];
    change({ states: { ...now } });
  };
  return h("fieldset", { class: "step words", id: "words-asked" }, h("legend", {}, say("admin.words")), h("p", { class: "small quiet" }, say("admin.words_hint")),
    words.map((one) => h("div", { class: "word" }, h("span", {}, one.word, h("span", { class: "small quiet under" }, say("admin.rows_of", { n: number(one.rows) }))),
      select(items(choices[one.field] || []), now[one.word] || "", pick(one.word), { "aria-label": one.word }))));
};

/* Another sheet has other columns: what was said of those is not meant for it. */
const sheets = ({ form, sheets: names, sheet }, said, change) => {
  const items = [...(form === "kml" ? [{ value: "", text: say("admin.all_folders") }] : []), ...names.map((name) => ({ value: name, text: name }))];
  const pick = (name) => change({ sheet: name || null, columns: {}, states: {} }, true);
  return labelled(say("admin.sheet"), select(items, said.sheet ?? sheet, pick, { id: "sheet" }), h("p", { class: "small quiet" }, say("admin.sheets_hint", { n: names.length })));
};

export const asking = (change) => {
  const element = h("div", { class: "asking" });
  let drawn = "";
  const sync = (job, said, words) => {
    element.hidden = !job || !job.preview || job.taken;
    if (element.hidden) { drawn = ""; return; }
    const { places, encoding, choices } = job.preview;
    /* While somebody is choosing, nothing is drawn anew under the hand. */
    const now = JSON.stringify([job.id, said, words, places && places.question, encoding, job.preview.sheets, job.preview.sheet, language()]);
    if (now === drawn || element.contains(document.activeElement) && job.state !== "ready") return;
    drawn = now;
    const held = document.activeElement && element.contains(document.activeElement) ? document.activeElement.id : "";
    const found = select(ENCODINGS.map((value) => ({ value, text: value ? value.toUpperCase() : say("admin.found_encoding", { encoding: encoding.toUpperCase() }) })), said.encoding || "", (value) => change({ encoding: value || null }, true), { id: "encoding" });
    const text = ["csv", "ndjson", "shapefile"].includes(job.preview.form);
    element.replaceChildren(...[job.preview.sheets.length > 1 && sheets(job.preview, said, change), words.length && states(words, choices, said, change), places && systems(places, said, change), text && labelled(say("admin.encoding"), found)].filter(Boolean));
    if (held && document.getElementById(held)) document.getElementById(held).focus();
  };
  return { element, sync };
};
