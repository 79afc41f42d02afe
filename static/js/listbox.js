// The options of a listbox that an input controls; the active one is named by aria-activedescendant.
import { all } from "./dom.js";

export const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
export const optionsOf = (input) => all("[role=option]:not([aria-disabled=true])", listOf(input));
export const activeOf = (input) => optionsOf(input).find((option) => option.id === input.getAttribute("aria-activedescendant"));

export function activate(input, option) {
  optionsOf(input).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

// One option down (1) or up (-1), around the ends
export function move(input, step) {
  const options = optionsOf(input);
  const at = options.indexOf(activeOf(input));
  activate(input, options.at((at + step) % options.length));
}
