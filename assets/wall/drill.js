/* From a figure to the desk: the list or the layer behind it, in the same area, at the same moment. */
import { wall } from "./state.js";

export const drill = (of = {}) => {
  const asked = { area: wall.code, ...of };
  if (wall.at !== null) asked.at = new Date(wall.at).toISOString().replace(".000Z", "+00:00");
  return `/map?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value))}`;
};
export const LAYERS = "areas,boundaries,names";
