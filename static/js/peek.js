// The whole of a clipped text after the pointer has rested on it; Esc closes it, and any tooltip.
import { all, on } from "./dom.js";

let timer;

const closeAll = (except) => all(".wa-clip[data-peek]").forEach((cell) => { if (cell !== except) delete cell.dataset.peek; });

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse") return;
  clearTimeout(timer);
  const cell = target.closest?.(".wa-clip");
  closeAll(cell);
  const text = cell?.firstElementChild;
  if (text && text.scrollWidth > text.clientWidth) timer = setTimeout(() => { cell.dataset.peek = ""; }, 250);
});

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  closeAll();
  all(".wa-tipbox:is(:hover, :focus-within)").forEach((box) => { box.dataset.dismissed = ""; });
});

on("pointerout", ".wa-tipbox", (event, box) => delete box.dataset.dismissed);
on("focusout", ".wa-tipbox", (event, box) => delete box.dataset.dismissed);
