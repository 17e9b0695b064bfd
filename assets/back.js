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
