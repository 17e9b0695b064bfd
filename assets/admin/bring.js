/* Import 导入: a file is chosen, looked at, tried, and taken. What is under way goes on without this page. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { busy } from "../press/parts.js";
import { asking } from "./asking.js";
import { choosing } from "./choosing.js";
import { looked } from "./looked.js";
import { failed, none, wait } from "./pieces.js";
import { report } from "./report.js";
import { asked, facts, keep, number } from "./state.js";
import { ask, send } from "./talk.js";

const POLL_MS = 700, AGAIN_MS = 500;
const unsaid = () => ({ columns: {}, states: {}, crs: "auto", encoding: null, sheet: null });
const BUSY = ["arriving", "reading", "waiting", "running"];
const STORE = `wangge-import-${facts.user}`;
const store = (id) => { try { if (id) localStorage.setItem(STORE, id); else localStorage.removeItem(STORE); } catch { /* then it is only in the address */ } };
const stored = () => { try { return localStorage.getItem(STORE) || ""; } catch { return ""; } };

export const bring = (go) => {
  let gone = false, timer = null, soon = null, again = false, job = null, partial = false;
  let said = unsaid(), words = [];
  const stage = h("div", { class: "stage looked" }), answer = h("p", { class: "answer small", role: "status" });
  const bar = h("progress", { max: 1, hidden: true }), deeds = h("div", { class: "foot" });
  const path = (rest = "") => `/api/imports/${job.id}${rest}`;
  const tell = (text, kind = "") => { answer.textContent = text; answer.className = `answer small ${kind}`; };

  /* ── what is done ── */

  const begin = async (file, fields) => {
    tell(say("admin.uploading", { name: file.name }));
    wait(stage);
    bar.hidden = false;
    try {
      const before = job;
      const made = await send("/api/imports", { ...fields, file }, (share) => { bar.value = share; });
      if (before && before.id !== made.id && !BUSY.includes(before.state)) ask(`/api/imports/${before.id}`, { method: "DELETE" }).catch(() => {});
      said = unsaid();
      words = [];
      partial = false;
      took(made);
    } catch (error) {
      bar.hidden = true;
      tell(error.message, "severe");
      stage.replaceChildren(none(say("admin.nothing"), error.message));
    }
  };
  const work = async (rest, body, at) => {
    const done = at && busy(at);
    try { took(await ask(path(rest), { method: "POST", body })); } catch (error) { await turnedDown(error); } finally { if (done) done(); }
  };
  /* Another tab may have taken this file, or put it away: then what became of it is shown, and not what was here. */
  const turnedDown = async (error) => {
    if (error.kind === "refused") {
      try { took(await ask(path())); } catch (other) { if (other.kind === "refused") return lost(); }
    }
    return !job.taken && !BUSY.includes(job.state) && tell(error.message, "severe");
  };
  const run = (dry, at) => {
    clearTimeout(soon);
    again = false;
    return work("/run", { ...said, dry_run: dry, partial }, at);
  };
  /* Another column, system or encoding: looked at anew, as soon as nobody changes anything for a moment. */
  const change = (what, now = false) => {
    said = { ...said, ...what };
    if (job.report) { job.report = null; foot(); }
    if ("sheet" in what) words = [];
    if (!["columns", "crs", "encoding", "sheet"].some((name) => name in what)) return;
    clearTimeout(soon);
    soon = setTimeout(anew, now ? 0 : AGAIN_MS);
  };
  /* What is said while the file is being looked at is said again when that is done. */
  const anew = () => {
    again = job !== null && BUSY.includes(job.state);
    if (job && !again) work("/preview", said);
  };
  const leaveFile = async () => {
    clearTimeout(timer);
    clearTimeout(soon);
    again = false;
    await ask(path(), { method: "DELETE" }).catch(() => {});
    job = null;
    store("");
    keep({});
    tell("");
    draw();
  };

  /* ── what is shown ── */

  const took = (found) => {
    const first = !job || job.id !== found.id;
    job = found;
    if (first) {
      const { partial: part = false, ...rest } = found.said;
      said = { ...said, ...rest };
      partial = part;
      keep({ id: job.id });
      store(job.id);
    }
    /* What was looked at is what is taken. */
    if (job.state === "ready" && !again) said = { ...said, sheet: job.preview.sheet || null };
    if (gone) return;
    draw();
    clearTimeout(timer);
    if (BUSY.includes(job.state)) timer = setTimeout(poll, POLL_MS);
    else if (again) anew();
  };
  const poll = async () => {
    try {
      const found = await ask(path());
      if (!gone) took(found);
    } catch (error) {
      if (gone) return;
      if (error.kind === "offline" || error.kind === "failed") { tell(error.message, "severe"); timer = setTimeout(poll, 4 * POLL_MS); }
      else lost(error);
    }
  };
  const lost = () => {
    job = null;
    store("");
    keep({});
    draw();
    tell(say("admin.gone"), "warning");
  };
  const at = () => {
    if (job.state === "waiting") return say("admin.waiting");
    if (job.state === "reading" || job.state === "arriving") return say("admin.looking");
    const step = say(`import.${job.step || "reading"}`);
    return job.all ? say("admin.at_of", { step, done: number(job.done), all: number(job.all) }) : say("admin.at", { step, done: number(job.done) });
  };
  const foot = () => {
    const waits = job && BUSY.includes(job.state);
    bar.hidden = !waits;
    if (waits) { if (job.all) bar.value = Math.min(1, job.done / job.all); else bar.removeAttribute("value"); tell(at()); }
    if (!job || !job.preview || job.taken) return deeds.replaceChildren(bar, answer);
    const open = !waits && !job.preview.missing.length && !(job.preview.places && job.preview.places.question && said.crs === "auto");
    const tried = job.report && job.dry_run && (!job.report.refused_rows || partial) && !job.report.refused.some((row) => row.row === 0);
    const part = h("input", { type: "checkbox", id: "partial", checked: partial });
    part.addEventListener("change", () => { partial = part.checked; foot(); });
    const dry = h("button", { type: "button", id: "dry-run", class: `button ${tried ? "line" : "primary"}`, disabled: !open, onclick: () => run(true, dry) }, say("admin.dry_run"));
    const take = h("button", { type: "button", id: "take", class: `button ${tried ? "primary" : "line"}`, disabled: !open, onclick: () => run(false, take) }, say(partial ? "admin.take_right" : "admin.take"));
    return deeds.replaceChildren(h("label", { class: "check", for: "partial" }, part, h("span", {}, say("admin.partial"), h("span", { class: "small quiet under" }, say("admin.partial_hint")))), bar, answer, h("div", { class: "inline" }, dry, take));
  };
  const trouble = () => {
    if (job.state === "ended") return h("div", { class: "notice", role: "alert" }, h("strong", { class: "severe" }, say("admin.ended")), h("p", {}, say("admin.ended_more")));
    return job.problem && h("div", { class: "notice", role: "alert" }, h("strong", { class: "severe" }, job.problem));
  };
  const ask_ = asking(change), choose = choosing(begin);
  const draw = () => {
    const busyNow = job && BUSY.includes(job.state);
    choose.sync(job, leaveFile);
    if (job && job.preview) words = [...words, ...job.preview.words.filter((one) => !words.some((other) => other.word === one.word))];
    ask_.sync(job, said, words);
    if (!busyNow) tell(job && job.taken ? say("admin.taken") : "");
    foot();
    if (!job) return stage.replaceChildren(h("div", { class: "notice start" }, h("strong", {}, say("admin.begin")), h("p", { class: "quiet" }, say("admin.begin_more", { mb: facts.most_mb }))));
    if (!job.preview && busyNow) return stage.children.length && stage.querySelector(".bone") ? null : wait(stage);
    stage.setAttribute("aria-busy", busyNow);
    const held = stage.contains(document.activeElement) && document.activeElement.dataset.head;
    stage.replaceChildren(...[trouble(), job.report && report(job, go), job.preview && looked(job, said, change)].filter(Boolean));
    const chosen = held && stage.querySelector(`[data-head="${CSS.escape(held)}"]`);
    return chosen && chosen.focus({ preventScroll: true });
  };

  const start = async () => {
    const id = asked("id") || stored();
    if (!id) return;
    wait(stage);
    try {
      took(await ask(`/api/imports/${encodeURIComponent(id)}`));
      choose.take(job);
    } catch (error) {
      if (gone) return;
      if (error.kind === "refused") { if (asked("id")) lost(); else { store(""); draw(); } } else stage.replaceChildren(failed(error, start));
    }
  };
  draw();
  start();
  const column = h("div", { class: "form" }, h("div", { class: "steps" }, choose.element, ask_.element), deeds);
  return { class: "desk", element: [column, stage], leave: () => { gone = true; clearTimeout(timer); clearTimeout(soon); } };
};
