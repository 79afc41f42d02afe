"""What the fields of a form start with: what is stored, or what an address fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect

from webadmin.database.inspection import RelationInfo
from webadmin.forms import related
from webadmin.forms.fields import ReadOnlyField
from webadmin.forms.relations import RelationField
from webadmin.forms.scaffold import Blueprint
from webadmin.options.context import Context
from webadmin.options.view import View


class Start:
    """The values of a form for ``row``, or for a new row where that is None, by the form's keys.

    :param initial: texts by field name that a new row starts with; all else is left to the fields' defaults.
    :param names: reads what related rows are called.
    """

    def __init__(
        self,
        context: Context,
        view: View,
        row: Any,
        blueprint: Blueprint,
        initial: Mapping[str, str],
        names: related.Names,
    ) -> None:
        self.context, self.view, self.row, self._blueprint, self._names = context, view, row, blueprint, names
        self.more: set[str] = set()
        """To-many relations of which only the first rows were read."""
        self.prefilled: set[str] = set()
        self.values: dict[str, Any] = {}
        if row is None:
            for key, name in blueprint.names.items():
                if name in initial and (found := self._from_text(name, key, initial[name])) is not None:
                    self.values[key] = found
                    self.prefilled.add(name)
        else:
            many = self._members()
            self.values = {
                key: many[name] if name in many else self._stored(name, key)
                for key, name in blueprint.names.items()
            }

    def _takes_ids(self, key: str) -> bool:
        """Whether the field is one of ours; one of the host's takes rows."""
        return issubclass(getattr(self._blueprint.form_class, key).field_class, RelationField | ReadOnlyField)

    def _members(self) -> dict[str, list[related.Related]]:
        wanted: list[RelationInfo] = []
        for key, name in self._blueprint.names.items():
            relation = self.view.info.relations.get(name)
            if relation is not None and relation.uselist and self._takes_ids(key):
                wanted.append(relation)
        read = related.members_of_all(self.context, wanted, self.row)
        self.more |= {name for name, (_members, more) in read.items() if more}
        return {name: members for name, (members, _more) in read.items()}

    def _stored(self, name: str, key: str) -> Any:
        relation = self.view.info.relations.get(name)
        if relation is not None and self._takes_ids(key):
            return related.current_target(self.context, relation, self.row, self._names)
        if relation is None and name in inspect(self.row).unloaded and self._is_heavy(name):
            return None
        return getattr(self.row, name, None)

    def _is_heavy(self, name: str) -> bool:
        return name in self.view.info.columns and (
            name in self._blueprint.readonly or name in self.view.uploads
        )

    def _from_text(self, name: str, key: str, text: str) -> Any:
        relation = self.view.info.relations.get(name)
        if relation is not None:
            target = self.context.registry.for_model(relation.target)
            if target is not None and not self.context.may_look(target):
                return None  # nobody learns names by trying keys
            try:
                id = related.canonical_id(relation.target, text)
            except ValueError:
                return None
            found = related.by_id(self.context, relation, [id])
            targets = [related.related(self.context, relation.target, row) for row in found.values()]
            return targets if relation.uselist else next(iter(targets), None)
        codec = getattr(self._blueprint.form_class, key).kwargs.get("codec")
        try:
            return codec.parse(text) if codec is not None else None
        except ValueError:
            return None
