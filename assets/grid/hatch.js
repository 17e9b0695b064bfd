/* A hatch `hatch-<kind>-<rrggbb>` is drawn when a style first asks for it, on the desk and on the tablet; twice the size
   for sharp displays. Its canvas lies in memory: reading one back that the graphics card holds waits for all the card still
   has to draw, and a style that appears has it busy. */
export const hatch = (map, id) => {
  const [, kind, colour] = /^hatch-([a-z]+)-([0-9a-f]{6})$/i.exec(id) || [];
  if (!kind || map.hasImage(id)) return;
  const [size, canvas] = [16, document.createElement("canvas")];
  canvas.width = canvas.height = size;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  ink.strokeStyle = ink.fillStyle = `#${colour}`;
  ink.lineWidth = 2.5;
  const line = (x, y, toX, toY) => { ink.beginPath(); ink.moveTo(x, y); ink.lineTo(toX, toY); ink.stroke(); };
  for (const shift of kind === "dots" ? [] : [-size, 0, size]) {
    line(shift, size, shift + size, 0);
    if (kind === "cross") line(shift, 0, shift + size, size);
  }
  for (const at of kind === "dots" ? [4, 12] : []) { ink.beginPath(); ink.arc(at, at, 2, 0, 7); ink.fill(); }
  map.addImage(id, ink.getImageData(0, 0, size, size), { pixelRatio: 2 });
};
