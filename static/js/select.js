// Choosing rows: one, a range (Shift), all of the page; the bar that acts on them says how many.
import { all, on, ready } from "./dom.js";

let last;

const boxes = (within = document) => all("[data-select]", within);

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const every = document.querySelector("[data-bulk-all]:checked");
  all("[data-bulk-count]").forEach((place) => { place.textContent = every ? every.dataset.bulkAll : chosen; });
  all("[data-select-all]").forEach((head) => {
    const rows = boxes(head.closest("table"));
    const ticked = rows.filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === rows.length;
    head.indeterminate = ticked > 0 && ticked < rows.length;
  });
}

// All that match are chosen until a single row is chosen otherwise
function set(some, checked) {
  all("[data-bulk-all]").forEach((box) => { box.checked = false; });
  some.forEach((box) => { box.checked = checked; });
  count();
}

on("click", "[data-select]", (event, box) => {
  const rows = boxes(box.closest("table"));
  const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
  last = box;
  set(event.shiftKey && from >= 0 ? rows.slice(from, to + 1) : [box], box.checked);
});

on("change", "[data-select-all]", (event, head) => set(boxes(head.closest("table")), head.checked));
on("change", "[data-bulk-all]", (event, box) => {
  boxes().forEach((row) => { row.checked ||= box.checked; });
  count();
});
on("click", "[data-bulk-clear]", () => set(boxes(), false));

// a browser that goes back may bring ticks along
addEventListener("pageshow", count);
ready("[data-bulk]", count);
