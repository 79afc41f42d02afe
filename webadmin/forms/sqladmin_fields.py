"""Fields made by sqladmin's converters: for a view's own converter, for field classes that replace ours, and for the types
of other packages that only sqladmin knows.

sqladmin is imported with the first form: it is a tenth of a second that the start of a program does without.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import ColumnProperty
from wtforms.fields.core import UnboundField

from webadmin.database.inspection import Kind
from webadmin.dialects import Dialect
from webadmin.dialects.catalog import Opaque
from webadmin.forms.codecs.choose import codec_for
from webadmin.options.view import View

if TYPE_CHECKING:
    from sqladmin.forms import ModelConverterBase

logger = logging.getLogger("webadmin")

_STOCK = ("sqladmin.", "sqlalchemy.")


def converted(
    view: View,
    name: str,
    args: Mapping[str, Any],
    widget_args: Mapping[str, Any],
    override: type | None = None,
) -> UnboundField[Any] | None:
    """The field that sqladmin makes for a column, or None where it cannot.

    :param args: arguments of the field; lists in it are copies, since sqladmin appends to them.
    :param override: the field class to use in place of the converter's.
    """
    from sqladmin.exceptions import NoConverterFound
    from sqladmin.forms import ModelConverter

    converter = (view.options.form_converter or ModelConverter)()
    try:
        made = _run(
            converter.convert(
                model=view.model,
                prop=view.info.mapper.attrs[name],
                session_maker=None,  # only asked for the choices of relations, which are never made here
                field_args=dict(args),
                field_widget_args=dict(widget_args),
                form_include_pk=True,
                label=view.label_of(name),
                override=override,
            )
        )
    except (NoConverterFound, NotImplementedError):
        return None
    except Exception:
        logger.exception("%s: sqladmin's converter has no field for %r; it is shown as text", view.key, name)
        return None
    return made if isinstance(made, UnboundField) else None


def prefers_sqladmin(view: View, name: str, dialect: Dialect) -> bool:
    """Whether a column's field is sqladmin's: the view's own converter has a method for it, or the column's type is of another
    package and has a converter of its own, or it is of no kind that webadmin edits."""
    from sqladmin.exceptions import NoConverterFound
    from sqladmin.forms import ModelConverter, ModelConverterBase

    converter = (view.options.form_converter or ModelConverter)()
    prop = view.info.mapper.attrs[name]
    assert isinstance(prop, ColumnProperty)
    if not isinstance(converter, ModelConverterBase):
        return True
    if any(_own(converter, method) for method in ("convert", "get_converter")):
        return True
    try:
        method = converter.get_converter(prop)
    except NoConverterFound:
        return False
    if _own(converter, getattr(method, "__name__", "")):
        return True
    if view.info.columns[name].kind is Kind.OTHER:
        return (
            not isinstance(prop.columns[0].type, Opaque)
            and codec_for(view.info.columns[name], dialect) is None
        )
    names = {
        f"{cls.__module__}.{cls.__name__}"
        for cls in type(prop.columns[0].type).__mro__
        if not cls.__module__.startswith(_STOCK)
    }
    return any(getattr(method, "_converter_for", frozenset()) & {name} for name in names)


def _own(converter: ModelConverterBase, method: str) -> bool:
    found = getattr(type(converter), method, None)
    return found is not None and not getattr(found, "__module__", "sqladmin.").startswith("sqladmin.")


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """sqladmin's converters are coroutines that wait for nothing but the choices of relations."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise RuntimeError("a form converter waits for something; it has to make its field at once")
