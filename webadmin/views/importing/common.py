"""What the pages of an import have in common."""

from __future__ import annotations

import logging
from uuid import UUID

from webadmin.errors import Forbidden, NotFound
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.saved.store import person_of
from webadmin.text import gettext as _
from webadmin.transfer.imports import store
from webadmin.transfer.imports.draft import Draft
from webadmin.transfer.imports.runner import ThreadRunner
from webadmin.transfer.imports.source import Limits
from webadmin.transfer.imports.store import Kept

logger = logging.getLogger("webadmin")

WAIT = 1.5
"""Seconds that an answer waits for a small file to be dealt with, so that its result is the next page."""


def has_tables(request: AdminRequest) -> bool:
    """Whether there is anything to keep imports in."""
    return request.desk.there.ask(request.dialect, request.session.connection())


def owner(request: AdminRequest) -> str:
    """Whose the imports are. Raises Forbidden for somebody without a name."""
    found = person_of(request.user)
    if not found:
        raise Forbidden(_("Imports are kept for each person, and this admin does not know who you are."))
    return found


def found_import(request: AdminRequest) -> Kept:
    """The import that the address names, if it is the person's own. Raises NotFound."""
    text = request.params["id"]
    try:
        id = UUID(text)
    except ValueError:
        id = None
    kept = None
    if id is not None and str(id) == text and has_tables(request):
        kept = store.find(request.session, id, list_key=request.view.key, person=owner(request))
    if kept is None:
        raise NotFound(
            _("There is no such import. Files that nobody has imported are taken away after a day."),
            link="./import/",
            link_label=_("Import"),
        )
    return kept


def limits_of(request: AdminRequest, view: View) -> Limits:
    """How large a file may be: as the list says, but not larger than the admin allows."""
    all_limits, options = request.settings.limits, view.options
    return Limits(
        bytes=min(options.import_max_bytes or all_limits.imported, all_limits.imported),
        rows=min(options.import_max_rows or all_limits.imported_rows, all_limits.imported_rows),
    )


def check_rights(request: AdminRequest, view: View, draft: Draft) -> None:
    """Raise Forbidden for what the person may not do with rows by hand either."""
    needed = {"insert": ("add",), "update": ("change",), "upsert": ("add", "change")}[draft.mode]
    for permission in (*needed, *(("delete",) if draft.missing == "delete" else ())):
        if not request.may(permission, view):
            raise Forbidden(
                {
                    "add": _("You may not add {rows}: import changes alone."),
                    "change": _("You may not change {rows}: import new ones alone."),
                    "delete": _("You may not delete {rows}: leave those that the file does not have."),
                }[permission].format(rows=view.name_plural.lower())
            )


def address(request: AdminRequest, id: UUID | None = None, page: str = "") -> str:
    """The page of all imports, or of one."""
    parts = ["import", *([str(id)] if id is not None else []), *([page] if page else [])]
    return request.urls.below(request.view, "/".join(parts))


def see_own(request: AdminRequest) -> None:
    """Let the person see the rows of an import that is done, which a worker has written and not a request of theirs: until a replica has
    them they read elsewhere."""
    request.afterwards.append(lambda: request.cookie.wrote(request.mark()))


def submit(request: AdminRequest, id: UUID) -> None:
    """Have the import done once the transaction is committed; a small one is done before the next page."""
    jobs = request.jobs
    assert jobs is not None
    if isinstance(jobs, ThreadRunner):
        request.desk.ask(id, request)

    def hand_over() -> None:
        try:
            jobs.submit(str(id))
        except Exception:
            # The host's own queue: the page offers to begin again when nobody has taken it.
            logger.exception("job %s was not taken", id)
            request.flash(_("Nobody could be found who does it just now. Begin again in a minute."), "bad")
        if isinstance(jobs, ThreadRunner):
            jobs.wait(str(id), WAIT)

    request.afterwards.append(hand_over)
