/* Pictures that are made every day: the form kept under a name, always with the newest hour; one for all counties. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { whichForms } from "./deeds.js";
import { busy, button } from "./parts.js";
import { areaOf, desk, measureOf, sent, take } from "./state.js";
import { language } from "../grid/words.js";
import { read, ask } from "./talk.js";

/* Set by app.js: shows the releases of a batch. */
export const hands = { batch: () => {} };
const listed = (answer) => (Array.isArray(answer) ? answer : answer.templates);
/* A batch is made of the counties below the template's own area. */
const above = (one) => (areaOf(one.order.area) || {}).level === "city";
const counties = () => desk.options.areas.filter((area) => area.level === "county").length;

export const templates = () => {
  const list = h("ul", {}), status = h("p", { class: "small", role: "status" });
  const name = h("input", { type: "text", id: "template-name", maxlength: 80, autocomplete: "off", placeholder: say("press_desk.template_name") });
  const keep = button(say("press_desk.template_save"), () => store());
  const number = h("span", { class: "quiet" });
  const inside = h("div", { class: "inside" }, list, h("div", { class: "inline" }, h("label", { class: "out-of-sight", for: "template-name" }, say("press_desk.template_name")), name, keep), status, h("p", { class: "small quiet" }, say("press_desk.template_hint")));
  const element = h("details", { class: "templates" }, h("summary", {}, h("span", {}, say("press_desk.templates")), number), inside);

  const tell = (text, ...more) => status.replaceChildren(text, ...more);
  const load = async () => {
    try {
      desk.templates = listed(await read("/api/press/templates"));
      draw();
    } catch (error) {
      tell(error.message);
    }
  };
  const store = async () => {
    if (!name.value.trim()) return name.focus();
    const done = busy(keep);
    try {
      await ask("/api/press/templates", { method: "POST", body: { name: name.value.trim(), order: { ...sent(), at: null }, forms: [...new Set(["png", desk.order.form])] } });
      tell(say("press_desk.template_saved", { name: name.value.trim() }));
      name.value = "";
      await load();
    } catch (error) {
      tell(error.message);
    }
    return done();
  };
  /* Undone instead of asked about. */
  const remove = async (one) => {
    try {
      await ask(`/api/press/templates/${one.id}`, { method: "DELETE" });
      await load();
      const undo = button(say("press_desk.undo"), async () => {
        await ask("/api/press/templates", { method: "POST", body: { name: one.name, order: one.order, forms: one.forms, area: one.area } });
        tell("");
        load();
      });
      tell(say("press_desk.template_gone", { name: one.name }), " ", undo);
      undo.focus();
    } catch (error) {
      tell(error.message);
    }
  };
  const batch = (one, row) => {
    const there = row.querySelector(".ask");
    if (there) return there.remove();
    const sheet = whichForms(say("press_desk.batch"), say("press_desk.batch_hint", { n: counties() }), one.forms || ["png"], async (forms, start) => {
      const done = busy(start, say("press_desk.sending"));
      try {
        const { ids } = await read("/api/press/releases", { method: "POST", body: { template: one.id, areas: "counties", forms } });
        hands.batch(ids);
      } catch (error) {
        done();
        tell(error.message);
      }
    });
    row.append(sheet);
    return sheet.querySelector("input").focus();
  };
  const says = (one) => {
    const measure = measureOf(one.order.measure);
    return [(areaOf(one.order.area) || { name: one.order.area }).name, measure ? measure.title[language()] : one.order.measure].join(" · ");
  };
  const draw = () => {
    number.textContent = desk.templates.length ? String(desk.templates.length) : "";
    put(list, desk.templates.map((one) => {
      const row = h("li", { "data-template": one.id });
      row.append(
        h("button", { type: "button", class: "use", "data-key": `use-${one.id}`, onclick: () => { take({ ...one.order, at: null }); tell(say("press_desk.template_used", { name: one.name })); } }, h("span", {}, one.name), h("span", { class: "small quiet" }, says(one))),
        counties() > 1 && above(one) ? button(say("press_desk.counties", { n: counties() }), () => batch(one, row), { "data-key": `batch-${one.id}` }) : "",
        button("×", () => remove(one), { "aria-label": say("press_desk.template_delete", { name: one.name }), title: say("press_desk.template_delete", { name: one.name }), "data-key": `drop-${one.id}` }),
      );
      return row;
    }));
  };
  draw();
  load();
  return { element, sync: () => {} };
};
