/* The form: one column, in the order of decision. Built once a language; then only what changed is set anew. */
import { h } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { areaStep } from "./area.js";
import { choices, set } from "./parts.js";
import { formStep, sizeStep } from "./sizes.js";
import { MOST, areaOf, change, desk, follow, itself, length } from "./state.js";
import { templates } from "./templates.js";
import { local, moment, said } from "./when.js";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

const timeStep = () => {
  const { earliest } = desk.options;
  const first = earliest && local(earliest), newest = () => desk.options.newest, ends = () => local(newest());
  const whole = choices("time", say("press_desk.time"), [
    { value: "newest", text: say("press_desk.newest"), more: said(newest()) }, { value: "exact", text: say("press_desk.exact") },
  ], desk.order.at ? "exact" : "newest", (how) => change({ at: how === "newest" ? null : moment(ends().day, ends().hour) }));
  const day = h("input", { type: "date", "aria-label": say("press_desk.day"), min: first && first.day, max: ends().day });
  const hour = h("select", { "aria-label": say("press_desk.hour") }, HOURS.map((n) => h("option", { value: n }, `${String(n).padStart(2, "0")}:00`)));
  const told = h("p", { class: "small quiet" });
  const exact = h("div", { class: "inline" }, day, hour);
  const pick = () => {
    if (!day.value) return;
    const chosen = Date.parse(moment(day.value, Number(hour.value)));
    const [least, most, last] = [earliest ? Date.parse(earliest) : -Infinity, Date.parse(newest()), ends()];
    const at = chosen < least ? moment(first.day, first.hour) : chosen > most ? moment(last.day, last.hour) : moment(day.value, Number(hour.value));
    change({ at });
  };
  for (const input of [day, hour]) input.addEventListener("change", pick);
  whole.append(exact, told);
  return {
    element: whole,
    sync: () => {
      const last = ends();
      day.max = last.day;
      whole.querySelector(".small").textContent = said(newest());
      set(whole, "time", desk.order.at ? "exact" : "newest");
      exact.hidden = !desk.order.at;
      told.textContent = earliest ? say("press_desk.earliest", { moment: said(earliest) }) : say("press_desk.no_data_yet");
      told.hidden = !desk.order.at && Boolean(earliest);
      if (!desk.order.at) return;
      const at = local(desk.order.at);
      [day.value, hour.value] = [at.day, String(at.hour)];
      for (const option of hour.options) {
        option.disabled = (at.day === last.day && Number(option.value) > last.hour) || Boolean(first && at.day === first.day && Number(option.value) < first.hour);
      }
    },
  };
};

/* A unit that the title names already is not said twice. */
const withUnit = (title, unit) => (!unit || title.toLowerCase().includes(unit.toLowerCase()) ? title : say("press_desk.with_unit", { title, unit }));

const measureStep = () => {
  const group = (kind) => desk.options.measures.filter((one) => one.kind === kind);
  const row = (one) => h("option", { value: one.id }, withUnit(one.title[language()], one.unit[language()]));
  const kinds = ["count", "share"].filter((kind) => group(kind).length);
  const select = h("select", { id: "measure" }, kinds.map((kind) => h("optgroup", { label: say(`press_desk.${kind}`) }, group(kind).map(row))));
  select.addEventListener("change", () => change({ measure: select.value }));
  const told = h("p", { class: "small quiet" }, say("press_desk.protected", { n: desk.options.threshold }));
  const element = h("div", { class: "step", "data-step": "measure" }, h("label", { for: "measure" }, say("press_desk.measure")), select, told);
  return { element, sync: () => { select.value = desk.order.measure; } };
};

/* The level right below the area is what 'none' means, so that a template fits areas of any level. */
const partsStep = () => {
  const element = h("div", { class: "step-of-parts" });
  let drawn = "";
  return {
    element,
    sync: () => {
      const levels = (areaOf(desk.order.area) || { parts: [] }).parts;
      if (drawn !== levels.join()) {
        drawn = levels.join();
        const pick = (level) => change({ parts: level === levels[0] ? null : level });
        element.replaceChildren(choices("parts", say("press_desk.parts"), levels.map((level) => ({ value: level, text: say(`level.${level}`) })), "", pick));
        element.hidden = !levels.length;
      }
      set(element, "parts", desk.order.parts || levels[0]);
    },
  };
};

const layersStep = () => {
  const items = desk.options.layers.map((layer) => ({ value: layer.id, text: layer.title[language()] }));
  const element = choices("layers", say("press_desk.layers"), items, desk.order.layers, (layers) => change({ layers }), { look: "chips", type: "checkbox" });
  element.hidden = !items.length;
  return { element, sync: () => set(element, "layers", desk.order.layers) };
};

const textStep = (name, { lines, label, hint }) => {
  const input = lines
    ? h("textarea", { id: name, rows: lines, spellcheck: "false", "aria-describedby": `${name}-count` })
    : h("input", { id: name, type: "text", spellcheck: "false", autocomplete: "off", "aria-describedby": `${name}-count` });
  const count = h("span", { class: "small quiet count", id: `${name}-count` });
  const over = h("p", { class: "small severe", role: "alert", hidden: true }, say("press_desk.too_long", { n: MOST[name] }));
  input.addEventListener("input", () => change({ [name]: input.value }));
  const told = hint && h("p", { class: "small quiet" }, hint);
  const element = h("div", { class: "step text", "data-step": name }, h("label", { for: name }, label), count, input, told, over);
  return {
    element,
    sync: () => {
      if (input.value !== desk.order[name]) input.value = desk.order[name];
      if (name === "title") input.placeholder = itself(desk.order, desk.order.language === "en" ? "en" : "zh");
      const n = length(desk.order[name].trim());
      count.textContent = `${n}/${MOST[name]}`;
      count.classList.toggle("severe", n > MOST[name]);
      over.hidden = n <= MOST[name];
      input.setAttribute("aria-invalid", n > MOST[name]);
    },
  };
};

const languageStep = () => {
  const items = ["zh", "en", "both"].map((value) => ({ value, text: say(`press_desk.in_${value}`) }));
  const element = choices("language", say("press_desk.language"), items, desk.order.language, (value) => change({ language: value }));
  return { element, sync: () => set(element, "language", desk.order.language) };
};

export const form = (foot) => {
  const steps = [
    templates(), areaStep(), timeStep(), measureStep(), partsStep(), layersStep(),
    textStep("title", { lines: 2, label: say("press_desk.title_of"), hint: say("press_desk.title_hint") }),
    textStep("note", { lines: 2, label: say("press_desk.note") }),
    languageStep(), formStep(), sizeStep(),
    textStep("review_number", { label: say("press_desk.review"), hint: say("press_desk.review_hint") }),
  ];
  const sync = () => { for (const step of steps) step.sync(); };
  sync();
  const over = follow(sync);
  const steady = h("form", { class: "steps", "aria-label": say("press_desk.form"), onsubmit: (event) => event.preventDefault() }, steps.map((step) => step.element));
  return { element: h("div", { class: "form" }, steady, foot), leave: over };
};
