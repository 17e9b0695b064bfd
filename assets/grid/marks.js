/* A household in one line, and the sign of a state: colour and letter, never colour alone. */
import { h } from "./dom.js";
import { days, language, say } from "./words.js";

export const swatch = (sign, more = "") => h("span", {
  class: `swatch${sign && sign.hatch ? ` hatched hatch-${sign.hatch}` : ""} ${more}`, "aria-hidden": "true",
  style: sign ? { "background-color": sign.colour, color: sign.ink } : {},
}, h("span", {}, sign ? sign.letter : "?"));

export const nameOf = (sign) => (sign ? sign[language()] : "");
export const tone = (left) => (left === null ? "" : left < 0 ? "severe" : left === 0 ? "warning" : "");

/* What is true of a row beyond its state: not sent yet, or to be decided. */
export const flags = (door) => [
  door.conflict.length ? h("span", { class: "flag severe" }, say("tablet.to_decide")) : null,
  door.waiting.length ? h("span", { class: "flag" }, say("tablet.not_sent")) : null,
];

export const doorRow = (door, { open, picked, toggle }) => {
  const choosing = picked !== undefined && toggle;
  return h("li", {}, h("button", {
    class: "door", "data-key": `door-${door.id}`, onclick: () => (choosing ? toggle(door.id) : open(door.id)),
    ...(choosing ? { role: "checkbox", "aria-checked": String(picked) } : {}),
  },
  choosing ? h("span", { class: "tick", "aria-hidden": "true" }) : null,
  swatch(door.sign),
  h("span", { class: "who" }, h("strong", {}, door.name), h("span", { class: "small quiet" }, flags(door), nameOf(door.sign), door.building ? ` · ${door.building.address}` : "")),
  h("span", { class: `left ${tone(door.left)}` }, days(door.left))));
};
