/* The wall's clock is the server's, carried on by the browser's own steady count of milliseconds: whoever sets the
   display's clock changes no age on the screen. */

let server = null;
let steady = 0;
let added = 0;

const count = () => performance.now() + added;
export const now = () => (server === null ? Date.now() : server + count() - steady);

/* An answer's own time is right whichever way it lies; a message may have been on its way, so it only leads forward. */
export const set = (moment) => { if (Number.isFinite(moment)) [server, steady] = [moment, count()]; };
export const reach = (moment) => { if (Number.isFinite(moment) && (server === null || moment > now())) set(moment); };
export const since = (mark) => count() - mark;
export const mark = count;
/* Lets time go by at once: for tests of weeks. */
export const pass = (ms) => { added += ms; };
