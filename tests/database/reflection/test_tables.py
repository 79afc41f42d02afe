"""Keys, types and indexes of reflected tables."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.database.reflection.odd import info, odd_models
from webadmin.database.inspection import Kind


@pytest.mark.parametrize(
    ("table", "kind", "keyless", "read_only"),
    [
        ("film", "table", False, False),
        ("film_list", "view", True, True),
        ("film_count", "materialized view", True, True),
        ("far_away", "foreign table", True, True),
        ("no_key", "table", True, True),
        ("only_json", "table", True, True),
        ("json_key", "table", True, True),
        ("nullable_unique", "table", True, True),
        ("unique_key", "table", False, False),
    ],
)
def test_marks(odd_pg: Engine, table: str, kind: str, keyless: bool, read_only: bool) -> None:
    """Each model says what it is and whether its rows have a key and can be changed."""
    marks = odd_models(odd_pg)[table].__webadmin__  # type: ignore[attr-defined]
    assert (marks["kind"], marks["keyless"], marks["read_only"]) == (kind, keyless, read_only)


def test_a_unique_rule_is_a_key(odd_pg: Engine) -> None:
    """Of the unique rules over columns that are never NULL the handiest one is the key."""
    assert [column.name for column in info(odd_pg, "unique_key").key] == ["number"]


def test_types_and_what_is_known_of_columns(odd_pg: Engine) -> None:
    """Domains count as their base type, unknown types are text to read, generated columns say so."""
    kinds = {name: column.kind for name, column in info(odd_pg, "every_type").columns.items()}
    assert kinds["state"] is Kind.ENUM
    assert kinds["numbers"] is Kind.ARRAY
    assert kinds["span"] is kinds["span_days"] is Kind.INTERVAL
    assert {kinds[name] for name in ("xml", "place", "address", "addresses", "tags", "lsn", "int_range")} == {
        Kind.OTHER
    }
    assert info(odd_pg, "every_type").columns["doubled"].generated
    domains = info(odd_pg, "domain_key").columns
    assert [domains[name].kind for name in ("year", "rated", "recent", "code", "codes")] == [
        Kind.INTEGER, Kind.ENUM, Kind.INTEGER, Kind.TEXT, Kind.OTHER
    ]  # fmt: skip
    assert domains["recent"].has_default
    assert not domains["recent"].nullable
    assert domains["rated"].choices == ("G", "PG", "NC-17", "it's odd")
    film = info(odd_pg, "film")
    assert film.search_vector == "fulltext"
    assert film.soft_delete == "deleted_at"
    assert film.comment == "What can be rented"
    assert film.table.c.rental_rate.comment == "For three days: in dollars"
    assert info(odd_pg, "language").columns["language_id"].generated
    assert not film.columns["film_id"].generated
    assert film.columns["film_id"].has_default
    assert str(info(odd_pg, "actor").table.c.last_name.server_default.arg) == "'a:b ::c'::text"  # type: ignore[union-attr]


def test_unknown_types_are_read_as_text(odd_pg: Engine) -> None:
    """A value of a type without a counterpart shows as the database writes it."""
    model = odd_models(odd_pg)["every_type"]
    with Session(odd_pg) as session:
        row = session.get_one(model, 2)
        assert (row.place, row.address, row.addresses) == ("(1,2)", '("Main St",5)', '{"(a,1)"}')


def test_indexes_keep_predicates_and_expressions(odd_pg: Engine) -> None:
    """Partial and expression indexes stand on the table with what they are made of."""
    indexes = {index.name: index for index in info(odd_pg, "film").table.indexes}
    assert "deleted_at IS NULL" in str(indexes["film_live_title"].dialect_options["postgresql"]["where"])
    assert "lower" in str(indexes["film_lower_title"].expressions[0])
    assert indexes["film_fulltext"].dialect_options["postgresql"]["using"] == "gin"
    assert info(odd_pg, "actor").columns["last_name"].indexed
    assert {index.name for index in info(odd_pg, "film_count").table.indexes} == {"film_count_language"}
