// [data-dialog="#id"] opens that dialog; a click beside it closes.
import { on } from "./dom.js";

on("click", "[data-dialog]", (event, button) => {
  const dialog = document.querySelector(button.dataset.dialog);
  if (!dialog || dialog.open) return;
  event.preventDefault();
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("wa:open", { bubbles: true }));
});

// the backdrop is the dialog itself, outside of its box
on("click", "dialog[open]", (event, dialog) => {
  if (event.target !== dialog) return;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!inside) dialog.close();
});
