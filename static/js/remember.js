// details[data-remember="name"]: open or closed stays as the person left it.
import { keep, ready, recall } from "./dom.js";

ready("details[data-remember]", (details) => {
  const state = recall(`open-${details.dataset.remember}`);
  if (state) details.open = state === "yes";
});

// `toggle` does not bubble, but it can be caught on its way down
document.addEventListener("click", ({ target }) => {
  const details = target.closest?.("summary")?.parentElement;
  if (details?.dataset.remember) keep(`open-${details.dataset.remember}`, details.open ? "no" : "yes");
});
