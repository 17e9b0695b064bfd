/* What the page shows, worked out of the pack and of the changes that are not sent yet. Nothing here is kept. */
import { dayOf } from "./words.js";

const DAY_MS = 864e5;

/* The moment by the server's clock: the device's own may be days off. `off` is device minus server, in ms. */
export const now = (off = 0) => new Date(Date.now() - off);

export const dueOn = (state, since, zone) => {
  if (!state || state.follow_days === null || state.follow_days === undefined) return null;
  const day = new Date(`${dayOf(new Date(since), zone)}T00:00:00Z`);
  return new Date(day.getTime() + state.follow_days * DAY_MS).toISOString().slice(0, 10);
};

/* Households with what this device changed on top: {…door, left, waiting, conflict, building}. */
export const seen = ({ body }, queue, { zone, off }) => {
  const today = dayOf(now(off), zone);
  const states = new Map(body.states.map((state) => [state.code, state]));
  const buildings = new Map(body.buildings.map((building) => [building.id, building]));
  const mine = new Map();
  for (const row of queue) mine.set(row.household, [...(mine.get(row.household) || []), row]);
  const doors = body.households.map((door) => {
    const rows = mine.get(door.id) || [];
    const waiting = rows.filter(({ status }) => status === "queued");
    const shown = { ...door };
    if (waiting.length) Object.assign(shown, waiting[waiting.length - 1].then);
    const left = shown.due_on === null ? null : Math.round((Date.parse(shown.due_on) - Date.parse(today)) / DAY_MS);
    const building = buildings.get(door.building_id);
    return {
      ...shown, left, building, waiting, conflict: rows.filter(({ status }) => status === "conflict"),
      sign: states.get(shown.state), name: nameOf(shown, building), ready: canClear(states.get(shown.state), left),
    };
  });
  return { today, states, buildings, doors, byId: new Map(doors.map((door) => [door.id, door])) };
};

const nameOf = (door, building) => {
  if (!building) return door.room;
  return building.kind === "house" ? building.name : `${building.name} ${door.unit}-${door.room}`;
};
const canClear = (state, left) => Boolean(state && state.clears_to && left !== null && left <= 0);

/* Today's list. A household may be new and in another group. */
export const groups = ({ doors, today }, zone) => {
  const where = ({ building, unit, floor, room }) => `${building ? building.address : ""} ${unit} ${floor} ${room}`;
  const order = (a, b) => (a.left ?? 99) - (b.left ?? 99) || a.sign.severity - b.sign.severity
    || where(a).localeCompare(where(b), "zh", { numeric: true });
  const pick = (of) => doors.filter((door) => door.sign && of(door)).sort(order);
  return {
    overdue: pick(({ left, sign }) => left !== null && left < 0 && sign.clears_to),
    due: pick(({ left, sign }) => left === 0 && sign.clears_to),
    new: pick(({ since, sign }) => sign.follow_days !== null && dayOf(new Date(since), zone) === today),
    unsurveyed: pick(({ sign }) => !sign.surveyed),
  };
};

/* Metres between two places, near enough for a walk. */
export const metres = (one, other) => {
  const flat = Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot((one.lon - other.lon) * flat, one.lat - other.lat) * 111_320;
};
