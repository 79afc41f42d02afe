// form[data-guard]: Ctrl+Enter saves, in it and beside other forms, and a second click on a button that saves changes nothing.
import { on } from "./dom.js";

const sent = new WeakSet();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || event.isComposing) return;
  const form = event.target.closest("form, dialog") ?? document.querySelector("form[data-guard]");
  if (!form?.matches("form[data-guard]")) return;
  event.preventDefault();
  // what stands in a field is read by its behaviours when the field is left
  document.activeElement.blur();
  form.requestSubmit(form.querySelector("[data-save]"));
});

on("submit", "form[data-guard]", (event, form) => {
  if (event.defaultPrevented || event.submitter?.hasAttribute("formaction")) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
  setTimeout(() => sent.delete(form), 3000); // an answer that never comes, or a download, leaves the page as it is
});
