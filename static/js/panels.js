// nav[data-panels] of links to parts of a page: with scripts they are tabs, and one part is shown at a time. A link
// to something inside of a hidden part, as an error summary has, shows that part first.
import { all, on, ready } from "./dom.js";

const panelOf = (tab) => document.getElementById(tab.hash.slice(1));
const tabs = () => all("nav[data-panels] > a");

function choose(chosen) {
  tabs().forEach((tab) => {
    const here = tab === chosen;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    panelOf(tab).hidden = !here;
  });
}

// The tab of what an address leads to: the part itself, or something inside of it.
function tabFor(hash) {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  return target ? tabs().find((tab) => panelOf(tab).contains(target)) : undefined;
}

ready("nav[data-panels]:not([role])", (nav) => {
  nav.setAttribute("role", "tablist");
  all("a", nav).forEach((tab) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panelOf(tab).id);
    panelOf(tab).setAttribute("role", "tabpanel");
    panelOf(tab).setAttribute("aria-labelledby", tab.id);
  });
  choose(tabFor(location.hash) ?? nav.querySelector("[data-tone=bad]") ?? nav.querySelector("a"));
});

on("click", "nav[data-panels] > a", (event, tab) => {
  event.preventDefault();
  choose(tab);
  history.replaceState(history.state, "", tab.hash);
});

on("click", 'a[href^="#"]:not([role=tab])', (event, link) => {
  const tab = tabFor(link.hash);
  if (tab) choose(tab);
}, true);

on("keydown", "nav[data-panels] > a", (event, tab) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const every = tabs();
  const towards = getComputedStyle(tab).direction === "rtl" ? -step : step;
  const next = every[(every.indexOf(tab) + towards + every.length) % every.length];
  next.focus();
  choose(next);
});
