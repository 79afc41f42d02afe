// Theme and density: a form[data-preference] is sent in the background, and the page changes at once.
import { all, on, root } from "./dom.js";
import { t } from "./text.js";
import { toast } from "./toasts.js";

let before = Promise.resolve();

// Sends a form's values in the background; the answer leads on to a page, which is not needed here. One after the other:
// each answer's cookie builds on the one before.
export function send(address, body) {
  before = before
    .then(() => fetch(address, { method: "POST", body, redirect: "manual" }))
    .then((answer) => { if (!answer.ok && answer.type !== "opaqueredirect") throw answer; })
    .catch(() => toast(t("No connection. Nothing was changed."), "bad"));
}

function present(name) {
  const value = root.dataset[name];
  if (name !== "theme" || value === "light" || value === "dark") return value;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

on("submit", "form[data-preference]", (event, form) => {
  const button = event.submitter;
  if (!button?.name) return;
  event.preventDefault();
  const { name } = button;
  const choices = button.dataset.toggle?.split(" ");
  const value = choices ? choices[choices[0] === present(name) ? 1 : 0] : button.value;
  root.dataset[name] = value;
  all(`button[name="${name}"][aria-pressed]`).forEach((other) => {
    other.setAttribute("aria-pressed", String(other.value === value));
  });
  const body = new URLSearchParams(new FormData(form));
  body.set(name, value);
  send(form.action, body);
});
