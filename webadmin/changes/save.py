"""Writing one row from its form, inside the request's transaction: what the person changed and nothing else."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from wtforms import ValidationError

from webadmin.changes.conflicts import clash_messages
from webadmin.changes.files import keep_file
from webadmin.changes.hooks import HookRefused, changed, run_hook
from webadmin.changes.integrity import SaveRefused, key_taken, refusal
from webadmin.changes.members import CannotLeave, change_members
from webadmin.database import identity
from webadmin.database.inspection import ColumnInfo, Kind, RelationInfo, inspect_model
from webadmin.errors import Conflict
from webadmin.forms import related
from webadmin.forms.relations import RelationField, ToManyField
from webadmin.forms.row_form import RowForm
from webadmin.forms.uploads import SentFile
from webadmin.options.view import View
from webadmin.text import gettext as _


def save(form: RowForm, then: Callable[[Any], None] | None = None) -> Any:
    """Write the row of a valid form and return it: a new one, or ``form.row`` with what changed.

    The view's hooks run, then what changed is flushed inside a savepoint; the caller commits. After a refusal the session
    can be used to show the form again.

    :param then: called with the row when it is flushed, inside the savepoint: writes what belongs to it.

    Raises SaveRefused with messages for the form (with ``conflict`` where others changed the same fields and nobody has said
    whose value to keep), or Conflict when the row has another version by now. What a hook raises is a refusal too, with a
    message that is safe to show.
    """
    if form.clashes:
        raise SaveRefused(clash_messages(form), conflict=True)
    return _Saving(form, then).run()


def save_together(forms: Sequence[RowForm]) -> bool:
    """Write the rows of valid forms of one view, in as few statements as they allow; False where one of them is refused, and nothing
    is written then: :func:`save` of each says which, and why.

    Not for views with hooks, which would run again.
    """
    savings = [_Saving(form, None) for form in forms]
    if any(form.clashes or one.sends_files for form, one in zip(forms, savings, strict=True)):
        return False
    context, session = forms[0].context, forms[0].context.session
    try:
        with session.begin_nested():
            with session.no_autoflush:
                for one in savings:
                    one.prepare()
            session.flush()
            for one in savings:
                one.complete()
    except (StaleDataError, SaveRefused):
        return False
    except exc.StatementError as error:
        failure = context.dialect.failure(error)
        if not (failure.integrity or failure.value):
            raise
        return False
    return True


class _Saving:
    def __init__(self, form: RowForm, then: Callable[[Any], None] | None) -> None:
        self.form, self.view, self.context, self.then = form, form.view, form.context, then
        self.session = form.context.session
        self.changes = form.changes()
        self.data = form.data
        self.before = copy.copy(self.data) | {
            name: copy.deepcopy(value)
            for name, value in self.data.items()
            if isinstance(value, list | dict | set)
        }
        self.row, self.creating = form.row, form.row is None
        self.written: dict[str, Any] = {}
        self.members: dict[str, Any] = {}

    def run(self) -> Any:
        try:
            with self.session.begin_nested():
                self.prepare()
                self.session.flush()
                self.complete()
        except StaleDataError:
            raise Conflict(
                _(
                    "Somebody else has saved this row since you opened it. Open it again and repeat your change."
                )
            ) from None
        except ValidationError as error:
            raise SaveRefused({None: [str(error)]}) from error
        except HookRefused as error:
            raise SaveRefused({None: [error.message]}, status=error.status) from error
        except exc.StatementError as error:
            refused = refusal(self.form, self.written, error)
            if refused is None:
                raise
            raise refused from error
        return self.row

    @property
    def sends_files(self) -> bool:
        return any(isinstance(value, SentFile) for value in self.data.values())

    def prepare(self) -> None:
        """Put into the row what is to be written, up to the flush."""
        creating = self.creating
        if creating:
            self.row = new_row(self.view, self.data | self.form.given)
            for name, value in self.form.given.items():
                setattr(self.row, name, value)
        run_hook(self.context, self.view, "on_model_change", self.data, self.row, creating)
        with self.session.no_autoflush:  # the row is written once, when all is set
            for name, value in self._wanted():
                self._assign(name, value, creating=creating)
        if creating:
            if self._is_there():  # the session knows it: it would only warn, and ask the database in vain
                raise key_taken(self.form, self.written)
            self.session.add(self.row)

    def complete(self) -> None:
        """What follows when the row is flushed."""
        if nulls := [name for name, value in self.written.items() if value is sa.JSON.NULL]:
            self.session.expire(self.row, nulls)  # the marker itself would stay on the row
        for name, ids in self.members.items():
            self._change_members(self.view.info.relations[name], ids)
        if self.then is not None:
            self.then(self.row)
        run_hook(self.context, self.view, "after_model_change", self.data, self.row, self.creating)
        self.session.flush()
        changed(self.context, self.view, "create" if self.creating else "change", [self.row])

    def _is_there(self) -> bool:
        """Whether a row with the new one's key has been read already."""
        info = self.view.info
        key = tuple(self.written.get(column.name, getattr(self.row, column.name)) for column in info.key)
        return info.mapper.identity_key_from_primary_key(key) in self.session.identity_map

    def _wanted(self) -> list[tuple[str, Any]]:
        """What is written: the person's changes, as the hook left them, and what the hook changed itself."""
        return [
            (name, value)
            for name, value in self.data.items()
            if name in self.changes or name not in self.before or not _equal(value, self.before[name])
        ]

    def _assign(self, name: str, value: Any, *, creating: bool) -> None:
        info = self.view.info
        if (relation := info.relations.get(name)) is not None:
            if relation.uselist:
                self.members[name] = value
            else:
                self._lead_to(relation, value)
        elif (column := info.columns.get(name)) is not None:
            if creating and value is None and column.has_default and not column.nullable:
                return
            if isinstance(value, SentFile):
                value = keep_file(self.context, column, value)
            self.written[name] = value
            _set(self.row, column, value, creating=creating)
        elif hasattr(self.view.model, name):
            setattr(self.row, name, value)

    def _lead_to(self, relation: RelationInfo, value: Any) -> None:
        if value is None or value == "":
            self._lead_nowhere(relation)
            return
        target = self._target(relation, value) if isinstance(value, str | int) else value
        setattr(self.row, relation.name, target)
        if relation.many_to_one:
            self.written |= {
                local: getattr(target, remote)
                for local, remote in zip(relation.local, relation.remote, strict=True)
            }

    def _lead_nowhere(self, relation: RelationInfo) -> None:
        if not relation.many_to_one:
            setattr(self.row, relation.name, None)
            return
        # Column by column: a key that several relations share stays for the others.
        for name in relation.local:
            column = self.view.info.columns[name]
            if column.nullable and not column.primary_key:
                self.written[name] = None
                setattr(self.row, name, None)
        set_committed_value(self.row, relation.name, None)

    def _target(self, relation: RelationInfo, id: str | int) -> Any:
        return self._targets(relation, [id])[0]

    def _targets(self, relation: RelationInfo, ids: list[Any]) -> list[Any]:
        field = self.form.fields.get(relation.name)
        known = dict(field.targets) if isinstance(field, RelationField) else {}
        wanted = [str(id) for id in ids]
        missing = [id for id in wanted if id not in known]
        known |= related.by_id(self.context, relation, missing)
        if any(id not in known for id in wanted):
            raise SaveRefused({relation.name: [_("There is no such row any more.")]})
        return [known[id] for id in wanted]

    def _change_members(self, relation: RelationInfo, value: Any) -> None:
        field = self.form.fields.get(relation.name)
        base = list(field.base) if isinstance(field, RelationField) else []
        given = {_id_of(relation, member): member for member in value or ()}
        new = [id for id in given if id not in base]
        loaded = self._targets(relation, [id for id in new if isinstance(given[id], str | int)])
        by_id = {_id_of(relation, target): target for target in loaded}
        added = {id: by_id.get(id, given[id]) for id in new}
        there = _members_now(field)
        try:
            change_members(
                self.context, relation, self.row, added, [id for id in base if id not in given], there
            )
        except CannotLeave:
            message = _(
                "Those that you took out cannot be without this one: delete them, or give them to another."
            )
            raise SaveRefused({relation.name: [message]}) from None


def _members_now(field: Any) -> Mapping[str, Any] | None:
    """The members that a field has read of a locked row, by id; None where these are not all."""
    if not isinstance(field, ToManyField) or field.more:
        return None
    return {member.id: member.row for member in field.members}


def new_row(view: View, data: dict[str, Any]) -> Any:
    """An empty row of ``view``'s model; a dataclass gets what its ``__init__`` asks for out of ``data``."""
    if dataclasses.is_dataclass(view.model):
        columns = view.info.columns
        wanted = {
            field.name: data.get(field.name) if field.name in columns else None
            for field in dataclasses.fields(view.model)
            if field.init
            and field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        }
        return view.model(**wanted)
    try:
        return view.model()
    except TypeError:  # an __init__ of its own, with arguments: loading a row goes past it too
        mapper = view.info.mapper
        row = mapper.class_manager.new_instance()
        if mapper.polymorphic_on is not None:
            setattr(
                row, mapper.get_property_by_column(mapper.polymorphic_on).key, mapper.polymorphic_identity
            )
        return row


def _set(row: Any, column: ColumnInfo, value: Any, *, creating: bool) -> None:
    """Set a column; None is a null of SQL also for JSON, and where a default would take its place."""
    if value is None and (column.kind is Kind.JSON or (creating and column.has_default)):
        try:
            setattr(row, column.name, sa.null())
        except ValueError:  # a mutable type, which takes its own values alone
            setattr(row, column.name, None)
        return
    setattr(row, column.name, value)


def _equal(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and bool(one == other))


def _id_of(relation: RelationInfo, member: Any) -> str:
    if isinstance(member, str | int):
        return str(member)
    return identity.segment(inspect_model(relation.target).key_of(member))
