/* The face of a building: draws the façade that layers/render/face_sheet.py describes, wherever an element carries a sheet.
   Arrow keys walk from door to door; a door that is chosen says so by the event `door`, with the household's id.
   The face itself is fetched as a piece of HTML and goes around Dash. */
(() => {
  "use strict";

  const desk = (window.wangge = window.wangge || {});
  const make = (tag, className, role, ...inside) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (role) made.setAttribute("role", role);
    made.append(...inside);
    return made;
  };

  // ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const door = (sheet, [id, room, place, left, own], before, where, first) => {
    const [letter, name, colour, ink, hatch, matters] = sheet.states[place];
    const [short, long, term] = left === null ? ["", "", ""] : sheet.lefts[left];
    const street = sheet.kind === "street";
    const pane = make("span", `pane${hatch ? ` hatched hatch-${hatch}` : ""}${matters ? "" : " calm"}${term ? ` ${term}` : ""}`, "", make("b", "", "", letter));
    pane.style.backgroundColor = colour;
    pane.style.color = ink;
    if (short) pane.append(make("small", "", "", short));
    const told = street ? [make("span", "number", "", room), make("span", "state", "", name, ...(long ? [make("em", term, "", long)] : []))] : [];
    const unseen = street ? "" : `${where} ${room} ${name} ${long}`.trim();
    pane.setAttribute("aria-hidden", "true");
    const cell = make("div", first ? "door first" : "door", "gridcell", pane, ...told, ...(unseen ? [make("span", "out-of-sight", "", unseen)] : []));
    Object.assign(cell.dataset, { home: id, sign: `s${place}`, term });
    const now = `${place} ${left}`;
    if (before && before.has(id) && before.get(id) !== now) cell.classList.add("changed");
    cell.looks = now;
    cell.tabIndex = -1;
    if (own) cell.setAttribute("aria-current", "true");
    return cell;
  };

  const nobody = (sheet, given, first) => {
    const cell = make("div", first ? "door none first" : "door none", "gridcell");
    if (given) cell.append(make("span", "pane"), make("span", "number", "", given[1]), make("span", "state", "", sheet.nobody));
    return cell;
  };

  const heads = (sheet) => {
    const [units, rooms] = [make("div", "row units", "row"), make("div", "row rooms", "row")];
    if (sheet.kind === "flats") for (const row of [units, rooms]) row.append(make("div", "corner", "presentation"));
    for (const [title, names] of sheet.columns) {
      const unit = make("div", "unit", "columnheader", title);
      unit.style.setProperty("--rooms", names.length);
      units.append(unit);
      names.forEach((name, n) => {
        const room = make("div", n ? "room" : "room first", "columnheader", name);
        if (!n) room.dataset.unit = title; // a printed table has no cell over several others
        rooms.append(room);
      });
    }
    return make("div", "heads-of", "rowgroup", units, ...(sheet.kind === "flats" ? [rooms] : []));
  };

  let news = false; // the world moved: what changed marks itself; another moment or language is no news

  const draw = (node) => {
    const [sheet, before] = [JSON.parse(node.dataset.sheet), node.drawn && new Map(doors(node).map((cell) => [Number(cell.dataset.home), cell.looks]))];
    const [kept, top, left] = [document.activeElement && node.contains(document.activeElement) && document.activeElement.dataset.home, node.scrollTop, node.scrollLeft];
    const same = node.drawn && node.drawn.id === sheet.id;
    const starts = sheet.columns.flatMap(([title, names]) => names.map((_, n) => [title, n === 0]));
    const rows = sheet.rows.map(([title, cells]) => make("div", "row", "row", ...(title ? [make("div", "floor", "rowheader", title)] : []),
      ...cells.map((given, n) => (given && given[0]
        ? door(sheet, given, same && news && before, `${starts[n][0]} ${title}`, starts[n][1])
        : nobody(sheet, given, starts[n][1])))));
    const grid = make("div", "grid", "grid", heads(sheet), make("div", "floors", "rowgroup", ...rows));
    grid.setAttribute("aria-label", sheet.label);
    grid.style.setProperty("--columns", starts.length);
    grid.style.setProperty("--units", sheet.columns.length);
    grid.style.setProperty("--storeys", sheet.rows.length);
    node.replaceChildren(grid);
    node.drawn = { id: sheet.id, text: node.dataset.sheet, only: same ? node.drawn.only : "" };
    const start = node.querySelector(`[data-home="${kept || 0}"]`) || node.querySelector("[aria-current]") || node.querySelector("[data-home]");
    if (start) start.tabIndex = 0;
    if (kept && start) start.focus({ preventScroll: true });
    if (same) node.scrollTo(left, top);
    else if (start && start.hasAttribute("aria-current")) start.scrollIntoView({ block: "center" });
  };

  const doors = (node) => [...node.querySelectorAll("[data-home]")];

  /* Draws what is new inside an element, and marks again what was pointed out and picked. */
  const look = (root) => {
    for (const node of root.querySelectorAll(".facade[data-sheet]")) {
      if (!node.drawn || node.drawn.text !== node.dataset.sheet) draw(node);
      only(root, node, node.drawn.only);
      choose(node, root.chosen);
    }
  };

  const only = (root, node, key) => {
    const fits = ({ sign, term }) => !key || key === sign || key === term;
    for (const cell of doors(node)) cell.classList.toggle("dim", !fits(cell.dataset));
    for (const button of root.querySelectorAll("[data-only]")) button.setAttribute("aria-pressed", button.dataset.only === key);
    node.drawn.only = key;
  };

  const choose = (node, id) => {
    for (const cell of node.querySelectorAll("[aria-selected]")) cell.removeAttribute("aria-selected");
    const cell = id && node.querySelector(`[data-home="${id}"]`);
    if (!cell) return;
    cell.setAttribute("aria-selected", "true");
    stop(cell);
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // ── walking ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const stop = (cell) => {
    const node = cell.closest(".facade");
    for (const other of node.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
  };

  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1], End: [0, 1], PageUp: [-1, 0], PageDown: [1, 0] };

  /* The next door that way; places where nobody can live are stepped over. */
  const next = (cell, key) => {
    const [down, right] = STEPS[key];
    const rows = [...cell.closest(".facade").querySelectorAll(".floors .row")].map((row) => [...row.querySelectorAll(".door")]);
    let row = rows.indexOf(rows.find((cells) => cells.includes(cell)));
    let column = rows[row].indexOf(cell);
    let found = null;
    for (;;) {
      [row, column] = [row + down, column + right];
      const there = rows[row] && rows[row][column];
      if (!there) return found;
      if (!there.dataset.home) continue;
      found = there;
      if (key.startsWith("Arrow")) return found;
    }
  };

  const tell = (cell) => cell.dispatchEvent(new CustomEvent("door", { bubbles: true, detail: { id: cell.dataset.home } }));

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest && event.target.closest(".facade [data-home]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in STEPS) {
      const there = next(cell, event.key);
      if (there) { stop(there); there.focus(); }
    } else if (event.key === "Enter" || event.key === " ") tell(cell);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("click", ({ target }) => {
    const [cell, button] = [target.closest(".facade [data-home]"), target.closest("[data-only]")];
    if (cell) { stop(cell); cell.focus({ preventScroll: true }); tell(cell); }
    if (target.closest("[data-print]")) window.print();
    const root = button && button.closest(".face");
    for (const node of root ? root.querySelectorAll(".facade") : []) only(root, node, button.dataset.only);
  });

  // ── what a page does with it ─────────────────────────────────────────────────────────────────────────────────────

  /* Puts a fetched piece in its place. A façade that stands there stays and learns the new sheet, so that it keeps what
     was pointed out, where it is scrolled to, and the focus; so does the filter. */
  const put = (root, piece) => {
    const [next, stands] = [document.createRange().createContextualFragment(piece), root.querySelector(".facade")];
    const [facade, held] = [next.querySelector(".facade"), root.contains(document.activeElement) && document.activeElement.dataset.only];
    if (stands && facade) {
      stands.dataset.sheet = facade.dataset.sheet;
      facade.remove();
      for (const part of [...root.children]) if (part !== stands) part.remove();
      stands.before(next);
    } else root.replaceChildren(next);
    const filter = typeof held === "string" && root.querySelector(`[data-only="${held}"]`);
    if (filter) filter.focus({ preventScroll: true });
    look(root);
  };

  /* The address says which face is open, of which moment, and which door is picked; whoever opened it gets the focus
     back. What could not be fetched is asked for again with the next news, and what is shown stays. */
  let [opener, shown] = [null, ""];
  const follow = async (again) => {
    const [root, { face, at, pick }] = [document.getElementById("face"), desk.address()];
    if (!root) return;
    const [before, [layer, id]] = [desk.root.dataset.face, pick.split(":")];
    root.chosen = layer === "households" ? id : "";
    if (!face && !before) return;
    const asked = face && `/face/${encodeURIComponent(face)}?${new URLSearchParams({ at, lang: desk.taste().lang })}`;
    if (asked === shown && !again) return look(root);
    if (face !== before) root.replaceChildren();
    shown = asked;
    if (!face) {
      delete desk.root.dataset.face;
      if (opener && opener.isConnected) opener.focus({ preventScroll: true });
      return;
    }
    desk.root.dataset.face = face;
    if (!before) { opener = document.activeElement; root.focus({ preventScroll: true }); }
    const answer = await fetch(asked, { cache: "no-store" }).catch(() => ({ status: 0 }));
    const piece = answer.ok || answer.status === 404 ? await answer.text() : "";
    if (shown !== asked) return; // meanwhile another one was asked for
    news = Boolean(again);
    if (piece) return put(root, piece);
    shown = "";
    desk.fail({ status: answer.status });
  };

  desk.face = { draw, look, put, follow };
  document.addEventListener("door", ({ target, detail }) => target.closest("#face") && desk.go({ pick: `households:${detail.id}` }));
})();
