from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.explain.things import built
from tests.pages import Page, parse
from webadmin.explain import ExplainReport
from webadmin.explain.report import Advice
from webadmin.rendering.environment import Renderer
from webadmin.rendering.shell import Shell
from webadmin.views.explain import ExplainPage

SHELL = Shell(
    title="Shop",
    home_url="/admin/",
    navigation=(),
    messages=(),
    csrf_token="c5rf-t0ken",
    user_name="Lena",
    logout_url="/admin/logout/",
    account_url=None,
    static_url="/admin/static",
)


class _Assets:
    def url(self, path: str, /) -> str:
        return path


def _context(session: sa.orm.Session, *, analyze: bool) -> ExplainPage:
    return ExplainPage(
        key="orders",
        title="Orders",
        list_title="Orders",
        list_url="/admin/orders/",
        page_url="/admin/orders/?sort=n:desc",
        action_url="/admin/orders/explain/?sort=n:desc",
        report=_with_remedy(built(session, analyze=analyze)),
    )


def _with_remedy(report: ExplainReport) -> ExplainReport:
    first, *others = report.statements
    more = Advice("stale_statistics", "They are old.", "Make them anew.", "info", 'ANALYZE "a<b";')
    return replace(report, statements=(replace(first, warnings=(*first.warnings, more)), *others))


@pytest.fixture(params=[False, True], ids=["plain", "measured"])
def context(request: pytest.FixtureRequest, things: sa.orm.Session) -> ExplainPage:
    """The page of a list with two statements, before and after measuring."""
    return _context(things, analyze=request.param)


def _parts(page: Page, context: ExplainPage) -> None:
    report = context.report
    assert page.one("section#explain") is not None
    assert page.texts("[data-statement] > header h2") == ["Page of rows", "Number of rows"]
    assert len(page.css("[data-statement]")) == 2
    nodes = [row.get("data-node") for row in page.css("[data-statement='2'] [data-node]")]
    assert nodes == [row.node_type for row in report.statements[1].rows]
    assert "Seq Scan" in nodes
    copied = page.one("#statement-1-sql").text_content()
    assert copied == report.statements[0].sql
    heads = page.texts("[data-statement='2'] thead th")
    if report.statements[1].measured:
        assert heads == [
            "Step", "Own time", "ms", "Total", "Planned", "Actual", "Estimate", "Loops", "Pages",
        ]  # fmt: skip
    elif report.statements[1].costed:
        assert heads == ["Step", "Own cost", "Cost", "Total", "Planned"]
    else:
        assert heads == ["Step"]
    for row in page.css("[data-node]"):
        assert len(row.cssselect("th, td")) == len(page.css("[data-statement='2'] thead th"))
    steps = page.css("[data-statement='2'] [data-plantree] [data-step]")
    assert [step.get("data-step") for step in steps] == nodes
    depths = [len(list(step.iterancestors("ul"))) - 1 for step in steps]
    assert depths == [row.depth for row in report.statements[1].rows]
    warnings = [element.get("data-warning") for element in page.css("[data-warning]")]
    assert warnings == [warning.kind for one in report.statements for warning in one.warnings]
    assert page.texts("[data-warning] [data-remedy]") == ['ANALYZE "a<b";']
    copied = [button.get("data-copy") for button in page.css("[data-warning] button")]
    assert copied == [f"#{code.get('id')}" for code in page.css("[data-remedy]")]


def test_page(context: ExplainPage) -> None:
    """As a page of its own it has a heading, a way back, and every statement one after another."""
    page = parse(Renderer(_Assets()).page("explain.html", context, SHELL))
    assert page.h1 == "Query of Orders"
    assert page.links("main .wa-crumbs a")["Orders"] == "/admin/orders/"
    assert page.one("main .wa-head__actions a").get("href") == "/admin/orders/?sort=n:desc"
    _parts(page, context)


def test_panel(context: ExplainPage) -> None:
    """As a block it is the section alone, for the list's query panel."""
    page = parse(Renderer(_Assets()).block("explain.html", "panel", context, SHELL))
    assert page.css("h1, main, nav.wa-crumbs") == []
    _parts(page, context)


def test_measuring_is_a_form_that_posts(context: ExplainPage) -> None:
    """The button works without scripts; where the database cannot measure there is none."""
    page = parse(Renderer(_Assets()).page("explain.html", context, SHELL))
    if not context.report.can_analyze:
        assert page.css("#explain form") == []
        return
    form = page.one("#explain form")
    assert (form.get("method"), form.get("action")) == ("post", "/admin/orders/explain/?sort=n:desc")
    fields = {field.get("name"): field.get("value") for field in form.cssselect("input")}
    assert fields == {"csrf_token": "c5rf-t0ken", "analyze": "1"}


def test_nothing_inline(context: ExplainPage) -> None:
    """No style attribute and no script: bars are drawn by attributes that a strict policy allows."""
    page = parse(Renderer(_Assets()).block("explain.html", "panel", context, SHELL))
    assert page.css("[style], script, style, [onclick]") == []
    for bar in page.css("svg.wa-bar rect"):
        assert bar.get("x").endswith("%")
        assert bar.get("width").endswith("%")


def test_ids_are_unique(context: ExplainPage) -> None:
    """No id stands twice, and each statement's link leads to its part of the panel."""
    page = parse(Renderer(_Assets()).block("explain.html", "panel", context, SHELL))
    ids = [element.get("id") for element in page.css("[id]")]
    assert len(ids) == len(set(ids))
    assert [link.get("href") for link in page.css("nav.wa-stmts a")] == ["#statement-1", "#statement-2"]
