/* What every panel has: when its data is from, whether that can be trusted, and what failed since when. It ages by
   itself: nothing need arrive for a panel to become visibly old. */
import { age, say } from "../grid/words.js";
import { clock as written, patience } from "./facts.js";
import * as clock from "./clock.js";
import { future, moment, shown, wall } from "./state.js";

const times = (ids) => ids.map((id) => Date.parse(shown(id)?.figures?.data_time || "")).filter(Number.isFinite);
const limit = (ids) => Math.min(...ids.map((id) => (patience[id] || Infinity) * 1000));

/* { words, stale, failed } of a panel that shows these blocks; the oldest of them counts. */
export const condition = (ids) => {
  const [now, found] = [moment(), times(ids)];
  const failed = ids.map((id) => shown(id)?.failed).find(Boolean) || null;
  const quiet = wall.at === null && wall.lost !== null;
  if (!found.length) return { words: say("screen.no_time"), stale: ids.some((id) => shown(id)?.figures) || quiet, failed };
  const oldest = Math.min(...found);
  const stale = quiet || Boolean(failed) || (!future() && now - oldest > limit(ids));
  const facts = { clock: written(oldest, now), age: age(Math.max(0, now - oldest)) };
  return { words: say(!future() && (stale || now - oldest >= 60e3) ? "screen.data_age" : "screen.data_of", facts), stale, failed };
};

const text = (place, words) => { if (place && place.textContent !== words) place.textContent = words; };

/* Each second: the stamp, the dimming and the failure of one panel, by value. */
export const stamp = (panel, ids) => {
  const { words, stale, failed } = condition(ids);
  text(panel.querySelector(".stamp"), words);
  panel.classList.toggle("stale", stale);
  const said = panel.querySelector(".failure");
  if (said) text(said, failed ? `${say("screen.failed")} · ${say("screen.failed_since", { clock: written(failed.since, clock.now()) })}` : "");
};

const before = new Map();
/* A value that differs from what stood there before marks itself for two seconds; the first one of all does not. */
export const changed = (key, value) => {
  const differs = before.has(key) && before.get(key) !== value;
  before.set(key, value);
  return differs;
};
export const forget = () => before.clear();
