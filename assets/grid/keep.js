/* Keeping the map of the own grid for when there is no signal: the styles, the tiles around it, and what draws them. */
import { cacheOf, landCache } from "./store.js";

export const FROM_TILES = ["boundaries", "names", "hotels", "clinics", "checkpoints", "base"];
const ZOOMS = [13, 17];
const MOST_TILES = 400;
const LATER_MS = 3000;
const BUNDLE = "wangge-bundle";
const kept = new Set();

export const styleAddress = (theme, lang) => `/style.json?theme=${theme}&lang=${lang}`;

/* Once a start, when the page has long been usable; what is fetched is what this user is given, bounded in number. */
export const keepLand = (user, grid, bbox, script) => {
  const name = landCache(user, grid);
  if (!self.caches || kept.has(name)) return;
  kept.add(name);
  setTimeout(() => fill(name, bbox, script).catch(() => kept.delete(name)), LATER_MS);
};

const fill = async (name, bbox, script) => {
  if (!navigator.onLine) throw new Error("no signal");
  const [cache, bundle] = [await cacheOf(name), await cacheOf(BUNDLE)];
  if (!(await bundle.match(script))) {
    for (const old of await bundle.keys()) await bundle.delete(old);
    await bundle.add(script);
  }
  const styles = ["dark", "light"].flatMap((theme) => ["zh", "en"].map((lang) => styleAddress(theme, lang)));
  const answer = await fetch(styles[0]);
  if (!answer.ok) throw new Error(String(answer.status));
  const wanted = [...styles, ...tiles(await answer.json(), bbox).slice(0, MOST_TILES)];
  const work = async () => {
    for (let next; (next = wanted.shift());) {
      const found = await fetch(next);
      if (found.ok) await cache.put(next, found);
      else if (found.status === 401 || found.status >= 500) throw new Error(String(found.status));
    }
  };
  await Promise.all([work(), work()]);
  document.documentElement.dataset.landed = "yes";
};

/* The addresses of every tile that touches the grid, of the sources that the page draws from tiles. */
const tiles = ({ sources }, bbox) => {
  if (!bbox) return [];
  const [west, south, east, north] = bbox;
  const column = (lon, side) => Math.floor(((lon + 180) / 360) * side);
  const row = (lat, side) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side);
  const found = [];
  for (const name of FROM_TILES.filter((one) => sources[one])) {
    const { tiles: [address], minzoom = 0, maxzoom = 22 } = sources[name];
    const high = Math.min(ZOOMS[1], maxzoom);
    for (let z = Math.min(Math.max(ZOOMS[0], minzoom), high); z <= high; z += 1) {
      for (let x = column(west, 2 ** z); x <= column(east, 2 ** z); x += 1) {
        for (let y = row(north, 2 ** z); y <= row(south, 2 ** z); y += 1) {
          found.push(address.replace("{z}", z).replace("{x}", x).replace("{y}", y));
        }
      }
    }
  }
  return found;
};
