/* Where a file's places lie: as delivered and as moved, over the outlines of the areas that its rows name. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDE = 1000, HIGH = 620, EDGE = 30, MANY = 60;
const svg = (tag, of, ...children) => {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(of)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/* Degrees to the picture's units: true to shape at the middle of what is shown. */
const frame = (places) => {
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = Math.min((WIDE - 2 * EDGE) / Math.max((east - west) * narrow, 1e-6), (HIGH - 2 * EDGE) / Math.max(north - south, 1e-6));
  const [mx, my] = [(west + east) / 2, (south + north) / 2];
  return { at: ([x, y]) => [WIDE / 2 + (x - mx) * narrow * scale, HIGH / 2 - (y - my) * scale], metre: scale / 111_320 };
};
/* Nine of ten places say what is worth showing; a stray one may lie outside. */
const middle = (places) => {
  const cut = (index) => { const all = places.map((place) => place[index]).sort((a, b) => a - b); return [all[Math.floor(all.length * 0.03)], all[Math.ceil(all.length * 0.97) - 1]]; };
  const [[west, east], [south, north]] = [cut(0), cut(1)];
  return [[west, south], [east, north]];
};
const round = (metres) => [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4, 5].map((power) => n * 10 ** power)).sort((a, b) => a - b).find((n) => n >= metres) || metres;
const key = (kind, text) => h("li", {}, h("i", { class: `dot ${kind}` }), text);

export const ground = (places) => {
  const delivered = places.points.filter(([x]) => x !== null), moved = places.points.filter(([, , lon]) => lon !== null);
  const of = [...delivered.map(([x, y]) => [x, y]), ...moved.map(([, , lon, lat]) => [lon, lat])];
  if (!of.length) return h("p", { class: "quiet" }, say("admin.no_places"));
  const { at, metre } = frame([...middle(of), ...places.outlines.filter(() => moved.length).flat()]);
  const line = (ring) => `M${ring.map((place) => at(place).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`;
  const dot = (place, kind, size) => { const [cx, cy] = at(place); return svg("circle", { class: kind, cx: cx.toFixed(1), cy: cy.toFixed(1), r: size }); };
  const far = moved.some(([x, y, lon, lat]) => x !== null && Math.hypot(x - lon, y - lat) > 1e-5);
  const lines = far && moved.length <= MANY ? moved.filter(([x]) => x !== null).map(([x, y, lon, lat]) => svg("path", { class: "way", d: `M${at([x, y]).join(" ")}L${at([lon, lat]).join(" ")}` })) : [];
  const length = round(90 / metre);
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": say("admin.map_said", { n: of.length, inside: moved.filter((point) => point[4]).length }) },
    ...places.outlines.map((ring) => svg("path", { class: "area", d: line(ring) })), ...lines,
    ...(far || !moved.length ? delivered.map(([x, y]) => dot([x, y], "was", 3)) : []), ...moved.map(([, , lon, lat, inside]) => dot([lon, lat], inside === false ? "outside" : "is", 4)),
    svg("path", { class: "scale", d: `M${EDGE} ${HIGH - 16}h${length * metre}` }));
  return h("figure", { class: "ground" }, picture, h("figcaption", {}, h("ul", {},
    (far || !moved.length) && key("was", say("admin.delivered")), moved.length > 0 && key("is", say("admin.moved")), moved.some((point) => point[4] === false) && key("outside", say("admin.outside")),
    h("li", { class: "length" }, length >= 1000 ? `${length / 1000} km` : `${length} m`))));
};
