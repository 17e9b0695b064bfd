/* Making elements, and putting new ones in place of old ones without losing where the reader was. */

/* h("button", {class: "row", onclick: f, "data-key": 3}, "text", other, [more]) */
export const h = (tag, of = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(of || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [property, text] of Object.entries(value)) made.style.setProperty(property, text);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};

export const put = (place, ...children) => {
  const held = document.activeElement && place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...children.flat(3).filter(Boolean));
  const again = held && place.querySelector(`[data-key="${CSS.escape(held)}"]`);
  if (again) again.focus({ preventScroll: true });
};

export const cookie = (name) => decodeURIComponent((document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`)) || [])[1] || "");
export const keepCookie = (name, value) => {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
};
