// What is seen of htmx's requests: a bar while one runs, the focus after a swap, a message when one fails.
import { ready } from "./dom.js";
import { t } from "./text.js";
import { toast } from "./toasts.js";

const running = new Map();

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!(ctx.target instanceof Element)) return;
  running.set(ctx, ctx.target);
  ctx.target.setAttribute("aria-busy", "true");
});

function finished(ctx) {
  const target = running.get(ctx);
  running.delete(ctx);
  if (target && ![...running.values()].includes(target)) target.removeAttribute("aria-busy");
}

document.addEventListener("htmx:finally:request", ({ detail }) => finished(detail.ctx));

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status < 500) return; // the answer says it itself
  toast(status === 503 ? t("The server took too long. Try again.") : t("That did not work (error %d). Try again.", status), "bad");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx) return;
  finished(ctx);
  if (!ctx.response) toast(t("No connection. Nothing was changed."), "bad");
});

// What asks for the focus (a summary of errors, say) gets it, on a new page and after a swap; once
ready("[data-focus]", (element) => {
  element.removeAttribute("data-focus");
  element.focus();
});

// htmx gives the focus back to the same id. Where that is gone, it goes to main, not to the top of the page.
let before;
document.addEventListener("htmx:before:swap", () => { before = document.activeElement; });
document.addEventListener("htmx:after:swap", () => {
  if (before && before !== document.body && document.activeElement === document.body) {
    document.getElementById(before.id || "main")?.focus({ preventScroll: true });
  }
});
