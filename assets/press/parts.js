/* Pieces that every step of the form is made of. */
import { h } from "../grid/dom.js";

/* A group of radios drawn as one row of buttons, or as tiles. `items`: [{value, text, more}]. */
export const choices = (name, legend, items, value, pick, { look = "segments", type = "radio" } = {}) => {
  const chosen = (item) => (type === "radio" ? item.value === value : value.includes(item.value));
  const rows = items.map((item) => {
    const input = h("input", { type, name, value: item.value, checked: chosen(item) });
    return h("label", { class: "choose", title: item.title }, input, item.picture, h("span", {}, item.text), item.more && h("span", { class: "small quiet" }, item.more));
  });
  const box = h("fieldset", { class: `step ${look}`, "data-step": name }, h("legend", {}, legend), h("div", { class: "of" }, rows));
  box.addEventListener("change", () => {
    const all = [...box.querySelectorAll(`input[name="${name}"]`)].filter((input) => input.checked).map((input) => input.value);
    pick(type === "radio" ? all[0] : all);
  });
  return box;
};

export const set = (box, name, value) => {
  for (const input of box.querySelectorAll(`input[name="${name}"]`)) {
    input.checked = Array.isArray(value) ? value.includes(input.value) : input.value === value;
  }
};

export const button = (text, act, of = {}) => h("button", { type: "button", class: "button line", onclick: act, ...of }, text);

/* While something is made, its button says so and cannot be pressed twice. */
export const busy = (at, text) => {
  const before = at.textContent;
  at.disabled = true;
  at.setAttribute("aria-busy", "true");
  if (text) at.textContent = text;
  return () => { at.disabled = false; at.removeAttribute("aria-busy"); if (text) at.textContent = before; };
};

export const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`);
