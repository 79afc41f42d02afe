// form[data-columns]: its buttons move a column up or down on the spot; the boxes are sent in the order that they stand in.
import { all, on } from "./dom.js";

const buttons = (item) => all("button[name=move]", item);

function settle(list) {
  [...list.children].forEach((item, place, items) => {
    const [up, down] = buttons(item);
    up.disabled = place === 0;
    down.disabled = place === items.length - 1;
  });
}

on("click", "form[data-columns] button[name=move]", (event, button) => {
  event.preventDefault();
  const item = button.closest("li");
  const up = button.value.startsWith("up:");
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (up) other.before(item); else other.after(item);
  settle(item.parentElement);
  // at the end of the way the button is no more, and its sister takes the focus
  (button.disabled ? buttons(item).find((sister) => !sister.disabled) : button).focus();
});
