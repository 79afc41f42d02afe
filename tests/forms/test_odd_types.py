"""Columns of types that form scaffolding stumbles over."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.forms.models import ODD_VALUES, Odd, OddBase
from tests.forms.posting import context, control, registry, saved, sent, statements, view_of
from webadmin.forms.row_form import RowForm


@pytest.fixture
def odd(pg_engine: Engine) -> Engine:
    OddBase.metadata.create_all(pg_engine)
    columns, values = ", ".join(ODD_VALUES), ", ".join(ODD_VALUES.values())
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO odd (name, {columns}) VALUES ('n', {values})")
        connection.exec_driver_sql("INSERT INTO odd (name) VALUES ('empty')")
    return pg_engine


def test_odd_types_keep_the_form(odd: Engine) -> None:
    """Whatever types a table has, its form opens, goes through unchanged, and a plain column of it can be changed."""
    with context(odd, registry(Odd)) as ctx:
        for id in (1, 2):
            row = ctx.session.get(Odd, id)
            form = sent(ctx, Odd, row)
            assert form.validate(), form.errors
            assert form.changes() == {}
            with statements(ctx.session) as written:
                saved(
                    ctx, Odd, row, name="changed", data="x", _private="y", days="2026-05-05", host="10.0.0.2"
                )
            assert len(written) == 1
        form = RowForm(ctx, view_of(ctx, Odd), ctx.session.get(Odd, 1))
        kinds = {
            name: control(form, name).kind
            for name in ("span", "net", "cash", "bits", "grid", "raw", "always", "lasts", "bag")
        }
        assert {name for name, kind in kinds.items() if kind == "readonly"} == set(kinds) - {
            "lasts",
            "bag",
            "net",
        }
        assert control(form, "lasts").value == "367 days"
        assert RowForm(ctx, view_of(ctx, Odd)).creating


def test_odd_types_refuse_at_their_field(odd: Engine) -> None:
    """Addresses and domains are checked too."""
    with context(odd, registry(Odd)) as ctx:
        row = ctx.session.get(Odd, 1)
        form = sent(ctx, Odd, row, host="nowhere", real="x")
        assert not form.validate()
        assert set(form.errors) == {"host", "real"}
