// input[data-find=".part"]: of the parts beside it, only those whose heading has the words stay; Enter goes into the first.
import { all, on } from "./dom.js";

const parts = (box) => all(box.dataset.find, box.closest("form")).filter((part) => part.querySelector("summary"));
const words = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function narrow(box) {
  const wanted = words(box.value);
  const found = parts(box).filter((part) => {
    part.hidden = !words(part.querySelector("summary").textContent).includes(wanted);
    return !part.hidden;
  });
  box.closest("div").parentElement.querySelector("[data-find-none]").hidden = found.length > 0;
  return found;
}

on("input", "[data-find]", (event, box) => narrow(box));
on("change", "[data-find]", (event) => event.stopImmediatePropagation()); // it is no value of the form

on("keydown", "[data-find]", (event, box) => {
  if (event.key === "Escape" && box.value) {
    box.value = "";
    narrow(box);
  } else if (event.key === "Enter") {
    const [first] = narrow(box);
    if (first) first.open = true;
    [...(first?.querySelectorAll("a, button, input:not([type=hidden]), select, textarea") ?? [])].find((one) => one.checkVisibility())?.focus();
  } else return;
  event.preventDefault();
});
