"""The query string of a list, read and written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.listing.conftest import params_of, registry_of
from webadmin.errors import BadRequest
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import LAST
from webadmin.options.view import View

ORDERS = registry_of().views["orders"]

GOOD = {
    "page": ["1", "3", "0", "-4", "last", "99999999999999999999999"],
    "per_page": ["1", "25", "200"],
    "sort": ["total", "total:desc,number", "created_at:desc", "total:asc,total:desc"],
    "q": ["word", " two  words ", "x" * 300, "a&b=c%d+é"],
    "deleted": ["hide", "show", "only"],
    "columns": ["id,status", "number", "status,status"],
    "after": ["abc"],
    "status": ["paid", "sent"],
    "status.not": ["failed"],
    "channel.null": ["true", "false"],
    "total.gte": ["10", "-1.5e3"],
    "total.lt": ["9999999999.99"],
    "placed_at.gte": ["2026-01-01", "2026", "2026-01-01 14:30", "2026-01-01T00:00:00+05:30"],
    "placed_at.range": ["today", "last-7-days", "last-365-days", "this-quarter"],
    "due_on": ["2026-02", "9999-12-31"],
    "note.contains": ["100%", "_"],
    "note.null": ["true"],
    "tags.contains": ["gift", "two words"],
    "customer": ["0195c237-5100-70ef-a021-1de33e933fc3"],
    "handled_by": ["1", "-5"],
    "lines": ["any", "none", "1,2"],
    "delivery_window.gte": ["1:30", "2 days", "90 min"],
    "id": ["7"],
    "_ignored": ["x"],
}

pairs = st.lists(
    st.sampled_from(sorted(GOOD)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(GOOD[name]))),
    max_size=8,
)
names = st.sampled_from(sorted(GOOD)) | st.text(max_size=12)
anything = st.lists(
    st.tuples(names, st.text(max_size=30) | st.text("0123456789-:.,eE", max_size=30)), max_size=6
)


@given(pairs)
def test_what_is_written_is_read_again(found: list[tuple[str, str]]) -> None:
    """The canonical query string means the same as the one it was made from, and is its own canonical form."""
    params = ListParams.parse(found, ORDERS, UTC)
    again = ListParams.parse(parse_qsl(params.query()), ORDERS, UTC)
    assert again == params
    assert again.query() == params.query()


@given(anything)
def test_nothing_but_a_400_is_raised(found: list[tuple[str, str]]) -> None:
    """Whatever stands in the address, it is understood or refused, and the link of the refusal works."""
    try:
        ListParams.parse(found, ORDERS, UTC)
    except BadRequest as caught:
        refused = caught
    else:
        return
    assert refused.message
    assert refused.link is not None
    assert refused.link.startswith("?")
    ListParams.parse(parse_qsl(refused.link[1:]), ORDERS, UTC)


def test_an_empty_form_is_no_filter(orders: View) -> None:
    """Empty values, as an untouched form sends them, count as not set."""
    assert params_of(orders, "status=&total.gte=&q=+&sort=&page=&placed_at.range=") == params_of(orders, "")


def test_the_canonical_form_is_minimal(orders: View) -> None:
    """Defaults are left out, and the order of the parameters does not matter."""
    said = params_of(orders, "per_page=25&page=1&deleted=hide&sort=created_at:desc&status=sent")
    assert said.query() == "status=sent"


def test_a_search_keeps_the_default_order_where_it_is_asked_for(orders: View) -> None:
    """Without it the best rows come first; without the search it says nothing."""
    said = params_of(orders, "sort=created_at:desc&q=x")
    assert said.query() == "q=x&sort=created_at:desc"
    assert said.query(without=["q"]) == ""
    assert said.query(without=["sort"]) == "q=x"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("page=abc", "abc"),
        ("per_page=100000", "200"),
        ("per_page=many", "many"),
        ("sort=nope", "total"),
        ("sort=total:up", "up"),
        ("sort=note", "note"),
        ("deleted=maybe", "only"),
        ("columns=id,nope", "nope"),
        ("columns=search", "search"),
        ("status=payed", "paid"),
        ("status.gte=paid", "status"),
        ("status.null=maybe", "maybe"),
        ("total=NaN", "NaN"),
        ("total=Infinity", "Infinity"),
        ("total.gte=1e999", "1e999"),
        ("total.gte=10000000000", "large"),
        ("id=1.5", "1.5"),
        ("id=99999999999999999999", "large"),
        ("placed_at.gte=0000-01-01", "0000-01-01"),
        ("placed_at.gte=2026-02-30", "2026-02-30"),
        ("placed_at.gte=0001-01-01T00:00:00%2B14:00", "0001"),
        ("placed_at.range=someday", "last-7-days"),
        ("customer=42", "42"),
        ("handled_by=Lena", "Lena"),
        ("lines=some", "none"),
        ("delivery_window.gte=soon", "soon"),
        ("customer.country=DE", "customer.country"),
        ("utm_source=mail", "utm_source"),
        ("q=%00", "character"),
        ("note.contains=%00", "character"),
        ("after=x&before=y", "both"),
        ("note.contains=" + "x" * 1001, "1000"),
        ("&".join(f"_{n}=1" for n in range(201)), "200"),
        ("&".join(f"handled_by={n}" for n in range(101)), "100"),
    ],
)
def test_a_bad_value_is_a_plain_sentence(orders: View, query: str, word: str) -> None:
    """What cannot be understood is a 400 that names it or what is allowed, with a link to the rest."""
    with pytest.raises(BadRequest, match=word.replace("+", ".")) as caught:
        params_of(orders, f"q=kept&{query}" if not query.startswith("q=") else query)
    assert caught.value.status == 400
    if not query.startswith("q="):
        assert caught.value.link in {"?q=kept", "?q=kept&after=x"}


def test_a_page_out_of_range_is_kept_within(orders: View) -> None:
    """Pages before the first are the first; ``last`` is the end."""
    assert params_of(orders, "page=-3").page == 1
    assert params_of(orders, "page=0").page == 1
    assert params_of(orders, "page=last").page == LAST
    assert params_of(orders, "page=last").query() == "page=last"


def test_links_go_back_to_page_one(orders: View) -> None:
    """A changed list starts at its first page and keeps everything else."""
    params = params_of(orders, "status=paid&total.gte=5&page=7&sort=total:desc")
    assert params.query(page=8) == "status=paid&total.gte=5&sort=total:desc&page=8"
    assert params.query(sort=(("id", False),)) == "status=paid&total.gte=5&sort=id:asc"
    assert params.query(without=("status", "sort")) == "total.gte=5"
    assert params.query(without=("total.gte",)) == "status=paid&sort=total:desc"
    added = params.query(without=("status", "total"), add=[("placed_at.range", "today")])
    assert added == "sort=total:desc&placed_at.range=today"


def test_a_long_search_is_cut(orders: View) -> None:
    """More than 256 characters are cut, and the params say so."""
    params = params_of(orders, "q=" + "word+" * 100)
    assert len(params.q) <= 256
    assert params.q_cut


def test_values_are_typed(orders: View) -> None:
    """Numbers, days and choices arrive as their own types; days begin in the person's zone."""
    zone = timezone(timedelta(hours=2))
    params = params_of(orders, "total.gte=10.50&status=paid&placed_at.gte=2026-01-31", zone)
    values = {value.parameter: value.values[0] for value in params.filters}
    assert values["total.gte"] == Decimal("10.50")
    assert values["status"].value == "paid"
    assert values["placed_at.gte"][0] == datetime(2026, 1, 30, 22, tzinfo=UTC)
