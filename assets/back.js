/* Who came from a figure of the wall finds the way back; a screen without a keyboard goes back by itself once it is left. */
(() => {
  "use strict";

  const link = document.getElementById("back-to-wall");
  const to = sessionStorage.getItem("wangge-wall");
  if (!to || !to.startsWith("/wall")) return;
  link.href = to;
  link.hidden = false;
  const patience = Number(link.dataset.idle || 0) * 1000;
  if (!patience) return;
  let idle;
  const rest = () => { clearTimeout(idle); idle = setTimeout(() => location.assign(to), patience); };
  for (const event of ["pointerdown", "keydown", "wheel"]) addEventListener(event, rest, { passive: true, capture: true });
  rest();
})();

/* A picture is made of what the map shows at the moment when the link is taken. */
(() => {
  "use strict";

  const aim = (event) => {
    const link = event.target.closest && event.target.closest("#to-press");
    if (!link) return;
    const shown = new URLSearchParams(location.search);
    const asked = new URLSearchParams(["area", "at", "measure"].filter((name) => shown.get(name)).map((name) => [name, shown.get(name)]));
    link.href = `/press?${asked}`.replace(/\?$/, "");
  };
  for (const how of ["click", "auxclick", "contextmenu"]) document.addEventListener(how, aim, true);
})();
