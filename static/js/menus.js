// details.wa-menu closes by a click outside of it, when the focus leaves it, and by Esc.
import { all, on } from "./dom.js";

const open = () => all("details.wa-menu[open]");

document.addEventListener("click", ({ target }) => {
  open().forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
});

// What is to be filled in first has the focus when its menu opens
document.addEventListener("toggle", ({ target }) => {
  if (target.matches("details.wa-menu[open]")) target.querySelector("[data-first]")?.focus();
}, true);

on("focusout", "details.wa-menu[open]", (event, menu) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  open().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  });
});
