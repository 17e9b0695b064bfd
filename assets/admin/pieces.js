/* Pieces that every view is made of. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { button } from "../press/parts.js";

/* A select; `items`: [{value, text}]. */
export const select = (items, value, pick, of = {}) => {
  const made = h("select", of, items.map((item) => h("option", { value: item.value, selected: item.value === value }, item.text)));
  if (pick) made.addEventListener("change", () => pick(made.value));
  return made;
};
export const labelled = (text, control, ...more) => {
  const id = control.id || `c-${Math.random().toString(36).slice(2)}`;
  control.id = id;
  return h("div", { class: "step" }, h("label", { for: id }, text), control, ...more);
};

/* A table: `columns`: [{text, number}], `rows`: [[cell, …]]; numbers stand at the right. */
export const table = (caption, columns, rows) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, h("table", {},
  h("caption", { class: "out-of-sight" }, caption),
  h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.number ? "n" : "" }, column.text)))),
  h("tbody", {}, rows.map((row) => h("tr", row.of || {}, row.map((cell, index) => h("td", { class: columns[index].number ? "n" : "" }, cell)))))));

/* Three or four numbers that stand before everything else. */
export const heads = (items) => h("dl", { class: "figures" }, items.map(({ text, value, kind }) => h("div", { class: kind || "" }, h("dt", {}, text), h("dd", {}, value))));

export const wait = (place) => place.replaceChildren(h("span", { class: "bone tall" }), h("span", { class: "bone tall" }), h("span", { class: "bone half" }));
export const none = (title, more) => h("div", { class: "notice" }, h("strong", {}, title), more && h("p", { class: "quiet" }, more));
export const failed = (error, again) => h("div", { class: "notice", role: "alert" }, h("strong", { class: "severe" }, error.message), button(say("admin.again"), again));

/* What cannot be undone asks for a second touch within a few seconds. */
export const armed = (text, sure, act, of = {}) => {
  const made = button(text, () => {
    if (made.dataset.armed) return act(made);
    made.dataset.armed = "yes";
    made.textContent = sure;
    return setTimeout(() => { delete made.dataset.armed; made.textContent = text; }, 5e3);
  }, of);
  return made;
};
