/* Senders 上报单位: offices that report, and the tokens they report with. A token is shown once. */
import { h } from "../grid/dom.js";
import { language, say } from "../grid/words.js";
import { busy, button } from "../press/parts.js";
import { armed, labelled, none, select, table } from "./pieces.js";
import { desk, facts, titleOf, when } from "./state.js";
import { ask } from "./talk.js";

const DAYS = ["", "30", "90", "365"];
const path = (code, rest = "") => `/api/senders/${encodeURIComponent(code)}${rest}`;
const field = (of) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...of });

const copy = async (text, at) => {
  await navigator.clipboard.writeText(text).catch(() => getSelection().selectAllChildren(at.previousElementSibling));
  at.textContent = say("admin.copied");
};

export const senders = () => {
  const list = h("div", { class: "offices" });
  const told = h("p", { class: "answer", role: "status" });
  let fresh = null;

  const took = (one) => {
    desk.senders = [...desk.senders.filter((other) => other.code !== one.code), one].sort((a, b) => a.code.localeCompare(b.code));
    draw();
  };
  const act = async (at, work) => {
    const done = busy(at);
    told.textContent = "";
    try { await work(); } catch (error) { told.textContent = error.message; told.className = "answer severe"; } finally { done(); }
  };
  const again = async (code) => took((await ask("/api/senders")).find((one) => one.code === code));

  const token = (one) => Object.assign([
    titleOf(one.kind), when(one.created_at), one.expires_at ? when(one.expires_at) : say("admin.no_end"), one.last_used_at ? when(one.last_used_at) : say("admin.unused"),
    armed(say("admin.revoke"), say("admin.revoke_sure"), (at) => act(at, async () => took(await ask(path(one.sender, `/tokens/${one.id}`), { method: "DELETE" })))),
  ], { of: { "data-token": one.id } });
  const make = (one) => {
    const kind = select(desk.feeds.filter((feed) => !feed.foundation).map((feed) => ({ value: feed.kind, text: feed.title[language()] })));
    const days = select(DAYS.map((n) => ({ value: n, text: n ? say("admin.for_days", { n }) : say("admin.no_end") })), "365");
    const give = button(say("admin.make_token"), () => act(give, async () => {
      const made = await ask(path(one.code, "/tokens"), { method: "POST", body: { kind: kind.value, days: days.value ? Number(days.value) : null } });
      fresh = { code: one.code, kind: kind.value, token: made.token };
      await again(one.code);
      list.querySelector(".fresh .button").focus();
    }));
    return h("div", { class: "row-of" }, labelled(say("admin.kind"), kind), labelled(say("admin.lasts"), days), give);
  };
  const secret = () => h("div", { class: "fresh", role: "status" }, h("strong", {}, say("admin.token_once", { kind: titleOf(fresh.kind) })),
    h("code", {}, fresh.token), button(say("admin.copy"), (event) => copy(fresh.token, event.target)), button(say("admin.hide"), () => { fresh = null; draw(); }));

  const office = (one) => h("section", { class: "office", "data-sender": one.code, "data-shut": one.disabled || null },
    h("header", {}, h("h2", {}, one.name), h("span", { class: "small quiet" }, one.code), h("span", { class: "small quiet" }, say("admin.areas_of", { areas: one.areas.join(", ") })),
      one.disabled && h("span", { class: "badge" }, say("admin.shut")),
      button(say(one.disabled ? "admin.let_in" : "admin.shut_out"), (event) => act(event.target, async () => took(await ask(path(one.code, "/disable"), { method: "POST", body: { disabled: !one.disabled } }))))),
    fresh && fresh.code === one.code && secret(),
    one.tokens.length ? table(say("admin.tokens_of", { name: one.name }), ["kind", "made", "ends", "used", "act"].map((name) => ({ text: say(`admin.${name}`) })), one.tokens.map((row) => token({ ...row, sender: one.code })))
      : h("p", { class: "quiet" }, say("admin.no_tokens")),
    !one.disabled && make(one));
  const draw = () => list.replaceChildren(...(desk.senders.length ? desk.senders.map(office) : [none(say("admin.no_senders"), say("admin.no_senders_more"))]));

  const code = field({ maxlength: 40 }), name = field({ maxlength: 80 }), areas = field({ value: facts.areas.join(", "), maxlength: 800 });
  const add = h("button", { type: "submit", class: "button primary" }, say("admin.add_sender"));
  const form = h("form", { class: "step-form" }, h("h2", {}, say("admin.new_sender")), labelled(say("admin.office"), name, h("p", { class: "small quiet" }, say("admin.office_hint"))),
    labelled(say("admin.code"), code, h("p", { class: "small quiet" }, say("admin.code_hint"))), labelled(say("admin.areas"), areas, h("p", { class: "small quiet" }, say("admin.areas_hint"))), add, told);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(add, async () => {
      const wanted = { code: code.value.trim(), name: name.value.trim(), areas: areas.value.split(/[\s,，、]+/).filter(Boolean) };
      if (!wanted.code || !wanted.name || !wanted.areas.length) throw new Error(say("admin.fill_in"));
      took(await ask("/api/senders", { method: "POST", body: wanted }));
      [code.value, name.value] = ["", ""];
      told.className = "answer";
      told.textContent = say("admin.added", { name: wanted.name });
    });
  });
  draw();
  return { element: h("div", { class: "two-of" }, form, list), leave: () => {} };
};
