/* Small charts as SVG. What happened is a solid line with a quiet area; what is expected is dashed bars over a hatch. */

const NS = "http://www.w3.org/2000/svg";
const s = (tag, of, ...children) => {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(of)) made.setAttribute(name, value);
  made.append(...children.filter(Boolean));
  return made;
};
const [WIDE, HIGH, EDGE] = [300, 60, 3];

const frame = (words, ...inside) =>
  s("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": words, class: "chart" }, ...inside);

const spread = (values, low = 0) => {
  const known = values.filter((value) => value !== null && value !== undefined);
  const [least, most] = [Math.min(low ?? Infinity, ...known), Math.max(...known, 0)];
  const y = (value) => HIGH - EDGE - ((value - least) / (most - least || 1)) * (HIGH - 2 * EDGE);
  const x = (nth) => EDGE + (nth / Math.max(1, values.length - 1)) * (WIDE - 2 * EDGE);
  return { x, y };
};

/* Days that nobody reported leave a gap. The axis begins at zero unless the values lie far above it. */
export const line = (values, words) => {
  const known = values.filter((value) => value !== null && value !== undefined);
  if (!known.length) return frame(words);
  const lifted = Math.min(...known) > 0.6 * Math.max(...known);
  const { x, y } = spread(values, lifted ? null : 0);
  let drawn = "", area = "", open = null;
  const close = (nth) => { if (open !== null) area += `L${x(nth)} ${HIGH}L${x(open)} ${HIGH}Z`; open = null; };
  values.forEach((value, nth) => {
    if (value === null || value === undefined) return close(nth - 1);
    const step = `${open === null ? "M" : "L"}${x(nth).toFixed(1)} ${y(value).toFixed(1)}`;
    if (open === null) open = nth;
    drawn += step;
    area += step;
  });
  close(values.length - 1);
  const last = values.length - 1;
  const end = values[last];
  const dot = end === null || end === undefined ? null : s("path", { d: `M${x(last)} ${y(end)}h0.01`, class: "dot" });
  // An area is honest only above a zero.
  return frame(words, lifted ? null : s("path", { d: area, class: "area" }), s("path", { d: drawn, class: "line" }), dot);
};

export const expected = (values, words) => {
  const most = Math.max(1, ...values.filter((value) => value !== null && value !== undefined));
  const step = (WIDE - 2 * EDGE) / Math.max(1, values.length);
  const bars = values.map((value, nth) => {
    const high = ((value || 0) / most) * (HIGH - 2 * EDGE);
    return value ? s("rect", { x: EDGE + nth * step + step * 0.15, y: HIGH - 1 - high, width: step * 0.7, height: high, class: "bar" }) : null;
  });
  const hatch = s("pattern", { id: "expected", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("rect", { width: 2, height: 6, class: "stripe" }));
  return frame(words, s("defs", {}, hatch), ...bars, s("path", { d: `M0 ${HIGH - 1}H${WIDE}`, class: "base" }));
};
