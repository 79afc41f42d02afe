"""Actions of one's own over chosen rows."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeVar
from uuid import UUID

import sqlalchemy as sa

_Method = TypeVar("_Method", bound=Callable[..., Any])

On = Literal["rows", "row", "query"]
RESERVED = frozenset({"delete", "edit", "progress", "purge", "restore"})
"""Names that stand for pages of our own below ``actions/``."""
TYPES = frozenset(
    {str, int, float, bool, Decimal, dt.date, dt.datetime, dt.time, dt.timedelta, UUID, list[str]}
)  # fmt: skip
"""What an argument may be annotated with, besides enums, literals, ``… | None`` and ``Annotated[…, "help text"]``."""
_GIVEN = 3
"""Arguments that every method gets: itself, the rows, the request."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One value that an action asks for: what the annotation of its argument says."""

    name: str
    annotation: Any
    default: Any = None
    required: bool = True
    label: str = ""


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """What ``@action`` was given."""

    name: str
    label: str
    confirmation: str
    method: str
    """The name of the method on the view."""
    on: On = "rows"
    form: type | None = None
    arguments: tuple[Argument, ...] = ()
    allowed: Any = None
    icon: str = ""
    tone: str = ""
    column: str = ""
    """The attribute that a ready-made action writes."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action has done, for its page: an action may return one in place of a sentence.

    Rows that failed are those that stay as they were; the others are written.
    """

    done: int
    failed: Sequence[tuple[Any, str]] = ()
    """Rows, as far as they are to be listed, each with why it was left out."""
    failed_count: int | None = None
    """How many were left out, where ``failed`` holds only the first of them."""
    text: str = ""
    """A sentence for the page; empty for one of webadmin's own."""

    @property
    def left_out(self) -> int:
        return len(self.failed) if self.failed_count is None else self.failed_count


def action(
    name: str | None = None,
    label: str | None = None,
    confirmation: str = "",
    *,
    on: On = "rows",
    form: type | None = None,
    allowed: Any = None,
    icon: str = "",
    tone: Literal["", "danger"] = "",
) -> Callable[[_Method], _Method]:
    """Make a method of a ``ModelView`` an action over chosen rows.

    ``def mark_paid(self, rows, request)`` gets the chosen rows, loaded and locked, inside the transaction; it changes
    them and may return a sentence for the next page, or an :class:`ActionResult`. It runs by POST only, after a page that
    shows the rows, and takes the permission ``action:NAME``. Further arguments with annotations become fields of that page.

    :param name: place in the address; by default the method's name.
    :param label: on the button; by default the name in words.
    :param confirmation: a sentence on the page that asks before.
    :param on: what the method gets. ``"rows"``: a list of the rows, 1,000 at most. ``"row"``: one row after the other, any
        number of them; those that it refuses with ``wtforms.ValidationError`` are listed, the others are written.
        ``"query"``: a :class:`webadmin.Selection`, for statements over any number of rows.
    :param form: a WTForms form class; the method gets the form, filled and valid, as the argument ``form``.
    :param allowed: for which rows the action may be done: a function of a row, or of a row and the request, or an SQL
        condition on the model. It is asked before the method runs, and again for what pages offer. For ``on="query"`` it has
        to be a condition.
    :param icon: a picture of the sprite.
    :param tone: ``"danger"`` for one that destroys.
    """
    if on not in ("rows", "row", "query"):
        raise TypeError(f'action(on={on!r}): write "rows", "row" or "query"')
    if on == "query" and allowed is not None and not isinstance(allowed, sa.ColumnElement):
        given = getattr(allowed, "__clause_element__", None)
        if given is None:
            raise TypeError(
                "action(on='query', allowed=…) takes an SQL condition: nobody looks at each of the rows"
            )

    def mark(method: _Method) -> _Method:
        own = name or method.__name__.replace("_", "-")
        words = label or own.replace("-", " ").replace("_", " ").capitalize()
        info = ActionInfo(own, words, confirmation, method.__name__, on, form, (), allowed, icon, tone)
        method._webadmin_action = info  # type: ignore[attr-defined]
        return method

    return mark


def actions_of(options: Any, fault: Callable[[str, str, str], None] | None = None) -> dict[str, ActionInfo]:
    """The actions of a view, by name, in the order of their definition.

    :param fault: called with the action, what it is given and a remedy for each that cannot be used.
    """
    found: dict[str, ActionInfo] = {}
    for cls in reversed(type(options).__mro__):
        for attribute, value in vars(cls).items():
            info = getattr(value, "_webadmin_action", None)
            if not isinstance(info, ActionInfo):
                continue
            if info.name in RESERVED or "/" in info.name or not info.name.strip("."):
                if fault is not None:
                    fault(
                        attribute,
                        repr(info.name),
                        "this name is taken, or no part of an address: give it another",
                    )
                continue
            if info.form is None:
                info = replace(info, arguments=_asked(value, options.model, attribute, fault))
            found[info.name] = info
    return found


def plain_type(annotation: Any) -> tuple[Any, bool, str]:
    """The type of an argument, whether it may be missing, and what ``Annotated`` says of it."""
    nullable, description = False, ""
    while True:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            description = next((text for text in arguments[1:] if isinstance(text, str)), description)
            annotation = arguments[0]
        elif origin in {typing.Union, types.UnionType} and type(None) in arguments and len(arguments) == 2:
            nullable = True
            annotation = next(one for one in arguments if one is not type(None))
        else:
            return annotation, nullable, description


def _known(kind: Any) -> bool:
    if typing.get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return True
    return kind in TYPES


def allowed_by_sql(info: ActionInfo) -> sa.ColumnElement[bool] | None:
    """The condition on rows, where the action has one that is SQL."""
    given = info.allowed
    if given is None or inspect.isfunction(given) or inspect.ismethod(given):
        return None
    element = given if isinstance(given, sa.ColumnElement) else getattr(given, "__clause_element__", None)
    if element is None:
        return None
    found: sa.ColumnElement[bool] = element if isinstance(element, sa.ColumnElement) else element()
    return found


def allowed_by_function(info: ActionInfo, row: Any, request: Any) -> bool:
    """Whether the action's own function allows it for ``row``; yes where it has none."""
    if info.allowed is None or allowed_by_sql(info) is not None:
        return True
    function = info.allowed
    takes = len(inspect.signature(function).parameters)
    return bool(function(row) if takes == 1 else function(row, request))


def _asked(
    value: Any, model: type, attribute: str, fault: Callable[[str, str, str], None] | None
) -> tuple[Argument, ...]:
    ready = getattr(value, "arguments", None)
    if ready is None:
        return _arguments(value, attribute, fault)
    try:
        return tuple(ready(model))
    except TypeError as error:
        if fault is not None:
            fault(attribute, type(value).__name__, str(error))
        return ()


def _arguments(
    method: Any, attribute: str, fault: Callable[[str, str, str], None] | None
) -> tuple[Argument, ...]:
    if not inspect.isfunction(method):
        return ()
    parameters = list(inspect.signature(method).parameters.values())[_GIVEN:]
    try:
        hints: Mapping[str, Any] = typing.get_type_hints(method, include_extras=True)
    except (NameError, TypeError) as error:
        hints = {}
        if fault is not None and parameters:
            fault(attribute, "annotations", f"they cannot be looked up: {error}")
    found: list[Argument] = []
    for one in parameters:
        if one.kind in {one.VAR_KEYWORD, one.VAR_POSITIONAL}:
            continue
        if one.name not in hints:
            if fault is not None and one.default is one.empty:
                fault(attribute, one.name, "say of which type it is: a field is made of it")
            continue
        if fault is not None and not _known(plain_type(hints[one.name])[0]):
            fault(attribute, one.name, "no field is made of this type: give the action a form")
        given = one.default is not one.empty
        found.append(Argument(one.name, hints[one.name], one.default if given else None, required=not given))
    return tuple(found)
