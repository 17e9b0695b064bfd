/* The page's hands: the address bar, clicks, keys, taste, and what is said in trouble. The map itself is in map.js.

   The address bar holds the whole view. Every change goes through go(), which writes it and tells Dash; split() hands
   its parts to the stores that Dash's callbacks follow, and the map follows the same address. Python never moves the
   map, but for the box of a newly chosen area (fit) and the place of a picked thing (spot). */
(() => {
  "use strict";

  const root = document.documentElement;
  const box = document.getElementById("map");
  const facts = JSON.parse(box.dataset.layers);
  const dash = () => window.dash_clientside; // looked up each time: the renderer puts an object of its own there
  const desk = (window.wangge = { root, box, facts, map: null, spot: null });
  let fitted = { area: null, box: null };
  let before = {};
  let step = (history.state || {}).step || 0;

  const report = (id, data) => dash() && dash().set_props && document.getElementById("page") && dash().set_props(id, { data });

  // ── the address ──────────────────────────────────────────────────────────────────────────────────────────────────

  const address = () => {
    const asked = new URLSearchParams(location.search);
    const [lon, lat, zoom] = ["lon", "lat", "z"].map((name) => (asked.has(name) ? Number(asked.get(name)) : NaN));
    const placed = [lon, lat, zoom].every(Number.isFinite) && Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
    const text = (name) => asked.get(name) || "";
    return {
      area: text("area"), at: text("at"), measure: text("measure"), pick: text("pick"), face: text("face"),
      on: asked.has("on") ? text("on").split(",").filter(Boolean) : null, view: placed ? { lon, lat, zoom } : null,
    };
  };

  const write = (changes, how) => {
    const asked = new URLSearchParams(location.search);
    for (const [name, text] of Object.entries(changes)) text ? asked.set(name, text) : asked.delete(name);
    const query = asked.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    if (how === "pushState") step += 1;
    history[how]({ step }, "", query ? `?${query}` : location.pathname);
    leadBack();
  };

  /* Who must sign in again comes back to what is shown now. */
  const leadBack = () => {
    const again = document.querySelector("#trouble .again");
    if (again) again.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  };

  /* The browser is at another step before it says so: what the map shows until then belongs to the step it came from. */
  const stepOf = () => (history.state || {}).step || 0;
  const keepView = () => { if (desk.map && step === stepOf()) write(desk.map.here(), "replaceState"); };

  /* A drill is a step that 'back' undoes; everything else replaces the step it belongs to. */
  const go = (changes) => {
    keepView();
    if ("area" in changes) changes = { z: "", lat: "", lon: "", pick: "", face: "", ...changes };
    if (changes.area && changes.area === fitted.area && !changes.z) return desk.map && fitted.box && desk.map.fit(fitted.box);
    write(changes, changes.face || "area" in changes || "z" in changes ? "pushState" : "replaceState");
    // A face is there before Dash has even heard of it: with a full desk Dash takes longer than everything else.
    desk.face.follow().then(tell);
  };

  const tell = () => report("address", location.search);
  addEventListener("popstate", () => { step = stepOf(); tell(); });

  // ── taste: theme and language ────────────────────────────────────────────────────────────────────────────────────

  const taste = () => ({ theme: root.dataset.theme, lang: root.lang === "en" ? "en" : "zh" });
  const keep = () => {
    for (const [name, text] of Object.entries(taste())) document.cookie = `${name}=${text}; path=/; max-age=31536000; samesite=lax`;
  };
  const prefer = (what) => {
    const { theme, lang } = taste();
    if (what === "theme") root.dataset.theme = theme === "light" ? "dark" : "light";
    else root.lang = lang === "en" ? "zh-CN" : "en";
    keep();
    write({ theme: "", lang: "" }, "replaceState");
    report("taste", { theme: taste().theme, language: taste().lang });
    if (desk.map) desk.map.restyle();
    desk.face.follow();
    askReported();
  };
  const size = () => root.style.setProperty("--map-scale", desk.scale());
  desk.scale = () => Math.max(1, parseFloat(getComputedStyle(root).fontSize) / 18);

  // ── clicks and keys ──────────────────────────────────────────────────────────────────────────────────────────────

  const shown = (id, on) => (on ? on.includes(id) : (facts[id] || { on: true }).on);
  const act = {
    go: (step, at) => {
      go(Object.fromEntries(new URLSearchParams(step)));
      if (at.closest("#found")) seek("");
    },
    layer: (id) => {
      const [now, covers] = [address().on, (name) => (facts[name] || {}).covers];
      const opens = !shown(id, now);
      // Areas coloured by one thing hide those coloured by another, and what only the old ones knew colours nothing now.
      const on = Object.keys(facts).filter((name) => (name === id ? opens : shown(name, now) && !(opens && covers(id) && covers(name))));
      go({ on: on.join(",") || "none", ...(opens && covers(id) ? { measure: "" } : {}) });
    },
    tool: (name) => desk.map && (name === "fit" ? fitted.box && desk.map.fit(fitted.box) : desk.map.zoom(name)),
    taste: prefer,
    state: (code) => report("homes-state", code),
  };

  document.addEventListener("click", (event) => {
    const at = event.target.closest && event.target.closest("[data-go],[data-layer],[data-tool],[data-taste],[data-state]");
    if (!at || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const name = Object.keys(act).find((key) => key in at.dataset);
    event.preventDefault();
    act[name](at.dataset[name], at);
  });

  /* Not by Dash's own debounce: that puts the caret back to where it was some letters ago, and letters change places. */
  let resting;
  const seek = (words) => { clearTimeout(resting); dash().set_props("search", { value: words }); report("search-words", words); };
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "search") return;
    clearTimeout(resting);
    resting = setTimeout(() => report("search-words", target.value), 250);
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.dataset || !target.dataset.ask) return;
    go({ [target.dataset.ask]: target.value });
    if (target.dataset.ask === "face") target.value = ""; // the same one may be chosen again
  });

  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("search");
    const [typing, searching] = [/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName), event.target.closest(".search")];
    if (event.key === "/" && !typing && search) { search.focus(); search.select(); }
    else if (event.key === "Escape" && searching) { seek(""); search.focus(); }
    else if (event.key === "Escape" && address().pick) go({ pick: "" });
    else if (event.key === "Escape" && address().face) go({ face: "" });
    else if (event.key === "Enter" && event.target.closest(".ag-cell")) event.target.click();
    else if (/^Arrow(Up|Down)$/.test(event.key) && searching) {
      const stops = [search, ...document.querySelectorAll("#found a")];
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) next.focus();
    } else return;
    event.preventDefault();
  });

  // ── numbers that feeds bring: asked for only while they are open, which this browser remembers ───────────────────

  const OPEN = "wangge-reported";
  let nth = 0;
  const reported = { box: () => document.getElementById("reported-box"), of: "" };
  const askReported = () => {
    const [at, { area, at: moment }] = [reported.box(), address()];
    if (!at || !at.open) return;
    if (reported.of !== `${area} ${moment}`) at.dataset.waits = ""; // what another area or moment had is not shown meanwhile
    reported.of = `${area} ${moment}`;
    report("reported", { area: area || box.dataset.area, at: moment, language: taste().lang, nth: (nth += 1) });
  };
  const reopen = () => { if (reported.box() && localStorage.getItem(OPEN)) reported.box().open = true; };
  document.addEventListener("toggle", ({ target }) => {
    if (target.id !== "reported-box") return;
    if (target.open) localStorage.setItem(OPEN, "1"); else localStorage.removeItem(OPEN);
    askReported();
  }, true);

  // ── trouble: what, since when; and how it heals ──────────────────────────────────────────────────────────────────

  let asking;
  const trouble = () => root.dataset.trouble || "";
  const say = (kind) => {
    if (trouble() === kind) return;
    if (kind) root.dataset.trouble = kind; else delete root.dataset.trouble;
    const since = kind ? new Date().toLocaleTimeString("zh-CN", { timeZone: box.dataset.zone, hour12: false }) : "";
    for (const slot of document.querySelectorAll("#trouble .since")) slot.textContent = since;
    leadBack();
    report("map-health", { trouble: kind, since });
  };

  const fail = ({ status, message }) => {
    if (status === 401) say("session");
    else if (status === 503) say("database");
    else if (!(status < 500) && !/abort/i.test(message || "") && !trouble()) say("tiles");
    ask(4000);
  };

  /* One cheap question tells all: no answer, no session, no database, or all is well. It is asked every half minute,
     oftener in trouble; each good answer is the page's quiet heartbeat, on which figures are fetched anew. */
  const ask = (after) => { clearTimeout(asking); asking = setTimeout(probe, after); };
  const probe = async () => {
    if (document.hidden) return ask(30000);
    const address = `/api/areas/${encodeURIComponent(box.dataset.area)}`;
    const { status } = await fetch(address, { cache: "no-store" }).catch(() => ({ status: 0 }));
    const kind = { 0: "server", 401: "session", 503: "database" }[status] || "";
    if (kind) { say(kind); return ask(4000); }
    if (trouble() !== "webgl") say("");
    if (desk.map) desk.map.retry();
    report("news", { at: Date.now() });
    ask(30000);
  };
  for (const event of ["offline", "online"]) addEventListener(event, () => ask(0));
  document.addEventListener("visibilitychange", () => document.hidden || ask(0));
  /* Dash keeps a callback's failure to itself; the browser's own record of requests does not. */
  new PerformanceObserver((list) => {
    const bad = ({ name, responseStatus: status }) => /_dash-update|\/tiles\//.test(name) && (status === 0 || status === 401 || status >= 500);
    if (!trouble() && list.getEntries().some(bad)) ask(200);
  }).observe({ type: "resource" });

  // ── what Dash calls ──────────────────────────────────────────────────────────────────────────────────────────────

  /* Switches follow the address, and say where a layer waits for a closer look. */
  const far = () => {
    const { on } = address();
    for (const row of document.querySelectorAll("[data-min-zoom]")) {
      row.setAttribute("aria-pressed", shown(row.dataset.layer, on));
      row.classList.toggle("far", Boolean(desk.map) && desk.map.level() < Number(row.dataset.minZoom) - 0.01);
    }
  };
  const nothing = (then) => (...given) => { then(...given); return dash().no_update; };

  window.dash_clientside = {
    ...window.dash_clientside,
    wangge: {
      split: () => {
        const now = address();
        const parts = ["area", "at", "measure", "on", "pick"].map((name) =>
          before.watched && String(before[name]) === String(now[name]) ? dash().no_update : now[name]);
        if (!before.watched) reopen();
        before = { ...now, watched: true };
        far();
        askReported();
        desk.face.follow();
        if (desk.map) desk.map.follow(now);
        return parts;
      },
      paint: nothing(() => {
        for (const { id, value } of dash().callback_context.inputs_list) desk.paint(id.replace(/-html$/, ""), value);
        far();
        const shown = reported.box() && reported.box().querySelector("[data-nth]");
        if (shown && Number(shown.dataset.nth) === nth) delete reported.box().dataset.waits;
      }),
      fit: nothing((found) => {
        if (!found || !found.area) return;
        document.title = found.title;
        if (found.area !== fitted.area) document.getElementById("side").scrollTop = 0;
        if (desk.map && found.box && found.area !== fitted.area && !address().view) desk.map.fit(found.box);
        fitted = found;
      }),
      spot: nothing((found) => {
        if (found && !(desk.spot && desk.spot.pick === found.pick)) desk.spot = found;
        setTimeout(() => desk.map && desk.map.place(), 0);
      }),
      news: nothing((news) => {
        if (news && news.scheme) return location.reload(); // colours and letters mean something else from now on
        if (desk.map && news) desk.map.refresh(news.layers || []);
        desk.face.follow(true);
        askReported();
      }),
      moving: nothing((layers) => { desk.moving = layers || []; if (desk.map) desk.map.draw(); }),
      choose: nothing((cell, rows) => {
        const row = cell && rows.find(({ id }) => id === String(cell.rowId));
        if (!row) return;
        desk.spot = { pick: `households:${row.id}`, lon: row.lon, lat: row.lat };
        go({ pick: desk.spot.pick, lon: row.lon.toFixed(5), lat: row.lat.toFixed(5), z: "18" });
      }),
    },
  };

  const cell = (of, ...children) => React.createElement("span", of, ...children);
  window.dashAgGridComponentFunctions = {
    State: ({ value, data: { sign } }) => cell({ className: "state-cell" }, cell({
      className: `swatch${sign.hatch ? ` hatched hatch-${sign.hatch}` : ""}`,
      style: { backgroundColor: sign.colour, color: sign.ink }, "aria-hidden": true,
    }, cell({}, sign.letter)), cell({}, value)),
    Left: ({ value, data }) => cell({ className: data.tone }, value),
  };

  Object.assign(desk, { address, keepView, go, report, taste, shown, say, ask, fail, far, dash, apply: go });
  keep();
  size();
  addEventListener("resize", () => { size(); if (desk.map) desk.map.resize(); });
  ask(30000);
})();
