"""Names of classes and attributes."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.database.reflection.odd import info, odd_models, relations
from webadmin.database.reflection import names


def test_names_that_collide(odd_pg: Engine) -> None:
    """Columns and relations get distinct attributes, however odd their names are."""
    columns = {column.column.name: name for name, column in info(odd_pg, "Order").columns.items()}
    assert columns["With Space"] == "With_Space"
    assert columns["a_b"] == "a_b"
    assert {columns["a b"], columns["a-b"], columns["a.b"]} == {"a_b_2", "a_b_3", "a_b_4"}
    assert (columns["A"], columns["a"]) == ("A", "a")
    assert (columns["class"], columns["metadata"], columns["registry"]) == (
        "class_",
        "metadata_",
        "registry_",
    )
    assert (columns["__table__"], columns["_hidden"], columns["2nd"]) == ("table", "hidden", "column_2nd")
    assert (columns["page"], columns["sort"]) == ("page_", "sort_")
    assert relations(odd_pg, "collision") == {
        "film_row": "film",
        "film_by_film_id": "film",
        "actor": "actor",
        "category_row": "category",
    }
    assert relations(odd_pg, "order") == {"order": "Order", "order_row": "Order"}
    assert relations(odd_pg, "class") == {"class_": "class", "classes": "class*"}


def test_classes_of_the_same_name(odd_pg: Engine) -> None:
    """Tables of one name in two schemas are two classes; the default schema has the first choice."""
    models = odd_models(odd_pg)
    names = [model.__name__ for model in models.values()]
    assert len(set(names)) == len(names)
    assert models["film"].__name__ == "Film"
    assert models["archive.film"].__name__ == "ArchiveFilm"
    assert models["Back Office.Film"].__name__ == "BackOfficeFilm"


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("name", "name"),
        ("class", "class_"),
        ("metadata", "metadata_"),
        ("__dict__", "dict"),
        ("_id", "id"),
        ("Order Date", "Order_Date"),
        ("a.b", "a_b"),
        ("2024", "column_2024"),
        (" ", "column"),
        ("top", "top_"),
        ("straße", "straße"),
    ],
)
def test_identifier(name: str, attribute: str) -> None:
    """An attribute is made of letters, digits and underscores, and is no reserved word."""
    assert names.identifier(name) == attribute


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("customer_id", "customer"),
        ("customerId", "customer"),
        ("CUSTOMER_ID", "customer"),
        ("id_customer", "customer"),
        ("Customer Id", "customer"),
        ("currency_code", "currency"),
        ("paid", ""),
        ("customer", ""),
        ("id", ""),
    ],
)
def test_what_a_key_column_says(column: str, said: str) -> None:
    """The part of a key's name that says it is a key goes."""
    assert names.without_key_suffix(column) == said


def test_a_plain_name_is_kept_whatever_comes_first() -> None:
    """A column whose name needs no change has it as its attribute, also after one that would like it."""
    assert names.attributes(["a b", "a_b"]) == {"a b": "a_b_2", "a_b": "a_b"}


@pytest.mark.parametrize(
    ("table", "schema", "best"),
    [
        ("orders", None, "Order"),
        ("OrderDetails", None, "OrderDetail"),
        ("film_actor", "x", "FilmActor"),
        ("2024 sales", None, "Table2024Sale"),
    ],
)
def test_class_names(table: str, schema: str | None, best: str) -> None:
    """A class is called like one row of its table."""
    assert names.class_names(table, schema)[0] == best
