/* What the page does beyond folium's own script: the area fills the frame whatever its size, names do not lie on each other. */
(() => {
  const frame = document.getElementById("frame");
  const map = window.map_sheet;
  const bounds = JSON.parse(frame.dataset.bounds);
  const { zoomIn, zoomOut } = frame.dataset;
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);

  /* Widest areas first: their names are the ones that a reader looks for. */
  const spread = () => {
    const taken = [...document.querySelectorAll(".symbol")].map((one) => one.getBoundingClientRect());
    for (const name of document.querySelectorAll(".name")) {
      name.classList.remove("crowded");
      const own = name.getBoundingClientRect();
      const crowded = taken.some((one) => own.left < one.right && own.right > one.left && own.top < one.bottom && own.bottom > one.top);
      name.classList.toggle("crowded", crowded);
      if (!crowded) taken.push(own);
    }
  };
  const fit = () => {
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false, padding: [12, 12] });
    spread();
  };
  map.on("zoomend moveend", spread);
  new ResizeObserver(fit).observe(frame);
  addEventListener("beforeprint", fit);
  addEventListener("afterprint", fit);
  fit();
  document.documentElement.dataset.map = "drawn";
})();
