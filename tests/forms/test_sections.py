"""Fields under headings and on tabs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.datastructures import FormData

from tests.forms.posting import KEY, URLS, context, registry, view_of
from webadmin.demo.models import Category, Product, Tag
from webadmin.errors import OptionsError
from webadmin.forms.row_form import RowForm
from webadmin.forms.sections import FormTab, tabs
from webadmin.options.fieldsets import Fieldset


def _tabs(engine: Engine, fieldsets: list[Fieldset], posted: Any = None, **more: Any) -> tuple[FormTab, ...]:
    made = registry(Product, Category, Tag, Product={"form_fieldsets": fieldsets, **more})
    with context(engine, made) as ctx:
        form = RowForm(ctx, view_of(ctx, Product), None, formdata=posted, key=KEY)
        if posted is not None:
            form.validate()
        return tabs(form, URLS)


def test_fieldsets_are_the_form(shop_sqlite: Engine) -> None:
    """Without form_columns the fieldsets say which fields there are, in which order, and which stand side by side."""
    (tab,) = _tabs(
        shop_sqlite, [Fieldset("A", [(Product.name, "sku", "price")]), Fieldset("B", ["category"], help="x")]
    )
    first, second = tab.sections
    assert [(one.name, one.span) for one in first.controls] == [("name", 4), ("sku", 4), ("price", 4)]
    assert [(one.name, one.span) for one in second.controls] == [("category", 0)]
    assert (first.title, second.title, second.help) == ("A", "B", "x")


def test_no_field_is_lost(shop_sqlite: Engine) -> None:
    """A field of form_columns that no fieldset names stands in one more at the end."""
    columns = ["name", "price", "sku"]
    (tab,) = _tabs(shop_sqlite, [Fieldset("A", ["price"])], form_columns=columns)
    assert [(one.title, [c.name for c in one.controls]) for one in tab.sections] == [
        ("A", ["price"]),
        ("Other", ["name", "sku"]),
    ]


def test_faults_open_what_is_folded_and_are_counted(shop_sqlite: Engine) -> None:
    """A tab says how many of its fields are wrong; a fieldset that is folded opens when one of its own is."""
    given = [Fieldset("A", ["name"]), Fieldset("B", ["price"], tab="T", collapsed=True)]
    opened = _tabs(shop_sqlite, given)
    assert [(tab.title, tab.errors, tab.sections[0].folded) for tab in opened] == [
        ("A", 0, False),
        ("T", 0, True),
    ]
    sent = _tabs(shop_sqlite, given, FormData([("name", "Shelf"), ("price", "much")]))
    assert [(tab.title, tab.errors, tab.sections[0].folded) for tab in sent] == [
        ("A", 0, False),
        ("T", 1, False),
    ]


def test_what_cannot_be_grouped_is_told_at_the_start() -> None:
    """Unknown fields, fields named twice, lines of five and things that are no fieldset are all in the one error."""
    given: list[Any] = [
        Fieldset("A", ["name", "name", "nothing", ("a", "b", "c", "d", "e")]),
        ("Name", {"fields": ["sku"]}),
    ]
    made = registry(Product, Product={"form_fieldsets": given, "form_columns": ["name"]})
    with pytest.raises(OptionsError) as caught:
        made.build()
    text = str(caught.value)
    for words in ("'nothing'", "name each field once", "side by side", 'write Fieldset("Title", [columns])'):
        assert words in text
