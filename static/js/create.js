// a[data-create]: a new row for the field beside it is made in a dialog. The form behind it keeps all that was typed, and the
// field gets the new row.
import { create, on } from "./dom.js";
import { t } from "./text.js";
import { toast } from "./toasts.js";

let field; // the input that waits for a row
let dialog;

function show(html) {
  dialog ??= document.body.appendChild(create("dialog", { class: "wa-dialog wa-dialog--form", id: "create", "aria-labelledby": "create-h" }));
  dialog.innerHTML = html;
  const made = dialog.querySelector("[data-created]");
  if (made) {
    const { created: value, label, url } = made.dataset;
    dialog.close();
    field.dispatchEvent(new CustomEvent("wa:choose", { bubbles: true, detail: { value, label, url } }));
    field.focus();
    return;
  }
  if (!dialog.open) dialog.showModal();
  document.dispatchEvent(new CustomEvent("htmx:after:swap")); // new elements are there to be prepared
}

async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { ...options, headers: { "HX-Request": "true" } });
    const html = await answer.text();
    if (answer.redirected || !(answer.ok || [409, 422].includes(answer.status)) || !html) throw new Error(answer.status);
    show(html);
  } catch {
    toast(t("That did not work. Try again."), "bad");
  }
}

on("click", "a[data-create]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  field = link.closest("[data-field]").querySelector("input[role=combobox]");
  ask(link.dataset.create);
});

// before anybody takes it for the form of the page
on("submit", "#create form", (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  ask(form.action, { method: "POST", body: new FormData(form) });
}, true);

on("click", "#create [data-close]", () => dialog.close());
