"""Texts that are markup: stored in every kind of column, typed into addresses and forms, shown on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from lxml import html
from markupsafe import Markup
from playwright.sync_api import Page as BrowserPage
from sqlalchemy import Engine

from tests.security.desk import Comment, Label, OwnTeam, Person, Ticket, TicketView, Visitor, admin_of
from webadmin import Admin
from webadmin.listing.highlights import _markup
from webadmin.rendering.output import FastEnvironment

BREAKERS = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "'><svg/onload=window.pwned=1>",
    "</title></textarea></script><script>window.pwned=1</script>",
    "\x02<img src=x onerror=window.pwned=1>\x03",
    "javascript:window.pwned=1",
    "{{ 7*7 }}{% raw %}%(name)s {0} %s",
    "' hx-get='/x' hx-on:click='window.pwned=1' x='",
    "--><script>window.pwned=1</script><!--",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "\u202egnp.exe\u2066 \u0007\u001b[31m",
)
BAD = "<img src=x onerror=window.pwned=1>\"'><script>window.pwned=1</script>{{7*7}}\x02b\x03"


def poison(engine: Engine, text: str) -> None:
    """Put ``text`` into everything that the red team has."""
    with engine.begin() as connection:
        connection.execute(sa.update(Person).values(name=text, city=text))
        connection.execute(sa.update(Label).values(name=text))
        connection.execute(sa.update(Comment).values(text=text))
        values: dict[str, Any] = {
            "title": text,
            "body": text + "\n" + text * 40,
            "meta": {text: [text, {"k": text}]},
        }
        connection.execute(sa.update(Ticket).values(**values))
        for id in (1, 2, 3, 4, 5):
            connection.execute(sa.update(Ticket).where(Ticket.id == id).values(code=f"{text}{id}"))


PAGES = [
    "/", "/tickets/", "/tickets/?deleted=show&sort=owner", "/tickets/?columns=title,body,meta,owner,code&q=img",
    "/tickets/?columns=title,body,code&q=script", "/tickets/rows", "/tickets/?owner=1&labels=1", "/tickets/1/", "/tickets/3/",
    "/tickets/1/change/", "/tickets/add/?owner=1&title={0}&body={0}", "/tickets/1/delete/", "/tickets/3/purge/", "/people/1/",
    "/people/1/delete/", "/comments/1/change/", "/tickets/lookup/owner/?q={0}", "/tickets/lookup/labels/", "/tickets/?where={0}", "/tickets/facets/{0}/", "/tickets/facets/owner/?where=title.contains:{0}",
    "/tickets/?title.contains={0}", "/tickets/?title={0}", "/tickets/?q={0}", "/tickets/explain/?q={0}&title.contains={0}",
    "/tickets/?{0}={0}", "/tickets/?sort={0}", "/tickets/?columns={0}", "/tickets/?page={0}", "/tickets/?per_page={0}",
    "/tickets/?deleted={0}", "/tickets/?after={0}", "/tickets/?owner={0}", "/tickets/rows?after={0}", "/{0}/", "/tickets/{0}/",
    "/tickets/1/cell/title/", "/tickets/1/cell/owner/", "/tickets/1/cell/{0}/", "/tickets/{0}/change/", "/tickets/lookup/{0}/", "/account/?next={0}", "/tickets/1/change/?{0}={0}",
]  # fmt: skip


def judge(answer: Any) -> None:
    """No element, attribute or link of an answer comes out of a text."""
    if not answer.text:
        return
    tree: Any = html.fromstring(answer.text)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in {"img", "iframe", "object", "embed", "base"}, answer.request.url
        if element.tag == "script":
            assert element.get("src", "").startswith("/static/"), answer.request.url
            assert not (element.text or "").strip()
        for name, value in element.attrib.items():
            assert not name.startswith(("on", "hx-on")), answer.request.url
            if name in {
                "href",
                "src",
                "action",
                "formaction",
                "hx-get",
                "hx-post",
                "data-lookup",
                "data-next",
            }:
                assert value.startswith(("/", "#", "?", "./")), (answer.request.url, name, value)
                assert not value.startswith(("//", "/\\")), (answer.request.url, name, value)
    assert "49" not in "".join(tree.xpath("//main//h1//text()"))


@pytest.mark.parametrize("number", range(4))
def test_stored_and_reflected(desk: Engine, number: int) -> None:
    """Markup in data and in addresses is text on every page, in every place of it."""
    text = "".join(BREAKERS[number::4])
    poison(desk, text)
    visitor = Visitor(admin_of(desk))
    for path in PAGES:
        answer = visitor.get(path.replace("{0}", quote(text, safe="")))
        assert answer.status_code < 500, f"{path}: {answer.status_code}"
        judge(answer)
    for path, data in (
        (
            "/tickets/1/change/",
            {"title": text, "price": text, "pause": text, "meta": text, "owner": text, "labels": text},
        ),
        ("/tickets/add/", {"title": text, "code": text, "price": text, "reviewer_id": text}),
        ("/tickets/actions/shout/", {"id": ["1", text]}),
        ("/tickets/actions/shout/", {"all": "1", "query": text}),
        (
            "/tickets/actions/edit/",
            {"id": ["1", text], "op-title": "append", "with-title": text, "step": "preview"},
        ),
        ("/tickets/actions/edit/", {"id": "1", "op-price": "set", "with-price": text, "step": text}),
        ("/tickets/actions/edit/", {"id": "1", f"op-{text}": text}),
        ("/tickets/actions/delete/", {"id": ["1", "4", text]}),
        (f"/tickets/actions/{quote(text, safe='')}/", {"id": "1"}),
        ("/account/", {"theme": text, "next": text, "zone": text}),
    ):
        answer = visitor.submit(path, data)
        assert answer.status_code < 500, path
        judge(answer)
    visitor.submit("/tickets/1/delete/", {"confirm": "1"})
    judge(visitor.get("/tickets/"))


def test_shown_as_it_is(small_desk: Engine) -> None:
    """A text that is escaped once, and not twice, is what the person reads."""
    text = BREAKERS[0]
    poison(small_desk, text)
    visitor = Visitor(admin_of(small_desk))
    assert visitor.page("/tickets/1/").h1 == text
    assert visitor.page("/tickets/").column("title")[0] == text
    assert visitor.page("/tickets/1/change/").form("form")["title"] == text


@pytest.mark.parametrize(
    "text", ["\x02a", "a\x03", "\x03a\x02", "\x02\x02a\x03\x03", "\x02<b>\x03\x02", "a\x02b\x03c"]
)
def test_marks_are_pairs(text: str) -> None:
    """The characters that mark a search's words, typed into data, open and close nothing by halves."""
    found = _markup(text)
    assert found.count("<mark>") == found.count("</mark>")
    assert "\x02" not in found
    assert "\x03" not in found
    assert "<b>" not in found


def test_what_a_host_formats(small_desk: Engine) -> None:
    """A host's formatter makes markup by saying so; a plain text of its is text."""

    class Formatted(TicketView, model=Ticket):
        key = "tickets"
        column_list = ["title", "code", "body"]
        column_formatters = {
            "title": lambda row, _name: f"<b>{row.title}</b>",
            "code": lambda row, _name: Markup("<em>{}</em>").format(row.title),
        }

    poison(small_desk, BREAKERS[0])
    labelled = type("Labelled", (Formatted,), {"row_label": lambda row: Markup("<i>label</i>")}, model=Ticket)
    answer = Visitor(admin_of(small_desk, labelled)).get("/tickets/")
    judge(answer)
    tree: Any = html.fromstring(answer.text)
    assert tree.xpath("count(//td//b)") == 0
    assert tree.xpath("string(//td[@data-column='code']//em)") == BREAKERS[0]
    assert tree.xpath("count(//*[@aria-label]//i)") == 0


@pytest.mark.parametrize(
    "source",
    [
        "{{ x }}", "<a title=\"{{ x }}\">", "<a title='{{ x }}'>", "{% set y %}{{ x }}{% endset %}{{ y }}", "{{ x ~ x }}",
        "{{ [x, x] | join(x) }}", "{{ x | upper | lower }}", "{{ x if x else '' }}", "{{ x | default('') }}", "{{ '%s' | format(x) }}",
        "{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(x) %}{{ x }}{% endcall %}", "{{ x[:5] }}", "{{ {x: x} }}",
        "{% for c in [x] %}{{ loop.index }}{{ c }}{% endfor %}", "{% filter trim %}{{ x }}{% endfilter %}", "{{ holder.x }}", "{{ lazy }}",
        "{{ x | replace('a', x) }}", "{{ (x, x) | first }}", "{% autoescape true %}{{ x }}{% endautoescape %}", "{{ x | center(3) }}",
        "{% block b %}{{ x }}{% endblock %}", "{% with z = x %}{{ z }}{% endwith %}", "{{ x | striptags }}", "{{ x | truncate(9) }}",
        "{{ x | wordwrap(3) }}", "{{ x | indent }}", "{{ x | xmlattr if x is mapping else x }}", "{{ x | urlize }}", "{{ x | tojson }}",
        "{{ {'title': x} | xmlattr }}",
    ],
)  # fmt: skip
def test_the_fast_environment_escapes(source: str) -> None:
    """Whatever a template prints is escaped as Jinja's own environment escapes it."""
    from jinja2 import Environment

    class Lazy:
        def __str__(self) -> str:
            return "<lazy>\"'"

    values = {"x": "<b a=\"1\" c='2'>&", "holder": {"x": "<x>"}, "lazy": Lazy()}
    ours = FastEnvironment(autoescape=True).from_string(source).render(values)
    assert ours == Environment(autoescape=True).from_string(source).render(values)
    assert "<b" not in ours


def test_in_a_browser(small_desk: Engine, live: Callable[[Any], str], page: BrowserPage) -> None:
    """No script of a text runs: in lists, forms made alive by scripts, comboboxes, chips, the palette and messages."""
    poison(small_desk, BAD)

    # The views' own names come from a host, and a host may have them from elsewhere.
    class Poisoned(TicketView, model=Ticket):
        key = "tickets"
        name = BAD
        name_plural = BAD
        category = BAD
        column_labels = {"title": BAD, "owner": BAD, "labels": BAD}

    address = live(admin_of(small_desk, Poisoned))
    page.set_extra_http_headers({"x-user": "red", "x-grants": "*"})

    def untouched() -> None:
        assert page.evaluate("window.pwned") is None
        assert page.locator("img").count() == 0

    for path in (
        "/tickets/",
        "/tickets/?q=img&columns=title,body,code",
        "/tickets/1/",
        "/tickets/3/",
        "/tickets/1/delete/",
    ):
        page.goto(address + path)
        untouched()
    page.goto(f"{address}/tickets/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-list [role=option]")
    page.keyboard.type("img")
    untouched()
    page.goto(f"{address}/tickets/1/change/")
    page.locator("[data-field=labels] [role=combobox]").click()
    page.wait_for_selector("[data-field=labels] [role=option]")
    page.keyboard.press("Enter")
    box = page.locator("[data-field=owner] [role=combobox]")
    box.click()
    page.wait_for_selector("[data-field=owner] [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "<img" in box.input_value()
    untouched()
    page.locator(".wa-savebar button[value=list]").click()
    page.wait_for_selector(".wa-toast")
    untouched()
    page.goto(f"{address}/tickets/?owner=1&labels=1")
    untouched()


class _Strange(OwnTeam, model=Ticket):
    column_labels = {"title": BAD, "body": BAD, "owner": BAD}
    column_descriptions = {"title": BAD}
    name = BAD
    name_plural = BAD
    category = BAD
    form_args = {"title": {"description": BAD, "label": BAD}}
    form_widget_args = {"body": {"placeholder": BAD}}


def test_names_that_a_host_gives(small_desk: Engine) -> None:
    """Labels, descriptions and titles are texts as well."""
    admin: Admin = admin_of(small_desk, _Strange, title=BAD)
    visitor = Visitor(admin)
    for path in (
        "/",
        "/tickets/",
        "/tickets/1/",
        "/tickets/1/change/",
        "/tickets/add/",
        "/tickets/1/delete/",
        "/tickets/explain/",
        "/x/",
    ):
        judge(visitor.get(path))


def test_json_of_a_plan(desk: Engine) -> None:
    """The panel shows statements, values and plans as text, measured too."""
    poison(desk, BAD)
    visitor = Visitor(admin_of(desk))
    query = quote(BAD.replace("\x02", ""), safe="")
    for answer in (
        visitor.get(f"/tickets/explain/?title.contains={query}&q={query}"),
        visitor.submit(f"/tickets/explain/?title.contains={query}", {"analyze": "1"}),
    ):
        assert answer.status_code == 200
        judge(answer)
        tree: Any = html.fromstring(answer.text)
        assert "<img" in tree.xpath("string(//section[@id='explain'])")
