/* Before the first paint: the theme, language, text size and contrast that this device was told. */
(() => {
  "use strict";
  const cookie = (name) => (document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`)) || [])[1] || "";
  const root = document.documentElement;
  root.dataset.theme = cookie("theme") === "light" ? "light" : "dark";
  root.lang = (cookie("lang") || navigator.language || "").startsWith("en") ? "en" : "zh-CN";
  root.dataset.size = cookie("size") === "large" ? "large" : "usual";
  root.dataset.contrast = cookie("contrast") === "high" ? "high" : "usual";
})();
