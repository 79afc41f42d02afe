// Arrow keys in a plan's tree: up and down between the steps in sight, left and right close, open, and go up and down a level.

const step = (details) => details?.querySelector(":scope > summary");

document.addEventListener("keydown", (event) => {
  const details = event.target.closest("[data-plantree] [data-step]");
  if (!details || event.target !== step(details) || event.altKey || event.ctrlKey || event.metaKey) return;
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
