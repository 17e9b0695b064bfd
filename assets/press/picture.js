/* The true picture beside the form: the server's own, at its own proportions. The last one stays, dimmed, until the
   next is there; a question that was overtaken is given up, and an answer out of order is dropped. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { button } from "./parts.js";
import { FILMS, desk, follow, sent, sizeOf, tooLong } from "./state.js";
import { Trouble, ask, loginAgain } from "./talk.js";
import { said } from "./when.js";

const REST_MS = 400;
/* Changes of these alone leave the picture as it is. */
const APART = new Set(["form", "days"]);

const counted = (answer, name) => Number(answer.headers.get(name) || 0);

export const picture = () => {
  let resting, asking = null, newest = 0, last = null;
  const image = h("img", { alt: "", hidden: true });
  const bones = h("div", { class: "bones-of", "aria-hidden": "true" }, h("span"), h("span"), h("span"));
  const sentence = h("p", {}), works = h("p", { class: "small quiet" }, say("press_desk.still"));
  const again = button(say("press_desk.again"), () => now());
  const login = h("a", { class: "button line", href: "/login" }, say("press_desk.sign_in"));
  const trouble = h("div", { class: "trouble-of", role: "alert", hidden: true }, sentence, works, again, login);
  const frame = h("figure", { class: "frame" }, image, bones, trouble);
  const working = h("span", { class: "working", hidden: true }, say("press_desk.drawing"));
  const facts = h("div", { class: "facts" });
  const status = h("p", { class: "out-of-sight", role: "status" });
  const outcome = h("span", { class: "outcome" });
  const head = h("header", {}, facts, working, outcome);
  const element = h("section", { class: "stage", "data-picture": "loading", "aria-label": say("press_desk.preview") }, head, h("div", { class: "easel" }, frame), status);

  const show = (state) => {
    element.dataset.picture = state;
    working.hidden = state !== "drawing" && state !== "loading";
    trouble.hidden = state !== "trouble";
    bones.hidden = state !== "loading";
    if (working.hidden) element.removeAttribute("aria-busy"); else element.setAttribute("aria-busy", "true");
  };
  const fit = () => {
    const size = sizeOf(desk.order.size) || { width: 16, height: 9 };
    frame.style.setProperty("--w", size.width);
    frame.style.setProperty("--h", size.height);
    const film = FILMS.includes(desk.order.form) ? ` · ${say("press_desk.last_frame")}` : "";
    outcome.textContent = `${desk.order.form.toUpperCase()} ${size.width}×${size.height}${film}`;
  };
  const tell = (answer) => {
    const [hidden, none] = [counted(answer, "x-suppressed"), counted(answer, "x-no-data")];
    const why = { n: hidden, least: desk.options.threshold };
    const parts = [
      h("span", {}, say("press_desk.data_time", { moment: said(answer.headers.get("x-data-time")) })),
      h("span", {}, say("press_desk.vintage", { moment: said(answer.headers.get("x-vintage")) })),
      h("span", { "data-hidden": hidden }, hidden ? say("press_desk.hidden", why) : say("press_desk.hidden_none")),
      none > 0 && h("span", { class: "warning", "data-none": none }, say("press_desk.none", { n: none })),
    ];
    facts.replaceChildren(...parts.filter(Boolean));
    status.textContent = parts.filter(Boolean).map((part) => part.textContent).join(" · ");
  };
  const fail = (error) => {
    const known = error instanceof Trouble;
    if (!known) console.warn(error);
    element.dataset.trouble = known ? error.kind : "failed";
    sentence.textContent = known ? error.message : say("press_desk.failed");
    login.hidden = !known || error.kind !== "session";
    login.href = loginAgain();
    again.hidden = known && ["session", "denied", "refused"].includes(error.kind);
    show("trouble");
  };

  const now = async () => {
    clearTimeout(resting);
    if (asking) asking.abort();
    if (tooLong()) return fail(new Trouble("refused", say("press_desk.fix_text")));
    const turn = (newest += 1);
    asking = new AbortController();
    show(last ? "drawing" : "loading");
    try {
      const answer = await ask("/api/press/preview", { method: "POST", body: sent(), signal: asking.signal });
      const url = URL.createObjectURL(await answer.blob());
      const made = new Image();
      made.src = url;
      await made.decode();
      if (turn !== newest) return URL.revokeObjectURL(url);
      image.src = url;
      image.hidden = false;
      image.alt = say("press_desk.preview_of", { title: desk.order.title || document.getElementById("title")?.placeholder || "" });
      if (last) URL.revokeObjectURL(last);
      last = url;
      tell(answer);
      return show("there");
    } catch (error) {
      if (error.name === "AbortError" || turn !== newest) return null;
      return fail(error);
    }
  };

  const later = (changed) => {
    fit();
    if ([...changed].every((name) => APART.has(name))) return;
    clearTimeout(resting);
    if (asking) asking.abort();
    newest += 1;
    show(last ? "drawing" : "loading");
    resting = setTimeout(now, REST_MS);
  };
  const back = () => { if (element.dataset.picture === "trouble" && element.dataset.trouble === "offline") now(); };
  const gone = () => fail(new Trouble("offline", say("press_desk.offline")));

  fit();
  show("loading");
  const over = follow(later);
  addEventListener("online", back);
  addEventListener("offline", gone);
  const leave = () => {
    over();
    clearTimeout(resting);
    if (asking) asking.abort();
    removeEventListener("online", back);
    removeEventListener("offline", gone);
    if (last) URL.revokeObjectURL(last);
  };
  return { element, now, leave };
};
