"""What a person is told when the database does not do as asked."""

from __future__ import annotations

from webadmin.dialects import Dialect
from webadmin.errors import BadRequest, Conflict, Forbidden, Unavailable, Unprocessable, WebadminError
from webadmin.text import gettext as _


def as_answer(dialect: Dialect, error: BaseException, *, reading: bool) -> WebadminError:
    """The error page for a database error; never with text from the database.

    :param reading: the request only reads, so a value that does not fit came with the address.
    """
    failure = dialect.failure(error)
    kind = failure.kind
    if kind == "statement_timeout":
        return Unavailable(
            _(
                "The database needed longer than it may for one page, so it was stopped. Narrow the list with a filter or a shorter search, or sort by an indexed column."
            ),
            title=_("That took too long"),
        )
    if kind == "lock_timeout":
        return Unavailable(
            _(
                "Somebody else is changing these rows just now. Nothing was changed here. Try again in a moment."
            ),
            title=_("The rows are in use"),
            retry_after=2,
        )
    if kind in {"deadlock", "serialization"}:
        return Unavailable(
            _("Another change got in the way, so nothing of this one was kept. Try again."),
            title=_("Two changes at the same time"),
            retry_after=1,
        )
    if kind == "pool_timeout":
        return Unavailable(
            _("All connections to the database are in use. Try again in a few seconds."),
            title=_("Too many requests at once"),
            retry_after=3,
        )
    if kind in {"connection_lost", "too_many_connections"}:
        return Unavailable(
            _(
                "The database cannot be reached just now. What was open here is not lost: try again in a few seconds."
            ),
            title=_("No connection to the database"),
            retry_after=5,
        )
    if kind == "disk_full":
        return Unavailable(
            _(
                "The database has no room left to sort or gather this. Narrow the list with a filter, and tell whoever runs the database."
            )
            if reading
            else _(
                "The database has no room left for this, so nothing was changed. Tell whoever runs the database."
            ),
            title=_("The disk is full"),
        )
    if kind == "out_of_memory":
        return Unavailable(
            _(
                "The database has too little memory for this just now. Try again in a minute, with fewer rows if it is about many."
            ),
            title=_("Out of memory"),
            retry_after=60,
        )
    if kind == "read_only":
        return Forbidden(_("The database takes no changes here."), title=_("Read only"))
    if kind == "permission":
        return Forbidden(
            _(
                "The database account of this admin may not do this. Ask whoever runs the database for the right."
            )
        )
    if failure.value:
        message = _("A value is outside what its column can hold. Correct it and try again.")
        return BadRequest(message, link="./") if reading else Unprocessable(message)
    if failure.integrity:
        return Conflict(
            _("The change breaks a rule of the table, so nothing was changed."), title=_("Not possible")
        )
    if kind == "missing_object":
        return Unavailable(
            _(
                "The database does not have the table or column that this page is about. It may need a migration."
            ),
            title=_("The table has changed"),
        )
    if kind == "unreadable":
        return Unavailable(
            _(
                "The database cannot read this just now: a foreign table whose server is away, or a view that was never filled."
            ),
            title=_("Nothing to read from"),
        )
    return WebadminError(
        _("The database could not do this. The server's log says why; the number below finds it there.")
    )
