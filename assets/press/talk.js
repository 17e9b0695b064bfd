/* Asking the server: every answer that is none becomes a Trouble with one sentence that says what to do. */
import { say } from "../grid/words.js";
import { facts } from "./state.js";

/* `kind`: offline, session, denied, refused (what was asked for), failed (the server). */
export class Trouble extends Error {
  constructor(kind, sentence) { super(sentence); this.kind = kind; }
}

const KINDS = { 401: "session", 403: "denied", 429: "failed" };

export const ask = async (path, { method = "GET", body, signal, raw } = {}) => {
  const headers = {
    accept: "application/json, image/png",
    "accept-language": document.documentElement.lang,
    "x-wangge-user": encodeURIComponent(facts.user),
  };
  if (body !== undefined) headers["content-type"] = raw ? "application/octet-stream" : "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, signal, body: raw ? body : body && JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("offline", say("press_desk.offline"));
  }
  if (answer.ok) return answer;
  const kind = KINDS[answer.status] || (answer.status >= 500 ? "failed" : "refused");
  const said = await answer.json().catch(() => ({}));
  throw new Trouble(kind, kind === "session" ? say("press_desk.session") : said.message || say("press_desk.failed"));
};

export const read = async (path, how) => (await ask(path, how)).json();

/* The name that the server gives a file, whatever letters it holds. */
export const nameOf = (answer, otherwise) => {
  const said = answer.headers.get("content-disposition") || "";
  const starred = /filename\*=(?:utf-8|UTF-8)''([^;]+)/.exec(said);
  if (starred) return decodeURIComponent(starred[1]);
  return (/filename="?([^";]+)"?/.exec(said) || [])[1] || otherwise;
};

export const save = (blob, name) => {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60e3);
};

export const loginAgain = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
