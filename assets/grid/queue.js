/* Changes made on this device: written down before anything else, in order, and taken out only when the server answered. */
import { packKey, together } from "./store.js";

const DAY_MS = 864e5;
export const UNDO_MS = 10 * 60e3;

const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  return [...b].map((n, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + n.toString(16).padStart(2, "0")).join("");
};

/* Write changes down. Each: {household, door, kind, to, reason, then, undoes?, seen?}; `then` is {state, since, due_on} as
   the device shows it from now on. What it has seen of a household is its own newest unsent change, else what the pack said. */
export const add = (user, grid, changes) => together(["packs", "queue"], "readwrite", async ({ packs, queue }) => {
  const held = await packs.get(packKey(user, grid));
  const doors = new Map((held ? held.body.households : []).map((door) => [door.id, door]));
  const waiting = (await queue.all()).filter((row) => row.user === user && row.status === "queued");
  const newest = new Map(waiting.map((row) => [row.household, row]));
  const made = new Date().toISOString();
  const rows = [];
  for (const change of changes) {
    const [door, before] = [doors.get(change.household), newest.get(change.household)];
    const shown = before ? before.then : door && { state: door.state, since: door.since, due_on: door.due_on };
    const row = {
      client_id: uuid(), user, grid, status: "queued", made_at: made, effective: made, to: null, undoes: null,
      ...change, from: shown || null,
      seen: before ? null : change.seen ?? (door ? door.entry : null), after: before ? before.client_id : null,
    };
    newest.set(row.household, row);
    row.seq = await queue.put(row);
    rows.push(row);
  }
  return rows;
});

export const all = (user) => together(["queue", "done"], "readonly", async ({ queue, done }) => ({
  queue: (await queue.all()).filter((row) => row.user === user),
  done: (await done.all()).filter((row) => row.user === user).sort((a, b) => b.at - a.at),
}));

/* The next changes to send, oldest first. They stay in the queue until they are settled. */
export const next = async (user, most) => (await all(user)).queue.filter(({ status }) => status === "queued").slice(0, most);

export const asSent = ({ client_id, household, kind, to, effective, reason, seen, after, undoes }) => ({
  client_id, household, kind, effective, reason, seen, after,
  ...(kind === "change" ? { to } : {}), ...(kind === "undo" ? { undoes } : {}),
});

/* Apply the server's answers, all in one transaction: what is recorded leaves the queue and is the household's state. */
export const settle = (user, rows, results) => together(["packs", "queue", "done"], "readwrite", async ({ packs, queue, done }) => {
  const answers = new Map(results.map((result) => [result.client_id, result]));
  const held = new Map();
  const doorOf = async (row) => {
    const key = packKey(user, row.grid);
    if (!held.has(key)) held.set(key, await packs.get(key));
    return held.get(key) && held.get(key).body.households.find(({ id }) => id === row.household);
  };
  const count = { recorded: 0, conflict: 0, refused: 0, open: 0 };
  for (const row of rows) {
    const answer = answers.get(row.client_id);
    if (!answer) { count.open += 1; continue; }
    if (answer.outcome === "recorded" || answer.outcome === "known") {
      const door = await doorOf(row);
      if (door) Object.assign(door, row.then, { entry: answer.entry ?? door.entry });
      await queue.delete(row.seq);
      await done.put({ ...row, at: Date.parse(row.made_at), entry: answer.entry });
      count.recorded += 1;
    } else {
      const status = answer.outcome === "conflict" ? "conflict" : "refused";
      await queue.put({ ...row, status, message: answer.message || "", now: answer.now || null });
      count[status] += 1;
    }
  }
  for (const one of held.values()) if (one) await packs.put({ ...one, etag: null });
  for (const row of await done.all()) if (Date.now() - row.at > DAY_MS) await done.delete(row.client_id);
  return count;
});

/* Drop what was decided: the other version stands, or a refusal was read. */
export const drop = (rows) => together(["queue"], "readwrite", async ({ queue }) => {
  for (const { seq } of rows) await queue.delete(seq);
});

/* Enter one's own version over the other one, knowingly: a new change that has seen it. */
export const insist = async (user, rows) => {
  const row = rows[rows.length - 1];
  await drop(rows);
  const { household, kind, to, reason, then, grid, door } = row;
  const change = kind === "undo" ? { kind: "change", to: then.state } : { kind, to };
  return add(user, grid, [{ household, door, reason, then, ...change, seen: row.now ? row.now.entry : null }]);
};
