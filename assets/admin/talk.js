/* Asking the server: every answer that is none becomes a Trouble with one sentence that says what to do. */
import { say } from "../grid/words.js";
import { facts } from "./state.js";

/* `kind`: offline, session, denied, refused (what was asked for), failed (the server). `rows`: what is wrong with a row. */
export class Trouble extends Error {
  constructor(kind, sentence, rows = []) { super(sentence); this.kind = kind; this.rows = rows; }
}
const KINDS = { 401: "session", 403: "denied", 429: "failed" };
const headers = () => ({
  accept: "application/json",
  "accept-language": document.documentElement.lang,
  "x-wangge-user": encodeURIComponent(facts.user),
});

const trouble = (status, said) => {
  const kind = KINDS[status] || (status >= 500 ? "failed" : "refused");
  return new Trouble(kind, kind === "session" ? say("admin.session") : said.message || say("admin.failed"), said.rows);
};

export const ask = async (path, { method = "GET", body } = {}) => {
  let answer;
  try {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    answer = await fetch(path, { method, headers: { ...headers(), ...json }, body: body && JSON.stringify(body) });
  } catch {
    throw new Trouble("offline", say("admin.offline"));
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  throw trouble(answer.status, await answer.json().catch(() => ({})));
};

/* A file with what belongs to it; `tell(share)` says how much of it is sent. */
export const send = (path, fields, tell) => new Promise((done, fail) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const request = new XMLHttpRequest();
  request.open("POST", path);
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  request.responseType = "json";
  request.upload.onprogress = (event) => event.lengthComputable && tell(event.loaded / event.total);
  request.onload = () => (request.status < 300 ? done(request.response) : fail(trouble(request.status, request.response || {})));
  request.onerror = () => fail(new Trouble("offline", say("admin.offline")));
  request.send(form);
});

export const save = (text, type, name) => {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60e3);
};

export const loginAgain = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
