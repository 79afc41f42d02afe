// A change that takes long: says how far it is while its answer is waited for, and gives it up. The page stays where it
// is until the answer comes; stopping the browser's request is what the server takes for giving up.
import { on } from "./dom.js";

const AFTER = 600;
const EVERY = 700;

async function ask(form, place) {
  const run = form.elements.run?.value;
  const answer = await fetch(`${form.dataset.progress}?run=${encodeURIComponent(run)}`, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
  if (answer.ok) place.innerHTML = await answer.text();
  return place.querySelector("[data-state]")?.dataset.state;
}

function show(form) {
  const box = form.querySelector("[data-running]");
  const place = box.querySelector("[data-running-place]");
  box.hidden = false;
  const next = async () => {
    if (!box.isConnected) return;
    const state = await ask(form, place).catch(() => "");
    const over = form.dataset.stopped ? state !== "running" : state === "cancelled";
    if (!over) setTimeout(next, EVERY);
    else form.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = false; });
  };
  next();
}

on("submit", "form[data-progress]", (event, form) => {
  if (event.defaultPrevented) return;
  delete form.dataset.stopped;
  setTimeout(() => {
    form.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = true; });
    show(form);
  }, AFTER);
});

on("click", "[data-running-stop]", (event, button) => {
  button.form.dataset.stopped = "1";
  window.stop();
});
