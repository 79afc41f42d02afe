"""Where columns of a file go: by name, by label, by what the heading means, by what the values look like; doubts are asked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin import Admin, User
from webadmin.database.session import Database
from webadmin.demo.views import register
from webadmin.options.context import Context
from webadmin.transfer.imports.asked import Reading, Target
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.guessing import Guess, candidates, guess
from webadmin.transfer.imports.mapping import looks_other
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Limits


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    """The demo's views, of a database that nobody asks."""
    engine = sa.create_engine("postgresql+psycopg://nobody@nowhere/nothing")
    admin = Admin(engine, title="Shop")
    register(admin)
    with Session(engine) as session:
        yield Context(session, Database(engine).dialect, User("Ada"), admin.registry)


def guessed(context: Context, key: str, text: str | bytes) -> dict[str, Guess]:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    form = sniff(file, "x.csv")
    source = open_source(file, form, Limits())
    rows = [cells for batch in source.batches() for _number, cells in batch.rows]
    found = guess(context, context.registry.views[key], form, source.headings, rows)
    return dict(zip(source.headings, found, strict=True))


def names(found: dict[str, Guess]) -> dict[str, Any]:
    return {heading: one.target.name if one.target else None for heading, one in found.items()}


def test_german_customers(context: Context) -> None:
    """A list of customers from a German spreadsheet: nothing is left to be said but what nobody can know."""
    text = (
        "Kundenname;E-Mail-Adresse;Land;Telefonnr.;Geburtstag;Kreditrahmen;Newsletter;Bemerkung\r\n"
        "Anna Böhm;a@b.de;DE;+49 30 1234;03.04.1980;1.250,00;ja;x\r\n"
        "Bert;b@b.de;AT;0664 12345;13.12.1990;300,50;nein;\r\n"
    )
    found = guessed(context, "customers", text.encode("cp1252"))
    assert list(names(found).values()) == [
        "name", "email", "country", "phone", "born_on", "credit_limit", "newsletter", None,
    ]  # fmt: skip
    assert {heading: one.target.reading for heading, one in found.items() if one.target} == {
        **dict.fromkeys(found.keys() - {"Bemerkung"}, Reading()),
        "Geburtstag": Reading(dates="dmy"),
        "Kreditrahmen": Reading(decimal=","),
    }
    assert not any(one.asks for one in found.values())
    assert {heading: one.why for heading, one in found.items()} == {
        "Kundenname": "label", "E-Mail-Adresse": "label", "Land": "label", "Telefonnr.": "likeness", "Geburtstag": "label",
        "Kreditrahmen": "label", "Newsletter": "name", "Bemerkung": None,
    }  # fmt: skip


def test_content(context: Context) -> None:
    """Headings that say nothing: what only one column of the file looks like, and only one of the view is."""
    found = guessed(context, "customers", "a,b,c,d\nAnna,a@b.de,DE,1980-01-02\nBert,b@b.de,AT,1990-03-04\n")
    assert names(found) == {"a": None, "b": "email", "c": "country", "d": "born_on"}
    assert found["b"].why == "content"
    two = guessed(context, "customers", "a,b\na@b.de,c@d.de\n")
    assert names(two) == {"a": None, "b": None}


def test_what_is_asked(context: Context) -> None:
    """Days and numbers that can be read in two ways are asked; one value that cannot decides."""
    both = guessed(context, "orders", "due_on;total;placed_at\n03/04/2026;5;4/5/2026 14:30\n")
    assert [one.asks for one in both.values()] == [("dates",), (), ("dates",)]
    for other, order in (("13/04/2026", "dmy"), ("04/13/2026", "mdy"), ("2026-04-13", "ymd")):
        target = guessed(context, "orders", f"due_on\n03/04/2026\n{other}\n{other}\n")["due_on"].target
        assert target is not None
        assert target.reading.dates == order
    weights = guessed(context, "products", "weight;price;stock\n1.234;1.234;1.234\n2.345;2.345;2.345\n")
    assert [(one.asks, one.target.reading.decimal) for one in weights.values() if one.target] == [
        (("decimal",), "."),  # a kilogram and a bit, or 1,234 of them
        ((), ","),  # a price has two digits
        ((), ","),  # and a piece none
    ]
    assert guessed(context, "products", "weight\n0,125\n1,250\n")["weight"].asks == ()
    assert guessed(context, "products", 'weight\n12.5\n"1,5"\n')["weight"].asks == ("decimal",)


def test_a_word_for_another(context: Context) -> None:
    """What an order amounts to is its total, where nothing else is called so; but that is a guess."""
    amount = guessed(context, "orders", "Betrag;Rabatt\n12,50;1\n")["Betrag"]
    assert amount.target == Target(0, "total", reading=Reading(decimal=","))
    assert amount.why == "likeness"
    assert names(guessed(context, "orders", "Betrag;Summe\n12,50;13\n")) == {"Betrag": None, "Summe": "total"}


def test_values_that_cannot_be_read(context: Context) -> None:
    """A heading that says where it goes goes there, and that its values do not fit is seen; the check says why."""
    found = guessed(
        context,
        "customers",
        "E-Mail;Land;Kreditrahmen\na@b.de;Deutschland;1,23456\nb@b.de;DE;2\nc@b.de;Italien;3,45678\n",
    )
    assert names(found) == {"E-Mail": "email", "Land": "country", "Kreditrahmen": "credit_limit"}
    assert [one.why for one in found.values()] == ["name", "unread", "unread"]


def test_related_rows(context: Context) -> None:
    """A relation by its name or its column; its rows by their keys, or by what is unique and can be read."""
    key = "00000000-0000-0000-0000-000000000001"
    by_key = guessed(context, "orders", f"customer_id,handled by\n{key},7\n")
    assert [(one.target.name, one.target.by) for one in by_key.values() if one.target] == [
        ("customer", ""),
        ("handled_by", ""),
    ]
    some_wrong = guessed(context, "orders", f"customer\n{key}\nAda Novak\n{key}\n")["customer"].target
    assert some_wrong is not None
    assert some_wrong.by == ""
    assert [one.why for one in by_key.values()] == [
        "name",
        "content",
    ]  # only the first says that these are keys
    by_text = guessed(context, "orders", "Kunde,Handled by\na@b.de,c@d.de\n")
    assert [(one.target.name, one.target.by) for one in by_text.values() if one.target] == [
        ("customer", "email"),
        ("handled_by", "email"),
    ]
    named = guessed(context, "orders", "customer email\na@b.de\n")["customer email"].target
    assert named is not None
    assert (named.name, named.by) == ("customer", "email")
    assert {one.why for one in by_text.values()} == {"content"}


@pytest.mark.parametrize(
    ("before", "now", "other"), [("email", "", True), ("", "email", True), ("", "code", False)]
)
def test_values_that_are_unlike_those_of_last_time(before: str, now: str, other: bool) -> None:
    """Addresses are recognised, whatever was said for an earlier file; else that counts."""
    assert looks_other(Target(0, "customer", before), Target(0, "customer", now)) is other
    assert not looks_other(Target(0, "customer", before), Target(0, "handled_by", now))


def test_each_once(context: Context) -> None:
    """A column of the view is guessed for one column of the file, the one that fits best; what is an export's comes back."""
    found = guessed(context, "customers", "Mail,email\nx@y.de,a@b.de\n")
    assert names(found) == {"Mail": None, "email": "email"}
    headings = [one.name for one in candidates(context, context.registry.views["orders"])]
    again = guessed(context, "orders", ",".join(headings) + "\n" + "," * (len(headings) - 1) + "\n")
    assert list(names(again).values()) == headings


def test_candidates(context: Context) -> None:
    """What the form writes and what rows are told apart by; nothing that the database or the mapper fills."""
    known = {one.name: one for one in candidates(context, context.registry.views["products"])}
    assert {"id", "sku", "name", "price", "labels", "category"} <= set(known)
    assert known.keys().isdisjoint({"search", "image", "version", "tags", "reviews", "created_at"})
    assert known["category"].by == ("slug",)
