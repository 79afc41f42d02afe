"""A page as a person reads it: rows, forms, messages, links. No test has to look for text inside HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import html
from lxml.html import HtmlElement

Fields = dict[str, str | list[str]]


def tree(text: str | bytes) -> HtmlElement:
    """The elements of a whole page, or of a fragment of one (rows alone too). Raises ValueError where there are none."""
    source = text.decode() if isinstance(text, bytes) else text
    if not source.strip():
        raise ValueError("an empty answer")
    if "<html" in source[:2000]:
        return html.document_fromstring(source)
    # The parser drops rows that stand outside of a table.
    wrapped = f"<table>{source}</table>" if source.lstrip().startswith("<tr") else source
    return html.fragment_fromstring(wrapped, create_parent="div")


def parse(text: str | bytes) -> Page:
    """A page from its text. Raises ValueError for an answer without any element."""
    return Page(tree(text))


def words(element: HtmlElement) -> str:
    """The text of an element with single spaces, without what only screen readers get."""
    for hidden in element.xpath(".//*[contains(concat(' ', @class, ' '), ' wa-vh ')]"):
        if hidden.tag != "caption":
            hidden.drop_tree()
    return " ".join(element.text_content().split())


@dataclass(frozen=True)
class Page:
    """What an address answered."""

    root: HtmlElement
    status: int = 200
    url: str = ""
    """Where it was found, behind all redirects."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def css(self, selector: str) -> list[HtmlElement]:
        return list(self.root.cssselect(selector))

    def one(self, selector: str) -> HtmlElement:
        """The only element that the selector finds. Raises AssertionError for none or several."""
        found = self.css(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}"
        return found[0]

    def text(self, selector: str) -> str:
        return words(_copy(self.one(selector)))

    def texts(self, selector: str) -> list[str]:
        return [words(_copy(element)) for element in self.css(selector)]

    @property
    def h1(self) -> str:
        """The heading."""
        return self.text("h1")

    def _rows(self) -> list[HtmlElement]:
        return self.css("table#results tbody tr:not(.wa-more):not(.wa-end)") or self.css("tr[data-id]")

    def rows(self) -> list[dict[str, str]]:
        """The rows of a list: column to text, a dash for what is empty."""
        return [
            {cell.get("data-column"): words(_copy(cell)) for cell in row.cssselect("td[data-column]")}
            for row in self._rows()
        ]

    def column(self, name: str) -> list[str]:
        """The texts of one column of a list."""
        return [row[name] for row in self.rows()]

    def ids(self) -> list[str]:
        """The ids of the rows, as they stand in addresses."""
        return [row.get("data-id", "") for row in self._rows()]

    def deleted_ids(self) -> list[str]:
        """Those of soft-deleted rows."""
        return [row.get("data-id", "") for row in self._rows() if row.get("data-deleted") is not None]

    def count(self) -> int:
        """The total of the list."""
        return int(self.one("main [data-count]").get("data-count"))

    def exact(self) -> bool:
        """Whether the total is counted, and not an estimate."""
        return bool(self.one("main [data-count]").get("data-exact") == "true")

    def links(self, selector: str = "a[href]") -> dict[str, str]:
        """The addresses of links by their text, or by their label where they are a picture."""
        return {_name(link): link.get("href") for link in self.css(selector) if link.tag == "a"}

    def form(self, which: str = "") -> Fields:
        """What the form sends when nothing is changed; several values of a name are a list.

        ``which`` is its id or the end of its action; without it the page's only POST form inside of main.
        Controls that name the form from outside of it count.
        """
        form = self.find_form(which)
        fields: Fields = {}
        for name, value in self._fields(form):
            before = fields.get(name)
            fields[name] = (
                value if before is None else [*([before] if isinstance(before, str) else before), value]
            )
        return fields

    def action(self, which: str = "") -> str:
        """Where a form is sent to."""
        return str(self.find_form(which).get("action"))

    def find_form(self, which: str = "") -> HtmlElement:
        """The element of a form; see :meth:`form`. Raises AssertionError where there is none."""
        forms = self.css("form")
        if which:
            found = [
                f
                for f in forms
                if f.get("id") == which or (f.get("action") or "").split("?")[0].endswith(which)
            ]
        else:
            found = [f for f in self.css("main form") if f.get("method", "").lower() == "post"]
        assert found, f"no form {which!r}; there are {[(f.get('id'), f.get('action')) for f in forms]}"
        return found[0]

    def _fields(self, form: HtmlElement) -> Iterator[tuple[str, str]]:
        controls = form.cssselect("input[name], select[name], textarea[name]")
        if form.get("id"):
            controls += self.css(f'[form="{form.get("id")}"][name]')
        for control in controls:
            if control.get("disabled") is not None or (control.get("form") not in (None, form.get("id"))):
                continue
            name, kind = control.get("name"), (control.get("type") or "").lower()
            if control.tag == "select":
                options = control.cssselect("option")
                chosen = [option for option in options if option.get("selected") is not None]
                for option in chosen or ([] if control.get("multiple") is not None else options[:1]):
                    yield name, option.get("value", option.text_content())
            elif control.tag == "textarea":
                yield name, (control.text or "").removeprefix("\n")
            elif kind in {"checkbox", "radio"}:
                if control.get("checked") is not None:
                    yield name, control.get("value", "on")
            elif control.tag == "input" and kind not in {"submit", "button", "image", "reset", "file"}:
                yield name, control.get("value", "")

    def errors(self) -> dict[str, str]:
        """The messages that stand at fields: field to text."""
        return {e.get("data-error-for"): words(_copy(e)) for e in self.css("[data-error-for]")}

    def summary(self) -> list[str]:
        """The lines of the error summary."""
        return self.texts("#errors li")

    def messages(self) -> list[str]:
        """What is shown once, after an action."""
        return self.texts(".wa-toast > span")

    def chips(self) -> list[str]:
        """The conditions that a list is narrowed by."""
        return self.texts(".wa-chip > span")

    def pages(self) -> dict[str, str]:
        """The links of the pager: label to address."""
        return self.links('nav[aria-label="Pages"] a')

    @property
    def token(self) -> str:
        """What proves that a form comes from this page; empty in fragments."""
        found = self.root.xpath("//*[name()='body']/@*[contains(., 'X-CSRF-Token')]")
        return str(json.loads(found[0])["X-CSRF-Token"]) if found else ""


def _copy(element: HtmlElement) -> HtmlElement:
    copied: HtmlElement = html.fromstring(html.tostring(element, with_tail=False))
    return copied


def _name(link: HtmlElement) -> str:
    return str(link.get("aria-label") or words(_copy(link)))
