// [data-json]: line numbers beside a textarea, whether it is JSON while it is typed, the way to the fault, and a button
// that formats it.
import { create, on, ready } from "./dom.js";
import { indented } from "./indent.js";
import { t } from "./text.js";

// The line of a parser's error: browsers name a line, a position, or neither.
function lineOf(message, text) {
  const line = /line (\d+)/.exec(message);
  if (line) return Number(line[1]);
  const position = /position (\d+)/.exec(message);
  return position ? text.slice(0, Number(position[1])).split("\n").length : text.trimEnd().split("\n").length;
}

function check(text) {
  if (!text.trim()) return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const reason = error.message.replace(/^JSON\.parse: /, "").replace(/ (in JSON )?at (line|position).*$/, "");
    return { line: lineOf(error.message, text), reason };
  }
}

function number(box, wrong) {
  const lines = box.querySelector("textarea").value.split("\n").length;
  const gutter = box.querySelector(".wa-json__gutter");
  gutter.replaceChildren();
  for (let line = 1; line <= lines; line++) {
    gutter.append(line === wrong ? create("b", {}, String(line)) : String(line), "\n");
  }
}

function show(box) {
  const area = box.querySelector("textarea");
  const fault = check(area.value);
  number(box, fault?.line);
  area.toggleAttribute("aria-invalid", false);
  if (fault) area.setAttribute("aria-invalid", "true");
  box.dataset.tone = fault ? "bad" : "";
  const message = box.querySelector("[data-json-message]");
  message.textContent = fault ? t("Line %d: %s", fault.line, fault.reason) : "";
  message.classList.toggle("wa-error", Boolean(fault));
  const way = box.querySelector("[data-json-line]");
  way.hidden = !fault;
  way.dataset.jsonLine = fault?.line ?? "";
}

on("input", "[data-json] textarea", (event, area) => show(area.closest("[data-json]")));

on("click", "[data-json-line]", (event, button) => {
  const area = button.closest("[data-json]").querySelector("textarea");
  const lines = area.value.split("\n");
  const before = lines.slice(0, button.dataset.jsonLine - 1).join("\n").length;
  const start = before && before + 1;
  area.focus();
  area.setSelectionRange(start, start + lines[button.dataset.jsonLine - 1].length);
});

on("click", "[data-json-format]", (event, button) => {
  const area = button.closest("[data-json]").querySelector("textarea");
  if (!area.value.trim() || check(area.value)) return;
  area.value = indented(area.value);
  area.dispatchEvent(new Event("input", { bubbles: true }));
});

ready("[data-json]", (box) => (check(box.querySelector("textarea").value) ? show(box) : number(box)));
