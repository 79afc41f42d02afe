"""Conditions put together with and, or."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.listing.conftest import params_of
from webadmin.demo.models import OrderStatus
from webadmin.errors import BadRequest
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import Listing
from webadmin.listing.panel import chips
from webadmin.options.context import Context

PAID, SENT = OrderStatus.PAID, OrderStatus.SENT
Matches = Callable[[Any], bool]

EXPRESSIONS: list[tuple[str, Matches]] = [
    ("status:paid", lambda row: row.status is PAID),
    ("status:paid|status:sent", lambda row: row.status in {PAID, SENT}),
    ("(status:paid|status:sent);total.gte:50", lambda row: row.status in {PAID, SENT} and row.total >= 50),
    ("status:paid|status:sent;total.gte:50", lambda row: row.status is PAID or (row.status is SENT and row.total >= 50)),
    ("note.null:true|total.lt:20", lambda row: row.note is None or row.total < 20),
    ('note.contains:"a;b|c"|status:paid', lambda row: row.status is PAID or "a;b|c" in (row.note or "")),
    ("((status.not:paid))", lambda row: row.status is not PAID),
    (" status : paid ; total.gte : 1 ", lambda row: row.status is PAID and row.total >= Decimal(1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "matches"), EXPRESSIONS, ids=[text for text, _matches in EXPRESSIONS])
def test_the_rows_that_match(context: Context, text: str, matches: Matches) -> None:
    """An expression finds what its conditions say: and before or, parentheses first."""
    columns = "columns=id,status,total,note"
    view = context.registry.views["orders"]
    wanted = {row.id for row in _all_rows(context, columns) if matches(row)}
    params = params_of(view, f"{columns}&per_page=200&where={_quoted(text)}")
    listing = Listing.load(context, view, params)
    assert listing.exact
    assert listing.total == len(wanted)
    assert {int(listed.id) for listed in listing.rows} <= wanted
    assert {int(listed.id) for listed in Fragment.load(context, view, params).rows} <= wanted


def _all_rows(context: Context, columns: str) -> list[Any]:
    view = context.registry.views["orders"]
    params = params_of(view, f"{columns}&per_page=200")
    pages = Listing.load(context, view, params).pages
    return [
        listed.row
        for page in range(1, pages + 1)
        for listed in Listing.load(context, view, params.changed(page=page)).rows
    ]


def _quoted(text: str) -> str:
    return text.replace("%", "%25").replace(";", "%3B").replace("&", "%26").replace("+", "%2B")


FAULTS = [
    ("status", "a condition is missing"),
    ("(status:paid", "parenthesis is missing"),
    ("status:paid)", "sign too many"),
    ("status:paid;;", "a condition is missing"),
    ("status:paid|", "a condition is missing"),
    ("secret:1", "“secret” is not known"),
    ("where:1", "“where” is not known"),
    ("customer.search.null:true", "is not known"),
    ("status:lost", "has no value “lost”"),
    ("(" * 9 + "status:paid" + ")" * 9, "too deep"),
    ("|".join(["status:paid"] * 41), "too many conditions"),
    ("()", "a condition is missing"),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTS, ids=[sentence for _text, sentence in FAULTS])
def test_what_is_wrong_is_said(context: Context, text: str, sentence: str) -> None:
    """A fault names its place and what would be right, and the link leads to the list without it."""
    with pytest.raises(BadRequest, match=sentence) as found:
        params_of(context.registry.views["orders"], f"total.gte=5&where={_quoted(text)}")
    assert found.value.link == "?total.gte=5"


def test_the_chip_says_it(context: Context) -> None:
    """A chip says the conditions in words, related rows by their names, and leads to the list without them."""
    view = context.registry.views["orders"]
    params = params_of(view, f"where={_quoted('(status:paid|handled_by:1);total.gte:50')}")
    labels = Listing.load(context, view, params).labels
    name = next(iter(labels["where"].values()))
    (chip,) = chips(params, labels, url=lambda query: f"?{query}")
    assert chip.value == f"(Status Paid or Handled by {name}) and Total ≥ 50"
    assert chip.remove_url == "?"


def test_it_comes_back_as_it_was(context: Context) -> None:
    """Links of the page carry the expression along unchanged."""
    view = context.registry.views["orders"]
    text = 'note.contains:"a \\" b;c"|status:paid'
    params = params_of(view, f"where={_quoted(text)}")
    assert params_of(view, params.query()) == params
    assert params.filters[0].texts == (text,)
