/* On the sign-in page: whoever signed out, wherever, leaves nothing of a grid on this device. Changes that were not sent
   stay, unseen, until their owner signs in again. A session that merely ran out leaves everything. Who signed out without
   signal ends the session now. */
import { cookie } from "./dom.js";
import { wipeForeign } from "./store.js";

const leave = async () => {
  if (localStorage.getItem("wangge-signed-out")) {
    localStorage.removeItem("wangge-signed-out");
    await fetch("/logout", { method: "POST", headers: { "X-Wangge": "1" }, redirect: "manual" });
  }
  if (cookie("wangge_user") || !self.indexedDB) return;
  const there = indexedDB.databases ? await indexedDB.databases() : [];
  if (there.some(({ name }) => name === "wangge-grid")) await wipeForeign("");
};
leave();
