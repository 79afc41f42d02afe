// The filters of a list: a column beside it where there is room (open or closed is remembered), else a drawer.
import { all, keep, on, ready, recall } from "./dom.js";

const wide = matchMedia("(min-width: 1181px)");
let drawer = false; // open; a swap brings the filters back closed

const list = () => document.querySelector(".wa-list[data-filters]");
const isOpen = () => (wide.matches ? recall("filters") !== "closed" : drawer);

function show() {
  const open = isOpen();
  if (list()) list().dataset.filters = open ? "open" : "closed";
  all("[data-filters-toggle]").forEach((toggle) => toggle.setAttribute("aria-expanded", String(open)));
}

function setOpen(open) {
  if (wide.matches) keep("filters", open ? "open" : "closed");
  else drawer = open;
  show();
}

on("click", "[data-filters-toggle]", (event, toggle) => {
  event.preventDefault();
  const inside = toggle.closest(".wa-filters");
  setOpen(!inside && !isOpen());
  if (inside) document.querySelector("[data-filters-toggle]:not(.wa-filters *)")?.focus();
  else if (drawer) document.querySelector(".wa-filters :is(input:not([type=hidden]), select, a)")?.focus();
});

document.addEventListener("pointerdown", (event) => {
  if (drawer && !event.target.closest(".wa-filters, [data-filters-toggle]")) setOpen(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drawer || event.defaultPrevented) return;
  setOpen(false);
  document.querySelector("[data-filters-toggle]")?.focus();
});

wide.addEventListener("change", show);
ready(".wa-list[data-filters]", show);
