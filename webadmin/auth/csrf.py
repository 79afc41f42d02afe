"""Cross-site request forgery: a token bound to the session, on everything that posts."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from webadmin.auth.keys import Keys
from webadmin.errors import Forbidden
from webadmin.text import gettext as _

FIELD = "csrf_token"
HEADER = "x-csrf-token"


def token(keys: Keys, session_id: str) -> str:
    """The token of a session."""
    return keys.mark("csrf", session_id)


def check(keys: Keys, session_id: str, sent: object, connection: HTTPConnection) -> None:
    """Raise Forbidden unless the request comes from one of our own pages.

    :param sent: the token that came with it.
    :param connection: its headers have the browser's own word on which page it comes from, which no page can forge.
    """
    if not isinstance(sent, str) or not keys.marked("csrf", session_id, sent):
        raise _refusal()
    check_origin(connection)


def check_origin(connection: HTTPConnection) -> None:
    """Raise Forbidden where the browser itself says that another page sends this."""
    if not _from_here(connection):
        raise _refusal()


def _refusal() -> Forbidden:
    return Forbidden(
        _(
            "This form was not sent from a page of this admin, or the page was open for too long. Reload it and try again."
        ),
        title=_("Not accepted"),
    )


def _from_here(connection: HTTPConnection) -> bool:
    """What ``Sec-Fetch-Site`` says counts where there is one: the browser compared the two origins by itself, whatever a
    proxy made of the host's name. It is sent by https and to the machine itself alone; else ``Origin`` is compared here."""
    origin, site = connection.headers.get("origin"), connection.headers.get("sec-fetch-site")
    if origin == "null":  # a page in a sandbox, or of a file
        return False
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or _is_own(origin.lower(), connection)


def _is_own(origin: str, connection: HTTPConnection) -> bool:
    scheme, _mark, place = origin.partition("://")
    own = connection.scope.get("scheme", "http")
    # A proxy that ends https and does not say so leaves http here; the other way round the page was not protected.
    if scheme not in {own, "https"}:
        return False
    return _plain(place, scheme) == _plain(connection.headers.get("host", "").lower(), own)


def _plain(place: str, scheme: str) -> str:
    return place.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))
