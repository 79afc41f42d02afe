"""A form of values that belong to no row: what an action asks for."""

from __future__ import annotations

import datetime as dt
import enum
import typing
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import wtforms
from sqlalchemy.types import TypeEngine

from webadmin.database.inspection import ColumnInfo, Kind, kind_of
from webadmin.dialects import Dialect
from webadmin.forms.codecs import Codec, codec_for
from webadmin.forms.codecs.choices import BooleanCodec, EnumCodec
from webadmin.forms.fields import CheckboxField, ColumnField
from webadmin.options.actions import Argument, plain_type
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import humanize

PREFIX = "with-"
"""Stands before the names of the form's fields, so that they are no others of the page."""
_TYPES: Mapping[type, type[TypeEngine[Any]]] = {
    int: sa.BigInteger,
    float: sa.Float,
    Decimal: sa.Numeric,
    dt.date: sa.Date,
    dt.time: sa.Time,
    dt.timedelta: sa.Interval,
    UUID: sa.Uuid,
}
_LONG = frozenset({"note", "notes", "comment", "text", "message", "description", "body", "reason"})


class ValueForm:
    """The form of an action.

    :param arguments: what it asks for, where no form class is given.
    :param form: a WTForms form class.
    :param formdata: what was posted; None for a form that is opened.
    """

    creating = True
    row = None

    def __init__(
        self,
        context: Context,
        view: View,
        arguments: Sequence[Argument],
        form: type | None,
        *,
        formdata: Any = None,
    ) -> None:
        self.context, self.view = context, view
        self._own = form is not None
        made = form if form is not None else _form_class(arguments, context.dialect)
        data = None if form is not None else {a.name: a.default for a in arguments if not a.required}
        meta = {"creating": True, "snapshot": None}
        self.wtform: wtforms.Form = made(formdata=formdata, data=data, prefix=PREFIX, meta=meta)
        self.fields: dict[str, wtforms.Field] = {
            name: one
            for name, one in self.wtform._fields.items()
            if not isinstance(one, wtforms.SubmitField) and type(one).__name__ != "CSRFTokenField"
        }

    def validate(self) -> bool:
        """Whether the action can be given what was typed. Fills ``errors``."""
        return bool(self.wtform.validate())

    @property
    def errors(self) -> dict[str | None, list[str]]:
        """The messages by field; None for those about the whole form."""
        found: dict[str | None, list[str]] = {
            name: [str(text) for text in one.errors] for name, one in self.fields.items() if one.errors
        }
        if self.wtform.form_errors:
            found[None] = [str(text) for text in self.wtform.form_errors]
        return found

    @property
    def values(self) -> dict[str, Any]:
        """What the action gets, by argument."""
        if self._own:
            return {"form": self.wtform}
        return {name: one.data for name, one in self.fields.items()}


def _form_class(arguments: Sequence[Argument], dialect: Dialect) -> Any:
    fields = {one.name: _field(one, dialect) for one in arguments}
    return type(
        "ActionForm", (wtforms.Form,), {name: made for name, made in fields.items() if made is not None}
    )


def _field(argument: Argument, dialect: Dialect) -> Any:
    """An unbound field for the annotation of an argument; None where there is none for it."""
    label = argument.label or humanize(argument.name)
    args: dict[str, Any] = {"label": label, "name": argument.name, "id": f"f-{argument.name}"}
    if isinstance(argument.annotation, ColumnInfo):
        column = argument.annotation
        own = codec_for(column, dialect)
        return None if own is None else ColumnField(**args, column=column, codec=own)
    kind, nullable, description = plain_type(argument.annotation)
    args["description"] = description
    optional = nullable or not argument.required
    if kind is bool and not nullable:
        return CheckboxField(**args, column=_column(argument.name, sa.Boolean(), nullable=False))
    codec: Codec | None = None
    type_: TypeEngine[Any]
    if typing.get_origin(kind) is typing.Literal:
        type_, codec = sa.String(), EnumCodec(typing.get_args(kind))
    elif kind is bool:
        type_, codec = sa.Boolean(), BooleanCodec()
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        type_, codec = sa.String(), EnumCodec(list(kind))
    elif kind is str:
        type_ = sa.Text() if argument.name.split("_")[-1] in _LONG else sa.String()
    elif kind is dt.datetime:
        type_ = sa.DateTime(timezone=True)
    elif kind in _TYPES:
        type_ = _TYPES[kind]()
    elif kind == list[str]:
        type_ = sa.ARRAY(sa.Text())
    else:
        return None
    column = _column(argument.name, type_, nullable=optional)
    codec = codec or codec_for(column, dialect)
    return None if codec is None else ColumnField(**args, column=column, codec=codec)


def _column(name: str, type_: TypeEngine[Any], *, nullable: bool) -> ColumnInfo:
    item = getattr(type_, "item_type", None)
    return ColumnInfo(
        name=name,
        column=sa.Column(name, type_, nullable=nullable),
        kind=kind_of(type_),
        nullable=nullable,
        primary_key=False,
        foreign_key=False,
        generated=False,
        has_default=False,
        item_kind=Kind.TEXT if item is not None else None,
        timezone=bool(getattr(type_, "timezone", False)),
    )
