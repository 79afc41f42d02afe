"""A judge of accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_LOOK = """judged => {
  const known = new Set(judged), found = [], looks = new Map();
  const screen = [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches];
  const told = /^(class|type|role|tabindex|lang|aria-(?!label|describedby|controls|owns|details|activedescendant))/;
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.backgroundImage !== "none") return look(at);
    }
  };
  const look = element => {
    if (!looks.has(element)) {
      const style = getComputedStyle(element);
      const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
      const named = [...element.attributes].map(({name, value}) => told.test(name) ? `${name}=${value}` : value.trim() ? name : `no ${name}`);
      looks.set(element, [
        element.tagName, text, ...named, element.checked, element.disabled, style.color, style.backgroundColor, style.backgroundImage,
        style.fontSize, style.fontWeight, style.opacity, style.visibility, style.display, style.outlineColor, style.textDecorationLine,
      ].join());
    }
    return looks.get(element);
  };
  for (const part of document.querySelectorAll("tbody td, tbody th, thead th, li, details, fieldset, dd, dt, label")) {
    if (part.closest("[data-judged]")) continue;
    const shape = [...screen, ground(part), part.parentElement.tagName, part.getClientRects().length > 0];
    for (const element of [part, ...part.querySelectorAll("*")]) shape.push(look(element), element.children.length);
    const text = shape.join("|");
    let a = 1, b = 7;
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
      b = Math.imul(b + text.charCodeAt(at), 1597334677) ^ (b >>> 13);
    }
    const key = `${text.length} ${a} ${b}`;
    if (known.has(key)) part.setAttribute("data-judged", "");
    else { known.add(key); found.push(key); }
  }
  return found;
}"""
_ALIKE = "tbody tr:nth-child(n+8):not(:nth-last-child(-n+4))"
_COLOURS = (
    """axe.configure({rules: [{id: "color-contrast", selector: ":not([data-judged], [data-judged] *)"}]})"""
)
_FORGET = "document.querySelectorAll('[data-judged]').forEach(part => part.removeAttribute('data-judged'))"


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Judge a page's accessibility; returns one line for each violation, with the elements concerned.

    Of the rows of a table, which are alike, the first seven and the last four are judged. The contrast of letters, which takes most of
    the time, is judged once for all cells, items of lists and the like that look the same in a window as wide and as dark: the same
    elements with the same states, colours and sizes on the same ground, whatever they say.
    """
    judge = Axe()
    judge.axe_script += f"\n;{_COLOURS}"
    options = {"resultTypes": ["violations"], "preload": False}  # nothing here plays by itself
    clean: set[str] = set()

    def violations(page: Page) -> list[str]:
        seen = page.evaluate(_LOOK, list(clean))
        found = judge.run(page, {"exclude": [[_ALIKE]]}, options).response["violations"]
        page.evaluate(_FORGET)
        if not found:
            clean.update(seen)
        return [
            f"{violation['id']}: {violation['help']} — {node['html'][:200]}"
            for violation in found
            for node in violation["nodes"]
        ]

    return violations
