/* Approvals 审批: what waits, what is out, what was taken back; and how far a batch is. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { button, choices } from "./parts.js";
import { desk } from "./state.js";
import { drawing, release } from "./release.js";
import { read } from "./talk.js";

const STATES = ["", "draft", "approved", "released", "withdrawn", "rejected"];
const PAGE = 20, POLL_MS = 2_000;
const listed = (answer) => (Array.isArray(answer) ? answer : answer.releases);
const path = (state, before) => `/api/press/releases?${new URLSearchParams({ limit: PAGE, ...(state && { state }), ...(before && { before }) })}`;

/* How many drafts wait, for the sign on the tab; more than a page of them is 'many'. */
export const waiting = async () => {
  const found = listed(await read(path("draft")));
  return found.length >= PAGE ? `${PAGE}+` : found.length ? String(found.length) : "";
};

export const releases = ({ onChange }) => {
  let state = "", gone = false, polling = null, held = [], more = false;
  const rows = new Map();
  const list = h("ol", { class: "releases" });
  const told = h("div", { class: "notice", role: "status" });
  const next = button(say("press_desk.more"), () => load(true), { hidden: true });
  const strip = h("div", { class: "batch", hidden: true });
  const filter = choices("state", say("press_desk.show"), STATES.map((value) => ({ value, text: say(`press_desk.state_${value || "all"}`) })), state, (value) => { state = value; load(); });
  const whole = button(say("press_desk.batch_leave"), () => { desk.batch = []; history.replaceState({}, "", "/press?view=releases"); load(); }, { hidden: true });
  const element = h("section", { class: "sheet wide", "aria-label": say("press_desk.releases") }, h("div", { class: "sheet-head" }, filter, strip, whole), told, list, next);

  const draw = () => {
    for (const [id, row] of rows) if (!held.some((one) => String(one.id) === id)) { row.element.remove(); rows.delete(id); }
    held.forEach((one, index) => {
      const id = String(one.id);
      if (!rows.has(id)) rows.set(id, release(one, acted));
      const row = rows.get(id);
      row.update(one);
      if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] || null);
    });
    told.hidden = held.length > 0;
    next.hidden = !more;
    batch();
  };
  const batch = () => {
    strip.hidden = whole.hidden = !desk.batch.length;
    filter.hidden = desk.batch.length > 0;
    if (!desk.batch.length) return;
    const done = held.filter((one) => !drawing(one)).length;
    const failed = held.filter((one) => one.state === "failed").length;
    const facts = { n: desk.batch.length, done, failed };
    strip.replaceChildren(
      h("strong", {}, say(failed ? "press_desk.batch_failed" : "press_desk.batch_done", facts)),
      h("progress", { max: desk.batch.length, value: done, "aria-label": say("press_desk.batch") }),
    );
  };
  const again = () => { clearTimeout(polling); if (held.some(drawing)) polling = setTimeout(load, POLL_MS); };
  const all = () => Promise.all(desk.batch.map(async (id) => {
    const known = held.find((one) => String(one.id) === id);
    return known && !drawing(known) ? known : read(`/api/press/releases/${id}`);
  }));
  const load = async (further = false) => {
    clearTimeout(polling);
    if (!held.length) { told.hidden = false; told.replaceChildren(h("span", { class: "bone tall" }), h("span", { class: "bone tall" })); }
    try {
      if (desk.batch.length) [held, more] = [await all(), false];
      else {
        const found = listed(await read(path(state, further && held.at(-1).id)));
        held = further ? [...held, ...found] : found;
        more = found.length >= PAGE;
      }
      if (gone) return;
      if (!held.length) told.replaceChildren(h("strong", {}, say("press_desk.releases_none")), say("press_desk.releases_none_more"));
      draw();
      again();
    } catch (error) {
      if (gone) return;
      told.hidden = false;
      told.replaceChildren(h("strong", {}, error.message), say("press_desk.still"), " ", button(say("press_desk.again"), () => load()));
      if (error.kind === "offline") polling = setTimeout(load, 5 * POLL_MS);
    }
  };
  const acted = (one) => {
    held = held.map((other) => (String(other.id) === String(one.id) ? { ...other, ...one } : other));
    draw();
    again();
    onChange();
  };
  load();
  return { element, leave: () => { gone = true; clearTimeout(polling); } };
};
