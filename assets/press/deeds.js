/* What is done with the picture: one primary deed, the file; and beside it, that somebody else looks at it. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { busy, button, size } from "./parts.js";
import { desk, follow, sent, tooLong } from "./state.js";
import { ask, nameOf, read, save } from "./talk.js";

const USUAL = ["png", "pdf"];

/* A small sheet that asks in which formats; `go(forms)` sends them. */
export const whichForms = (title, hint, first, go) => {
  const boxes = desk.options.forms.map((form) => h("label", { class: "choose" }, h("input", { type: "checkbox", value: form, checked: first.includes(form) }), h("span", {}, form.toUpperCase())));
  const start = h("button", { type: "button", class: "button primary" }, say("press_desk.send"));
  const sheet = h("section", { class: "ask", "aria-label": title }, h("strong", {}, title), h("p", { class: "small quiet" }, hint), h("div", { class: "chips" }, h("div", { class: "of" }, boxes)));
  const chosen = () => boxes.map((box) => box.querySelector("input")).filter((input) => input.checked).map((input) => input.value);
  sheet.addEventListener("change", () => { start.disabled = !chosen().length; });
  start.addEventListener("click", () => go(chosen(), start));
  sheet.append(h("div", { class: "inline" }, start, button(say("press_desk.cancel"), () => sheet.remove())));
  sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") sheet.remove(); });
  return sheet;
};

export const deeds = (go) => {
  const status = h("p", { class: "answer small", role: "status" });
  let making = null;
  const tell = (text, kind = "") => { status.textContent = text; status.className = `answer small ${kind}`; };
  const stop = button(say("press_desk.cancel"), () => making && making.abort(), { hidden: true });
  const out = h("button", { type: "button", class: "button primary", id: "export" });
  const submit = button(say("press_desk.submit"), () => open(), { id: "submit" });
  const foot = h("div", { class: "foot" }, status, h("div", { class: "inline" }, out, stop, submit));

  out.addEventListener("click", async () => {
    const { form } = desk.order;
    making = new AbortController();
    const done = busy(out, say("press_desk.making", { form: form.toUpperCase() }));
    stop.hidden = false;
    tell("");
    try {
      const answer = await ask(`/api/press/export?form=${form}`, { method: "POST", body: sent(), signal: making.signal });
      const [blob, name] = [await answer.blob(), nameOf(answer, `wangge.${form}`)];
      save(blob, name);
      tell(say("press_desk.exported", { name, size: size(blob.size) }));
    } catch (error) {
      tell(error.name === "AbortError" ? say("press_desk.stopped") : error.message, "severe");
    } finally {
      done();
      stop.hidden = true;
      sync();
    }
  });

  const send = async (forms, start) => {
    const done = busy(start, say("press_desk.sending"));
    try {
      const { ids } = await read("/api/press/releases", { method: "POST", body: { order: sent(), forms } });
      foot.querySelector(".ask").remove();
      tell("");
      const link = h("a", { href: "/press?view=releases", onclick: (event) => { event.preventDefault(); go("releases"); } }, say("press_desk.look"));
      status.replaceChildren(say("press_desk.submitted", { n: ids.length }), " ", link);
      submit.focus();
    } catch (error) {
      done();
      tell(error.message, "severe");
    }
  };
  const open = () => {
    const there = foot.querySelector(".ask");
    if (there) return there.remove();
    const first = [...new Set([...USUAL, desk.order.form])];
    const sheet = whichForms(say("press_desk.submit"), say("press_desk.submit_hint"), first, send);
    foot.prepend(sheet);
    return sheet.querySelector("input").focus();
  };
  const sync = () => {
    if (!making || stop.hidden) out.textContent = say("press_desk.export", { form: desk.order.form.toUpperCase() });
    out.disabled = submit.disabled = Boolean(tooLong()) || !stop.hidden;
  };
  sync();
  return { element: foot, leave: follow(sync) };
};
