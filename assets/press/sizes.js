/* Step 8: what comes out. Every size is pictured by its own proportions, to one scale within its group. */
import { h } from "../grid/dom.js";
import { known, say } from "../grid/words.js";
import { choices, set } from "./parts.js";
import { FILMS, change, desk, sizeOf } from "./state.js";

const BOX = 34, DPI = 300, INCH_MM = 25.4, FREE = [320, 8_000];
const mm = (pixels) => Math.round((pixels / DPI) * INCH_MM);

const icon = ({ width, height }) => {
  const scale = BOX / Math.max(width, height);
  return h("i", { class: "proportion", "aria-hidden": "true", style: { width: `${width * scale}px`, height: `${height * scale}px` } });
};
export const titled = (id) => (known(`press_desk.size_${id}`) ? say(`press_desk.size_${id}`) : id);
const measured = ({ width, height, group }) => (group === "paper" ? `${mm(width)}×${mm(height)} mm` : `${width}×${height}`);

const tiles = (group, value, pick) => choices(`size-${group}`, say(`press_desk.${group}`), desk.options.sizes
  .filter((size) => size.group === group)
  .map((size) => ({ value: size.id, text: titled(size.id), more: measured(size), picture: icon(size) })), value, pick, { look: "tiles" });

export const formStep = () => {
  const element = choices("form", say("press_desk.format"), desk.options.forms.map((form) => ({
    value: form, text: form.toUpperCase(), title: say(`press_desk.form_${form}`),
  })), desk.order.form, (form) => change({ form }));
  const told = h("p", { class: "small quiet" });
  const days = h("input", { id: "days", type: "number", min: 2, max: 31, value: desk.order.days });
  days.addEventListener("input", () => { if (days.checkValidity() && days.value) change({ days: Number(days.value) }); });
  const film = h("label", { class: "inline" }, h("span", {}, say("press_desk.days")), days);
  element.append(told, film);
  return {
    element,
    sync: () => {
      set(element, "form", desk.order.form);
      told.textContent = say(`press_desk.form_${desk.order.form}`);
      film.hidden = !FILMS.includes(desk.order.form);
      if (document.activeElement !== days) days.value = desk.order.days;
    },
  };
};

export const sizeStep = () => {
  const pick = (size) => change({ size });
  const groups = ["screen", "paper"].map((group) => tiles(group, desk.order.size, pick));
  const side = (name) => h("input", { type: "number", min: FREE[0], max: FREE[1], step: 1, "aria-label": say(`press_desk.${name}`), id: `free-${name}` });
  const [width, height] = [side("width"), side("height")];
  const told = h("p", { class: "small severe", role: "alert", hidden: true }, say("press_desk.free_wrong", { least: FREE[0], most: FREE[1] }));
  const apply = () => {
    const good = [width, height].every((input) => input.value && input.checkValidity());
    told.hidden = good || !width.value || !height.value;
    if (good) change({ size: `${Number(width.value)}x${Number(height.value)}` });
  };
  for (const input of [width, height]) input.addEventListener("input", apply);
  const free = h("div", { class: "step free" }, h("span", { class: "legend" }, say("press_desk.free")), h("div", { class: "inline" }, width, h("span", { "aria-hidden": "true" }, "×"), height, h("span", { class: "quiet" }, "px")), told);
  return {
    element: h("div", { class: "sizes", role: "group", "aria-label": say("press_desk.size") }, groups, free),
    sync: () => {
      groups.forEach((box, index) => set(box, `size-${["screen", "paper"][index]}`, desk.order.size));
      const size = sizeOf(desk.order.size);
      const own = size && size.group === "free";
      free.classList.toggle("chosen", Boolean(own));
      if (own && ![width, height].includes(document.activeElement)) [width.value, height.value] = [size.width, size.height];
      if (!own && ![width, height].includes(document.activeElement)) [width.value, height.value] = ["", ""];
    },
  };
};
