/* Puts a region's new HTML into the page and touches only what differs from the HTML before: what somebody has opened,
   chosen or focused, and what other scripts have marked, stays. Children are told apart by `data-key`, else by their order. */
(() => {
  "use strict";

  const desk = window.wangge;
  const last = new Map(); // region -> the HTML that it shows, and the same as nodes

  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  const named = (nodes) => {
    const seen = {};
    return new Map([...nodes].map((node, index) => {
      const key = node.dataset && node.dataset.key;
      const name = key === undefined ? `${node.nodeName} ${(seen[node.nodeName] = (seen[node.nodeName] || 0) + 1)}` : `key ${key}`;
      return [name, index];
    }));
  };

  const dress = (at, was, now) => {
    for (const { name } of was.attributes) if (!now.hasAttribute(name)) at.removeAttribute(name);
    for (const { name, value } of now.attributes) if (was.getAttribute(name) !== value) at.setAttribute(name, value);
    // Once somebody has chosen, the attribute alone chooses nothing any more.
    if (at.nodeName === "OPTION" && was.hasAttribute("selected") !== now.hasAttribute("selected")) at.selected = now.hasAttribute("selected");
  };

  const mend = (at, was, now) => {
    if (was.isEqualNode(now)) return;
    if (at.nodeType === Node.TEXT_NODE) { at.data = now.data; return; }
    if (at.nodeType === Node.ELEMENT_NODE) dress(at, was, now);
    fill(at, was, now);
  };

  const fill = (at, was, now) => {
    const [olds, ours, before] = [[...was.childNodes], [...at.childNodes], named(was.childNodes)];
    const wanted = named(now.childNodes);
    for (const [name, index] of before) if (!wanted.has(name) && ours[index]) ours[index].remove();
    let place = at.firstChild;
    for (const [name, index] of wanted) {
      const [fresh, found] = [now.childNodes[index], before.has(name) ? ours[before.get(name)] : null];
      if (!found) at.insertBefore(fresh.cloneNode(true), place);
      else {
        if (found === place) place = place.nextSibling;
        else at.insertBefore(found, place);
        mend(found, olds[before.get(name)], fresh);
      }
    }
  };

  desk.paint = (region, html) => {
    const at = document.getElementById(region);
    const before = last.get(at);
    if (!at || typeof html !== "string" || (before && before.html === html)) return;
    const now = parsed(html);
    if (before) fill(at, before.nodes, now);
    else at.replaceChildren(now.cloneNode(true));
    last.set(at, { html, nodes: now });
  };
})();
