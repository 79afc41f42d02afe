// The palette: every link of the sidebar, narrowed by typing.
import { all, create, icon, on } from "./dom.js";
import { activate, activeOf, listOf, move, optionsOf } from "./listbox.js";
import { t } from "./text.js";

const dialog = () => document.querySelector("dialog[data-palette]");
const input = () => dialog().querySelector("input");

function places() {
  return all(".wa-side .wa-nav a[href]").map((link) => ({
    href: link.href,
    label: (link.getAttribute("aria-label") ?? link.querySelector("span")?.textContent ?? link.textContent).trim(),
    group: link.closest("details")?.querySelector("summary").textContent.trim() ?? "",
    add: link.classList.contains("wa-nav__add"),
  }));
}

// Every word must occur; what starts with the first one comes first, pages before "new …"
function find(words) {
  const rank = ({ label, add }) => Number(!label.toLowerCase().startsWith(words[0] ?? "")) + 2 * Number(add);
  return places()
    .filter(({ label, group }) => words.every((word) => `${label} ${group}`.toLowerCase().includes(word)))
    .sort((a, b) => (words.length ? rank(a) - rank(b) : Number(a.add) - Number(b.add)));
}

function show() {
  const found = find(input().value.toLowerCase().split(/\s+/).filter(Boolean));
  listOf(input()).replaceChildren(...found.map(({ href, label, group, add }, i) => create(
    "a", { class: "wa-option", role: "option", id: `palette-${i}`, href, tabindex: "-1" },
    icon(add ? "plus" : "table"),
    create("span", { class: "wa-option__main" }, create("span", {}, label), create("small", {}, group)),
  )));
  if (!found.length) listOf(input()).append(create("div", { class: "wa-option", role: "option", "aria-disabled": "true" }, t("No match")));
  activate(input(), optionsOf(input())[0]);
}

on("wa:open", "dialog[data-palette]", () => {
  input().value = "";
  show();
  input().focus();
});

on("input", "dialog[data-palette] input", show);

on("keydown", "dialog[data-palette] input", (event, field) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const newTab = event.ctrlKey || event.metaKey;
  if (step) move(field, step);
  else if (event.key === "Enter" && newTab) open(activeOf(field)?.href, "_blank", "noopener");
  else if (event.key === "Enter") activeOf(field)?.click();
  else return;
  event.preventDefault();
});
