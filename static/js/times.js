// time[data-relative]: "4 min ago" stays true while the page is open. Its first piece of text is the relative time.
import { all, ready } from "./dom.js";
import { counted, t } from "./text.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// As webadmin.text.format_ago says it; a time further away than 30 days is a day, which stays as it is.
function ago(moment, now = Date.now()) {
  const span = Math.abs(now - moment);
  if (span < MINUTE) return t("just now");
  if (span >= 30 * DAY) return null;
  const days = Math.floor(span / DAY);
  let length = days ? counted("%d day", "%d days", days) : t("%d h", Math.floor(span / HOUR));
  if (span < HOUR) length = t("%d min", Math.floor(span / MINUTE));
  return t(now > moment ? "%s ago" : "in %s", length);
}

function update(time) {
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(time.dateTime)) return; // without a zone it could be any moment
  const text = ago(Date.parse(time.dateTime));
  const place = time.firstChild;
  if (text && place?.nodeType === Node.TEXT_NODE && place.data !== text) place.data = text;
}

ready("time[data-relative]", update);
setInterval(() => { if (!document.hidden) all("time[data-relative]").forEach(update); }, 30_000);
