// A cell with a[data-cell] becomes the form behind that link when it is clicked. Enter saves, Escape leaves, Tab saves and
// goes on to the next such cell (Shift+Tab to the one before); what is refused or changed by others is told in the cell.
import { all, on, ready } from "./dom.js";

const before = new WeakMap(); // cell -> what stood in it
let next; // the cell to go on to when this one is saved

const cells = () => all("td:has([data-cell], [data-cellform])");

function open(cell) {
  const link = cell?.querySelector("[data-cell]");
  if (!link || cell.hasAttribute("aria-busy")) return;
  before.set(cell, [...cell.childNodes]);
  htmx.ajax("GET", link.href, { target: cell, swap: "innerHTML" });
}

function leave(form) {
  const cell = form.closest("td");
  if (!before.has(cell)) return false;
  cell.replaceChildren(...before.get(cell));
  cell.querySelector("[data-cell]").focus();
  return true;
}

on("click", "td:has([data-cell])", (event, cell) => {
  const own = event.target.closest("a, button, input, select, textarea, label, summary");
  if (own && !own.matches("[data-cell]")) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || !getSelection().isCollapsed) return;
  event.preventDefault();
  open(cell);
});

on("click", "[data-cell-cancel]", (event, link) => {
  if (leave(link.closest("form"))) event.preventDefault();
});

on("keydown", "[data-cellform]", (event, form) => {
  if (event.defaultPrevented || event.isComposing || !form.closest("td")) return;
  const field = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    event.stopPropagation();
    leave(form);
  } else if (event.key === "Enter" && field && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Tab" && field && !event.target.matches("[type=radio]")) {
    event.preventDefault();
    const list = cells();
    next = list[list.indexOf(form.closest("td")) + (event.shiftKey ? -1 : 1)];
    form.requestSubmit();
  }
});

ready("td [data-cellform]:not([data-open])", (form) => {
  form.dataset.open = "";
  next = undefined; // a form again: it was refused
  const field = form.querySelector("[type=radio]") ?? form.querySelector(".wa-field :is(input, select, textarea)");
  field?.focus();
  if (field?.matches(".wa-input:not(select)")) field.select();
});

ready("[data-cell][data-saved]", (link) => {
  link.removeAttribute("data-saved");
  if (next) open(next); else link.focus();
  next = undefined;
});
