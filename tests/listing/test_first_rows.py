"""Lists of the first rows of each group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

import pytest
import sqlalchemy as sa

from tests.listing.conftest import context_of, params_of, registry_of
from webadmin.demo.models import Order, OrderLine, Product, Review
from webadmin.errors import BadRequest
from webadmin.listing.first_rows import latest_by
from webadmin.listing.fragment import Fragment
from webadmin.listing.group_names import groups_of
from webadmin.listing.listing import Listing
from webadmin.listing.panel import chips
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView

Rows = list[dict[str, Any]]


def rows_of(context: Context, model: type) -> Rows:
    """All rows of a table as dictionaries, as the database has them."""
    table = sa.inspect(model).local_table
    return [dict(row._mapping) for row in context.session.connection().execute(sa.select(table))]


def first_ids(
    rows: Iterable[dict[str, Any]], group: str, order: Callable[[dict[str, Any]], Any], most: int = 1
) -> set[str]:
    """The ids of the first rows of each group, found without a database."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[group]].append(row)
    return {str(row["id"]) for members in groups.values() for row in sorted(members, key=order)[:most]}


def live(rows: Rows) -> Rows:
    return [row for row in rows if row["deleted_at"] is None]


def stamp(row: dict[str, Any]) -> float:
    moment = row["created_at"]
    return float((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def newest(row: dict[str, Any]) -> Any:
    return -stamp(row), -row["id"]


def dearest(row: dict[str, Any]) -> Any:
    return -row["total"], -row["id"]


def pages(context: Context, key: str, query: str) -> list[str]:
    """The ids on all numbered pages of a list."""
    view = context.registry.views[key]
    found: list[str] = []
    page = 1
    while True:
        listing = Listing.load(context, view, params_of(view, f"{query}&per_page=20&page={page}"))
        found += [row.id for row in listing.rows]
        assert not listing.exact or listing.total >= len(found)
        if not listing.has_next:
            assert listing.total == len(found)
            return found
        page += 1


def pieces(context: Context, key: str, query: str) -> list[str]:
    """The ids of a whole list by its cursors."""
    view = context.registry.views[key]
    params = params_of(view, f"{query}&per_page=20")
    found: list[str] = []
    while True:
        fragment = Fragment.load(context, view, params)
        found += [row.id for row in fragment.rows]
        if fragment.after is None:
            return found
        params = params.changed(after=fragment.after)


def check(context: Context, query: str, expected: set[str], key: str = "orders") -> None:
    """Numbered pages and cursors show exactly these rows, each once, in the same order."""
    found = pages(context, key, query)
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert pieces(context, key, query) == found


@pytest.mark.parametrize("group", ["customer", "status", "handled_by"])
def test_latest_of_each(context: Context, group: str) -> None:
    """One row of each group, the one that was made last; rows without a group are a group."""
    column = group if group == "status" else f"{group}_id"
    check(context, f"latest_per={group}", first_ids(live(rows_of(context, Order)), column, newest))


def test_with_filters_and_deleted_rows(context: Context) -> None:
    """The first of a group is the first of those that are found, not of all."""
    rows = rows_of(context, Order)
    some = [row for row in live(rows) if row["status"] in {"paid", "sent"} and row["total"] >= 50]
    check(
        context, "latest_per=customer&status=paid&status=sent&total.gte=50",
        first_ids(some, "customer_id", newest),
    )  # fmt: skip
    check(context, "latest_per=customer&deleted=show", first_ids(rows, "customer_id", newest))
    gone = [row for row in rows if row["deleted_at"] is not None]
    check(context, "latest_per=customer&deleted=only", first_ids(gone, "customer_id", newest))


def test_the_chosen_order_says_which_is_first(context: Context) -> None:
    """With a sort the first in it is shown."""
    rows = live(rows_of(context, Order))
    check(context, "latest_per=status&sort=total:desc", first_ids(rows, "status", dearest))
    check(context, "top=3&per=customer&sort=total:desc", first_ids(rows, "customer_id", dearest, 3))
    check(context, "top=1&per=status&sort=total:desc", first_ids(rows, "status", dearest))


def test_top_by_the_usual_order(context: Context) -> None:
    """Without a sort it is the list's own order."""
    rows = rows_of(context, Review)
    check(context, "top=2&per=rating", first_ids(rows, "rating", newest, 2), "reviews")


def test_with_a_search(context: Context) -> None:
    """The first of a group is the first of what is found."""
    view = context.registry.views["orders"]
    searched = Listing.load(context, view, params_of(view, "q=the&per_page=200"))
    ids = {row.id for row in searched.rows}
    assert ids
    rows = [row for row in live(rows_of(context, Order)) if str(row["id"]) in ids]
    check(context, "q=the&latest_per=channel&sort=created_at:desc", first_ids(rows, "channel", newest))
    listing = Listing.load(context, view, params_of(view, "q=the&latest_per=channel"))
    assert {row.id for row in listing.rows} == first_ids(rows, "channel", newest)


def test_a_key_of_two_columns(context: Context) -> None:
    """Rows are told apart by the whole of their key."""
    found = pages(context, "order_lines", "top=1&per=order")
    rows = rows_of(context, OrderLine)
    assert len(found) == len({row["order_id"] for row in rows})
    assert {row.partition(",")[0] for row in found} == {str(row["order_id"]) for row in rows}


def test_through_a_relation(context: Context) -> None:
    """A column of a related row makes groups where the list may be filtered by it."""

    class Reviews(ModelView, model=Review):
        column_filters = ["product.category", "product.active"]

    registry = registry_of(Reviews)
    own = context_of(context.session, registry)
    rows = rows_of(context, Review)
    category = {row["id"]: row["category_id"] for row in rows_of(context, Product)}
    for row in rows:
        row["category"] = category[row["product_id"]]
    check(own, "latest_per=product.category", first_ids(rows, "category", newest), "reviews")
    listing = Listing.load(
        own, registry.views["reviews"], params_of(registry.views["reviews"], "latest_per=product.active")
    )
    assert 1 <= listing.total <= 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("latest_per=note", "It has by: "),
        ("latest_per=nothing", "customer"),
        ("latest_per=id", "status"),
        ("latest_per=lines", "status"),
        ("latest_per=search", "status"),
        ("top=3", "top=3&per="),
        ("per=customer", "top=3&per="),
        ("top=0&per=customer", "first 1 to 1000"),
        ("top=many&per=customer", "first 1 to 1000"),
        ("top=99999999999999999999&per=customer", "first 1 to 1000"),
        ("top=3&per=password", "It has by: "),
        ("top=3&per=customer&latest_per=customer", "latest_per=…"),
    ],
)
def test_refused(context: Context, query: str, words: str) -> None:
    """Whatever is no group is refused in words that say what is one, with a link to the list without it."""

    class Orders(ModelView, model=Order):
        column_filters = [Order.status, "customer", "lines"]
        column_sortable_list = [Order.created_at]

    view = registry_of(Orders).views["orders"]
    with pytest.raises(BadRequest) as refused:
        params_of(view, query)
    assert words in refused.value.message
    assert refused.value.link == "?"


def test_hidden_columns_make_no_groups(context: Context) -> None:
    """Neither a column that no page shows nor a secret one can be grouped by."""

    class Customers(ModelView, model=Review):
        column_list = [Review.rating]
        column_details_list = [Review.rating]

    names = set(groups_of(registry_of(Customers).views["reviews"]))
    assert "rating" in names
    assert not names & {"customer", "text", "approved", "product", "id"}


def test_it_stays_in_addresses(context: Context) -> None:
    """What was read is written again, and the chip takes it away."""
    view = context.registry.views["orders"]
    for query in ("latest_per=customer", "top=3&per=customer"):
        params = params_of(view, f"{query}&status=paid")
        assert params.query() == f"status=paid&{query}"
        assert params.narrowed
        *_others, chip = chips(params, {}, url=lambda query: query)
        assert chip.remove_url == "status=paid"
        assert (chip.label, chip.value) in {("Latest", "per customer"), ("Top 3", "per customer")}
    assert params_of(view, "latest_per=").query() == ""


def test_a_filter_of_that_name_stays_one(context: Context) -> None:
    """A table may have a column that is called like a parameter."""

    class Named(ModelView, model=Order):
        column_filters = [Order.status]

    view = registry_of(Named).views["orders"]
    assert params_of(view, "status=paid&latest_per=status").per == "status"


def test_latest_by(context: Context) -> None:
    """The date that the list is sorted by, else the one of making."""

    class Orders(ModelView, model=Order):
        column_default_sort = (Order.placed_at, True)

    class Products(ModelView, model=Product):
        column_default_sort = Product.name

    registry = registry_of(Orders, Products)
    assert latest_by(registry.views["orders"]) == "placed_at"
    assert latest_by(registry.views["products"]) == "created_at"
    assert latest_by(registry.views["order_lines"]) is None
