// [data-copy="#id"] copies the text of that element, [data-copy-text] its own, [data-copy-link] that address in full.
import { create, on } from "./dom.js";
import { t } from "./text.js";
import { toast } from "./toasts.js";

// Where the page is not secure (http on a network) there is no clipboard to write to, but a selection can be copied
function copySelected(text, beside) {
  const area = create("textarea", { class: "wa-vh" });
  area.value = text;
  beside.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  beside.focus();
  if (!done) throw new Error("refused");
}

on("click", "[data-copy], [data-copy-text], [data-copy-link]", async (event, button) => {
  const { copyText, copyLink } = button.dataset;
  const text = copyText ?? (copyLink && new URL(copyLink, location.href).href) ?? document.querySelector(button.dataset.copy)?.textContent.trim() ?? "";
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copySelected(text, button);
    toast(copyLink ? t("The link is copied") : t("Copied"));
  } catch {
    toast(t("Could not copy"), "bad");
  }
});
