/* The plan of the compound: a gate's card opens and closes it, a closure's card ends it, and the pen draws a new one.
   What is said comes from Python (callbacks/plan.py, plan_card.py); here it is only sent, and points become a shape. */
(() => {
  "use strict";

  const desk = window.wangge;
  const NEAR_PX = 18; // a finger's way of meaning the same point
  const MOST = 500;
  const ink = { points: [], closed: false, step: "" };
  const panel = () => document.getElementById("draw");
  const map = () => desk.map && desk.map.own;

  /* `crypto.randomUUID` is there on https alone. */
  const newId = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

  const said = () => document.getElementById("plan-said");
  const tell = (words) => { said().textContent = words; };

  /* Sends one change; what is refused says why in the reader's language, and both the card and the map look again. */
  const send = async (method, address, body, layer) => {
    tell("");
    try {
      const headers = { "content-type": "application/json", "x-wangge": "1" };
      const answer = await fetch(address, { method, headers, body: JSON.stringify(body) });
      const found = await answer.json();
      if (!answer.ok) { tell(found.message || ""); if (answer.status === 401) desk.fail(answer); }
      if (answer.ok || answer.status === 409) desk.report("news", { at: Date.now(), layers: [layer] });
      return answer.ok ? found : null;
    } catch (error) {
      tell(said().dataset.away || "");
      return null;
    }
  };

  desk.send = send; // alerts are answered in the same way

  // ── a gate, a closure: first what, then why ──────────────────────────────────────────────────────────────────────

  const turn = (button) => {
    const act = button.closest(".act");
    act.dataset.chosen = act.dataset.chosen === button.dataset.turn ? "" : button.dataset.turn;
    for (const one of act.querySelectorAll("[data-turn]")) one.classList.toggle("chosen", one.dataset.turn === act.dataset.chosen);
    if (act.dataset.chosen) act.querySelector(`.why[data-step="${act.dataset.chosen}"] button`).focus();
  };

  const why = async (button) => {
    const act = button.closest(".act");
    const { gate, since, closure, chosen } = act.dataset;
    if (act.dataset.sent) return;
    act.dataset.sent = "1";
    const body = { reason: button.dataset.why, client_id: newId() };
    if (gate) await send("PUT", `/api/gates/${gate}/state`, { ...body, state: chosen, seen: since }, "gates");
    else await send("POST", `/api/closures/${closure}/end`, body, "closures");
    for (const one of act.querySelectorAll(".chosen")) one.classList.remove("chosen");
    act.dataset.chosen = act.dataset.sent = "";
  };

  // ── the pen ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const shape = () => {
    const { points, closed } = ink;
    if (closed) return { type: "Polygon", coordinates: [[...points, points[0]]] };
    return points.length > 1 ? { type: "LineString", coordinates: points } : { type: "MultiPoint", coordinates: points };
  };

  /* A change of theme or moment gives the map another style, which does not know of the pen. */
  const lay = () => {
    if (!ink.step || map().getSource("drawn")) return;
    const colour = getComputedStyle(desk.root).getPropertyValue("--accent").trim();
    map().addSource("drawn", { type: "geojson", data: shape() });
    const of = (id, type, paint, more) => map().addLayer({ id, type, source: "drawn", paint, ...more });
    of("drawn-surface", "fill", { "fill-color": colour, "fill-opacity": 0.25 }, { filter: ["==", ["geometry-type"], "Polygon"] });
    of("drawn", "line", { "line-color": colour, "line-width": 4 });
    of("drawn-points", "circle", { "circle-color": "#ffffff", "circle-radius": 6, "circle-stroke-color": colour, "circle-stroke-width": 3 });
  };

  const show = () => {
    if (map().getSource("drawn")) map().getSource("drawn").setData(shape());
    const count = ink.points.length;
    const off = { undo: !count, area: count < 3, done: count < 2 };
    for (const [name, none] of Object.entries(off)) for (const button of panel().querySelectorAll(`[data-plan=${name}]`)) button.disabled = none;
  };

  const near = (one, other, reach) => {
    const [a, b] = [map().project(one), map().project(other)];
    return Math.hypot(a.x - b.x, a.y - b.y) * desk.scale() < reach;
  };

  const add = ({ lngLat: { lng, lat } }) => {
    const [at, { points }] = [[Number(lng.toFixed(6)), Number(lat.toFixed(6))], ink];
    if (ink.step !== "points" || points.length >= MOST) return;
    if (points.length > 2 && near(at, points[0], NEAR_PX)) return close();
    if (points.length && near(at, points.at(-1), NEAR_PX / 3)) return; // the second click of a double click
    points.push(at);
    show();
  };

  const turnTo = (step) => {
    ink.step = step;
    desk.drawing = Boolean(step);
    panel().hidden = !step;
    panel().dataset.step = step;
    map().getCanvasContainer().classList.toggle("drawing", step === "points");
  };
  const close = () => { if (ink.points.length > 2) { ink.closed = true; done(); } };
  const done = () => {
    if (ink.points.length < 2 || ink.step !== "points") return;
    turnTo("about");
    show();
    panel().querySelector(".about button").focus();
  };
  const undo = () => { ink.points.pop(); show(); };
  const finish = (event) => { event.preventDefault(); done(); };
  const hands = () => Object.entries({ click: add, dblclick: finish, styledata: lay });

  const begin = () => {
    if (!map()) return;
    Object.assign(ink, { points: [], closed: false });
    if (!ink.step) {
      desk.go({ pick: "" });
      map().doubleClickZoom.disable();
      for (const [name, hand] of hands()) map().on(name, hand);
    }
    tell("");
    turnTo("points");
    lay();
    show();
    panel().querySelector("[data-plan=add]").focus();
  };

  const cancel = () => {
    if (!ink.step) return;
    for (const [name, hand] of hands()) map().off(name, hand);
    map().doubleClickZoom.enable();
    turnTo("");
    for (const id of ["drawn-points", "drawn", "drawn-surface"]) if (map().getLayer(id)) map().removeLayer(id);
    if (map().getSource("drawn")) map().removeSource("drawn");
    tell("");
    document.querySelector("[data-plan=draw]").focus();
  };

  const save = async (button) => {
    const chosen = (name) => panel().querySelector(`[data-choices=${name}] [aria-pressed=true]`).dataset.choice;
    ink.client = ink.client || newId(); // pressed again after a lost answer, it is still the same closure
    button.disabled = true;
    const body = { kind: chosen("kind"), reason: chosen("reason"), geometry: shape(), client_id: ink.client };
    const found = await send("POST", "/api/closures", body, "closures");
    button.disabled = false;
    if (!found) return;
    ink.client = "";
    cancel();
    if (!desk.shown("closures", desk.address().on)) document.querySelector("[data-layer=closures]").click();
    desk.go({ pick: `closures:${found.id}` });
  };

  const steps = { draw: begin, again: begin, add: () => add({ lngLat: map().getCenter() }), undo, area: close, done, cancel, save };

  document.addEventListener("click", ({ target }) => {
    const at = target.closest && target.closest("[data-plan],[data-turn],[data-why],[data-choice]");
    if (!at) return;
    const { plan, choice, why: because } = at.dataset;
    if (plan) steps[plan](at);
    else if (choice) for (const one of at.parentNode.children) one.setAttribute("aria-pressed", one === at);
    else if (because) why(at);
    else turn(at);
  });

  /* While the pen is out its keys go before those of the page: Escape puts it away, Enter finishes, arrows move the map. */
  const moves = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!ink.step || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    if (key === "Escape") cancel();
    else if (key === "Backspace" && ink.step === "points") undo();
    else if (key === "Enter" && ink.step === "points" && target.tagName !== "BUTTON") done();
    else if (moves[key] && panel().contains(target)) map().panBy(moves[key], { duration: 0 });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
})();
