// details[data-remember="name"]: open or closed stays as the person left it.
import { keep, ready, recall } from "./dom.js";

function restore(details) {
  const state = recall(`open-${details.dataset.remember}`);
  if (state) details.open = state === "yes";
}

// after htmx has begun to listen: what loads when it is opened must hear that it was
document.addEventListener("DOMContentLoaded", () => ready("details[data-remember]", restore));

document.addEventListener("click", ({ target }) => {
  const details = target.closest?.("summary")?.parentElement;
  if (details?.dataset.remember) keep(`open-${details.dataset.remember}`, details.open ? "no" : "yes");
});
