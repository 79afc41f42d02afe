"""Forms as a program reads them out of a page: what they would send, and what was changed by others."""

from __future__ import annotations

from html.parser import HTMLParser


class Form(HTMLParser):
    """The form of a page, by the id that the page gives it."""

    def __init__(self, page: bytes, id: str = "form") -> None:
        super().__init__()
        self.id = id
        self.action = ""
        self.fields: dict[str, list[str]] = {}
        """What it sends, by name."""
        self.theirs: dict[str, str] = {}
        """What others made of fields that both sides changed, by name."""
        self._inside = False
        self._area = ""
        self._choice = self._select = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self.id
            self.action = given.get("action", "") if self._inside else self.action
        if self._inside and tag == "option" and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = [given.get("value", "")]
        name, kind = given.get("name", ""), given.get("type", "text")
        if not self._inside or not name:
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self.fields.setdefault(name, []).append("")
        elif tag == "input" and kind == "radio":
            if given.get("value") == "theirs":
                self.theirs[name.removeprefix("_keep-")] = ""
                self._choice = name.removeprefix("_keep-")
        elif tag == "input" and kind == "checkbox":
            if "checked" in given:
                self.fields.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and kind not in {"submit", "button", "file"}:
            self.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][-1] += data.removeprefix("\n")
        elif self._choice and data.strip():
            self.theirs[self._choice] = data.strip().removeprefix("Theirs: ")
            self._choice = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""
