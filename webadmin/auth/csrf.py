"""Cross-site request forgery: a token bound to the session, on everything that posts."""

from __future__ import annotations

from collections.abc import Mapping

from webadmin.auth.keys import Keys
from webadmin.errors import Forbidden
from webadmin.text import gettext as _

FIELD = "csrf_token"
HEADER = "x-csrf-token"


def token(keys: Keys, session_id: str) -> str:
    """The token of a session."""
    return keys.mark("csrf", session_id)


def check(keys: Keys, session_id: str, sent: object, headers: Mapping[str, str]) -> None:
    """Raise Forbidden unless the request comes from one of our own pages.

    The browser's own word (``Sec-Fetch-Site``) is asked as well: a page elsewhere cannot forge it.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    own = isinstance(sent, str) and keys.marked("csrf", session_id, sent)
    if site not in {"same-origin", "none"} or not own:
        raise Forbidden(
            _(
                "This form was not sent from a page of this admin, or the page was open for too long. Reload it and try again."
            ),
            title=_("Not accepted"),
        )
