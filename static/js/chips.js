// A value as a chip with an x; when it belongs to a form by itself, with a hidden input.
import { create, icon, on } from "./dom.js";
import { t } from "./text.js";

export function chip(label, name, value) {
  const remove = create("button", { class: "wa-chip__x", type: "button", "aria-label": t("Remove %s", label) }, icon("x"));
  const item = create("li", { class: "wa-chip" }, create("span", {}, label), remove);
  if (name) item.append(create("input", { type: "hidden", name, value }));
  return item;
}

// Removes the chip that the x belongs to and tells its box, which gets the focus.
export function removeChip(button) {
  const box = button?.closest(".wa-tags");
  button?.closest("li").remove();
  box?.dispatchEvent(new Event("change", { bubbles: true }));
  box?.querySelector(":scope > input")?.focus();
}

on("click", ".wa-tags .wa-chip__x", (event, button) => removeChip(button));
