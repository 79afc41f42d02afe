// Options of a listbox from the server.
import { all } from "./dom.js";
import { t } from "./text.js";
import { toast } from "./toasts.js";

// Fills the list with what is found for the words; whether it did.
export async function lookup(list, address, words, signal) {
  const url = new URL(address, location.href);
  url.searchParams.set("q", words);
  try {
    const answer = await fetch(url, { signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status); // redirected: to the login page
    const found = await answer.text();
    if (signal.aborted) return false;
    list.innerHTML = found;
    all("[role=option]", list).forEach((option, i) => { option.id = `${list.id}-${i}`; });
    return true;
  } catch (error) {
    if (error.name !== "AbortError") toast(t("The search did not work. Try again."), "bad");
    return false;
  }
}
