/* One release: what it shows, who stands for it, and what may be done with it now. */
import { h } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { busy, button, size } from "./parts.js";
import { titled as sized } from "./sizes.js";
import { areaOf, facts, itself, sizeOf } from "./state.js";
import { ask, read, save } from "./talk.js";
import { said } from "./when.js";

const PICTURES = ["png", "svg"];
const WITH_REASON = new Set(["reject", "withdraw"]);
const ACTS = { draft: ["approve", "reject"], approved: ["release", "withdraw"], released: ["withdraw"] };
const SIGNS = { making: "…", draft: "?", approved: "✓", released: "●", withdrawn: "×", rejected: "×", failed: "!" };
const LONGEST_REASON = 500;
/* States in which the server still draws: files of an approved one bear its number, those of a withdrawn one say so. */
const DRAWN_ANEW = ["approved", "withdrawn"];
export const drawing = (one) => one.state === "making" || (DRAWN_ANEW.includes(one.state) && !(one.files || []).length && one.progress !== 1);

const file = (one, form) => `/api/press/releases/${one.id}/files/${form}`;
const titled = (one) => one.order.title || itself(one.order, language());
/* A share between nothing and one, or of a hundred. */
const share = (progress) => (typeof progress === "number" ? Math.min(1, progress > 1 ? progress / 100 : progress) : null);

const thumb = (one) => {
  const picture = (one.files || []).find(({ form }) => PICTURES.includes(form));
  const { width, height } = sizeOf(one.order.size) || { width: 16, height: 9 };
  const style = { "--ratio": width / height };
  if (!picture) return h("span", { class: "thumb", style }, (one.files || []).map(({ form }) => form.toUpperCase()).join(" ") || SIGNS[one.state]);
  return h("a", { class: "thumb", style, href: file(one, picture.form), download: "", "aria-label": say("press_desk.open_picture", { title: titled(one) }) }, h("img", { src: file(one, picture.form), alt: "", loading: "lazy", decoding: "async" }));
};

const people = (one) => [
  [say("press_desk.made"), one.made_by, one.made_at],
  [say("press_desk.approved"), one.approved_by, one.approved_at],
  [say("press_desk.released"), one.released_at && "", one.released_at],
  [say("press_desk.withdrawn"), one.withdrawn_at && "", one.withdrawn_at],
].filter(([, , at]) => at).map(([what, who, at]) => h("div", {}, h("dt", {}, what), h("dd", {}, who ? `${who} ` : "", h("span", { class: "quiet" }, said(at)))));

/* A list leaves manifests out: they are long. */
const manifest = async (one) => {
  const whole = one.manifest ? one : await read(`/api/press/releases/${one.id}`);
  save(new Blob([JSON.stringify(whole.manifest, null, 2)], { type: "application/json" }), `${one.number}.manifest.json`);
};

export const release = (first, acted) => {
  let seen = "", open = false;
  const element = h("li", { class: "release", "data-id": first.id });

  const act = async (one, name, reason, at) => {
    const done = busy(at);
    const where = element.querySelector(".answer");
    try {
      const path = `/api/press/releases/${one.id}/${name}`;
      const answer = await ask(path, { method: "POST", body: WITH_REASON.has(name) ? { reason } : {} });
      const now = await answer.json().catch(() => null);
      open = false;
      acted(now && now.state ? now : await read(`/api/press/releases/${one.id}`));
      element.querySelector("button, a")?.focus();
    } catch (error) {
      done();
      where.textContent = error.message;
    }
  };
  /* A reason is asked for where the button was; nothing is sent before there is one. */
  const why = (one, name) => {
    const input = h("textarea", { rows: 2, maxlength: LONGEST_REASON, "aria-label": say("press_desk.reason") , placeholder: say(`press_desk.reason_${name}`) });
    const go = h("button", { type: "button", class: "button primary", onclick: ({ currentTarget }) => (input.value.trim() ? act(one, name, input.value.trim(), currentTarget) : input.focus()) }, say(`press_desk.${name}`));
    open = true;
    const sheet = h("div", { class: "why" }, input, h("div", { class: "inline" }, go, button(say("press_desk.cancel"), () => { open = false; seen = ""; update(one); })));
    element.querySelector(".acts").replaceChildren(sheet);
    input.focus();
  };
  const acts = (one) => {
    const own = one.made_by === facts.user;
    const rows = (ACTS[one.state] || []).map((name, index) => button(say(`press_desk.${name}`), ({ currentTarget }) => (WITH_REASON.has(name) ? why(one, name) : act(one, name, "", currentTarget)), {
      class: `button ${index === 0 && !WITH_REASON.has(name) ? "primary" : "line"}`, "data-act": name, disabled: (own && name === "approve") || (name === "release" && drawing(one)),
      "aria-describedby": own && name === "approve" ? `own-${one.id}` : null,
    }));
    const waits = one.state === "approved" && drawing(one) && h("p", { class: "small quiet" }, say("press_desk.still_drawing"));
    const hint = own && one.state === "draft" && h("p", { class: "small quiet", id: `own-${one.id}` }, say("press_desk.own"));
    return h("div", { class: "acts" }, h("div", { class: "inline" }, rows), hint, waits);
  };
  const files = (one) => {
    const rows = (one.files || []).map(({ form, bytes }) => h("a", { class: "button line", href: file(one, form), download: "", "data-form": form }, form.toUpperCase(), h("span", { class: "small quiet" }, size(bytes))));
    if (!rows.length) return null;
    return h("div", { class: "files inline" }, rows, one.number && button(say("press_desk.manifest"), () => manifest(one).catch((error) => { element.querySelector(".answer").textContent = error.message; }), { "data-form": "manifest" }));
  };
  const update = (one) => {
    const now = JSON.stringify([one, language()]);
    if (now === seen || open) return;
    const before = JSON.parse(seen || "[{}]")[0];
    seen = now;
    element.dataset.state = one.state;
    const old = element.querySelector(".thumb");
    // What is drawn already must not be loaded again because a word beside it changed.
    const same = old && JSON.stringify(before.files) === JSON.stringify(one.files) && before.state === one.state;
    const progress = drawing(one) && h("progress", { max: 1, value: share(one.progress), "aria-label": say("press_desk.state_making") });
    element.replaceChildren(
      h("div", { class: "picture" }, same ? old : thumb(one)),
      h("div", { class: "told" },
        h("div", { class: "state" }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[one.state]), h("strong", {}, say(`press_desk.state_${one.state}`)), one.number && h("span", { class: "number" }, one.number)),
        h("h2", {}, titled(one)),
        h("p", { class: "small quiet" }, [(areaOf(one.order.area) || { name: one.order.area }).name, one.order.at ? said(one.order.at) : say("press_desk.newest"), sized(one.order.size)].join(" · ")),
        progress,
        h("dl", { class: "small" }, people(one)),
        one.reason && h("p", { class: "reason" }, say("press_desk.because", { reason: one.reason })),
        one.problem && h("p", { class: "small warning" }, one.problem),
        files(one)),
      acts(one),
      h("p", { class: "answer small severe", role: "alert" }),
    );
  };
  update(first);
  return { element, update };
};
