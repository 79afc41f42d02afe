// Shift+click on the head of a column adds it as a further sort key: the plain click, with another address.
import { on } from "./dom.js";

on("click", "a[data-sort-add]", (event, link) => {
  if (!event.shiftKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const names = ["href", "hx-get"].filter((name) => link.hasAttribute(name));
  const plain = names.map((name) => link.getAttribute(name));
  names.forEach((name) => link.setAttribute(name, link.dataset.sortAdd));
  link.click();
  names.forEach((name, i) => link.setAttribute(name, plain[i]));
}, { capture: true });
