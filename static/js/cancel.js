// A button beside a request that may take long: gives it up. The server notices and stops its work.
import { on } from "./dom.js";

on("click", "[data-cancel]", (event, button) => {
  document.querySelector(button.dataset.cancel)?.dispatchEvent(new Event("htmx:abort"));
});
