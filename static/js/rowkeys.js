// The rows of a list by keys: j and k move, Enter opens, x chooses (Shift+X up to here), e edits.
import { all } from "./dom.js";
import { pressed } from "./keys.js";

const rows = () => all("[data-rows] > tr[tabindex]");

function go(row) {
  if (!row) return;
  if (!row.hasAttribute("tabindex")) return row.scrollIntoView({ block: "nearest" }); // it brings further rows
  rows().forEach((other) => { other.tabIndex = other === row ? 0 : -1; });
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

const acts = {
  j: (row) => go(row ? row.nextElementSibling : rows()[0]),
  k: (row) => go(row ? row.previousElementSibling : rows()[0]),
  x: (row) => row?.querySelector("[data-select]")?.click(),
  X: (row) => row?.querySelector("[data-select]")?.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true })),
  e: (row) => row?.querySelector("[data-row-edit]")?.click(),
  Enter: (row) => row?.querySelector("[data-row-open], th a, td a")?.click(),
};

document.addEventListener("keydown", (event) => {
  const act = acts[pressed(event)];
  if (!act) return;
  const row = document.activeElement?.closest("[data-rows] > tr");
  if (event.key === "Enter" && document.activeElement !== row) return; // it belongs to the link that has the focus
  if (!row && !/^[jk]$/.test(event.key)) return;
  event.preventDefault();
  act(row);
});
