// Where the list of a combobox stands: below its input, or free of a table that would cut it off.
let open; // [input, list] of the one that stands free

function put() {
  const [input, pop] = open;
  const { left, top, bottom, width } = input.getBoundingClientRect();
  pop.style.width = `${Math.max(width, 260)}px`;
  const { width: wide, height } = pop.getBoundingClientRect();
  pop.style.left = `${Math.max(4, Math.min(left, innerWidth - wide - 4))}px`;
  pop.style.top = `${bottom + height + 4 > innerHeight && top > height ? top - height - 4 : bottom + 4}px`;
}

export function place(input, pop) {
  if (getComputedStyle(pop).position !== "fixed") {
    pop.scrollIntoView({ block: "nearest" });
    return;
  }
  open = [input, pop];
  put();
}

addEventListener("scroll", () => open && !open[1].hidden && put(), true);
