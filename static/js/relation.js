// [data-combobox]: a text input that holds the id of a row becomes a search by label; the id moves to a hidden input.
import { create, icon, on, ready } from "./dom.js";
import { makeCombobox } from "./combobox.js";
import { t } from "./text.js";

const inside = (combo) => ({
  input: combo.querySelector("input[role=combobox]"),
  hidden: combo.querySelector("input[type=hidden]"),
  clear: combo.querySelector(".wa-combo__clear"),
});

// The link to the chosen row follows what is chosen.
function lead(combo, label, url) {
  const link = combo.closest("[data-field]")?.querySelector("a[data-open]");
  if (!link) return;
  link.hidden = !url;
  if (url) link.href = url;
  link.textContent = t("Open %s", label);
}

function set(combo, value, label) {
  const { input, hidden, clear } = inside(combo);
  const changed = hidden.value !== value;
  hidden.value = value;
  combo.dataset.label = label;
  input.value = label;
  clear.hidden = !value;
  if (changed) hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

ready("[data-combobox]:not([data-ready])", (combo) => {
  const input = combo.querySelector("input");
  const value = input.getAttribute("value") ?? "";
  const name = input.labels?.[0]?.firstChild?.textContent.trim() || input.getAttribute("aria-label") || "";
  const hidden = create("input", { type: "hidden", name: input.name, value });
  if (input.hasAttribute("form")) hidden.setAttribute("form", input.getAttribute("form"));
  input.removeAttribute("name");
  const clear = create("button", { class: "wa-combo__clear wa-btn wa-btn--quiet wa-btn--icon wa-btn--sm", type: "button", "aria-label": `${t("Clear")} ${name}` }, icon("x"));
  combo.append(hidden, clear);
  makeCombobox(input, name);
  combo.dataset.ready = "";
  set(combo, value, combo.dataset.label || value);
});

on("wa:choose", "[data-combobox]", (event, combo) => {
  const { value, label, url } = event.detail;
  set(combo, value, label);
  lead(combo, label, url);
});

on("click", ".wa-combo__clear", (event, button) => {
  const combo = button.closest("[data-combobox]");
  set(combo, "", "");
  lead(combo, "");
  inside(combo).input.focus();
});

// What was typed but not chosen does not count: an empty input clears, anything else goes back to the chosen label
on("focusout", "[data-combobox] input[role=combobox]", (event, input) => {
  const combo = input.closest("[data-combobox]");
  if (input.value.trim() === "") {
    set(combo, "", "");
    lead(combo, "");
  } else input.value = combo.dataset.label;
});
