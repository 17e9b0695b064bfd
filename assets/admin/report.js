/* What became of a file: counted, mended, refused row by row. */
import { h } from "../grid/dom.js";
import { say } from "../grid/words.js";
import { button } from "../press/parts.js";
import { heads, table } from "./pieces.js";
import { feedOf, nameOf, number } from "./state.js";
import { ask, save } from "./talk.js";

const verdict = (job) => {
  const { refused_rows: refused, refused: told } = job.report, whole = told.some((row) => row.row === 0);
  if (job.taken) return say(refused ? "admin.taken_part" : "admin.taken_all");
  if (job.dry_run) return say(whole ? "admin.tried_whole" : refused ? "admin.tried_refused" : "admin.tried_clean");
  return say("admin.taken_none");
};
const download = async (job) => save(JSON.stringify(await ask(`/api/imports/${job.id}/report`), null, 1), "application/json", `${job.name}.report.json`);

export const report = (job, go) => {
  const told = job.report, feed = feedOf(job.kind);
  const bad = told.refused_rows || told.refused.length;
  const more = told.faults - told.refused.length;
  const rows = told.refused.map((row) => [row.row || say("admin.whole"), nameOf(feed, row.column), row.reason, row.suggestion]);
  const mended = Object.entries(told.mended).map(([name, count]) => h("li", {}, h("span", {}, told.mended_words[name]), h("strong", { class: "n" }, number(count))));
  return h("section", { class: `report ${bad ? "is-refused" : "is-clean"}`, "data-outcome": job.taken ? "taken" : job.dry_run ? "tried" : "none", role: "status" },
    h("h2", {}, h("span", { class: "sign", "aria-hidden": "true" }, bad ? "!" : "✓"), verdict(job)),
    heads([{ text: say("admin.rows"), value: number(told.rows) }, { text: say(job.dry_run ? "admin.would" : "admin.accepted"), value: number(told.accepted) }, { text: say("admin.repeated"), value: number(told.repeated) },
      { text: say("admin.refused"), value: number(told.refused_rows), kind: told.refused_rows ? "warning" : "" }]),
    mended.length > 0 && h("div", { class: "mended" }, h("h3", {}, say("admin.mended")), h("ul", {}, mended)),
    rows.length > 0 && table(say("admin.refused"), [{ text: say("admin.row_no"), number: true }, { text: say("admin.column") }, { text: say("admin.reason") }, { text: say("admin.suggestion") }], rows),
    more > 0 && h("p", { class: "quiet" }, say("import.more", { count: number(more) })),
    h("div", { class: "inline" }, button(say("admin.download"), () => download(job)),
      !job.dry_run && told.refused_rows > 0 && button(say("admin.to_quarantine"), () => go({ view: "quarantine", kind: job.kind }))));
};
