// [data-tabs]: of the panels that its tabs name only the chosen one is shown. Without scripts all are.
import { all, on, ready } from "./dom.js";

const tabsOf = (box) => all("[role=tab]", box).filter((tab) => tab.closest("[data-tabs]") === box);

function choose(box, chosen) {
  tabsOf(box).forEach((tab) => {
    const here = tab === chosen;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    if (panel) panel.hidden = !here;
  });
}

on("click", "[data-tabs] [role=tab]", (event, tab) => choose(tab.closest("[data-tabs]"), tab));

on("keydown", "[data-tabs] [role=tab]", (event, tab) => {
  const box = tab.closest("[data-tabs]");
  const tabs = tabsOf(box);
  const at = tabs.indexOf(tab);
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = tabs.at(to % tabs.length);
  choose(box, next);
  next.focus();
});

ready("[data-tabs]", (box) => {
  const tabs = tabsOf(box);
  choose(box, tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0]);
});
