// Table or tree, once chosen, is chosen for all plans. In a tree arrow keys go up and down between the steps in sight; left and
// right close, open, and go up and down a level.
import { keep, on, ready, recall } from "./dom.js";

function choose(radio) {
  if (radio.value === recall("plan-as")) radio.checked = true;
}

ready("[data-plan-as]", choose);

on("change", "[data-plan-as]", (_event, { value }) => {
  keep("plan-as", value);
  document.querySelectorAll("[data-plan-as]").forEach(choose);
});

const step = (details) => details?.querySelector(":scope > summary");

on("keydown", "[data-plantree] [data-step]", (event, details) => {
  if (event.target !== step(details) || event.altKey || event.ctrlKey || event.metaKey) return;
  const inSight = [...details.closest("[data-plantree]").querySelectorAll("[data-step]")].filter(
    (one) => !one.parentElement.closest("details:not([open])"),
  );
  const at = inSight.indexOf(details);
  const forward = getComputedStyle(details).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: inSight.length - 1 };
  let next = inSight[to[event.key]];
  if (event.key === forward) {
    if (details.open) next = details.querySelector("[data-step]");
    else details.open = true;
  } else if (["ArrowLeft", "ArrowRight"].includes(event.key)) {
    if (details.open) details.open = false;
    else next = details.parentElement.closest("[data-step]");
  } else if (!(event.key in to)) return;
  event.preventDefault();
  step(next)?.focus();
});
