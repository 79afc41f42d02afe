"""What may be saved: names, sizes, numbers."""

from __future__ import annotations

import re
import unicodedata

from webadmin.database.own_tables.lists import NAME
from webadmin.errors import Unprocessable
from webadmin.saved.kept import Kept, SavedView
from webadmin.text import gettext as _
from webadmin.text import ngettext

OWN = 30
"""Views that one person may save of one list."""
SHARED = 50
"""Shared views that one list may have."""
QUERY = 4000
"""Characters of a saved query string."""

# What no name can do without (joiners of some scripts, parts of emoji) stays; what breaks lines or turns text around goes.
_UNSEEN = {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"}
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_name(text: str, kept: Kept, *, but: SavedView | None = None) -> str:
    """The name as it is kept.

    :param but: the view that is called anew, which may keep its name.

    Raises Unprocessable for one that is empty, too long, unreadable or taken.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise Unprocessable(_("Give the view a name."))
    if len(name) > NAME:
        raise Unprocessable(
            _("A name has at most {most} characters; this one has {count}.").format(
                most=NAME, count=len(name)
            )
        )
    if _TURNING.search(name) or any(unicodedata.category(char) in _UNSEEN for char in name):
        raise Unprocessable(_("The name has a character that cannot be seen. Type it anew."))
    taken = {view.name.casefold() for view in kept.views if view.own and view is not but}
    if name.casefold() in taken:
        raise Unprocessable(_("You have a view of this name already. Choose another."))
    return name


def check_query(query: str) -> str:
    """``query`` when it is not too long to be kept. Raises Unprocessable."""
    if len(query) > QUERY:
        raise Unprocessable(_("This list has too many filters to be saved. Leave some out."))
    return query


def check_room(kept: Kept, *, shared: bool) -> None:
    """Raise Unprocessable when there is no room for one more view."""
    if sum(view.own for view in kept.views) >= OWN:
        raise Unprocessable(
            ngettext(
                "You have saved {most} view of this list, which is as many as there can be. Delete it first.",
                "You have saved {most} views of this list, which is as many as there can be. Delete one first.",
                OWN,
            ).format(most=OWN)
        )
    if shared:
        check_shared(kept)


def check_shared(kept: Kept) -> None:
    """Raise Unprocessable when the list can have no more shared views."""
    if sum(view.shared for view in kept.views) >= SHARED:
        raise Unprocessable(
            _("This list has {most} shared views, which is as many as there can be.").format(most=SHARED)
        )
