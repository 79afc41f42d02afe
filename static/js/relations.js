// [data-relations]: check boxes of what is linked, and an input that takes an id, become chips and a search.
import { all, ready, on } from "./dom.js";
import { chip, removeChip } from "./chips.js";
import { makeCombobox } from "./combobox.js";
import { t } from "./text.js";

const linked = (box) => all("input[type=hidden]", box).map((input) => input.value);

ready("[data-relations]:not([data-ready])", (box) => {
  const list = box.querySelector("ul");
  const { name } = box.dataset;
  const chosen = all("input[type=checkbox]", list).filter((input) => input.checked);
  list.replaceChildren(...chosen.map((input) => chip(input.closest("label").textContent.trim(), name, input.value)));
  const input = box.querySelector(":scope > input");
  input.removeAttribute("name");
  input.placeholder = t("Add");
  makeCombobox(input, list.getAttribute("aria-label") ?? "");
  box.dataset.ready = "";
});

on("wa:choose", "[data-relations]", (event, box) => {
  const { value, label } = event.detail;
  if (!linked(box).includes(value)) box.querySelector("ul").append(chip(label, box.dataset.name, value));
  event.target.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
});

on("keydown", "[data-relations] > input", (event, input) => {
  if (event.key === "Backspace" && !input.value) removeChip(input.parentElement.querySelector("li:last-child .wa-chip__x"));
});

on("focusout", "[data-relations] > input", (event, input) => { input.value = ""; });
