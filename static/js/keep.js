// A control with data-keep="address" is remembered for this list: what is chosen is sent there in the background.
import { on } from "./dom.js";
import { send } from "./preferences.js";

on("change", "[data-keep]", (event, control) => {
  const token = document.querySelector("input[name=csrf_token]").value;
  send(control.dataset.keep, new URLSearchParams({ csrf_token: token, [control.name]: control.value }));
});
