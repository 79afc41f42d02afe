// data-key="n": that key presses the element, or puts the focus into it when it is a field. "g h" is two keys, one
// after the other.
import { all } from "./dom.js";
import { pressed } from "./keys.js";

let [first, at] = ["", 0];

function find(key) {
  const both = first && Date.now() - at < 1500 ? `${first} ${key}` : key;
  [first, at] = [key, Date.now()];
  const shown = all("[data-key]").filter((element) => element.checkVisibility());
  return shown.find((element) => element.dataset.key === both) ?? shown.find((element) => element.dataset.key === key);
}

document.addEventListener("keydown", (event) => {
  const key = pressed(event);
  const target = key && find(key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) {
    target.focus();
    target.select?.();
    return;
  }
  target.click();
  if (!target.matches("summary")) return;
  const show = () => target.scrollIntoView({ block: "start" });
  show();
  target.parentElement.addEventListener("htmx:after:swap", show, { once: true }); // what it asks for is longer
});
