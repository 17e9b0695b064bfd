/* The only glue between the address bar, the map and Dash. #map lies outside React, so that no re-rendering touches it.

   The address bar holds the whole view. Every change goes through go(), which writes it and tells Dash; split() hands
   its parts to the stores that Dash's callbacks follow, and follow() brings the map there. Python never moves the map,
   but for the box of a newly chosen area (fit) and the place of a picked thing (spot). */
(() => {
  "use strict";

  const root = document.documentElement;
  const box = document.getElementById("map");
  const facts = JSON.parse(box.dataset.layers);
  const seen = { fitted: null, box: null, style: "", failed: new Set(), since: null, hover: null, picked: null, chosen: null };
  const dash = () => window.dash_clientside; // looked up each time: the renderer puts an object of its own there
  let overlay, map, spec, moving = [], spot = null, resting, probing;

  // ── the address ──────────────────────────────────────────────────────────────────────────────────────────────────

  const address = () => {
    const asked = new URLSearchParams(location.search);
    const [lon, lat, zoom] = ["lon", "lat", "z"].map((name) => (asked.has(name) ? Number(asked.get(name)) : NaN));
    const placed = [lon, lat, zoom].every(Number.isFinite) && Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
    const text = (name) => asked.get(name) || "";
    return {
      area: text("area"), at: text("at"), measure: text("measure"), pick: text("pick"),
      on: asked.has("on") ? text("on").split(",").filter(Boolean) : null, view: placed ? { lon, lat, zoom } : null,
    };
  };

  const write = (changes, how) => {
    const asked = new URLSearchParams(location.search);
    for (const [name, text] of Object.entries(changes)) text ? asked.set(name, text) : asked.delete(name);
    const query = asked.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    history[how](null, "", query ? `?${query}` : location.pathname);
  };

  const here = () => {
    const { lng, lat } = map.getCenter();
    return { z: map.getZoom().toFixed(2), lat: lat.toFixed(5), lon: lng.toFixed(5) };
  };

  /* A drill is a step that 'back' undoes; everything else replaces the step it belongs to. */
  const go = (changes) => {
    if (map) write(here(), "replaceState");
    const drill = "area" in changes || "z" in changes;
    if ("area" in changes) changes = { z: "", lat: "", lon: "", pick: "", ...changes };
    if ("area" in changes && changes.area === address().area) seen.fitted = null;
    write(changes, drill ? "pushState" : "replaceState");
    tell();
  };

  const report = (id, data) => dash() && dash().set_props && document.getElementById("page") && dash().set_props(id, { data });
  const tell = () => report("address", location.search + location.hash);
  addEventListener("popstate", tell);

  // ── the style: fetched here, so that a failure is seen, said and healed ──────────────────────────────────────────

  const taste = () => ({ theme: root.dataset.theme, lang: root.lang === "en" ? "en" : "zh" });
  const shown = (id, on) => (on ? on.includes(id) : (facts[id] || { on: true }).on);

  const fetchStyle = async () => {
    const { at, measure, on } = address();
    const asked = new URLSearchParams(Object.entries({ ...taste(), at, measure }).filter(([, text]) => text));
    seen.style = asked.toString();
    const answer = await fetch(`${box.dataset.style}?${asked}`);
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    const style = await answer.json();
    for (const layer of style.layers) {
      const id = (layer.metadata || {})["wangge:layer"];
      if (id) layer.layout = { ...layer.layout, visibility: shown(id, on) ? "visible" : "none" };
    }
    return style;
  };

  /* Theme, language, measure and moment change paint and tile addresses. setTiles would empty the map until new tiles
     are there, so the addresses are put into the sources in place: the diff then finds the sources equal, and
     refreshTiles fetches anew while the old tiles stay on screen. */
  const restyle = async () => {
    try {
      const next = await fetchStyle();
      const moved = [];
      for (const [id, source] of Object.entries(next.sources)) {
        const present = map.getSource(id);
        if (!present || !source.tiles || String(present.tiles) === String(source.tiles)) continue;
        present.tiles = present._options.tiles = source.tiles;
        moved.push(id);
      }
      map.setStyle(next, { diff: true });
      moved.forEach((id) => map.refreshTiles(id));
      mark();
    } catch (error) {
      seen.style = "";
      fail(error);
    }
  };

  const show = (on) => {
    for (const id of map.getLayersOrder()) {
      const of = (map.getLayer(id).metadata || {})["wangge:layer"];
      if (of) map.setLayoutProperty(id, "visibility", shown(of, on) ? "visible" : "none");
    }
    draw();
  };

  /* A hatch `hatch-<kind>-<rrggbb>` is drawn when a style first asks for it; twice the size for sharp displays. */
  const hatch = ({ id }) => {
    const [, kind, colour] = /^hatch-([a-z]+)-([0-9a-f]{6})$/i.exec(id) || [];
    if (!kind || map.hasImage(id)) return;
    const [size, canvas] = [16, document.createElement("canvas")];
    canvas.width = canvas.height = size;
    const ink = canvas.getContext("2d");
    ink.strokeStyle = ink.fillStyle = `#${colour}`;
    ink.lineWidth = 2.5;
    const line = (...ends) => { ink.beginPath(); ink.moveTo(ends[0], ends[1]); ink.lineTo(ends[2], ends[3]); ink.stroke(); };
    for (const shift of kind === "dots" ? [] : [-size, 0, size]) {
      line(shift, size, shift + size, 0);
      if (kind === "cross") line(shift, 0, shift + size, size);
    }
    if (kind === "dots") for (const at of [4, 12]) { ink.beginPath(); ink.arc(at, at, 2, 0, 7); ink.fill(); }
    map.addImage(id, ink.getImageData(0, 0, size, size), { pixelRatio: 2 });
  };

  // ── start ────────────────────────────────────────────────────────────────────────────────────────────────────────

  const load = (source) => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement("script"), { src: source, onload: done, onerror: failed }));
  });
  const scale = () => Math.max(1, parseFloat(getComputedStyle(root).fontSize) / 18);
  const size = () => root.style.setProperty("--map-scale", scale());

  const firstView = async () => {
    const asked = address();
    if (asked.view) return asked.view;
    const own = box.dataset.area;
    for (const code of new Set([asked.area || own, own])) {
      const answer = code && (await fetch(`/api/areas/${encodeURIComponent(code)}`));
      const { bbox } = answer && answer.ok ? await answer.json() : {};
      if (bbox) return { bbox };
      if (answer && answer.status >= 500) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    }
    return { lon: 105, lat: 35, zoom: 4 };
  };

  const start = async (id, json) => {
    if (!document.createElement("canvas").getContext("webgl2")) return say("webgl");
    try {
      const [view] = await Promise.all([firstView(), window.createDeck || load(box.dataset.script)]);
      if (view.bbox) {
        const [west, south, east, north] = view.bbox;
        const viewport = new deck.WebMercatorViewport({ width: box.offsetWidth, height: box.offsetHeight });
        const fitted = viewport.fitBounds([[west, south], [east, north]], { padding: 32 });
        Object.assign(view, { lon: fitted.longitude, lat: fitted.latitude, zoom: Math.max(0, fitted.zoom) });
      }
      spec = JSON.parse(json);
      spec.initialViewState = { longitude: view.lon, latitude: view.lat, zoom: view.zoom };
      spec.mapStyle = { version: 8, sources: {}, layers: [] };
      overlay = createDeck({ container: document.getElementById(id), jsonInput: spec, tooltip: false });
      awake();
    } catch (error) {
      fail(error);
      setTimeout(start, 5000, id, json);
    }
  };

  /* pydeck hands out the map only when its first style is drawn, and gives no event for it. So the first style is empty:
     the map is there at once, and nothing of the true style happens before somebody listens. */
  const awake = () => {
    map = overlay._map;
    if (!map) return setTimeout(awake, 20);
    for (const control of [...map._controls]) {
      if (control._zoomInButton) map.removeControl(control); // ours speak both languages and are large enough to touch
      else if (control._updateAttributions) control.options.customAttribution = ""; // a link to another site
    }
    map.setPixelRatio(devicePixelRatio * scale());
    map.dragRotate.disable();
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.on("styleimagemissing", hatch);
    map.on("error", ({ error, sourceId }) => { if (sourceId) seen.failed.add(sourceId); fail(error); });
    map.on("click", click);
    map.on("mousemove", hover);
    map.on("mouseout", () => touch(null));
    map.on("move", place);
    map.on("moveend", () => { clearTimeout(resting); resting = setTimeout(rest, 200); });
    map.on("sourcedata", ({ isSourceLoaded }) => isSourceLoaded && mark());
    map.on("idle", () => seen.style && (root.dataset.map = "idle"));
    map.on("dataloading", () => (root.dataset.map = "busy"));
    map.getCanvas().setAttribute("aria-label", box.dataset.words);
    restyle();
    rest();
  };

  // ── following the address and Dash ───────────────────────────────────────────────────────────────────────────────

  /* The map rests: the step of history it belongs to learns where, and so does Dash; drilling deeper is not a move. */
  const rest = () => {
    write(here(), "replaceState");
    const { _sw, _ne } = map.getBounds();
    report("map-view", { ...address().view, bbox: [_sw.lng, _sw.lat, _ne.lng, _ne.lat] });
    far();
  };

  const far = () => {
    for (const row of document.querySelectorAll("[data-min-zoom]")) {
      row.classList.toggle("far", Boolean(map) && map.getZoom() < Number(row.dataset.minZoom) - 0.01);
    }
  };

  const follow = ({ view, on, at, measure }) => {
    if (!map) return;
    const { lng, lat } = map.getCenter();
    const moved = view && Math.abs(view.lon - lng) + Math.abs(view.lat - lat) + Math.abs(view.zoom - map.getZoom()) > 0.02;
    if (moved) map.easeTo({ center: [view.lon, view.lat], zoom: view.zoom, duration: 300 });
    const asked = new URLSearchParams(Object.entries({ ...taste(), at, measure }).filter(([, text]) => text));
    if (asked.toString() !== seen.style) restyle();
    show(on);
    mark();
  };

  /* What the open layer control hides of the map, in the map's own pixels. */
  const hidden = () => {
    const layers = document.getElementById("layers");
    return layers && layers.open ? layers.getBoundingClientRect().right / scale() : 0;
  };
  const fit = ([west, south, east, north]) => {
    const padding = { top: 32, right: 32, bottom: 32, left: 32 + hidden() };
    map.fitBounds([[west, south], [east, north]], { padding, maxZoom: 17, duration: 400 });
  };

  /* What is selected is outlined: the area of the address, and the thing it picks. */
  const state = (target, name, on) => {
    if (target && map.getSource(target.source)) map.setFeatureState(target, { [name]: on });
  };
  const mark = () => {
    const { area, pick } = address();
    const [layer, id] = pick.split(":");
    const picked = layer && map.getSource(layer) ? { source: layer, sourceLayer: layer, id: Number(id) } : null;
    if (JSON.stringify(picked) !== JSON.stringify(seen.picked)) state(seen.picked, "selected", false);
    state((seen.picked = picked), "selected", true);
    for (const source of Object.keys(facts).filter((name) => facts[name].drills && map.getSource(name))) {
      const found = map.querySourceFeatures(source, { sourceLayer: source, filter: ["==", ["get", "code"], area] })[0];
      const target = found && { source, sourceLayer: source, id: found.id };
      if (found && JSON.stringify(target) !== JSON.stringify(seen.chosen)) {
        state(seen.chosen, "selected", false);
        state((seen.chosen = target), "selected", true);
      }
    }
  };

  // ── hands: hover, click, keys ────────────────────────────────────────────────────────────────────────────────────

  const under = (point, reach) => {
    const layers = map.getLayersOrder().filter((id) => facts[(map.getLayer(id).metadata || {})["wangge:layer"]]);
    const around = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const found = map.queryRenderedFeatures(around, { layers }).filter(({ id }) => id !== undefined);
    return found.find(({ source }) => !facts[source].drills) || found[0];
  };

  const touch = (feature) => {
    const target = feature && { source: feature.source, sourceLayer: feature.sourceLayer, id: feature.id };
    if (JSON.stringify(target) === JSON.stringify(seen.hover)) return;
    state(seen.hover, "hover", false);
    state((seen.hover = target), "hover", true);
    map.getCanvasContainer().classList.toggle("touching", Boolean(target));
  };
  let waiting = false;
  const hover = ({ point }) => {
    if (waiting || map.isMoving()) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; touch(under(point, 2)); });
  };

  const click = ({ point, lngLat }) => {
    const flying = overlay._deck && overlay.pickObject({ x: point.x, y: point.y, radius: 8 });
    if (flying && flying.object) return pick(flying.object.layer, flying.object.id, lngLat, {});
    const feature = under(point, 6);
    if (!feature) return go({ pick: "" });
    const { single, drills } = facts[feature.source];
    if (drills) return go({ area: feature.properties.code });
    if (map.getZoom() < single && !(feature.properties.households === 1)) {
      return map.easeTo({ center: lngLat, zoom: single + 1, duration: 400 });
    }
    pick(feature.source, feature.id, lngLat, feature.properties);
  };

  const pick = (layer, id, { lng, lat }, properties) => {
    spot = { pick: `${layer}:${id}`, lon: lng, lat };
    report("map-pick", { layer, id, lon: lng, lat, zoom: map.getZoom(), properties });
    go({ pick: spot.pick });
  };

  /* The card stands beside what it speaks of, on the side with more room, and never over it. */
  const place = () => {
    const card = document.getElementById("card");
    if (!card || !map || !spot || !card.firstChild) return;
    const [frame, { width, height }] = [box.getBoundingClientRect(), card.getBoundingClientRect()];
    const at = map.project([spot.lon, spot.lat]);
    const [x, y] = [frame.left + at.x * scale(), frame.top + at.y * scale()];
    const gap = 28 * scale();
    const edge = frame.left + hidden() * scale() + 8;
    const left = x + gap + width < frame.right - 8 ? x + gap : x - gap - width;
    const within = (value, low, high) => Math.max(low, Math.min(value, Math.max(low, high)));
    card.style.setProperty("--x", `${within(left, edge, frame.right - width - 8)}px`);
    card.style.setProperty("--y", `${within(y - height / 3, frame.top + 8, frame.bottom - height - 8)}px`);
  };

  const set = (name, text) => (document.cookie = `${name}=${text}; path=/; max-age=31536000; samesite=lax`);
  const prefer = (what) => {
    const { theme, lang } = taste();
    if (what === "theme") root.dataset.theme = theme === "light" ? "dark" : "light";
    else root.lang = lang === "en" ? "zh-CN" : "en";
    set("theme", taste().theme);
    set("lang", taste().lang);
    write({ theme: "", lang: "" }, "replaceState");
    report("taste", { theme: taste().theme, language: taste().lang });
    if (map) restyle();
  };

  const tools = { zoom_in: () => map.zoomIn(), zoom_out: () => map.zoomOut(), fit: () => seen.box && fit(seen.box) };

  document.addEventListener("click", (event) => {
    const at = event.target.closest && event.target.closest("[data-go],[data-layer],[data-tool],[data-taste],[data-state]");
    if (!at || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { go: step, layer, tool, taste: what, state: chosen } = at.dataset;
    event.preventDefault();
    if (step !== undefined) {
      go(Object.fromEntries(new URLSearchParams(step)));
      if (at.closest("#found")) dash().set_props("search", { value: "" });
    } else if (layer) {
      const on = Object.keys(facts).filter((id) => (id === layer) !== shown(id, address().on));
      at.setAttribute("aria-pressed", on.includes(layer));
      go({ on: on.join(",") || "none" });
    } else if (tool && map) tools[tool]();
    else if (what) prefer(what);
    else if (chosen !== undefined) report("homes-state", chosen);
  });

  document.addEventListener("change", ({ target }) => {
    if (target.dataset && target.dataset.ask) go({ [target.dataset.ask]: target.value });
  });

  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("search");
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "Escape" && event.target.closest(".search")) { dash().set_props("search", { value: "" }); box.focus(); }
    else if (event.key === "Escape" && address().pick) go({ pick: "" });
    else if (/^Arrow(Up|Down)$/.test(event.key) && event.target.closest(".search")) {
      const stops = [search, ...document.querySelectorAll("#found a")];
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });

  // ── trouble: what, since when; and how it heals ──────────────────────────────────────────────────────────────────

  const say = (kind) => {
    if ((root.dataset.trouble || "") === kind) return;
    seen.since = kind ? new Date() : null;
    if (kind) root.dataset.trouble = kind; else delete root.dataset.trouble;
    for (const slot of document.querySelectorAll("#trouble .since")) slot.textContent = kind ? seen.since.toTimeString().slice(0, 8) : "";
    const again = document.querySelector("#trouble .again");
    if (again) again.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    report("map-health", { trouble: kind, since: seen.since });
  };

  const fail = ({ status, message }) => {
    if (status === 401) say("session");
    else if (status === 503) say("database");
    else if (!status && !/AbortError|aborted/i.test(message || "")) say("tiles");
    else if (status >= 500) say("tiles");
    probe(5000);
  };

  /* One cheap question tells all: no answer, no session, no database, or all is well. It is asked every half minute,
     oftener in trouble; each good answer is the page's quiet heartbeat, on which figures are fetched anew. */
  const probe = (after) => { clearTimeout(probing); probing = setTimeout(ask, after); };
  const ask = async () => {
    if (document.hidden) return probe(30000);
    let answer;
    try { answer = await fetch(`/api/areas/${encodeURIComponent(box.dataset.area)}`, { cache: "no-store" }); } catch { answer = { status: 0 }; }
    const kind = { 0: "server", 401: "session", 503: "database" }[answer.status] || "";
    if (kind) { say(kind); return probe(5000); }
    if (root.dataset.trouble !== "webgl") say("");
    const failed = [...seen.failed];
    seen.failed.clear();
    if (map && !map.getLayersOrder().length) restyle();
    failed.filter((id) => map && map.getSource(id)).forEach((id) => map.refreshTiles(id));
    report("news", { at: Date.now() });
    probe(30000);
  };
  addEventListener("offline", () => ask());
  addEventListener("online", () => ask());
  addEventListener("resize", () => { size(); if (map) { map.setPixelRatio(devicePixelRatio * scale()); map.resize(); place(); } });

  // ── what moves, drawn by deck.gl over the tiles ──────────────────────────────────────────────────────────────────

  /* pydeck 0.9.3: with MapLibre the overlay's own setProps calls itself for ever; its prototype's works. */
  const draw = () => {
    if (!overlay || !overlay._deck) return;
    const layers = shown("drones", address().on) ? moving : [];
    updateDeck({ layers }, { setProps: (props) => Object.getPrototypeOf(overlay).setProps.call(overlay, props) });
  };

  // ── what Dash calls ──────────────────────────────────────────────────────────────────────────────────────────────

  let before = {};
  window.dash_clientside = { ...window.dash_clientside, wangge: {
    split: () => {
      const now = address();
      const parts = { area: now.area, at: now.at, measure: now.measure, on: now.on, pick: now.pick };
      const changed = Object.keys(parts).map((name) => name in before && String(before[name]) === String(parts[name]) ? dash().no_update : parts[name]);
      before = parts;
      follow(now);
      return changed;
    },
    fit: (found) => {
      if (!found) return dash().no_update;
      document.title = found.title || document.title;
      seen.box = found.box;
      if (found.area !== seen.fitted) document.getElementById("side").scrollTop = 0;
      if (map && found.box && found.area !== seen.fitted && !address().view) fit(found.box);
      seen.fitted = found.area;
      return dash().no_update;
    },
    spot: (found) => {
      if (found && !(spot && spot.pick === found.pick)) spot = found;
      setTimeout(place, 0);
      return dash().no_update;
    },
    news: (news) => {
      for (const id of (news && news.layers) || []) if (map && map.getSource(id) && shown(id, address().on)) map.refreshTiles(id);
      return dash().no_update;
    },
    moving: (layers) => { moving = layers || []; draw(); return dash().no_update; },
    choose: (cell, rows) => {
      const row = cell && rows.find(({ id }) => String(id) === String(cell.rowId));
      if (row) { spot = { pick: `households:${row.id}`, lon: row.lon, lat: row.lat }; go({ pick: spot.pick, lon: row.lon.toFixed(5), lat: row.lat.toFixed(5), z: "18" }); }
      return dash().no_update;
    },
  } };

  const cell = (of, ...children) => React.createElement("span", of, ...children);
  window.dashAgGridComponentFunctions = {
    State: ({ value: name, data: { sign: { colour, letter, hatch: kind, ink } } }) => cell({ className: "state-cell" },
      cell({ className: `swatch${kind ? ` hatched hatch-${kind}` : ""}`, style: { backgroundColor: colour, color: ink }, "aria-hidden": true }, cell({}, letter)), name),
    Left: ({ value, data }) => cell({ className: data.tone }, value),
  };

  window.wangge = { start, apply: (view) => { moving = view.moving || moving; go(view); draw(); } };
  size();
  start("map", box.dataset.deck);
  probe(30000);
})();
