// Small tools that the behaviours share.

export const root = document.documentElement;

export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Calls react(event, element) when the event happens in an element that matches the selector.
export function on(type, selector, react, options) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) react(event, element);
  }, options);
}

// Calls prepare(element) for each element that matches, now and after every swap.
export function ready(selector, prepare) {
  const run = () => all(selector).forEach(prepare);
  run();
  document.addEventListener("htmx:after:swap", run);
}

// A new element; values of attributes are text, children are elements or text.
export function create(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A picture of the sprite whose address stands on <html>.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "wa-i");
  svg.setAttribute("aria-hidden", "true");
  const use = svg.appendChild(document.createElementNS(space, "use"));
  use.setAttribute("href", `${root.dataset.icons}#i-${name}`);
  return svg;
}

// What the browser keeps for this person; a browser that refuses to keep anything just forgets.
export function recall(key) {
  try { return localStorage.getItem(`wa-${key}`); } catch { return null; }
}

export function keep(key, value) {
  try { localStorage.setItem(`wa-${key}`, value); } catch { /* private window */ }
}
