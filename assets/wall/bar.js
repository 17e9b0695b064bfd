/* The time bar: thirty days back, fourteen ahead. A day that is chosen shows as it ended; today is now. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { dayOfCity, dayWords, instant, plusDays, weekday } from "./facts.js";
import * as clock from "./clock.js";
import { expect, look, wall } from "./state.js";

export const [BACK, AHEAD] = [30, 14];
const SPEEDS = [1, 2, 4];
const STEP_MS = 2000;
const IDLE_MS = 10 * 60e3;
/* A wall that somebody left in another moment comes back by itself. */

const state = { day: 0, playing: false, speed: 1, next: null, touched: 0 };
let place, slider, buttons, changed = () => {};

const endOf = (n) => (n === 0 ? null : instant(plusDays(dayOfCity(clock.now()), n), "23:59:59"));
export const day = () => state.day;
export const playing = () => state.playing;

export const to = async (n) => {
  state.day = Math.max(-BACK, Math.min(AHEAD, Math.round(n)));
  draw();
  await look(endOf(state.day));
  changed();
};
export const now = () => { pause(); return to(0); };
const pause = () => { state.playing = false; draw(); };
/* One step after the other: the next begins when this one shows, and not before its time. */
const run = async () => {
  while (state.playing && state.day < AHEAD) {
    const until = clock.mark() + STEP_MS / state.speed;
    if (state.day + 2 <= AHEAD) expect(endOf(state.day + 2) ?? clock.now());
    await to(state.day + 1);
    await new Promise((done) => setTimeout(done, Math.max(0, until - clock.mark())));
  }
  pause();
};
const play = () => {
  if (state.playing) return pause();
  state.playing = true;
  if (state.day >= AHEAD) state.day = -BACK - 1;
  draw();
  run();
};

const ACTS = {
  back: () => { pause(); to(state.day - 1); },
  play,
  on: () => { pause(); to(state.day + 1); },
  speed: () => { state.speed = SPEEDS[(SPEEDS.indexOf(state.speed) + 1) % SPEEDS.length]; draw(); },
  to_now: now,
};
const SIGNS = { back: "‹", play: "▶", pause: "❚❚", on: "›" };

const words = (n) => {
  if (n === 0) return say("screen.now");
  const named = plusDays(dayOfCity(clock.now()), n);
  return `${dayWords(named)} ${weekday(Date.parse(`${named}T12:00:00Z`))}`;
};

const ticks = () => Array.from({ length: BACK + AHEAD + 1 }, (_, nth) => nth - BACK).map((n) => {
  const named = n % 7 === 0 && n !== 0 && n < AHEAD + 1;
  const today = n === 0;
  return h("span", { class: `tick${named ? " named" : ""}${today ? " today" : ""}`, style: { "--at": (n + BACK) / (BACK + AHEAD) } },
    (named || today) && h("span", {}, today ? say("screen.now") : dayWords(plusDays(dayOfCity(clock.now()), n))));
});

export const start = (region, then) => {
  [place, changed] = [region, then];
  build();
  setInterval(() => { if (state.day !== 0 && !state.playing && clock.since(state.touched) > IDLE_MS) now(); }, 5000);
};
export const touched = () => { state.touched = clock.mark(); };

export const build = () => {
  slider = h("input", { type: "range", min: -BACK, max: AHEAD, step: 1, "aria-label": say("screen.moment"), oninput: () => { pause(); to(Number(slider.value)); } });
  buttons = Object.fromEntries(Object.keys(ACTS).map((name) => [name, h("button", { class: `button ${name}`, type: "button", "data-act": name, onclick: ACTS[name] })]));
  const { back, play: run_, on, speed, to_now } = buttons;
  place.replaceChildren(h("div", { class: "acts" }, back, run_, on, speed), h("div", { class: "track" }, h("div", { class: "rail", "aria-hidden": "true" }, h("span", { class: "ahead" }), ...ticks()), slider), h("div", { class: "acts" }, to_now));
  draw();
};

const label = (button, sign, said) => { button.textContent = sign; button.setAttribute("aria-label", said); button.title = said; };
const draw = () => {
  if (!place) return;
  label(buttons.back, SIGNS.back, say("screen.back"));
  label(buttons.on, SIGNS.on, say("screen.on"));
  label(buttons.play, state.playing ? SIGNS.pause : SIGNS.play, say(state.playing ? "screen.pause" : "screen.play"));
  label(buttons.speed, `${state.speed}×`, say("screen.speed", { n: state.speed }));
  label(buttons.to_now, say("screen.to_now"), say("screen.to_now"));
  buttons.to_now.disabled = state.day === 0;
  buttons.back.disabled = state.day <= -BACK;
  buttons.on.disabled = state.day >= AHEAD;
  slider.value = state.day;
  slider.setAttribute("aria-valuetext", words(state.day));
  place.dataset.when = wall.at === null && state.day === 0 ? "now" : state.day < 0 ? "past" : "future";
};
