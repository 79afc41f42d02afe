// Which key was pressed, when keys may act at all: "j", "?", "mod+k" (Ctrl or ⌘); else an empty text.
// Single keys are off while typing, in a dialog, and where the person has switched them off.
import { root } from "./dom.js";

const typing = "input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]";

export function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return "";
  if (event.ctrlKey || event.metaKey) return event.shiftKey ? "" : `mod+${event.key.toLowerCase()}`;
  const off = root.dataset.shortcuts === "off" || event.target.closest?.(typing);
  return off || document.querySelector("dialog[open]") ? "" : event.key;
}
