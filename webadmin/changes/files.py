"""Files that were sent, kept where their column keeps files. A transaction that is not committed leaves none behind."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from webadmin.changes.integrity import SaveRefused
from webadmin.database.inspection import ColumnInfo
from webadmin.forms.uploads import SentFile
from webadmin.options.context import Context
from webadmin.options.uploads import storage_of
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")
_WRITTEN = "webadmin.files"


def keep_file(context: Context, column: ColumnInfo, sent: SentFile) -> str | bytes:
    """What is stored in the row for a file: its content, or the name that its storage gives it.

    Older files stay in the storage: the history may want them back. Raises SaveRefused where the storage does not take it.
    """
    storage = storage_of(column)
    if storage is None:
        return sent.file.read()
    type_: Any = column.column.type
    get_path = getattr(type_, "_get_path", None)
    try:
        name = str(storage.get_name(get_path(sent.filename) if get_path is not None else sent.filename))
        storage.write(sent.file, name)
        _remove_unless_committed(context.session, storage, name)
    except OSError as error:
        logger.exception("the storage of %s does not take a file", column.name)
        raise SaveRefused({column.name: [_("The file could not be stored. Try again later.")]}) from error
    try:
        type_.process_result_value(name, context.session.get_bind().dialect)  # as it will be read from now on
    except Exception as error:  # whatever a reader of pictures makes of what is none
        raise SaveRefused({column.name: [_("This file cannot be read: it is broken.")]}) from error
    return name


def _remove_unless_committed(session: Session, storage: Any, name: str) -> None:
    written: list[tuple[Any, str]] = session.info.setdefault(_WRITTEN, [])
    written.append((storage, name))
    if len(written) > 1:
        return

    def committed(_session: Session) -> None:
        if not session.in_nested_transaction():  # a savepoint's end is no commit
            written.clear()

    def ended(_session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is not None:
            return
        for place, left in written:
            try:
                place.delete(left)
            except Exception:  # a storage of anybody's; the file is in nobody's way
                logger.exception("a file of a transaction that was rolled back is left behind: %s", left)
        written.clear()

    event.listen(session, "after_commit", committed)
    event.listen(session, "after_transaction_end", ended)
