"""How many statements the demo's pages send, whatever they show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.views.conftest import Admin
from webadmin.listing.listing import STATEMENTS
from webadmin.options.view import View

KEYS = (
    "orders",
    "customers",
    "products",
    "order_lines",
    "reviews",
    "categories",
    "tags",
    "staff",
    "staff_notes",
)
_OF_A_RELATION = 2
"""Statements for the first rows of a relation on a row's page: their number, and the rows."""


def view_of(reader: Admin, key: str) -> View:
    view: View = reader.client.app.routes[-1].app.registry.views[key]  # type: ignore[attr-defined]
    return view


def questions(reader: Admin, view: View) -> Iterator[str]:
    """Query strings with every column, in every order, of every kind."""
    every = "columns=" + ",".join(view.all_columns)
    yield every
    for name in view.sortable:
        yield f"{every}&sort={name}:desc"
        yield f"sort={name}&page=2&per_page=5"
    if view.soft_delete is not None:
        yield f"{every}&deleted=show"
        yield "deleted=only"
    if view.searchable or view.search_vector is not None:
        yield f"{every}&q=the"
        yield f"{every}&q=delivery&per_page=10"
        yield "q=zzzzzz"
    for name, option in view.filters.items():
        relation = option.attribute.relation
        if relation is not None:
            first = reader.get(f"/{relation.target.__tablename__}/").css("tr[data-id]")[0].get("data-id")
            yield f"{every}&{name}={'any' if relation.uselist else first}"
    yield f"{every}&page=last&per_page=10"
    yield f"{every}&page=2&per_page=10"


@pytest.mark.parametrize("key", KEYS)
def test_lists(reader: Admin, key: str) -> None:
    """Every list, with all of its columns, sends four statements at most, also for its rows alone."""
    view = view_of(reader, key)
    for query in list(questions(reader, view)):
        for path in ("", "rows"):
            if path and "page=" in query.replace("per_page", ""):
                continue
            with reader.statements() as seen:
                reader.get(f"/{key}/{path}?{query}")
            assert len(seen) <= STATEMENTS, (key, path, query, seen)


@pytest.mark.parametrize("key", KEYS)
def test_the_number_of_rows_makes_no_difference(reader: Admin, key: str) -> None:
    """A page of a hundred rows sends what one of ten does."""
    every = ",".join(view_of(reader, key).all_columns)
    numbers = []
    for size in (10, 100, 10, 100):
        with reader.statements() as seen:
            reader.get(f"/{key}/rows?columns={every}&per_page={size}")
        numbers.append(len(seen))
    assert numbers[2] == numbers[3] == min(numbers)


@pytest.mark.parametrize("key", KEYS)
def test_pages_of_rows(reader: Admin, key: str) -> None:
    """A row's page sends one statement, and two for each table below it, however many rows these have."""
    view = view_of(reader, key)
    rows = reader.get(f"/{key}/?per_page=25").css("tr[data-id]")
    many = sum(relation.uselist for relation in view.info.relations.values())
    for row in rows[:5]:
        with reader.statements() as seen:
            page = reader.get(f"/{key}/{row.get('data-id')}/")
        assert len(seen) <= 1 + _OF_A_RELATION * many, seen
        assert page.h1
