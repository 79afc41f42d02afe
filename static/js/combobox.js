// An input that searches on the server, as ARIA describes a combobox with a listbox. Whoever makes one hears
// "wa:choose" with the value and label of the option that was chosen.
import { create, on } from "./dom.js";
import { activate, activeOf, listOf, move, optionsOf } from "./listbox.js";
import { lookup } from "./lookup.js";
import { place } from "./popup.js";

const field = "[data-lookup] input[role=combobox]";
let timer, request;

const isOpen = (input) => input.getAttribute("aria-expanded") === "true";

export function makeCombobox(input, label) {
  const id = `${input.id}-options`;
  const attributes = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": id, autocomplete: "off", spellcheck: "false" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  const list = create("ul", { class: "wa-listbox", role: "listbox", id, "aria-label": label });
  input.closest("[data-lookup]").append(create("div", { class: "wa-pop", hidden: "" }, list));
}

function close(input) {
  clearTimeout(timer);
  request?.abort();
  listOf(input).parentElement.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

// Shows what the server finds for the words; an answer that came too late, or not at all, shows nothing.
async function search(input, words) {
  request?.abort();
  request = new AbortController();
  const list = listOf(input);
  if (!(await lookup(list, input.closest("[data-lookup]").dataset.lookup, words, request.signal))) return;
  list.parentElement.hidden = false;
  place(input, list.parentElement);
  input.setAttribute("aria-expanded", "true");
  activate(input, optionsOf(input)[0]);
}

function choose(input, option) {
  if (!option) return;
  const { value, label, url } = option.dataset;
  close(input);
  input.dispatchEvent(new CustomEvent("wa:choose", { bubbles: true, detail: { value, label: label ?? option.textContent.trim(), url } }));
}

on("input", field, (event, input) => {
  clearTimeout(timer);
  timer = setTimeout(search, 180, input, input.value.trim());
});

on("click", field, (event, input) => isOpen(input) || search(input, ""));
on("focusout", field, (event, input) => close(input));

on("keydown", field, (event, input) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !isOpen(input)) search(input, "");
  else if (step) move(input, step);
  else if (event.key === "Enter" && isOpen(input)) choose(input, activeOf(input));
  else if (event.key === "Escape" && isOpen(input)) close(input);
  else return;
  event.preventDefault();
});

// the focus stays in the input while an option is pressed
on("pointerdown", "[data-lookup] .wa-pop", (event) => event.preventDefault());
on("click", "[data-lookup] [role=option]:not([aria-disabled=true])", (event, option) => {
  choose(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
});
