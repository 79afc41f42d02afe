"""The macros for templates of a host's own."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined

from tests.pages import parse
from webadmin.templating import install


def rendered(source: str, **options: Any) -> str:
    environment = Environment(loader=DictLoader({"page.html": source}), **options)
    install(environment)
    return environment.get_template("page.html").render()


IMPORT = '{% import "webadmin/embed.html" as admin %}'


@pytest.mark.parametrize(
    ("call", "address"),
    [
        ('"/admin/orders/"', "/admin/orders/rows"),
        ('"/admin/orders"', "/admin/orders/rows"),
        ('"/admin/orders/?status=paid&total.gte=10"', "/admin/orders/rows?status=paid&total.gte=10"),
        ('"/admin/orders/", per_page=20', "/admin/orders/rows?per_page=20"),
        (
            '"/admin/orders/?total.gte=10", status=["paid", "sent"], columns=["number", "total"], active=True',
            "/admin/orders/rows?total.gte=10&status=paid&status=sent&columns=number%2Ctotal&active=true",
        ),
        ('"/admin/orders/", q="a&b \\"c\\""', "/admin/orders/rows?q=a%26b%20%22c%22"),
    ],
)
@pytest.mark.parametrize("options", [{"autoescape": True, "undefined": StrictUndefined}, {}])
def test_a_list_by_its_address(call: str, address: str, options: dict[str, Any]) -> None:
    """The address of a list becomes that of its rows, with what is added, whether the host escapes by itself or not."""
    page = parse(rendered(f"{IMPORT}<body>{{{{ admin.rows({call}) }}}}</body>", **options))
    assert page.one("[hx-get]").get("hx-get") == address
    assert page.one("a").get("href") == address.replace("/rows", "/")


def test_what_stands_there_until_rows_come() -> None:
    """A call block has the host's own words; else there is a link to the list, with the host's text."""
    own = rendered(
        IMPORT + "{% call admin.rows('/admin/orders/') %}<b>Wait</b>{% endcall %}", autoescape=True
    )
    assert parse(own).texts("div b") == ["Wait"]
    assert not parse(own).css("a")
    named = rendered(IMPORT + "{{ admin.rows('/admin/orders/', text='Orders <all>') }}", autoescape=True)
    assert parse(named).texts("a") == ["Orders <all>"]


def test_the_head_names_files_below_the_mount() -> None:
    for mount in ("/shop/admin", "/shop/admin/"):
        page = parse(rendered(f"{IMPORT}<head>{{{{ admin.head('{mount}') }}}}</head>", autoescape=True))
        assert page.one("link").get("href") == "/shop/admin/static/css/webadmin.css"
        assert page.one("script").get("src") == "/shop/admin/static/vendor/htmx.min.js"


def test_the_hosts_own_templates_are_found_as_before() -> None:
    """Also where there was no loader at all, and the host's own template of the name wins."""
    bare = Environment()
    install(bare)
    assert bare.get_template("webadmin/embed.html")
    own = Environment(loader=DictLoader({"webadmin/embed.html": "mine", "page.html": "page"}))
    install(own)
    assert own.get_template("webadmin/embed.html").render() == "mine"
    assert own.get_template("page.html").render() == "page"
