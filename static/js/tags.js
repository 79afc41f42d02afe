// [data-tags]: a textarea with one value a line becomes chips and an input; the textarea stays what is sent.
import { all, create, on, ready } from "./dom.js";
import { chip, removeChip } from "./chips.js";
import { t } from "./text.js";

const separator = (box) => box.dataset.separator ?? "\n";
const members = (text, mark) => text.split(mark).map((value) => value.trim()).filter(Boolean);

function write(box) {
  box.querySelector("textarea").value = all("li > span", box).map((span) => span.textContent).join(separator(box));
}

function add(box, text) {
  const list = box.querySelector("ul");
  members(text, /[\n,]/).forEach((value) => list.append(chip(value)));
  write(box);
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

ready("[data-tags]:not([data-ready])", (box) => {
  const area = box.querySelector("textarea");
  const [{ id }, label] = [area, area.labels?.[0]?.firstChild?.textContent.trim() ?? ""];
  const input = create("input", { id, placeholder: area.placeholder || t("Add"), autocomplete: "off", enterkeyhint: "enter" });
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
  }
  area.removeAttribute("id");
  area.removeAttribute("required"); // a hidden field that is required and empty could not be sent
  area.hidden = true;
  const list = create("ul", { "aria-label": label }, ...members(area.value, separator(box)).map((value) => chip(value)));
  box.prepend(list, input);
  box.dataset.ready = "";
});

on("change", "[data-tags]", (event, box) => { if (event.target === box) write(box); });

on("keydown", "[data-tags] > input", (event, input) => {
  if (event.isComposing) return;
  if ((event.key === "Enter" || event.key === ",") && input.value.trim()) {
    event.preventDefault();
    add(input.parentElement, input.value);
    input.value = "";
  } else if (event.key === "Backspace" && !input.value) {
    removeChip(input.parentElement.querySelector("li:last-child .wa-chip__x"));
  }
});

on("focusout", "[data-tags] > input", (event, input) => {
  if (input.value.trim()) add(input.parentElement, input.value);
  input.value = "";
});
