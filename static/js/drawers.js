// The sidebar as a drawer on narrow screens. Without scripts the link leads to it, and `:target` opens it.
import { all, on } from "./dom.js";

const isOpen = () => document.body.dataset.nav === "open";

function setOpen(open, focus = true) {
  document.body.dataset.nav = open ? "open" : "";
  const toggles = all("[data-nav-toggle]");
  toggles.forEach((toggle) => toggle.setAttribute("aria-expanded", String(open)));
  if (focus) (open ? document.getElementById("side") : toggles[0])?.focus();
}

on("click", "[data-nav-toggle]", (event) => {
  event.preventDefault();
  setOpen(!isOpen());
});

document.addEventListener("click", (event) => {
  if (isOpen() && !event.target.closest(".wa-side, [data-nav-toggle]")) setOpen(false, false);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isOpen() && !document.querySelector("dialog[open]")) setOpen(false);
});
