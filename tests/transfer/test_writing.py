"""What stands in a file: the same by whomever it is written, and nothing that a spreadsheet computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker, with_loader_criteria
from starlette.testclient import TestClient

from webadmin import Admin, User
from webadmin.database.session import Database
from webadmin.demo.models import Product
from webadmin.demo.views import register
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.transfer.asked import Export, Form, columns_of
from webadmin.transfer.copying import copied
from webadmin.transfer.formats import csv as written_csv
from webadmin.transfer.formats import harmless, plain
from webadmin.transfer.reading import read


def admin_of(engine: Engine, **options: Any) -> Admin:
    admin = Admin(engine, title="Shop", **options)
    register(admin)
    return admin


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


@contextmanager
def context_of(engine: Engine, admin: Admin) -> Iterator[Context]:
    database = Database(engine)
    with Session(engine) as session:
        yield Context(session, database.dialect, User("Ada"), admin.registry)


@pytest.mark.parametrize("key", ["orders", "products", "customers", "staff", "reviews"])
def test_copy_is_the_same(kept_shop: Any, key: str) -> None:
    """The database's own file is byte for byte what Python writes, for every column that it writes."""
    admin = admin_of(kept_shop("postgresql"))
    admin.check()
    view = admin.registry.views[key]
    params = ListParams.parse([], view, UTC)
    with context_of(kept_shop("postgresql"), admin) as context:
        plain_ones = [
            column
            for column in columns_of(view, params, Form(), every=True)
            if copied(context, Export(view, params, Form(), (column,))) is not None
        ]
        assert len(plain_ones) > 4
        usual = [
            column.name for column in columns_of(view, params, Form()) if column.attribute.relation is None
        ]
        assert set(usual) <= {column.name for column in plain_ones}, (
            "the usual columns pass through no Python"
        )
        export = Export(view, params, Form(), tuple(plain_ones))
        by_database = b"".join(copied(context, export) or ())
        by_python = b"".join(written_csv(export, read(context, export)))
    assert by_database.decode().splitlines()[:50] == by_python.decode().splitlines()[:50]
    assert by_database == by_python


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_rows_that_the_hosts_session_leaves_out(kept_shop: Any, format: str) -> None:
    """A session that narrows each statement, as programs for several tenants have it, narrows exports too."""
    engine = kept_shop("postgresql")
    factory = sessionmaker(engine)

    @sa.event.listens_for(factory, "do_orm_execute")
    def narrow(state: Any) -> None:
        only = with_loader_criteria(Product, Product.id == 1, include_aliases=True)
        state.statement = state.statement.options(only)

    admin = Admin(factory, title="Shop")
    register(admin)
    answer = TestClient(admin).get(f"/products/export/?format={format}&columns=id")
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == (2 if format == "csv" else 1)


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@x", "\tx", "'=1", "''@", "'a", "a=1", "", "'"])
def test_formulas(text: str) -> None:
    """A text that a spreadsheet would compute is made harmless, and comes back as it was."""
    assert harmless(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert plain(harmless(text)) == text


def test_formula_of_another_type() -> None:
    """A value of a host's own type is written as it says of itself: that may be what somebody has typed. Numbers stay numbers."""

    class Address:
        def __str__(self) -> str:
            return '=HYPERLINK("http://x.test")'

    values = [Address(), Decimal("-1.5"), -2, timedelta(days=-1), ["=1"]]
    export: Any = SimpleNamespace(form=Form(), headings=("a", "b", "c", "d", "e"))
    file = b"".join(written_csv(export, [[values]])).decode()
    first, *others = list(csv.reader(io.StringIO(file)))[1]
    assert first == '\'=HYPERLINK("http://x.test")'
    assert [text[0] for text in others] == ["-", "-", "-", "["]


def test_formula_in_a_file(shop: Engine) -> None:
    """No cell of a file begins as a formula, on either way of writing it; numbers below zero stay numbers."""
    with Session(shop) as session, session.begin():
        session.execute(sa.update(Product).values(name='=HYPERLINK("http://x.test")', weight=-3.5))
    client = TestClient(admin_of(shop))
    for more in ("", "&values=formatted"):
        rows = rows_of(client.get(f"/products/export/?format=csv&columns=name,weight{more}"))
        assert {row["name"] for row in rows} == {'\'=HYPERLINK("http://x.test")'}
    assert {row["weight"] for row in rows_of(client.get("/products/export/?format=csv&columns=weight"))} == {
        "-3.5"
    }
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/products/export/?format=xlsx&columns=name,weight").content)
    )
    assert book.worksheets[0]["A2"].data_type == "s"
