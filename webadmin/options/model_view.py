"""``ModelView``: the options of one model, as class attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa

from webadmin.auth.user import User

Attr = Any
"""A mapped attribute (``Order.total``), its name (``"total"``) or a path through relations (``"customer.name"``)."""


class ModelView:
    """How the rows of one model are listed, shown and changed.

    ``class OrderView(ModelView, model=Order)`` and set what should differ from what is guessed. Attributes that
    SQLAlchemy admins already share have the same meaning here.
    """

    model: ClassVar[type]

    # names and places
    key: ClassVar[str] = ""
    """Place in the address; by default the table's name."""
    name: ClassVar[str] = ""
    name_plural: ClassVar[str] = ""
    category: ClassVar[str] = ""
    """Group in the navigation."""
    icon: ClassVar[str] = ""
    row_label: ClassVar[Callable[[Any], str] | Attr | None] = None
    """How one row is called: a function of the row or an attribute; by default ``__str__`` or a name-like column."""

    # what may be done
    can_view: ClassVar[bool] = True
    can_create: ClassVar[bool] = True
    can_edit: ClassVar[bool] = True
    can_delete: ClassVar[bool] = True
    can_restore: ClassVar[bool] = True
    can_purge: ClassVar[bool] = True
    can_view_details: ClassVar[bool] = True
    can_export: ClassVar[bool] = True
    can_import: ClassVar[bool] = True
    can_explain: ClassVar[bool] = True

    # list
    column_list: ClassVar[str | Sequence[Attr]] = ()
    """Columns, to-one and to-many relations, properties; ``"__all__"`` for every column."""
    column_exclude_list: ClassVar[Sequence[Attr]] = ()
    column_labels: ClassVar[Mapping[Attr, str]] = {}
    column_descriptions: ClassVar[Mapping[Attr, str]] = {}
    column_formatters: ClassVar[Mapping[Attr, Callable[[Any, Any], Any]]] = {}
    """``(row, attribute) -> text or Markup`` for the list."""
    column_type_formatters: ClassVar[Mapping[type, Callable[[Any], Any]]] = {}
    list_load: ClassVar[Sequence[Attr]] = ()
    """Relations, and deferred columns, that formatters, ``row_label``, ``__str__`` and properties read: they are loaded
    along with the rows, in lists and on the page of a row."""
    column_sortable_list: ClassVar[Sequence[Attr] | None] = None
    """The only columns and SQL expressions that can be sorted by; by default the columns that lead an index."""
    column_default_sort: ClassVar[Any] = ()
    """An attribute, ``(attribute, descending)`` or a list of these."""
    slow_sort_rows: ClassVar[int] = 200_000
    """How many rows a person may sort without an index and without being asked; 0 for any number."""
    column_searchable_list: ClassVar[Sequence[Attr]] = ()
    search_vector: ClassVar[Attr | None] = None
    """The tsvector column behind the search box; found by itself when there is one."""
    search_index: ClassVar[str] = ""
    """The FTS5 table behind the search box; one that names this table as its content is found by itself."""
    column_filters: ClassVar[Sequence[Any] | None] = None
    """Attributes and relations; an empty list for none; by default guessed from types."""
    column_summary_list: ClassVar[Sequence[Attr] | None] = None
    """Numbers and dates that the summary is about; an empty list for none; by default guessed from types."""
    column_editable_list: ClassVar[Sequence[Attr]] = ()
    """Columns and to-one relations whose cells are edited in the list itself, by whoever may change the row."""
    page_size: ClassVar[int] = 25
    page_size_options: ClassVar[Sequence[int]] = (10, 25, 50, 100, 200)
    soft_delete_column: ClassVar[Attr | None] = None
    """The nullable timestamp that marks a deleted row; ``deleted_at`` is found by itself; ``""`` for none."""
    soft_delete_cascade: ClassVar[Sequence[Attr]] = ()
    """Relations to rows that are marked as deleted with this one, at the same moment, and come back with it."""

    # detail
    column_details_list: ClassVar[str | Sequence[Attr]] = ()
    column_details_exclude_list: ClassVar[Sequence[Attr]] = ()
    column_formatters_detail: ClassVar[Mapping[Attr, Callable[[Any, Any], Any]]] = {}
    column_type_formatters_detail: ClassVar[Mapping[type, Callable[[Any], Any]]] = {}

    # export
    column_export_list: ClassVar[Sequence[Attr]] = ()
    column_export_exclude_list: ClassVar[Sequence[Attr]] = ()
    export_types: ClassVar[Sequence[str]] = ("csv", "json")
    export_max_rows: ClassVar[int] = 0

    # import
    import_max_bytes: ClassVar[int] = 0
    """How large a file may be; 0 for what the admin allows, which nothing exceeds."""
    import_max_rows: ClassVar[int] = 0

    # form
    form: ClassVar[type | None] = None
    """A WTForms form class in place of the scaffolded one."""
    form_base_class: ClassVar[type | None] = None
    form_columns: ClassVar[Sequence[Attr]] = ()
    form_excluded_columns: ClassVar[Sequence[Attr]] = ()
    form_args: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Arguments of a field: label, description, validators, default, …"""
    form_widget_args: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """``readonly``, ``disabled`` (both held by the server too), ``placeholder``, ``rows``."""
    form_overrides: ClassVar[Mapping[str, type]] = {}
    """A WTForms field class by name."""
    form_converter: ClassVar[type | None] = None
    form_ajax_refs: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """``{"customer": {"fields": ("name", "email"), "order_by": "name"}}``: what a relation is searched by."""
    form_rules: ClassVar[Sequence[str]] = ()
    form_create_rules: ClassVar[Sequence[str]] = ()
    form_edit_rules: ClassVar[Sequence[str]] = ()
    form_include_pk: ClassVar[bool] = False
    form_readonly_columns: ClassVar[Sequence[Attr]] = ()
    form_fieldsets: ClassVar[Sequence[Any]] = ()
    """:class:`webadmin.Fieldset` objects: fields under headings, on tabs, side by side."""
    form_depends: ClassVar[Mapping[Attr, Any]] = {}
    """:class:`webadmin.Depends` objects by field: what a field is like, given the values of others."""
    form_uploads: ClassVar[Mapping[Attr, Any]] = {}
    """:class:`webadmin.Upload` objects: columns of bytes that files are sent for, and which files others take."""
    save_as: ClassVar[bool] = False
    """The form of a row can be saved as a new one."""
    save_as_continue: ClassVar[bool] = True
    """After that the form of the new row follows; else the list."""
    inlines: ClassVar[Sequence[Any]] = ()
    """One-to-many relations, or :class:`webadmin.Inline` objects, whose rows are edited on this form."""

    # history
    change_reason: ClassVar[str] = ""
    """Whether pages that change rows ask why: ``"optional"``, ``"required"``, or ``""`` for not at all."""

    _sqladmin: ClassVar[bool] = False
    """Made from a sqladmin view."""
    _unlinked: ClassVar[Sequence[str]] = ()
    """Relations that are shown without a link."""

    def __init_subclass__(cls, model: type | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if model is not None:
            cls.model = model

    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        """Restrict ``stmt``, a select of the model, to the rows that ``user`` may see. Applies to every route."""
        return stmt

    def can_read_field(self, name: str, user: User) -> bool:
        """Whether ``user`` may read the attribute ``name`` of these rows; what they may not is nowhere to be seen or asked for.
        Asked for every field on every request: look up once what it needs, and keep it on ``user.request.state``."""
        return True

    def can_write_field(self, name: str, user: User) -> bool:
        """Whether ``user`` may write the attribute ``name``; what they may not is shown as text, and refused when it is sent."""
        return True

    def is_accessible(self, request: Any) -> bool:
        """Whether the person of ``request`` may use this view at all."""
        return True

    def is_visible(self, request: Any) -> bool:
        """Whether the view stands in the navigation."""
        return True

    def on_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> Any:
        """Called inside the transaction before a row is written; ``request.session`` is its session.
        An exception rolls everything back, and the form is shown again with what was typed. May be a coroutine."""

    def after_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> Any:
        """Called inside the transaction after the row is flushed. May be a coroutine."""

    def on_import_row(self, row: dict[str, Any], number: int, request: Any) -> Any:
        """Called for each row of a file, when it is checked and again when it is imported: ``row`` holds its values by column, and may be
        changed. ``wtforms.ValidationError`` says why a row cannot be taken. May be a coroutine."""

    def after_commit(self, change: Any, request: Any) -> Any:
        """Called when the transaction is over and nothing can undo it: for mails, caches, other systems. ``change`` is a
        :class:`webadmin.CommittedChange`. There is no transaction any more, so ``request.session`` is of no use. An
        exception is logged and told to the person. May be a coroutine."""

    def on_model_delete(self, model: Any, request: Any) -> Any:
        """Called inside the transaction before a row is deleted. May be a coroutine."""

    def after_model_delete(self, model: Any, request: Any) -> Any:
        """Called inside the transaction after a row is deleted. May be a coroutine."""
