// data-key="n": that key presses the element, or puts the focus into it when it is a field.
import { all } from "./dom.js";
import { pressed } from "./keys.js";

document.addEventListener("keydown", (event) => {
  const key = pressed(event);
  if (!key) return;
  const target = all("[data-key]").find((element) => element.dataset.key === key && element.checkVisibility());
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) {
    target.focus();
    target.select?.();
    return;
  }
  target.click();
  if (target.matches("summary")) target.scrollIntoView({ block: "start" });
});
