/* The map: pydeck's bundle with MapLibre and our own style. #map lies outside React, so that no re-rendering touches it.
   Where to be and what to show comes from the address bar (desk.js); what is clicked goes there too. */
(() => {
  "use strict";

  const desk = window.wangge;
  const { root, box, facts, address, go, report, taste, shown, say, fail } = desk;
  const failed = new Set();
  const chosen = { style: "", hover: null, picked: null, area: null };
  let overlay, map, hatch, resting, waiting = false;

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const layerOf = (layer) => (layer.metadata || {})["wangge:layer"];

  // ── the style: fetched here, so that a failure is seen, said and healed ──────────────────────────────────────────

  const question = () => {
    const { at, measure } = address();
    return new URLSearchParams(Object.entries({ ...taste(), at, measure: measure || box.dataset.measure }).filter(([, text]) => text)).toString();
  };

  const outlined = (filter) => Array.isArray(filter) && filter[0] === "==" && String(filter[1]) === "get,code";

  const fetchStyle = async () => {
    const ask = (query) => fetch(`${box.dataset.style}?${query}`);
    let answer = await ask((chosen.style = question()));
    // A moment or measure that cannot be read: the page says so, and the map shows the present instead of nothing.
    if (answer.status === 400) answer = await ask(new URLSearchParams(taste()));
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    const [style, { on, area }] = [await answer.json(), address()];
    for (const layer of style.layers) {
      if (layerOf(layer)) layer.layout = { ...layer.layout, visibility: shown(layerOf(layer), on) ? "visible" : "none" };
      if (outlined(layer.filter)) layer.filter = ["==", ["get", "code"], area];
    }
    return style;
  };

  /* Theme, language, measure and moment change paint and tile addresses. setTiles would empty the map until new tiles
     are there, so the addresses are put into the sources in place: the diff then finds the sources equal, and
     refreshTiles fetches anew while the old tiles stay on screen. */
  const restyle = async () => {
    try {
      const [next, moved] = [await fetchStyle(), []];
      for (const [id, source] of Object.entries(next.sources)) {
        const present = map.getSource(id);
        if (!present || !source.tiles || same(present.tiles, source.tiles)) continue;
        present.tiles = present._options.tiles = source.tiles;
        moved.push(id);
      }
      map.setStyle(next, { diff: true });
      moved.forEach((id) => map.refreshTiles(id));
      mark();
    } catch (error) {
      chosen.style = "";
      fail(error);
    }
  };

  // ── start ────────────────────────────────────────────────────────────────────────────────────────────────────────

  const load = (source) => new Promise((done, broken) => {
    document.head.append(Object.assign(document.createElement("script"), { src: source, onload: done, onerror: broken }));
  });

  /* Where to begin: the view of the address, else the box of its area, else that of the reader's own. */
  const firstView = async () => {
    const asked = address();
    if (asked.view) return asked.view;
    for (const code of new Set([asked.area || box.dataset.area, box.dataset.area])) {
      const answer = code && (await fetch(`/api/areas/${encodeURIComponent(code)}`));
      if (answer && answer.status >= 500) throw Object.assign(new Error(answer.statusText), { status: answer.status });
      const { bbox } = answer && answer.ok ? await answer.json() : {};
      if (!bbox) continue;
      const [west, south, east, north] = bbox;
      const viewport = new deck.WebMercatorViewport({ width: box.offsetWidth, height: box.offsetHeight });
      const fitted = viewport.fitBounds([[west, south], [east, north]], { padding: 32 });
      return { lon: fitted.longitude, lat: fitted.latitude, zoom: Math.max(0, fitted.zoom) };
    }
    return { lon: 105, lat: 35, zoom: 4 };
  };

  const start = async (id, json) => {
    if (!document.createElement("canvas").getContext("webgl2")) return say("webgl");
    try {
      [{ hatch }] = await Promise.all([import("/assets/grid/hatch.js"), window.createDeck || load(box.dataset.script)]);
      const [spec, view] = [JSON.parse(json), await firstView()];
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
    map.setPixelRatio(devicePixelRatio * desk.scale());
    map.dragRotate.disable();
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.on("styleimagemissing", ({ id }) => hatch(map, id)); // at once, or MapLibre warns
    map.on("error", ({ error, sourceId }) => { if (sourceId) failed.add(sourceId); fail(error); });
    map.on("click", click);
    map.on("mousemove", hover);
    map.on("mouseout", () => touch(null));
    map.on("move", place);
    map.on("moveend", () => { clearTimeout(resting); resting = setTimeout(rest, 150); });
    map.on("sourcedata", ({ isSourceLoaded }) => isSourceLoaded && mark());
    map.on("idle", () => chosen.style && (root.dataset.map = "idle"));
    map.on("dataloading", () => (root.dataset.map = "busy"));
    map.getCanvas().removeAttribute("aria-label");
    map.getCanvas().setAttribute("aria-labelledby", "canvas-words");
    desk.map = { follow, restyle, fit, place, here, draw, zoom, retry, refresh, resize, level: () => map.getZoom(), own: map, overlay };
    restyle();
    rest();
  };

  // ── following the address ────────────────────────────────────────────────────────────────────────────────────────

  const here = () => {
    const { lng, lat } = map.getCenter();
    return { z: map.getZoom().toFixed(2), lat: lat.toFixed(5), lon: lng.toFixed(5) };
  };

  /* The map rests: the step of history it belongs to learns where, and so does Dash; a move is no step of its own. */
  const rest = () => {
    if (map.isMoving()) return; // another end will come
    desk.keepView();
    const { _sw, _ne } = map.getBounds();
    report("map-view", { ...address().view, bbox: [_sw.lng, _sw.lat, _ne.lng, _ne.lat] });
    desk.far();
    draw();
  };

  const follow = ({ view, on, area }) => {
    const { lng, lat } = map.getCenter();
    const moved = view && (Math.abs(view.lon - lng) + Math.abs(view.lat - lat) > 2e-5 || Math.abs(view.zoom - map.getZoom()) > 0.02);
    if (moved) map.easeTo({ center: [view.lon, view.lat], zoom: view.zoom, duration: 300 });
    if (question() !== chosen.style) restyle();
    for (const id of map.getLayersOrder()) {
      const layer = map.getLayer(id);
      if (layerOf(layer)) map.setLayoutProperty(id, "visibility", shown(layerOf(layer), on) ? "visible" : "none");
      if (outlined(layer.filter)) map.setFilter(id, ["==", ["get", "code"], area]);
    }
    draw();
    mark();
  };

  /* What the open layer control hides of the map, in the map's own pixels. */
  const hidden = () => {
    const layers = document.getElementById("layers");
    return layers && layers.open ? layers.getBoundingClientRect().right / desk.scale() : 0;
  };
  const fit = ([west, south, east, north]) => {
    const padding = { top: 32, right: 32, bottom: 32, left: 32 + hidden() };
    map.fitBounds([[west, south], [east, north]], { padding, maxZoom: 17, duration: 400 });
  };
  const zoom = (name) => (name === "zoom_in" ? map.zoomIn() : map.zoomOut());
  const resize = () => { map.setPixelRatio(devicePixelRatio * desk.scale()); map.resize(); place(); };
  const refresh = (layers) => {
    for (const id of layers) if (map.getSource(id) && shown(id, address().on)) map.refreshTiles(id);
  };
  const retry = () => {
    if (!chosen.style) restyle();
    refresh([...failed]);
    failed.clear();
  };

  // ── what is under the hand, selected, clicked ────────────────────────────────────────────────────────────────────

  const state = (target, name, on) => target && map.getSource(target.source) && map.setFeatureState(target, { [name]: on });
  const select = (slot, target) => {
    if (!same(target, chosen[slot])) state(chosen[slot], "selected", false);
    state((chosen[slot] = target), "selected", true);
  };
  const mark = () => {
    const { area, pick } = address();
    const [layer, id] = pick.split(":");
    select("picked", layer && map.getSource(layer) ? { source: layer, sourceLayer: layer, id: Number(id) } : null);
    for (const source of Object.keys(facts).filter((name) => facts[name].drills && map.getSource(name))) {
      const [found] = map.querySourceFeatures(source, { sourceLayer: source, filter: ["==", ["get", "code"], area] });
      if (found) select("area", { source, sourceLayer: source, id: found.id });
    }
  };

  const under = (point, reach) => {
    const layers = map.getLayersOrder().filter((id) => facts[layerOf(map.getLayer(id))]);
    const around = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const found = map.queryRenderedFeatures(around, { layers }).filter(({ id }) => id !== undefined);
    return found.find(({ source }) => !facts[source].drills) || found[0];
  };

  const touch = (feature) => {
    const target = feature ? { source: feature.source, sourceLayer: feature.sourceLayer, id: feature.id } : null;
    if (same(target, chosen.hover)) return;
    state(chosen.hover, "hover", false);
    state((chosen.hover = target), "hover", true);
    map.getCanvasContainer().classList.toggle("touching", Boolean(target));
  };
  const hover = ({ point }) => {
    if (waiting || map.isMoving()) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; touch(under(point, 2)); });
  };

  const click = ({ point, lngLat }) => {
    if (desk.drawing) return; // plan.js takes it
    const flying = overlay._deck && overlay.pickObject({ x: point.x, y: point.y, radius: 8 });
    if (flying && flying.object) return pick(flying.object.layer, flying.object.id, lngLat, {});
    // Doors lie close together on a building: only those that are truly hit go before it.
    const exact = under(point, 0);
    const feature = exact && typeof facts[exact.source].face === "number" ? exact : under(point, 6);
    const { single, drills, face = null } = feature ? facts[feature.source] : {};
    if (!feature || (drills && feature.properties.code === address().area)) return go({ pick: "" });
    if (drills) return go({ area: feature.properties.code });
    if (face !== null && map.getZoom() >= face) return go({ face: String(feature.id), pick: "" });
    if (map.getZoom() < single && feature.properties.households !== 1) {
      return map.easeTo({ center: lngLat, zoom: single + 1, duration: 400 });
    }
    pick(feature.source, feature.id, lngLat, feature.properties);
  };

  const pick = (layer, id, { lng, lat }, properties) => {
    desk.spot = { pick: `${layer}:${id}`, lon: lng, lat };
    report("map-pick", { layer, id, lon: lng, lat, zoom: map.getZoom(), properties });
    go({ pick: desk.spot.pick });
  };

  /* The card stands beside what it speaks of, on the side that has room, and never over it. */
  const place = () => {
    const [card, spot, scale] = [document.getElementById("card"), desk.spot, desk.scale()];
    if (!card || !spot || !card.firstChild) return;
    const [frame, { width, height }] = [box.getBoundingClientRect(), card.getBoundingClientRect()];
    const at = map.project([spot.lon, spot.lat]);
    const [x, y, gap] = [frame.left + at.x * scale, frame.top + at.y * scale, 28 * scale];
    const edge = document.getElementById("tools").getBoundingClientRect().left; // the map's buttons stay free
    const left = x + gap + width < edge - 8 ? x + gap : x - gap - width;
    const within = (value, low, high) => Math.max(low, Math.min(value, Math.max(low, high)));
    card.style.setProperty("--x", `${within(left, frame.left + hidden() * scale + 8, edge - width - 8)}px`);
    card.style.setProperty("--y", `${within(y - height / 3, frame.top + 8, frame.bottom - height - 8)}px`);
  };

  // ── what moves, drawn by deck.gl over the tiles ──────────────────────────────────────────────────────────────────

  /* pydeck 0.9.3: with MapLibre the overlay's own setProps calls itself for ever; its prototype's works. */
  const draw = () => {
    if (!overlay || !overlay._deck || !desk.moving) return;
    const { on } = address();
    const near = map.getZoom() >= 11; // farther away names would lie on top of each other
    const layers = desk.moving.filter(({ id }) => shown(id.split("-")[0], on) && (near || !id.endsWith("-names")));
    updateDeck({ layers }, { setProps: (props) => Object.getPrototypeOf(overlay).setProps.call(overlay, props) });
  };

  Object.assign(desk, { start });
  start("map", box.dataset.deck);
})();
