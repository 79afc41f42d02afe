"""Fields over relations: they hold ids, as addresses have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webadmin.database.inspection import ModelInfo, RelationInfo
from webadmin.forms.fields import OwnField
from webadmin.forms.related import Related, canonical_id
from webadmin.text import gettext as _

MOST_AT_ONCE = 1000
"""Rows that one to-many field of a form can name."""
_BLANK = ("", "__None")
"""What selects send for nothing chosen: ours, sqladmin's."""


class RelationField(OwnField):
    """:param relation: the relation."""

    def __init__(
        self, label: str | None = None, validators: Any = None, *, relation: RelationInfo, **kwargs: Any
    ) -> None:
        self.relation = relation
        self.targets: Mapping[str, Any] = {}
        """Rows that were newly chosen, by id, once the form is valid."""
        super().__init__(label, validators, **kwargs)

    @property
    def chosen(self) -> Sequence[str]:
        """The ids that were newly chosen."""
        return ()

    def _id(self, text: object) -> str:
        try:
            return canonical_id(self.relation.target, str(text))
        except ValueError:
            raise ValueError(self.unknown(str(text))) from None

    def unknown(self, id: str) -> str:
        """What to say of an id that leads nowhere."""
        return _("There is no “{id}” to choose here.").format(id=id[:40])


class ToOneField(RelationField):
    """The id of the one related row.

    :param required: the relation cannot be empty.
    """

    def __init__(
        self, label: str | None = None, validators: Any = None, *, required: bool, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.required = required

    def process_data(self, value: Related | None) -> None:
        self.current = value
        self.stored = self.data = value.id if value is not None else None
        self.shown = self.stored or ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if not valuelist:
            return
        text = str(valuelist[0]).strip()
        if text == self.base or (text in _BLANK and not self.base):
            return
        id = None if text in _BLANK else self._id(text)
        if id == (self.base or None):
            return
        self.touched, self.data = True, id

    @property
    def chosen(self) -> Sequence[str]:
        return [self.data] if self.touched and self.data and self.data != self.stored else []

    def _value(self) -> str:
        if self.raw_data and str(self.raw_data[0]) not in _BLANK:
            return (
                self.data if self.touched and self.data and not self.process_errors else str(self.raw_data[0])
            )
        return "" if self.raw_data else self.shown


class ToManyField(RelationField):
    """The ids of related rows; ``added`` and ``removed`` are what the person did, whatever others do meanwhile."""

    more = False
    """There are more members than are shown."""
    _rebased: list[str] | None = None

    @property
    def base(self) -> Any:
        return super().base if self._rebased is None else self._rebased

    def leave(self) -> None:
        self.touched, self.data, self._rebased = False, list(self.stored), list(self.shown)

    def rebase(self) -> None:
        """Put what the person did on top of what is stored now: the same rows are added and removed."""
        added, removed, now = self.added, self.removed, set(self.shown)
        self._rebased = [*self.shown, *(id for id in removed if id not in now)]
        self.data = [id for id in self.shown if id not in removed] + [id for id in added if id not in now]

    def process_data(self, value: Sequence[Related] | None) -> None:
        self.members = list(value or ())
        self.shown = [member.id for member in self.members]
        self.stored = list(self.shown)
        self.data = list(self.shown)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if not valuelist:
            return
        # The box for adding takes several ids; an id never has a space in it.
        words = [word for value in valuelist for word in str(value).split() if word not in _BLANK]
        if len(words) > MOST_AT_ONCE:
            raise ValueError(_("At most {count} rows can be linked at once.").format(count=MOST_AT_ONCE))
        self.data = list(dict.fromkeys(self._id(word) for word in words))
        self.touched = bool(self.added or self.removed)

    @property
    def empty(self) -> bool:
        return not self.data

    @property
    def added(self) -> list[str]:
        return [id for id in self.data or () if id not in self.base]

    @property
    def removed(self) -> list[str]:
        return [id for id in self.base if id not in (self.data or ())]

    @property
    def chosen(self) -> Sequence[str]:
        return self.added


def can_be_empty(info: ModelInfo, relation: RelationInfo) -> bool:
    """Whether a to-one relation can lead nowhere: one of its columns at least can be null."""
    if not relation.many_to_one:
        return True
    columns = [info.columns[name] for name in relation.local]
    return any(column.nullable and not column.primary_key for column in columns)
