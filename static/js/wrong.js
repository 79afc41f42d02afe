// A filter that the list refuses: the answer's errors are put at their fields, and the list stays as it is.
import { all, create } from "./dom.js";

const form = () => document.getElementById("filters");

function clear() {
  all("[data-wrong]", form()).forEach((error) => error.remove());
  all("[aria-invalid]", form()).forEach((field) => {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  });
}

function place(field, error, number) {
  const id = `wrong-filter-${number}`;
  const shown = create("p", { class: "wa-error", id, "data-wrong": "", "data-error-for": field.name }, ...error.childNodes);
  const facet = field.closest("details");
  if (facet) facet.open = true;
  (field.closest(".wa-facet__pair") ?? field.closest(".wa-facet__field, .wa-combo, .wa-choice") ?? field).after(shown);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status !== 400 || ctx.sourceElement !== form()) return;
  clear();
  const errors = all("[data-error-for]", new DOMParser().parseFromString(ctx.text, "text/html"));
  const found = errors.map((error) => [form().elements.namedItem(error.dataset.errorFor), error]);
  if (!found.length || found.some(([field]) => !(field instanceof Element))) return;
  ctx.swap = "none";
  ctx.push = "false";
  found.forEach(([field, error], number) => place(field, error, number));
  found[0][0].focus();
});
