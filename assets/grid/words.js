/* What the page says, in the reader's language: the catalogue's texts come with the page. */

const texts = JSON.parse(document.getElementById("words").textContent);
export const language = () => (document.documentElement.lang === "en" ? "en" : "zh");

export const say = (key, facts = {}) => {
  const text = texts[language()][key];
  return text === undefined ? key : text.replace(/\{(\w+)\}/g, (gap, name) => facts[name] ?? gap);
};
export const known = (key) => key in texts.zh;

/* A reason is a key of the catalogue, or what somebody wrote. */
export const reason = (of) => (known(`reason.${of}`) ? say(`reason.${of}`) : of || "");

const zoned = (zone, of) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone, ...of });
export const dayOf = (moment, zone) => zoned(zone, { dateStyle: "short" }).format(moment);
export const clock = (moment, now, zone) => {
  const hour = zoned(zone, { hour: "2-digit", minute: "2-digit" }).format(moment);
  const [day, today] = [dayOf(moment, zone), dayOf(now, zone)];
  if (day === today) return hour;
  const [year, month, date] = day.split("-").map(Number);
  const facts = { year, month, day: date, name: say("when.months").split(" ")[month - 1] };
  return `${say(day.slice(0, 4) === today.slice(0, 4) ? "when.day" : "when.day_of_year", facts)} ${hour}`;
};
export const age = (ms) => {
  if (ms < 60e3) return say("when.now");
  if (ms < 3600e3) return say("when.minutes", { n: Math.floor(ms / 60e3) });
  if (ms < 2 * 864e5) return say("when.hours", { n: Math.floor(ms / 3600e3) });
  return say("when.days", { n: Math.floor(ms / 864e5) });
};
/* How far a clock is off, in the largest unit that fits. */
export const span = (ms) => {
  const [size, unit] = [[864e5, "days"], [3600e3, "hours"], [60e3, "minutes"]].find(([least]) => ms >= least) || [60e3, "minutes"];
  return say(`tablet.span_${unit}`, { n: Math.max(1, Math.round(ms / size)) });
};
export const days = (left) => {
  if (left === null || left === undefined) return "";
  if (left === 0) return say("tablet.due_today");
  return say(left > 0 ? "tablet.days_left" : "tablet.days_over", { n: Math.abs(left) });
};
/* In a cell there is room for a number alone: what is over begins with a plus. */
export const short = (left) => (left === null || left === undefined ? "" : left < 0 ? `+${-left}` : String(left));
