"""Schemas and patterns."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from webadmin.database.inspection import inspect_model
from webadmin.database.own_tables.base import metadata
from webadmin.database.reflection import reflect
from webadmin.errors import DatabaseUnreachable


def test_other_schemas_are_named(odd_pg: Engine) -> None:
    """Without a choice of schemas the default one is shown, and the others are named."""
    reflected = reflect(odd_pg, include=["film"])
    assert [inspect_model(model).table.fullname for model in reflected.models] == ["film"]
    assert "Other schemas, shown with --schema: Back Office, archive." in reflected.notes


def test_include_and_exclude(odd: Engine) -> None:
    """Patterns choose tables by name; relations to tables that are not chosen are left out."""
    reflected = reflect(odd, include=["FILM*", "actor", "zebra*"], exclude=["film_actor", "film_text*"])
    tables = {inspect_model(model).table.name: model for model in reflected.models}
    assert set(tables) == {"film", "film_list", "actor"} | (
        {"film_count", "film_critic"} if odd.dialect.name == "postgresql" else set()
    )
    assert "language" not in inspect_model(tables["film"]).relations
    assert not inspect_model(tables["film"]).columns["language_id"].foreign_key
    assert "No table matches zebra*." in reflected.notes


def test_schema_and_name_in_a_pattern(odd_pg: Engine) -> None:
    """A pattern with a dot is for the schema and the name."""
    reflected = reflect(odd_pg, schemas=["public", "archive"], include=["archive.*", "public.film"])
    assert {inspect_model(model).table.fullname for model in reflected.models} == {
        "film",
        "archive.film",
        "archive.kept",
    }


def test_an_unknown_schema(odd_pg: Engine) -> None:
    """The line names the schemas that there are."""
    with pytest.raises(
        DatabaseUnreachable, match=r"called nowhere; there are: Back Office, archive, public\."
    ):
        reflect(odd_pg, schemas=["nowhere"])


def test_nothing_left(odd: Engine) -> None:
    """Patterns that leave nothing are refused with the names that there are."""
    with pytest.raises(DatabaseUnreachable, match=r"No table is left to show; there are: .*actor"):
        reflect(odd, include=["zebra"])


def test_own_tables_are_no_tables(odd: Engine) -> None:
    """webadmin's tables are not shown, not even by name: what people keep there is theirs."""
    before = {inspect_model(model).table.fullname for model in reflect(odd).models}
    metadata.create_all(odd)
    try:
        assert {inspect_model(model).table.fullname for model in reflect(odd).models} == before
        with pytest.raises(DatabaseUnreachable, match="No table is left"):
            reflect(odd, include=["webadmin_*"])
    finally:
        metadata.drop_all(odd)
