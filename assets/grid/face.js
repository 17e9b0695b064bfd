/* Buildings 楼栋 and the face of one: unit × floor × room in the scheme's colours; village houses as a street list. */
import { h } from "./dom.js";
import { doorRow, flags, nameOf, swatch } from "./marks.js";
import { days, say, short } from "./words.js";

export const buildings = (state, act) => {
  const { seen } = state;
  if (state.building) return face(state, act, seen.buildings.get(state.building));
  const inside = new Map();
  for (const door of seen.doors) inside.set(door.building_id, [...(inside.get(door.building_id) || []), door]);
  const houses = seen.doors.filter(({ building }) => building && building.kind === "house").sort((a, b) => byAddress(a.building, b.building));
  const blocks = [...seen.buildings.values()].filter(({ kind }) => kind !== "house").sort(byAddress);
  return [
    blocks.length ? h("section", { class: "group" }, h("h2", {}, say("tablet.blocks"), h("span", { class: "value" }, String(blocks.length))),
      h("ul", {}, blocks.map((building) => block(building, inside.get(building.id) || [], act)))) : null,
    houses.length ? h("section", { class: "group" }, h("h2", {}, say("tablet.street"), h("span", { class: "value" }, String(houses.length))),
      h("ul", {}, houses.map((door) => doorRow(door, { open: act.open })))) : null,
    seen.doors.length ? null : h("p", { class: "notice" }, h("strong", {}, say("tablet.no_homes")), say("tablet.no_homes_more")),
  ];
};

const byAddress = (a, b) => a.address.localeCompare(b.address, "zh", { numeric: true });

/* How many doors of each state, most severe first. */
const strip = (doors) => {
  const counts = new Map();
  for (const { sign } of doors) if (sign) counts.set(sign, (counts.get(sign) || 0) + 1);
  return [...counts].sort(([a], [b]) => a.severity - b.severity).map(([sign, n]) => h("span", { class: "tally", title: nameOf(sign) },
    swatch(sign, "small-swatch"), h("span", { class: "out-of-sight" }, nameOf(sign)), String(n)));
};

const block = (building, doors, act) => {
  const over = doors.filter(({ ready }) => ready).length;
  return h("li", {}, h("button", { class: "door block", "data-key": `building-${building.id}`, onclick: () => act.enter(building.id) },
    h("span", { class: "who" }, h("strong", {}, building.name), h("span", { class: "small quiet" }, building.address)),
    h("span", { class: "tallies" }, strip(doors)),
    over ? h("span", { class: "left severe" }, say("tablet.n_ready", { n: over })) : null));
};

const face = (state, act, building) => {
  const back = h("button", { class: "button line", onclick: () => act.enter(null), "data-key": "back" }, "‹ ", say("tablet.all_buildings"));
  if (!building) return [back, h("p", { class: "notice" }, say("tablet.no_building"))];
  const doors = state.seen.doors.filter(({ building_id: id }) => id === building.id);
  const units = [...new Set(doors.map(({ unit }) => unit))].sort((a, b) => a - b);
  return [
    h("div", { class: "tools" }, back, h("h2", { class: "grow" }, building.name)),
    h("div", { class: "tallies whole" }, strip(doors)),
    h("div", { class: "face" }, units.map((unit) => unitOf(unit, doors.filter((door) => door.unit === unit), act, units.length > 1))),
    h("p", { class: "small quiet" }, say("tablet.face_help")),
  ];
};

const unitOf = (unit, doors, act, named) => {
  const floors = [...new Set(doors.map(({ floor }) => floor))].sort((a, b) => b - a);
  return h("table", { class: "unit" },
    h("caption", { class: named ? "small" : "out-of-sight" }, say("tablet.unit", { n: unit })),
    h("tbody", {}, floors.map((floor) => h("tr", {}, h("th", { scope: "row", class: "small quiet" }, String(floor)),
      doors.filter((door) => door.floor === floor).sort((a, b) => a.room.localeCompare(b.room, "zh", { numeric: true }))
        .map((door) => h("td", {}, cell(door, act)))))));
};

const cell = (door, act) => h("button", {
  class: `cell${door.sign && door.sign.hatch ? ` hatched hatch-${door.sign.hatch}` : ""}${door.waiting.length ? " waits" : ""}`,
  "data-key": `cell-${door.id}`, onclick: () => act.open(door.id), "aria-label": [door.name, nameOf(door.sign), days(door.left)].join(" "),
  style: door.sign ? { "background-color": door.sign.colour, color: door.sign.ink } : {},
}, h("span", {}, h("b", {}, door.sign ? door.sign.letter : "?"), h("i", {}, short(door.left))), h("small", {}, door.room),
door.waiting.length || door.conflict.length ? h("span", { class: "out-of-sight" }, flags(door)) : null);
