"""Forms as a browser fills and sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from webadmin.auth.keys import Keys
from webadmin.auth.user import User
from webadmin.changes.save import save
from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.forms.controls import FormControl, controls
from webadmin.forms.row_form import RowForm
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry
from webadmin.options.view import View
from webadmin.rendering.urls import Urls

KEY = Keys("a secret for tests")
URLS = Urls("")


def registry(*models: type, **options: dict[str, Any]) -> Registry:
    """A registry of plain views; ``options`` are class attributes by the model's name."""
    made = Registry()
    for model in models:
        own = options.get(model.__name__, {})
        made.add(type(f"{model.__name__}View", (ModelView,), {"model": model, **own}))
    return made


@contextmanager
def context(
    engine: Engine, views: Registry, *, user: User | None = None, request: Any = None
) -> Iterator[Context]:
    """The context of a request that writes; the test commits."""
    database = Database(engine)
    with database.transaction(read_only=False, timeouts=Timeouts()) as session:
        yield Context(session, database.dialect, user or User("Ada"), views, hook_request=request)


def view_of(ctx: Context, model: type) -> View:
    """The view of a model."""
    view = ctx.registry.for_model(model)
    assert view is not None
    return view


def control(form: RowForm, name: str) -> FormControl:
    """The control of this name."""
    return next(found for found in controls(form, URLS) if found.name == name)


def fill(form: RowForm, **typed: Any) -> FormData:
    """What a browser sends for an open form in which a person has typed ``typed``: a text, a list of texts, or a boolean for
    a box; None for a field that is not sent at all."""
    pairs: list[tuple[str, str]] = list(form.hidden(KEY))
    for one in controls(form, URLS):
        pairs += [(one.name, text) for text in _sent(one, typed)]
    return FormData(pairs)


def _sent(one: FormControl, typed: dict[str, Any]) -> list[str]:
    if one.name in typed:
        value = typed[one.name]
        if isinstance(value, bool):
            return ["true"] if value else []
        return [] if value is None else [value] if isinstance(value, str) else list(value)
    if one.kind == "readonly":
        return []
    if one.kind == "checkbox":
        return ["true"] if one.value else []
    if one.kind == "relations":
        return [*(choice.value for choice in one.choices), ""]
    if one.kind == "select":
        values = [choice.value for choice in one.choices]
        return [choice.value for choice in one.choices if choice.selected] or values[:1]
    value = one.value
    if one.kind in {"textarea", "json", "array"}:
        value = value.replace("\r\n", "\n").replace("\n", "\r\n")  # as browsers send line ends
    if one.kind in {"datetime", "time"} and value.endswith(":00") and value.count(":") == 2:
        value = value[:-3]  # as browsers shorten times
    return [value]


def sent(ctx: Context, model: type, row: Any = None, posted: FormData | None = None, **typed: Any) -> RowForm:
    """A form that was opened, filled and sent."""
    view = view_of(ctx, model)
    data = posted if posted is not None else fill(RowForm(ctx, view, row), **typed)
    return RowForm(ctx, view, row, formdata=data, key=KEY)


def saved(ctx: Context, model: type, row: Any = None, **typed: Any) -> Any:
    """The row after its form was filled with ``typed`` and saved."""
    form = sent(ctx, model, row, **typed)
    assert form.validate(), form.errors
    return save(form)


@contextmanager
def statements(session: Session, *verbs: str) -> Iterator[list[str]]:
    """The statements that begin with one of ``verbs``, as they are run."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(verbs or ("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", note)
