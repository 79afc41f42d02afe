// form[data-guard]: says which fields were changed, and asks before a page with unsaved changes is left.
import { all, create, on, ready } from "./dom.js";
import { counted, t } from "./text.js";

const before = new WeakMap(); // form -> what each of its names held
let leaving = false;

function values(form) {
  const found = new Map();
  for (const [name, value] of new FormData(form)) {
    found.set(name, `${found.get(name) ?? ""}\u0000${value instanceof File ? value.name : value}`);
  }
  return found;
}

function changed(form) {
  const [old, now] = [before.get(form), values(form)];
  return new Set([...old.keys(), ...now.keys()].filter((name) => old.get(name) !== now.get(name)));
}

function mark(form) {
  const names = changed(form);
  all("[data-field]", form).forEach((field) => {
    const label = field.querySelector(":scope > label");
    const sign = label?.querySelector(".wa-changed");
    if (sign && !names.has(field.dataset.field)) sign.remove();
    if (!sign && names.has(field.dataset.field)) label?.append(create("span", { class: "wa-changed" }, t("changed")));
  });
  const text = names.size ? counted("%d change", "%d changes", names.size) : "";
  all("[data-guard-count]").forEach((place) => { place.textContent = text; });
}

const isDirty = (form) => form.dataset.guard === "dirty" || changed(form).size > 0;

for (const type of ["input", "change"]) on(type, "form[data-guard]", (event, form) => before.has(form) && mark(form));
document.addEventListener("htmx:after:swap", () => all("form[data-guard]").forEach((form) => before.has(form) && mark(form)));
on("submit", "form", () => { leaving = true; });

addEventListener("beforeunload", (event) => {
  if (!leaving && all("form[data-guard]").some(isDirty)) event.preventDefault();
});
addEventListener("pageshow", () => { leaving = false; });

// after the other behaviours have put their own fields into the form
ready("form[data-guard]", (form) => setTimeout(() => before.has(form) || before.set(form, values(form))));
