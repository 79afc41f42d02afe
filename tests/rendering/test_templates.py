"""Every template with its example contexts: what all pages keep to."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from lxml.html import HtmlElement

from tests.pages import Page, parse
from tests.rendering.samples import FRAGMENTS, PAGES, bare_shell, forms, lists, pages, shell
from webadmin.paths import TEMPLATES
from webadmin.rendering.environment import Renderer

VARIANTS = [
    pytest.param((template, context, frame), id=f"{template}-{context.__name__}-{frame.__name__}")
    for template, contexts in PAGES.items()
    for context in contexts
    for frame in (shell, bare_shell)
]


@pytest.fixture(params=VARIANTS)
def page(request: pytest.FixtureRequest, renderer: Renderer) -> Page:
    template, context, frame = request.param
    return parse(renderer.page(template, context(), frame()))


def test_a_page_has_one_heading_and_one_main(page: Page) -> None:
    assert page.h1
    assert len(page.css("main#main")) == len(page.css("main")) == 1
    assert page.text("head title").endswith("Fernhill Shop")


def test_no_page_needs_inline_scripts_or_styles(page: Page) -> None:
    """The content security policy allows neither, nor does htmx evaluate anything."""
    assert not page.css("style")
    assert not [script for script in page.css("script") if not script.get("src") or script.text]
    for element in page.root.iter():
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            assert name != "style"
            assert not name.startswith(("on", "hx-on"))
            assert "javascript:" not in value
            assert not (name.startswith("hx-") and "js:" in value)
            assert not (name == "hx-trigger" and "[" in value)


def test_ids_are_unique(page: Page) -> None:
    counted = Counter(element.get("id") for element in page.css("[id]"))
    assert not [id for id, count in counted.items() if count > 1]


def test_what_an_element_points_to_exists(page: Page) -> None:
    """Labels, descriptions and links within the page."""
    ids = {element.get("id") for element in page.css("[id]")}
    for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form"):
        for element in page.css(f"[{name}]"):
            assert set(element.get(name).split()) <= ids, f"{name} of {element.tag}"
    anchors = {link.get("href")[1:] for link in page.css('a[href^="#"]')}
    assert anchors <= ids


def test_every_control_has_a_name(page: Page) -> None:
    for control in page.css("input:not([type=hidden]), select, textarea, output"):
        assert _named(page, control), f"{control.tag} {control.get('name')}"
    for pressed in page.css("a[href], button, summary"):
        assert pressed.get("aria-label") or pressed.text_content().strip()


def test_a_form_that_posts_carries_the_token(page: Page) -> None:
    for form in page.css('form[method="post"]'):
        assert form.cssselect('input[name="csrf_token"]')[0].get("value") == "c5rf-t0ken"


def test_every_request_of_htmx_is_a_link_or_form_without_scripts(page: Page) -> None:
    """The address stands in ``href`` or ``action`` too, or in a link inside."""
    for element in page.css("[hx-get]"):
        address = element.get("hx-get")
        assert address == (element.get("href") or element.get("action")) or element.cssselect(
            f'a[href="{address}"]'
        )


@pytest.mark.parametrize("template", [*PAGES, *FRAGMENTS])
def test_a_template_opens_with_its_context(template: str) -> None:
    """A comment names what it is given."""
    opening = (TEMPLATES / template).read_text().partition("#}")[0]
    assert re.match(r"\{#\n.*\n  page +webadmin(\.\w+)+\.\w+Page\n", opening, re.DOTALL)


def test_the_end_of_the_rows_says_so(renderer: Renderer) -> None:
    page = parse(f"<table>{renderer.page('rows.html', lists.bare_rows_page(), shell())}</table>")
    assert page.texts("tr") == ["No more rows"]
    whole = parse(renderer.page("rows.html", lists.rows_page(more_url=None), shell()))
    assert not whole.css("tr.wa-more, tr.wa-end"), "nothing was left out"


def test_the_first_piece_of_rows_brings_the_table(renderer: Renderer) -> None:
    page = parse(renderer.page("rows.html", lists.rows_page(), shell()))
    assert page.ids() == ["0", "1", "2"]
    assert page.text("#results caption") == "Orders"
    assert page.links("tr.wa-more a") == {"More rows": "/admin/orders/"}
    assert page.one("tr.wa-more").get("hx-get") == "/admin/orders/rows?after=abc"


def test_a_later_piece_of_rows_is_rows_alone(renderer: Renderer) -> None:
    page = parse(renderer.page("rows.html", lists.rows_page(first=False), shell()))
    assert page.ids() == ["0", "1", "2"]
    assert not page.css("caption, thead")


def test_options_of_a_lookup_carry_value_and_label(renderer: Renderer) -> None:
    page = parse(renderer.page("lookup.html", pages.lookup_page(), shell()))
    options = [(o.get("data-value"), o.get("data-label")) for o in page.css('[role="option"]')]
    assert options == [("42", "Marta <Kowalczyk>"), ("43", "Omar Haddad"), (None, None)]


def test_a_lookup_without_a_match_says_so(renderer: Renderer) -> None:
    page = parse(renderer.page("lookup.html", pages.bare_lookup_page(), shell()))
    assert page.texts('[role="option"][aria-disabled]') == ["No match"]


def test_a_form_shows_what_was_typed(renderer: Renderer) -> None:
    fields = parse(renderer.page("form.html", forms.form_page(), shell())).form("form")
    assert fields["title"] == 'A "quoted" <title>'
    assert fields["note"] == "\nInvoice must show\nthe VAT number."
    assert fields["status"] == "paid"
    assert fields["customer"] == "42"
    assert fields["tags"] == ["3", "5", ""]
    assert fields["gift"] == "y"
    assert "express" not in fields
    assert "number" not in fields


def test_errors_stand_at_their_fields_and_in_the_summary(renderer: Renderer) -> None:
    page = parse(renderer.page("form.html", forms.form_page(), shell()))
    assert page.errors()["due"] == "Must not be before the order."
    assert page.summary() == ["Due date: Must not be before the order.", "The order is closed."]
    of_a_row = {"lines-3"}
    assert {c.get("name") for c in page.css('[aria-invalid="true"]')} == set(page.errors()) - of_a_row


def test_a_blocked_deletion_has_no_button(renderer: Renderer) -> None:
    blocked = parse(renderer.page("delete.html", pages.delete_page(), shell()))
    assert not blocked.css("main form")
    free = parse(renderer.page("delete.html", pages.delete_page(blocked=()), shell()))
    assert free.form() == {"csrf_token": "c5rf-t0ken", "id": ["1", "2"], "plan": "f1ngerpr1nt"}


def _named(page: Page, control: HtmlElement) -> bool:
    if control.get("aria-label"):
        return True
    labels = [*page.css(f'label[for="{control.get("id")}"]'), *control.xpath("ancestor::label")]
    return any(label.text_content().strip() for label in labels)
