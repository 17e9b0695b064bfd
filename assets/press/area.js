/* Step 1, the area: a list that is searched by name, code or pinyin; nothing in it is another's. */
import { h, put } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { areaOf, change, desk } from "./state.js";

const MOST = 60;
const DEEP = { city: 0, county: 1, township: 2 };

const holds = (name, parts) => { let from = 0; return parts.every((part) => { const at = name.indexOf(part, from); from = at + part.length; return at >= 0; }); };
/* As the desk searches (geodata/sql/search.sql): the name or code itself, what begins so, pinyin in full or in initials, what has
   the words in it. Returns which of them it is, and -1 where none is. */
const fit = ({ name, code, pinyin }, parts) => {
  const words = parts.join(" "), plain = parts.join(""), own = name.toLowerCase();
  if (own === words || code === words) return 0;
  if (own.startsWith(words) || code.startsWith(words)) return 1;
  if (/^[a-z]+$/.test(plain) && pinyin.split(" ").some((one) => one.startsWith(plain))) return 2;
  return holds(own, parts) ? 3 : -1;
};
const searched = (areas, words) => {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!parts.length) return areas;
  const ranked = areas.map((area) => ({ area, rank: fit(area, parts) })).filter((one) => one.rank >= 0);
  return ranked.sort((a, b) => a.rank - b.rank || a.area.name.length - b.area.name.length).map((one) => one.area);
};

export const areaStep = () => {
  let at = -1, shown = [];
  const list = h("ul", { id: "areas", role: "listbox", "aria-label": say("press_desk.area"), hidden: true });
  const input = h("input", {
    id: "area", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false",
    "aria-controls": "areas", "aria-autocomplete": "list", placeholder: say("press_desk.area_hint"), maxlength: 60,
  });
  const told = h("p", { class: "small quiet", id: "area-told" });
  const name = () => (areaOf(desk.order.area) || {}).name || "";

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    input.value = name();
  };
  const choose = (code) => {
    const area = areaOf(code);
    if (!area) return;
    const parts = area.parts.includes(desk.order.parts) ? desk.order.parts : null;
    change({ area: code, parts });
    close();
  };
  const mark = (to) => {
    at = Math.max(0, Math.min(shown.length - 1, to));
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", index === at));
    const row = list.children[at];
    if (!shown.length || !row) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", row.id);
    return row.scrollIntoView({ block: "nearest" });
  };
  const open = (words) => {
    const wanted = words.trim(), found = searched(desk.options.areas, wanted);
    shown = found.slice(0, MOST);
    const rows = shown.map((area, index) => h("li", {
      id: `area-${index}`, role: "option", "aria-selected": false, class: wanted ? "" : `deep-${DEEP[area.level] ?? 2}`,
      onmousedown: (event) => { event.preventDefault(); choose(area.code); },
    }, h("span", {}, area.name), h("span", { class: "small quiet" }, `${say(`level.${area.level}`)} ${area.code}`)));
    const more = found.length > MOST && h("li", { class: "small quiet more", role: "presentation" }, say("press_desk.area_more", { n: found.length - MOST }));
    const none = !found.length && h("li", { class: "small quiet more", role: "presentation" }, say("press_desk.area_none"));
    put(list, rows, more, none);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(Math.max(0, shown.findIndex((area) => area.code === desk.order.area)));
  };

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => { if (list.hidden) open(""); });
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (move) {
      event.preventDefault();
      return list.hidden ? open("") : mark(at + move);
    }
    if (event.key === "Enter" && !list.hidden && shown[at]) { event.preventDefault(); choose(shown[at].code); }
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
    return null;
  });

  const element = h("div", { class: "step", "data-step": "area" }, h("label", { for: "area" }, say("press_desk.area")), h("div", { class: "combo" }, input, list), told);
  const sync = () => {
    if (document.activeElement !== input) input.value = name();
    told.textContent = desk.said;
    told.hidden = !desk.said;
  };
  return { element, sync };
};
