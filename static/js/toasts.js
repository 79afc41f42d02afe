// Short messages at the edge. They leave by themselves, those with something to press later; bad ones stay.
import { all, create, icon, on, ready } from "./dom.js";
import { t } from "./text.js";

const held = (message) => message.matches(":hover, :focus-within");

function leave(message) {
  if (!message.isConnected) return;
  if (held(message)) setTimeout(leave, 2000, message);
  else message.remove();
}

function schedule(message) {
  if (message.dataset.timed !== undefined || message.dataset.tone === "bad") return;
  message.dataset.timed = "";
  setTimeout(leave, message.querySelector("a, form") ? 15_000 : 6000, message);
}

export function toast(text, tone = "ok") {
  const box = document.querySelector(".wa-toasts");
  if (!box || all("span", box).some((span) => span.textContent === text)) return;
  const close = create("button", { class: "wa-btn wa-btn--sm wa-btn--icon", type: "button", "data-close": "", "aria-label": t("Close") }, icon("x"));
  const message = create("div", { class: "wa-toast", "data-tone": tone }, create("span", {}, text), close);
  box.append(message);
  schedule(message);
}

on("click", "[data-close]", (event, button) => button.closest(".wa-toast, .wa-note")?.remove());
ready(".wa-toast", schedule);
