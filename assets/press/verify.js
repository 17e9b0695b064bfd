/* Is a picture that came back really ours, and still good: by its file, or by the number on it. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { areaOf } from "./state.js";
import { read } from "./talk.js";
import { said } from "./when.js";

const SIGNS = { genuine: "✓", withdrawn: "×", altered: "!", unknown: "?" };
const LARGEST = 200e6;

export const verify = () => {
  const answer = h("div", { class: "verdict-of", role: "status" });
  const file = h("input", { type: "file", id: "file", class: "out-of-sight" });
  const drop = h("label", { class: "drop", for: "file" }, h("strong", {}, say("press_desk.drop")), h("span", { class: "small quiet" }, say("press_desk.drop_hint")));
  const number = h("input", { id: "number", type: "text", autocomplete: "off", spellcheck: "false", maxlength: 80 });
  const line = h("form", { class: "step" }, h("label", { for: "number" }, say("press_desk.by_number")), h("div", { class: "inline" }, number, h("button", { class: "button line", type: "submit" }, say("press_desk.check"))));

  const show = (found, name) => {
    const facts = [
      name && [say("press_desk.file"), name],
      found.number && [say("press_desk.number"), found.number],
      found.order && [say("press_desk.area"), found.area_name || (areaOf(found.order.area) || { name: found.order.area }).name],
      found.released_at && [say("press_desk.released"), said(found.released_at)],
      found.withdrawn_at && [say("press_desk.withdrawn"), said(found.withdrawn_at)],
      found.reason && [say("press_desk.reason"), found.reason],
    ].filter(Boolean);
    answer.dataset.verdict = found.verdict;
    answer.replaceChildren(
      h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[found.verdict] || "?"),
      h("div", {}, h("strong", {}, say(`press_desk.verdict_${found.verdict}`)), found.message && h("p", {}, found.message),
        h("dl", {}, facts.map(([what, text]) => h("div", {}, h("dt", {}, what), h("dd", {}, text))))),
    );
  };
  const fail = (text) => { answer.dataset.verdict = ""; answer.replaceChildren(h("p", { class: "severe" }, text)); };
  const wait = () => { answer.dataset.verdict = ""; answer.replaceChildren(h("p", { class: "quiet" }, say("press_desk.checking"))); };
  const check = async (given) => {
    if (!given) return;
    if (given.size > LARGEST) return fail(say("press_desk.too_large", { most: "200 MB" }));
    wait();
    try {
      show(await read("/api/press/verify", { method: "POST", body: given, raw: true }), given.name);
    } catch (error) {
      fail(error.message);
    }
  };
  file.addEventListener("change", () => { check(file.files[0]); file.value = ""; });
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", (event) => check(event.dataTransfer.files[0]));
  line.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!number.value.trim()) return number.focus();
    wait();
    try {
      return show(await read(`/api/press/verify?${new URLSearchParams({ number: number.value.trim() })}`));
    } catch (error) {
      return fail(error.message);
    }
  });
  return { element: h("section", { class: "sheet verify", "aria-label": say("press_desk.verify") }, h("div", { class: "by-file" }, file, drop), line, answer), leave: () => {} };
};
