/* What somebody does about an alert, in the list and on its card. What is said comes from Python (callbacks/alerts.py);
   here it is only sent, and both look again. */
(() => {
  "use strict";

  const desk = window.wangge;

  const choose = (act, step) => {
    act.dataset.chosen = act.dataset.chosen === step ? "" : step;
    for (const one of act.querySelectorAll("[data-do]")) one.classList.toggle("chosen", one.dataset.do === act.dataset.chosen);
    if (act.dataset.chosen) act.querySelector(`.why[data-step="${act.dataset.chosen}"] button`).focus();
  };

  const act = async (where, step, body) => {
    if (where.dataset.sent) return;
    where.dataset.sent = "1";
    await desk.send("POST", `/api/alerts/${where.dataset.alert}/${step}`, body, "alerts");
    where.dataset.sent = "";
    if (where.dataset.chosen) choose(where, where.dataset.chosen);
  };

  document.addEventListener("click", ({ target }) => {
    const at = target.closest && target.closest("[data-alert] [data-do], [data-alert] [data-told]");
    if (!at) return;
    const where = at.closest("[data-alert]");
    const { do: step, told } = at.dataset;
    if (step === "acknowledge") act(where, step);
    else if (step) choose(where, step);
    else if (where.dataset.chosen === "assign") act(where, "assign", told ? { to: told } : {});
    else act(where, "close", { why: told });
  });
})();
