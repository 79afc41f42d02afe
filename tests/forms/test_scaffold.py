"""A view's form options, with the meaning that sqladmin gives them."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import wtforms
from sqladmin import ModelView as SqladminView
from sqladmin.forms import ModelConverter, converts
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from wtforms import validators

from tests.forms.models import Base, Every, Player, Skill, Team
from tests.forms.posting import context, control, registry, saved, sent, view_of
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.save import save
from webadmin.dialects import for_engine
from webadmin.forms.row_form import RowForm
from webadmin.forms.scaffold import build_form
from webadmin.options.registry import Registry


@pytest.fixture
def filled(sqlite_engine: Engine) -> Engine:
    Base.metadata.create_all(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.insert(Every).values(id=1, name="a", active=True, made=dt.datetime(2026, 1, 1)))
        connection.execute(sa.insert(Team).values(id=1, name="Reds"))
        connection.execute(sa.insert(Player).values(id=1, name="Ann", team_id=1))
    return sqlite_engine


def every(**options: Any) -> Registry:
    """A registry with one view of the table of all kinds."""
    return registry(Every, Team, Player, Skill, Every=options)


def test_columns_and_rules(filled: Engine) -> None:
    """``form_columns``, ``form_excluded_columns`` and the rules say which fields there are, and in which order."""
    with context(filled, every(form_columns=[Every.nick, "name", "body"])) as ctx:
        assert list(RowForm(ctx, view_of(ctx, Every)).fields) == ["nick", "name", "body"]
    with context(filled, every(form_excluded_columns=[Every.nick])) as ctx:
        assert "nick" not in RowForm(ctx, view_of(ctx, Every)).fields
    rules = {"form_create_rules": ["name"], "form_edit_rules": ["body", "name"]}
    with context(filled, every(**rules)) as ctx:
        row = ctx.session.get(Every, 1)
        assert list(RowForm(ctx, view_of(ctx, Every)).fields) == ["name"]
        assert list(RowForm(ctx, view_of(ctx, Every), row).fields) == ["body", "name"]
    with context(filled, every(form_include_pk=True)) as ctx:
        assert "id" in RowForm(ctx, view_of(ctx, Every)).fields


def test_arguments(filled: Engine) -> None:
    """``form_args`` gives labels, help, defaults (asked for each time), validators and choices."""
    times = iter(range(10))
    args = {
        "name": {"label": "Title", "description": "Short.", "default": lambda: f"no {next(times)}", "validators": [validators.Length(min=3)]},
        "nick": {"choices": [("a", "First"), ("b", "Second")]},
        "at": {"display_timezone": ZoneInfo("Asia/Tokyo")},
    }  # fmt: skip
    with context(filled, every(form_args=args)) as ctx:
        view, row = view_of(ctx, Every), ctx.session.get(Every, 1)
        assert [control(RowForm(ctx, view), "name").value for _ in range(2)] == ["no 0", "no 1"]
        title = control(RowForm(ctx, view), "name")
        assert (title.label, title.help) == ("Title", "Short.")
        nick = control(RowForm(ctx, view), "nick")
        assert (nick.kind, [choice.value for choice in nick.choices]) == ("select", ["", "a", "b"])
        form = sent(ctx, Every, row, name="ab", nick="c", at="2026-01-01T09:00")
        assert not form.validate()
        assert set(form.errors) == {"name", "nick"}
        assert form.fields["at"].data == dt.datetime(2026, 1, 1, 0, tzinfo=dt.UTC)


def test_validators_do_not_pile_up(filled: Engine) -> None:
    """Building a form many times leaves the view's options as they were."""
    given: dict[str, Any] = {
        "name": {"validators": [validators.Length(min=1)], "filters": []},
        "whole": {"validators": []},
        "size": {"validators": []},
    }
    with context(filled, every(form_args=given, form_overrides={"whole": wtforms.IntegerField})) as ctx:
        dialect = for_engine(filled)
        counts = set()
        for _ in range(20):
            made = build_form(view_of(ctx, Every), dialect, creating=False)
            counts.add(tuple(len(made.form_class(data={})[name].validators) for name in given))
        assert len(counts) == 1
        assert given == {
            "name": {"validators": [given["name"]["validators"][0]], "filters": []},
            "whole": {"validators": []},
            "size": {"validators": []},
        }


def test_read_only_is_held_by_the_server(filled: Engine) -> None:
    """What a view calls read-only or disabled does not change, whatever is posted."""
    options = {
        "form_widget_args": {
            "name": {"readonly": True},
            "nick": {"disabled": True},
            "body": {"placeholder": "Text"},
        },
        "form_readonly_columns": [Every.small],
    }
    with context(filled, every(**options)) as ctx:
        row = ctx.session.get(Every, 1)
        form = sent(ctx, Every, row, name="x", nick="x", small="1", body="x")
        assert form.validate()
        assert list(form.changes()) == ["body"]
        assert control(form, "name").kind == "readonly"
        assert control(form, "body").placeholder == "Text"


def test_overrides(filled: Engine) -> None:
    """A field class of WTForms or of the host's takes the place of ours; unchanged it writes nothing."""
    overrides = {
        "name": wtforms.TextAreaField,
        "nick": wtforms.EmailField,
        "whole": wtforms.IntegerField,
        "at": wtforms.DateTimeLocalField,
        "active": wtforms.BooleanField,
        "body": wtforms.PasswordField,
    }
    with context(filled, every(form_overrides=overrides)) as ctx:
        row = ctx.session.get(Every, 1)
        form = RowForm(ctx, view_of(ctx, Every), row)
        kinds = {name: (control(form, name).kind, control(form, name).input_type) for name in overrides}
        assert kinds == {
            "name": ("textarea", "text"),
            "nick": ("text", "email"),
            "whole": ("number", "number"),
            "at": ("datetime", "datetime-local"),
            "active": ("checkbox", "text"),
            "body": ("text", "password"),
        }
        assert sent(ctx, Every, row).changes() == {}
        saved(ctx, Every, row, nick="a@b.c", whole="12", active=False)
        assert row is not None
        assert (row.nick, row.whole, row.active) == ("a@b.c", 12, False)
        saved(ctx, Every, row, nick="")
        assert row.nick is None


def test_base_class(filled: Engine) -> None:
    """A base class adds fields and inline validators; its own fields reach the hooks alone."""
    seen: list[Any] = []

    class Based(wtforms.Form):
        reason = wtforms.StringField(validators=[validators.InputRequired()])

        def validate_name(self, field: wtforms.Field) -> None:
            if field.data == "root":
                raise wtforms.ValidationError("Taken.")

    def hook(self: Any, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        seen.append(data["reason"])

    with context(filled, every(form_base_class=Based, on_model_change=hook)) as ctx:
        row = ctx.session.get(Every, 1)
        form = sent(ctx, Every, row, name="root")
        assert not form.validate()
        assert set(form.errors) == {"reason", "name"}
        saved(ctx, Every, row, reason="because")
        assert seen == ["because"]


def test_own_form(filled: Engine) -> None:
    """A form class in place of the scaffolded one is used as it is."""

    class Own(wtforms.Form):
        name = wtforms.StringField("Called", [validators.Length(max=3)])
        active = wtforms.BooleanField()

    with context(filled, every(form=Own)) as ctx:
        row = ctx.session.get(Every, 1)
        form = sent(ctx, Every, row, name="long")
        assert list(form.fields) == ["name", "active"]
        assert control(form, "name").label == "Called"
        assert not form.validate()
        saved(ctx, Every, row, name="abc")
        assert row is not None
        assert (row.name, row.active) == ("abc", True)


def test_own_converter(filled: Engine) -> None:
    """A view's own converter makes the fields that it has methods for; ours stay for the rest."""

    class Shouting(ModelConverter):
        @converts("Integer")
        def shout(self, model: type, prop: Any, kwargs: dict[str, Any]) -> Any:
            return wtforms.IntegerRangeField(**kwargs)

    with context(filled, every(form_converter=Shouting)) as ctx:
        form = RowForm(ctx, view_of(ctx, Every), ctx.session.get(Every, 1))
        assert control(form, "whole").input_type == "range"
        assert control(form, "price").step == "0.01"


def test_sqladmin_view(filled: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """A sqladmin view's form options work unchanged, ajax references included."""

    class PlayerAdmin(SqladminView, model=Player):
        form_columns = [Player.name, Player.team, Player.skills]
        form_ajax_refs = {"team": {"fields": ("name",), "order_by": "id"}}
        form_args = {"name": {"label": "Who", "places": 2}}
        form_widget_args = {"name": {"class": "big"}}

    views = Registry()
    for model in (Team, Skill):
        views.add(type(f"{model.__name__}Admin", (SqladminView,), {}, model=model))  # type: ignore[call-overload]
    views.add(PlayerAdmin)
    with caplog.at_level(logging.WARNING), context(filled, views) as ctx:
        row = ctx.session.get(Player, 1)
        form = RowForm(ctx, view_of(ctx, Player), row)
        assert [control(form, name).kind for name in form.fields] == ["text", "relation", "relations"]
        saved(ctx, Player, row, name="Anna")
        assert row is not None
        assert row.name == "Anna"
    assert "places" in caplog.text


class Strange(DeclarativeBase):
    pass


class Wrapped(sa.TypeDecorator[Any]):
    """Loads a dict out of a text, against what its kind says."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value if value is None else value["text"]

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value if value is None else {"text": value}


class Thing(Strange):
    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    wrapped: Mapped[Any | None] = mapped_column(Wrapped())
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped


def test_strange_models(sqlite_engine: Engine) -> None:
    """A type that loads what its kind does not say is left alone; the mapper's own column is not asked for; a class with
    arguments of its own can be made."""
    Strange.metadata.create_all(sqlite_engine)
    with context(sqlite_engine, registry(Thing)) as ctx:
        row = saved(ctx, Thing)
        assert row.kind == "thing"
        ctx.session.execute(sa.update(Thing).values(wrapped={"text": "in"}))
        ctx.session.expire_all()
        form = sent(ctx, Thing, row)
        assert list(form.fields) == ["wrapped"]
        assert form.validate()
        assert form.changes() == {}
        form = sent(ctx, Thing, row, wrapped="new")
        assert form.validate()
        with pytest.raises(SaveRefused) as refused:
            save(form)
        assert refused.value.errors == {"wrapped": ["This value does not fit its column."]}
        assert row.wrapped == {"text": "in"}
