// tbody[data-endless]: further rows come as one scrolls; htmx asks for them. Says how many came and when there are no
// more, to the eye and to those who listen; a piece that failed can be asked for again.
import { all, create, on, ready } from "./dom.js";
import { counted, t } from "./text.js";

const loaded = () => all("[data-endless] > tr[data-id]");
const more = "[data-endless] > .wa-more";

function say(text) {
  const box = document.querySelector("[data-endless-status]");
  if (box) box.textContent = text;
}

let before; // the piece that is about to come: how many rows there were, and whether its own link had the focus

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const row = ctx.sourceElement;
  before = row?.matches?.(more) && ctx.response.status < 400 && { rows: loaded().length, focus: row.contains(document.activeElement) };
});

document.addEventListener("htmx:after:swap", () => {
  if (!before) return;
  const rows = loaded();
  const text = counted("%d more row", "%d more rows", rows.length - before.rows);
  say(document.querySelector(`${more}[data-next]`) ? text : `${text}. ${t("No more rows")}.`);
  if (before.focus) rows[before.rows]?.focus();
  before = null;
});

// Which rows are shown, below the list
ready("[data-last-row]", (place) => {
  const number = Number(place.dataset.lastRow) + loaded().length - 1;
  if (document.querySelector("[data-endless]")) place.textContent = number.toLocaleString(document.documentElement.lang);
});

on("htmx:before:request", more, (event, row) => {
  row.querySelector(".wa-error")?.remove();
  say(t("Loading more rows"));
});

// A piece that did not come stays to be asked for again; one that is refused has lost its place in the list
function failed(row, refused) {
  const text = refused ? t("The list cannot go on from here.") : t("The next rows could not be loaded.");
  const link = row.querySelector("a");
  row.querySelector(".wa-error")?.remove();
  link.before(create("span", { class: "wa-error" }, text));
  if (refused) link.replaceWith(create("a", { class: "wa-btn", href: location.href }, t("Load it anew")));
  else link.textContent = t("Try again");
  say(text);
}

on("htmx:response:error", more, ({ detail: { ctx } }, row) => failed(row, ctx.response.status < 500));
on("htmx:error", more, ({ detail: { ctx } }, row) => ctx?.response || failed(row));

// htmx may have asked in vain before this was there to hear of it: once more then
setTimeout(() => {
  const row = document.querySelector(`${more}[data-next][data-htmx-powered]:not(.htmx-request)`);
  const near = row && row.getBoundingClientRect().top < innerHeight + 400;
  if (near && !row.querySelector(".wa-error")) row.querySelector("a").click();
}, 1000);
