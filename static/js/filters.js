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

const enter = () => document.querySelector(".wa-filters :is(input:not([type=hidden]), select, .wa-facet a)")?.focus();

on("click", "[data-filters-toggle]", (event, toggle) => {
  event.preventDefault();
  const inside = toggle.closest(".wa-filters");
  // pressed by its key from anywhere, it leads into the filters, also when they are open already
  const byKey = !event.detail && toggle !== document.activeElement;
  setOpen(byKey || (!inside && !isOpen()));
  if (inside) document.querySelector("[data-filters-toggle]:not(.wa-filters *)")?.focus();
  else if (drawer || (isOpen() && !event.detail)) enter();
});

document.addEventListener("pointerdown", (event) => {
  if (drawer && !event.target.closest(".wa-filters, [data-filters-toggle]")) setOpen(false);
});

// Esc leads out of them: out of a drawer to what has opened it, out of a column to the rows
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (!drawer && !event.target.closest?.(".wa-filters")) return;
  const back = document.querySelector(drawer ? "[data-filters-toggle]" : "[data-rows] > tr[tabindex]");
  if (drawer) setOpen(false);
  (back ?? document.getElementById("main"))?.focus();
});

wide.addEventListener("change", show);
ready(".wa-list[data-filters]", show);
