/* What somebody does about an alert, in the list and on its card. What is said comes from Python (callbacks/alerts.py);
   here it is only sent, and both look again. */
(() => {
  "use strict";

  const desk = window.wangge;

  const choose = (act, step) => {
    act.dataset.chosen = act.dataset.chosen === step ? "" : step;
    for (const one of act.querySelectorAll("[data-do]")) one.classList.toggle("chosen", one.dataset.do === act.dataset.chosen);
    if (key(act)) held.set(key(act), act.dataset.chosen);
    return act.dataset.chosen && act.querySelector(`.why[data-step="${act.dataset.chosen}"] button`);
  };

  const act = async (where, step, body) => {
    if (where.dataset.sent) return;
    where.dataset.sent = "1";
    await desk.send("POST", `/api/alerts/${where.dataset.alert}/${step}`, body, "alerts");
    where.dataset.sent = "";
    if (where.dataset.chosen) choose(where, where.dataset.chosen);
  };

  /* The list is drawn anew whenever the world moves; what somebody has opened in it stays open, and their finger on it. */
  const held = new Map(); // which line is open -> the step that is chosen in it
  let touched = null; // the line and the button that have the focus
  const list = () => document.getElementById("alerts");
  const key = (at) => at.closest("[data-line]")?.dataset.line;
  const mark = ({ dataset }) => (dataset.do ? `[data-do="${dataset.do}"]` : dataset.told !== undefined ? `[data-told="${CSS.escape(dataset.told)}"]` : "summary");

  document.addEventListener("toggle", ({ target }) => {
    if (!target.isConnected || !list()?.contains(target)) return;
    if (target.open) held.set(key(target), held.get(key(target)) || "");
    else held.delete(key(target));
  }, true);
  document.addEventListener("focusin", ({ target }) => {
    touched = list()?.contains(target) && key(target) ? [key(target), mark(target)] : null;
  });

  document.addEventListener("pointerdown", ({ target }) => { if (!list()?.contains(target)) touched = null; });

  const again = () => {
    for (const line of list().querySelectorAll("[data-line]")) {
      if (!held.has(line.dataset.line)) continue;
      line.querySelector("details").open = true;
      const [where, chosen] = [line.querySelector(".act"), held.get(line.dataset.line)];
      if (where && chosen && where.dataset.chosen !== chosen) choose(where, chosen);
    }
    if (touched && document.activeElement === document.body)
      list().querySelector(`[data-line="${CSS.escape(touched[0])}"] ${touched[1]}`)?.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(() => {
    if (!list()) return;
    watch.disconnect();
    new MutationObserver(again).observe(list(), { childList: true, subtree: true });
    again();
  });
  watch.observe(document.body, { childList: true, subtree: true });

  document.addEventListener("click", ({ target }) => {
    const at = target.closest && target.closest("[data-alert] [data-do], [data-alert] [data-told]");
    if (!at) return;
    const where = at.closest("[data-alert]");
    const { do: step, told } = at.dataset;
    if (step === "acknowledge") act(where, step);
    else if (step) choose(where, step)?.focus?.();
    else if (where.dataset.chosen === "assign") act(where, "assign", told ? { to: told } : {});
    else act(where, "close", { why: told });
  });
})();
