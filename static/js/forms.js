// form[data-autosubmit] is sent when something in it changes (="input": also while typing); its address, and that of
// form[data-tidy], leaves out fields that are empty.
import { on, ready } from "./dom.js";

let timer;

function send(form, after) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (form.isConnected) form.requestSubmit(); }, after);
}

on("change", "form[data-autosubmit]", (event, form) => {
  // a search box was sent while typing, and what is typed into a combobox is no value of the form
  if (form.dataset.autosubmit !== "input" && !event.target.matches("[role=combobox]")) send(form, 0);
});

on("input", 'form[data-autosubmit="input"]', (event, form) => send(form, 300));

// A search box outlives a swap, so that typing goes on; what the new page searched for is in form[data-q]
ready("form[data-q]", (form) => {
  const box = form.querySelector("input[type=search]");
  if (box !== document.activeElement) box.value = form.dataset.q;
});

document.addEventListener("submit", () => clearTimeout(timer));

on("formdata", "form[data-autosubmit], form[data-tidy]", (event, form) => {
  if (form.method !== "get") return;
  const data = event.formData;
  for (const name of new Set(data.keys())) {
    const filled = data.getAll(name).filter((value) => value !== "");
    data.delete(name);
    filled.forEach((value) => data.append(name, value));
  }
});
