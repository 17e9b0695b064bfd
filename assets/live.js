/* The connection that keeps a page true: whether it is there, since when it is not, and how it heals without a reload.

   Dash's WebSocket lives in a shared worker and tells the page nothing of its own state. This script stands between the
   two, before Dash starts: it counts the server's beats, which Dash never sees, and hands each message of a wall on in
   order, because Dash drops one that the next overtakes. It tells the page by events on the document:

     wangge:news   detail: a message to a wall (its form: callbacks/hub.py); the store of Dash gets it as well
     wangge:lost   detail: {kind, since}; kind is server, database or revoked
     wangge:again  the server is there, listen anew with {again: true}; /map is served here
     wangge:found  all is well again

   What is said in trouble stands in #lost (callbacks/lost.py); on a page with #trouble it is said there. */
(() => {
  "use strict";

  const SILENT_MS = 6000; // three beats
  const FIRST_MS = 20000; // scripts of a page may take their time before it listens
  const LOOK_MS = 2000;
  const ANSWER_MS = 2500; // together with the silence less than the ten seconds in which a loss must be said
  const HEARTBEAT_MS = 10000; // the worker's own question, which finds a cable that was pulled; Dash forgets to set it
  const OFTEN_MS = 4000;

  const root = document.documentElement;
  const now = () => performance.now(); // goes on evenly, whoever sets the clock
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`wangge:${name}`, { detail }));
  let [patience, heard, asked, lost, trouble, looking, count] = [FIRST_MS, now(), -OFTEN_MS, false, "", false, 0];
  const socket = { post: null, connect: null, gone: false }; // the way to Dash's worker, and what Dash told it to connect

  // ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────

  const desk = () => document.getElementById("trouble") && window.wangge && window.wangge.say ? window.wangge : null;
  const clock = () => {
    const zone = (document.getElementById("map") || { dataset: {} }).dataset.zone;
    return new Date().toLocaleTimeString("zh-CN", { timeZone: zone || undefined, hour12: false });
  };

  const say = (kind) => {
    if (kind === trouble) return;
    trouble = kind;
    if (kind) root.dataset.lost = kind; else delete root.dataset.lost;
    const since = clock();
    for (const slot of document.querySelectorAll("#lost .since")) slot.textContent = since;
    if (desk() && kind) desk().say(kind === "revoked" ? "session" : kind);
    if (desk() && !kind) desk().ask(0);
    tell(kind ? "lost" : "found", { kind, since });
  };

  // ── signs of life ────────────────────────────────────────────────────────────────────────────────────────────────

  /* Whatever is pushed is a sign of life; a beat comes where nothing else did, and where the database went or came. */
  const take = ({ componentId, props }) => {
    [heard, patience, lost] = [now(), SILENT_MS, false];
    const beat = componentId === "beat";
    if (beat) say(props.data.database ? "" : "database");
    else if (trouble !== "database") say("");
    if (componentId === "wall-news") tell("news", props.data);
    return !beat; // Dash need not look through the page for it
  };

  const message = (event) => {
    const { type, payload } = event.data;
    if (type === "set_props" && !take(payload)) event.stopImmediatePropagation();
    else if (type === "set_props_batch") event.data.payload = payload.filter(take);
    else if (type === "disconnected") { socket.gone = true; lose(); }
    else if (type === "connected") { socket.gone = false; if (lost) listen(); }
  };

  const Worker = window.SharedWorker;
  window.SharedWorker = class extends Worker {
    constructor(...given) {
      super(...given);
      const { port } = this;
      socket.post = port.postMessage.bind(port);
      port.addEventListener("message", message);
      port.postMessage = (said, ...more) => {
        if (said.type === "connect") { said.payload.heartbeatInterval = HEARTBEAT_MS; socket.connect = said; }
        socket.post(said, ...more);
      };
    }
  };

  // ── loss, and how it heals ───────────────────────────────────────────────────────────────────────────────────────

  const lose = () => {
    if (lost) return;
    lost = true;
    look();
  };

  /* The server is there: connect at once. Dash's worker waits longer and longer, and after ten times for ever; that it
     leaves and comes anew ends its waiting, so that there are never two connections. */
  const again = () => {
    if (now() - asked < OFTEN_MS) return;
    asked = now();
    if (!socket.gone || !socket.connect) return listen();
    socket.post({ type: "disconnect", rendererId: socket.connect.rendererId });
    socket.post(socket.connect);
  };

  const listen = () => {
    asked = now();
    tell("again");
    const dash = window.dash_clientside;
    if (desk() && dash && dash.set_props) dash.set_props("listen", { data: { again: true, count: ++count } });
  };

  /* One cheap question: no answer, nobody signed in, no database, or all is well but for the connection. */
  const look = async () => {
    if (looking) return;
    looking = true;
    const { status } = await fetch("/api/layers", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => ({ status: 0 }));
    looking = false;
    if (!lost) return; // a beat was faster
    if (status === 401) say("revoked");
    else if (status === 503) say("database");
    else if (status === 0 || now() - heard > SILENT_MS) say("server");
    if (status === 200) again();
  };

  setInterval(() => {
    if (lost) look();
    else if (now() - heard > patience) lose();
  }, LOOK_MS / 2);
  addEventListener("offline", lose);
  addEventListener("online", () => lost && look());
})();
