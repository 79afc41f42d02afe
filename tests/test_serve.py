"""``webadmin serve`` over schemas with every odd thing in them: all lists, sorts, filters, rows and forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import quote, urlencode, urlsplit

import pytest
from lxml.html import HtmlElement

from tests.pages import Page, parse, query
from tests.plugins.served import Served

WHATEVER = ("-5", "a", "%\\", "'{", "NaN", "12:30", "2026-02-31", "[1,5)", "9" * 26, "0" * 36, "😀")


def _inputs(page: Page) -> Iterator[tuple[str, HtmlElement]]:
    for field in page.css("form#filters [name]"):
        if field.get("type") != "hidden":
            yield field.get("name"), field


def _list(key: str, **parameters: str) -> str:
    return f"/{key}/?{urlencode(parameters)}"


def test_every_list(served: Served) -> None:
    """Each table, view and partitioned table has one list, with as many rows as the database has."""
    for key in served.keys:
        page = served.get(f"/{key}/")
        table = served.admin.registry.views[key].info.table
        name = served.engine.dialect.identifier_preparer.format_table(table)
        assert page.count() == served.rows(f"SELECT count(*) FROM {name}")[0][0], key
        assert len(page.table()) == page.count(), key
        assert page.h1
        served.get(f"/{key}/?q=a")
        served.get(f"/{key}/explain/")


def test_every_sort(served: Served) -> None:
    """Each head that offers it sorts both ways, and the same rows are there."""
    for key in served.keys:
        page = served.get(f"/{key}/")
        for name in served.admin.registry.views[key].sortable:
            found = [served.get(_list(key, sort=f"{name}:{way}")) for way in ("asc", "desc")]
            for sorted_page in found:
                assert _bag(sorted_page) == _bag(page), (key, name)
            if name in (page.table() or [{}])[0]:
                texts = [sorted_page.column(name) for sorted_page in found]
                assert texts[0] == texts[1][::-1] or len(set(texts[0])) < len(texts[0]), (key, name)


def _bag(page: Page) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row.values()) for row in page.table())


def _kind(served: Served, key: str, name: str) -> object:
    """What decides about the values of a filter's field: its operator and its column's type."""
    column, _dot, operator = name.partition(".")
    option = served.admin.registry.views[key].filters.get(column)
    stored = option.attribute.column if option is not None else None
    return (operator, repr(stored.column.type)) if stored is not None else (key, name)


def test_every_filter_takes_or_refuses_any_value(served: Served) -> None:
    """Whatever is typed into whichever filter: a list, or a plain sentence and a way back. The first of each kind gets all
    values, further ones of its kind get the next one."""
    seen: set[object] = set()
    turns = cycle(WHATEVER)
    for key in served.keys:
        for name, field in _inputs(served.get(f"/{key}/")):
            values: tuple[str, ...] = ("nonsense",)
            if field.tag == "input" and field.get("type") != "checkbox":
                kind = _kind(served, key, name)
                values = (next(turns),) if kind in seen else WHATEVER
                seen.add(kind)
            for value in values:
                answer = served.client.get(_list(key, **{name: value}))
                assert answer.status_code in {200, 400}, (key, name, value, answer.status_code)
                page = parse(answer.text)
                if answer.status_code == 400:
                    assert page.css(f'main a[href^="/{quote(key)}/"]'), (key, name, value)
                    assert "psycopg" not in answer.text
                    assert "sqlite3" not in answer.text


def test_filters_part_the_rows(served: Served) -> None:
    """Empty and not empty, each choice and none of them, below and from a value: together they are all rows."""
    for key in served.keys:
        page = served.get(f"/{key}/")
        total = page.count()
        choices: dict[str, int] = Counter()
        empty: dict[str, int] = Counter()
        for name, field in _inputs(page):
            column, _dot, operator = name.partition(".")
            if operator == "null":
                counts = [served.get(_list(key, **{name: value})).count() for value in ("true", "false")]
                assert sum(counts) == total, (key, name, counts)
                empty[column] = counts[0]
            elif field.get("type") == "checkbox":
                choices[column] += served.get(_list(key, **{name: field.get("value")})).count()
        for column, count in choices.items():
            assert count + empty[column] == total, (key, column)


def test_look_ups_find_the_rows_that_are_chosen(served: Served) -> None:
    """What a combobox of the filters offers can be filtered by, and the chip says its name."""
    for key in served.keys:
        for name, field in _inputs(served.get(f"/{key}/")):
            address = field.getparent().get("data-lookup")
            if address is None:
                continue
            for option in served.get(address).css("[data-value]")[:3]:
                page = served.get(_list(key, **{name: option.get("data-value")}))
                assert option.get("data-label") in page.chips()[0], (key, name)


def test_every_row(served: Served) -> None:
    """The address in each row leads to its page and, where it can be changed, to its form and its deletion."""
    for key in served.keys:
        view = served.admin.registry.views[key]
        page = served.get(f"/{key}/")
        assert all(bool(id) is not view.keyless for id in page.ids()), key
        for id in filter(None, page.ids()):
            assert served.get(f"/{key}/{id}/").h1, (key, id)
            served.get(f"/{key}/{id}/change/", 403 if view.read_only else 200)
            served.get(f"/{key}/{id}/delete/", 403 if view.read_only else 200)
        served.get(f"/{key}/add/", 403 if view.read_only else 200)


def test_every_form_saves_what_it_shows(served_alone: Served) -> None:
    """A form that is sent as it was opened is accepted and changes nothing, whatever the types of its columns."""
    served = served_alone
    for key in served.keys:
        view = served.admin.registry.views[key]
        if view.read_only:
            continue
        table = served.engine.dialect.identifier_preparer.format_table(view.info.table)
        before = Counter(map(str, served.rows(f"SELECT * FROM {table}")))
        for id in served.get(f"/{key}/").ids():
            served.save(f"/{key}/{id}/change/")
        assert Counter(map(str, served.rows(f"SELECT * FROM {table}"))) == before, key


def test_rows_come_piece_by_piece(served: Served) -> None:
    """The fragment's cursor leads through all rows of a table, each once, whatever its key is made of."""
    for key in served.keys:
        total = served.get(f"/{key}/").count()
        address, seen = f"/{key}/rows?per_page=1", list[str]()
        while address and len(seen) <= total:
            answer = served.client.get(address)
            assert answer.status_code == 200, (key, address)
            if not answer.text.strip():
                break
            page = parse(answer.text)
            seen += page.ids()
            more = page.css("[data-next]")
            address = more[0].get("data-next") if more else ""
        if not served.admin.registry.views[key].keyless:
            assert sorted(seen) == sorted(served.get(f"/{key}/").ids()), key


def test_a_film_is_edited(served_alone: Served) -> None:
    """Only what was typed is written; its actors are linked and unlinked on the same form."""
    served = served_alone
    page = served.save("/film/1/change/", description="Two dinosaurs", actors=["2"], rental_rate="3.50")
    assert page.messages()
    assert served.rows("SELECT description, rental_rate FROM film WHERE film_id = 1")[0][0] == "Two dinosaurs"
    assert served.rows("SELECT actor_id FROM film_actor WHERE film_id = 1") == [(2,)]
    assert served.get("/film/?q=dinosaurs").ids() == ["1"]
    page = served.save("/film/1/change/", 422, rental_rate="1234.5")
    assert list(page.errors()) == ["rental_rate"]


def test_an_actor_is_created_and_deleted(served_alone: Served) -> None:
    """The key comes from the database; links go with the row, as the plan says first."""
    served = served_alone
    served.save("/actor/add/", first_name="Ada", last_name="O'Neill")
    assert served.get("/actor/").ids() == ["3", "2", "1"]
    plan = served.get("/actor/1/delete/")
    assert plan.texts("main [data-rule]") or plan.h1
    if plan.css("main form"):
        served.post(plan.action(), plan.form())
        assert served.rows("SELECT count(*) FROM film_actor WHERE actor_id = 1") == [(0,)]
    served.save("/actor/add/", 422, first_name="x" * 10, last_name="\x00")


def test_what_stands_in_the_way_is_said_first(served_pg: Served) -> None:
    """A film that was paid for cannot go; nothing is deleted by insisting."""
    page = served_pg.get("/actor/1/delete/")
    assert not page.css("main button[type=submit]")
    token = served_pg.get("/actor/").css("input[name=csrf_token]")[0].get("value")
    served_pg.post("/actor/1/delete/", {"csrf_token": token}, 409)
    assert served_pg.rows("SELECT count(*) FROM actor") == [(2,)]


def test_types_of_postgresql(served_pg: Served) -> None:
    """Arrays, enums and domains are written; what has no counterpart is shown as the database writes it."""
    served_pg.save("/film/1/change/", special_features='Trailers\nO\'Brien, "cut"', rating="NC-17")
    features = served_pg.rows("SELECT special_features, rating::text FROM film WHERE film_id = 1")
    assert features == [(["Trailers", 'O\'Brien, "cut"'], "NC-17")]
    page = served_pg.get("/every_type/2/")
    shown = dict(zip(page.texts("main dt"), page.texts("main dd"), strict=True))
    assert shown["Place"] == "(1,2)"
    assert shown["Int range"] == "[1,5)"
    assert served_pg.get("/domain_key/?rated=PG").count() == 1
    assert served_pg.get("/domain_key/?rated.not=PG").count() == 0


def test_one_payment_table(served_pg: Served) -> None:
    """A partitioned table is one list; a row is found, changed and deleted through it."""
    assert not [key for key in served_pg.keys if key.startswith("payment_")]
    page = served_pg.get("/payment/?sort=paid_at:asc")
    assert (page.count(), page.column("amount")) == (2, ["1.00", "2.00"])
    served_pg.save(f"/payment/{page.ids()[1]}/change/", amount="3")
    assert served_pg.rows("SELECT amount FROM payment_2026")[0][0] == 3
    plan = served_pg.get(f"/payment/{page.ids()[1]}/delete/")
    served_pg.post(plan.action(), plan.form())
    assert served_pg.rows("SELECT count(*) FROM payment") == [(1,)]


@pytest.mark.parametrize("key", ["no_key", "film_list"])
def test_rows_without_a_key_are_read_only(served_pg: Served, key: str) -> None:
    """No row has an address, and nothing offers to change one."""
    page = served_pg.get(f"/{key}/")
    assert page.table()
    assert not any(page.ids())
    changing = {form.get("action") for form in page.css("main form[method=post]:not([data-preference])")}
    assert {urlsplit(action or "").path for action in changing} <= {f"/{key}/views/", f"/{key}/settings/"}
    served_pg.get(f"/{key}/add/", 403)
    served_pg.get(f"/{key}/1/", 404)


def test_a_table_that_cannot_be_read_says_so(served_pg: Served) -> None:
    """A foreign table whose server is away is a page of its own; the next request works."""
    assert served_pg.get("/far_away/", 503).h1
    served_pg.get("/film/")


def test_columns_named_like_parameters(served_pg: Served) -> None:
    """Columns called page, sort and q are filtered by under names that the list does not take itself."""
    names = {name for name, _ in _inputs(served_pg.get("/Order/"))}
    assert not names & {"page", "sort", "q"}
    assert dict(query(_list("Order", page_="x")))


def test_guesses_for_tables_that_nobody_described(served_pg: Served) -> None:
    """Names come from the tables, labels tell the rows apart, keys that lead elsewhere show where, times come last."""
    views = served_pg.admin.registry.views
    assert (views["2024-sales"].name_plural, views["film_list"].name_plural) == ("2024 sales", "Film list")
    assert [column.name for column in views["film_actor"].list_columns] == ["actor", "film", "last_update"]
    assert [column.name for column in views["payment"].list_columns][:2] == ["payment_id", "paid_at"]
    page = served_pg.get("/every_type/?sort=id:asc")
    assert page.column("name") == ["Every type 1", "name"]
    assert page.css("td[data-column=name] a")[0].get("href") == "/every_type/1/"
    assert served_pg.get("/film/").texts("#filters [name=rating] + span") == ["G", "PG", "NC-17", "it's odd"]
