// [data-line]: of the rows on a form those that nobody touched are not sent. Thousands of them cost nothing, and what others
// do to them meanwhile stays.
import { all, on, ready } from "./dom.js";

const before = new WeakMap(); // row -> what its controls held
let sending;

const value = (control) => (["checkbox", "radio"].includes(control.type) ? control.checked : control.value);
const values = (line) => JSON.stringify(all("[name]", line).map((control) => [control.name, value(control)]));

// after the other behaviours have put their own fields into the row
ready("[data-line]:not([data-pending], [data-new])", (line) => {
  setTimeout(() => before.has(line) || before.set(line, values(line)));
});

on("submit", "form", (event, form) => {
  sending = form;
  setTimeout(() => { sending = undefined; });
});

on("formdata", "form", (event, form) => {
  if (form !== sending) return; // somebody only looks at what the form holds
  for (const line of all("[data-line]", form)) {
    if (before.get(line) !== values(line)) continue;
    all("[name]", line).forEach((control) => event.formData.delete(control.name));
  }
});
