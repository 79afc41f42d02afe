"""Cross-site request forgery: a token bound to the session, on everything that posts."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from webadmin.errors import Forbidden
from webadmin.text import gettext as _

FIELD = "csrf_token"
HEADER = "x-csrf-token"


def token(secret: str, session_id: str) -> str:
    """The token of a session."""
    return hmac.new(f"webadmin.csrf:{secret}".encode(), session_id.encode(), hashlib.sha256).hexdigest()


def check(expected: str, sent: str | None, headers: Mapping[str, str]) -> None:
    """Raise Forbidden unless the request comes from one of our own pages.

    The browser's own word (``Sec-Fetch-Site``) is asked as well: a page elsewhere cannot forge it.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    if site not in {"same-origin", "none"} or not hmac.compare_digest(
        expected.encode(), (sent or "").encode()
    ):
        raise Forbidden(
            _(
                "This form was not sent from a page of this admin, or the page was open for too long. Reload it and try again."
            ),
            title=_("Not accepted"),
        )
