// The place in an endless list: whoever comes back to it finds the rows that were loaded, at the height where they were.
import { all, create, ready } from "./dom.js";
import { t } from "./text.js";

const key = () => history.state?.place && `wa-place-${history.state.place}`;

const loaded = () => all("[data-endless] > tr[data-id]");
const find = (id) => loaded().find((row) => row.dataset.id === id);

function save() {
  if (!key() || !document.querySelector("[data-endless]")) return;
  const rows = loaded();
  const top = rows.find((row) => row.getBoundingClientRect().bottom > 0);
  const focus = document.activeElement?.closest("tr[data-id]");
  const place = { rows: rows.length, id: top?.dataset.id, top: top?.getBoundingClientRect().top, focus: focus?.dataset.id };
  try { sessionStorage.setItem(key(), JSON.stringify(place)); } catch { /* private window */ }
}

function recall() {
  try { return JSON.parse(sessionStorage.getItem(key())); } catch { return null; }
}

// The rows after the last one, `size` of them; those after them come by pieces of the usual size again.
async function piece(next, size) {
  const address = new URL(next, location.href);
  const usual = address.searchParams.get("per_page");
  address.searchParams.set("per_page", size);
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) throw answer;
  const content = document.createRange().createContextualFragment(`<table><tbody>${await answer.text()}</tbody></table>`);
  const row = content.querySelector("[data-next]");
  if (row) {
    const further = new URL(row.dataset.next, location.href);
    if (usual) further.searchParams.set("per_page", usual);
    else further.searchParams.delete("per_page");
    row.dataset.next = further.pathname + further.search;
    row.setAttribute("hx-get", row.dataset.next);
  }
  return content.querySelectorAll("tr");
}

// Loads until so many rows are there, in few pieces. Meanwhile the last row, which would ask for the next ones, is away;
// it is returned where a piece did not come.
async function fill(tbody, wanted) {
  for (let more; loaded().length < wanted && (more = tbody.querySelector("[data-next]"));) {
    const wait = create("tr", { class: "wa-more" }, create("td", { colspan: more.cells[0].colSpan }, t("Loading…")));
    more.replaceWith(wait);
    const size = Math.min(wanted - loaded().length, Number(tbody.dataset.endless));
    try {
      wait.replaceWith(...await piece(more.dataset.next, size));
    } catch {
      wait.replaceWith(more);
      return more;
    }
  }
}

async function restore(tbody) {
  history.scrollRestoration = "manual";
  if ("placed" in tbody.dataset) return;
  tbody.dataset.placed = "";
  const place = key() && recall();
  if (!key()) history.replaceState({ ...history.state, htmx: true, place: Date.now().toString(36) }, "");
  if (!place) return;
  const missed = await fill(tbody, place.rows);
  htmx.process(tbody);
  missed?.querySelector("a").click(); // once more, as by hand: what is wrong is said there
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  scrollBy({ top: find(place.id)?.getBoundingClientRect().top - place.top || 0, behavior: "instant" });
  find(place.focus)?.focus({ preventScroll: true });
}

addEventListener("pagehide", save);
document.addEventListener("htmx:before:history:update", save);
ready("[data-endless]", restore);
