"""A view as the program uses it: every option resolved against the model, once, at start-up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webadmin.auth.user import User
from webadmin.database import identity
from webadmin.database.inspection import ModelInfo, RelationInfo
from webadmin.options.actions import ActionInfo
from webadmin.options.attributes import Attribute
from webadmin.options.depends import Dependence
from webadmin.options.fieldsets import FieldGroup
from webadmin.options.filter_forms import FormField
from webadmin.options.labels import RowLabel
from webadmin.options.model_view import ModelView
from webadmin.options.uploads import Upload
from webadmin.text import humanize

Formatter = Callable[[Any, Any], Any]

_FLAGS = {
    "view": "can_view",
    "add": "can_create",
    "change": "can_edit",
    "delete": "can_delete",
    "restore": "can_restore",
    "purge": "can_purge",
    "export": "can_export",
    "import": "can_import",
    "explain": "can_explain",
}
_WRITING = frozenset({"add", "change", "delete", "restore", "purge", "import"})


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of a list or a line of a detail page."""

    attribute: Attribute
    label: str
    formatter: Formatter | None = None
    description: str = ""

    @property
    def name(self) -> str:
        return self.attribute.name


@dataclass(frozen=True, slots=True)
class FilterOption:
    """What a list may be filtered by: an attribute, or the host's own filter object."""

    attribute: Attribute
    label: str
    custom: Any = None
    """A :class:`webadmin.Filter` with its own condition."""
    fields: Mapping[str, FormField] = field(default_factory=dict, compare=False)
    """The fields of a form by the operator that each stands for, where a form says what may be asked; else all of them may."""


@dataclass(frozen=True, slots=True)
class InlineOption:
    """The rows of a one-to-many relation that are edited on the form of the row that they belong to."""

    relation: RelationInfo
    label: str
    columns: tuple[str, ...]
    """What each row has fields for."""
    order_by: tuple[tuple[str, bool], ...]
    """``(column, descending)``; empty for the relation's own order."""
    page_size: int
    can_add: bool = True
    can_change: bool = True
    can_delete: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """One registered view. Built by ``options.build``; never changes after start-up."""

    key: str
    options: ModelView
    info: ModelInfo
    name: str
    name_plural: str
    category: str
    row_label: RowLabel
    list_columns: tuple[ShownColumn, ...]
    all_columns: Mapping[str, ShownColumn]
    """Every column that ``columns=`` may choose from."""
    details_columns: tuple[ShownColumn, ...]
    export_columns: tuple[ShownColumn, ...]
    form_columns: tuple[str, ...]
    """Attributes on the form, in order: columns and relations."""
    sortable: Mapping[str, Attribute]
    """The sort safelist by name."""
    default_sort: tuple[tuple[str, bool], ...]
    """``(name, descending)``, also of columns that are not on the safelist."""
    default_sort_attributes: Mapping[str, Attribute]
    filters: Mapping[str, FilterOption]
    """The filter safelist by name."""
    searchable: tuple[Attribute, ...]
    search_vector: Attribute | None
    soft_delete: str | None
    page_size: int
    page_sizes: tuple[int, ...]
    labels: Mapping[str, str]
    read_only: bool
    actions: Mapping[str, ActionInfo]
    """The view's own actions, by name."""
    notes: tuple[str, ...] = ()
    """Sentences for the person about this list."""
    soft_delete_cascade: tuple[str, ...] = ()
    """Relations to rows that are marked as deleted with a row of this view."""
    summary: tuple[ShownColumn, ...] = ()
    """The columns that are summed up."""
    loads: tuple[Attribute, ...] = ()
    """What the host's own functions read of rows besides columns: ``list_load``."""
    inlines: tuple[InlineOption, ...] = ()
    """Related rows on the form."""
    fieldsets: tuple[FieldGroup, ...] = ()
    """How the form's fields are grouped; empty for all of them under one heading."""
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    """Columns whose values are files."""
    depends: Mapping[str, Dependence] = field(default_factory=dict)
    """Fields that others decide about; each stands behind those that it depends on."""
    editable: tuple[str, ...] = ()
    """Attributes whose cells are edited in the list itself."""
    hidden: frozenset[str] = frozenset()
    """Attributes that the person may not read: nothing else of this view names them any more."""
    unwritable: frozenset[str] = frozenset()
    """Attributes that the person may not write, the hidden ones included."""
    veil: Hashable = None
    """Stands for all that the person may not read, in whichever view; None where that is nothing."""
    relabelled: bool = False
    """Rows have other labels for this person than for somebody who may read every field."""
    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What other parts work out once for this view and keep with it."""

    @property
    def model(self) -> type:
        return self.info.model

    @property
    def keyless(self) -> bool:
        return self.info.keyless

    @property
    def seen_as(self) -> Hashable:
        """What tells the view from others, also from the same one with other hidden fields: for what is kept by view."""
        return self.key if self.veil is None else (self.key, self.veil)

    def allows(self, user: User, permission: str) -> bool:
        """Whether ``user`` may do ``permission`` here: the one question that routes, views and templates ask."""
        return not self.refuses(permission) and user.may(permission, self.key)

    def refuses(self, permission: str) -> str:
        """Why nobody may do ``permission`` here, whatever they are granted: ``"read_only"``, ``"soft_delete"`` where there is
        none, or the option that says so, such as ``"can_delete"``; empty where a grant is enough."""
        if self.read_only and (permission in _WRITING or permission.startswith("action:")):
            return "read_only"
        if permission in {"restore", "purge"} and self.soft_delete is None:
            return "soft_delete"
        flag = _FLAGS.get(permission)
        return flag if flag is not None and not getattr(self.options, flag) else ""

    def id_of(self, row: Any) -> str:
        """The row's segment of its address, percent-encoded; empty for rows without a key."""
        key = self.info.key
        if (
            len(key) == 1 and not self.info.keyless
        ):  # as for most tables, and asked for every row and every row that it leads to
            return identity.segment((getattr(row, key[0].name),))
        return "" if self.keyless else identity.segment(self.info.key_of(row))

    def key_from(self, segment: str) -> tuple[Any, ...]:
        """The key's values from a percent-decoded segment. Raises NotFound."""
        return identity.values(segment, self.info.key_types)

    def label_of(self, name: str) -> str:
        return self.labels.get(name) or humanize(name)

    def is_deleted(self, row: Any) -> bool:
        return self.soft_delete is not None and getattr(row, self.soft_delete) is not None
