"""A form that was sent after its session had ended: kept through the login, then shown, and sent again when the person says so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData

from webadmin.auth.accounts import sessions
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.cookie import SessionData
from webadmin.auth.keys import Keys
from webadmin.errors import NotFound
from webadmin.options.secrets import is_secret
from webadmin.rendering.urls import Urls
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _
from webadmin.text import humanize

FIELD = "_unsent"
"""The hidden field of the login page."""
PAGE = "login/unsent"
_PURPOSE = "unsent"
_LONGEST = 500_000
"""Characters of all values together; a form with more is not kept."""
_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class UnsentPage:
    action_url: str
    """Where the form was sent to, and is sent again."""
    fields: Sequence[tuple[str, str]]
    """What was sent, but for what is not kept."""
    shown: Sequence[tuple[str, str]]
    """What a person can recognize of it: label and value."""
    left_out: bool
    """There were files or passwords, which are not kept."""
    leave_url: str


def seal(keys: Keys, cookie: SessionData, urls: Urls, url: str, sent: Sequence[tuple[str, object]]) -> str:
    """A form for the login page to carry: signed, for this browser and this person alone. Empty where it is not to be kept.

    :param sent: names and values of the form, which came from one of our own pages: its token was right.
    """
    about_login = url.startswith((urls.page("login"), urls.page("logout"), urls.page("account")))
    if about_login or not _is_account(cookie.user):
        return ""
    texts = [
        (name, value)
        for name, value in sent
        if isinstance(value, str) and name != FIELD and not is_secret(name)
    ]
    others = {name for name, value in sent if value} - {name for name, _value in texts} - {"csrf_token"}
    if not texts or sum(len(name) + len(value) for name, value in texts) > _LONGEST:
        return ""
    content = {"url": url, "fields": texts, "left_out": bool(others), "who": cookie.user}
    return str(keys.serializer(_PURPOSE, cookie.id).dumps(content))


def _is_account(user: str) -> bool:
    try:
        return bool(UUID(user))
    except ValueError:
        return False  # whoever came in by the terminal's token has nothing to be recognized by


def carried(request: AdminRequest) -> str:
    """What the login form carries, to be shown again beside it; empty for nothing that was sealed here."""
    token = request.posted(FIELD)
    return token if _opened(request, token) is not None else ""


def kept_for(request: AdminRequest, account: str) -> str | None:
    """The form that is carried, as JSON, where ``account`` has sent it; to be asked before the session is renewed."""
    found = _opened(request, request.posted(FIELD))
    return json.dumps(found) if found is not None and found["who"] == account else None


def _opened(request: AdminRequest, token: str) -> dict[str, object] | None:
    if not token:
        return None
    try:
        found: dict[str, object] = request.secret.serializer(_PURPOSE, request.cookie.id).loads(token)
    except BadData:
        return None
    return found


def unsent(request: AdminRequest) -> Answer:
    """Show what was typed before the last login ended. Sending it is left to the person: a fresh token goes with it."""
    content = ""
    if isinstance(request.identity, Accounts) and request.user.id:
        content = sessions.unsent(request.session, request.cookie)
    if not content:
        raise NotFound(_("There is nothing that was not sent."))
    found = json.loads(content)
    fields = [(str(name), str(value)) for name, value in found["fields"]]
    shown = [(humanize(name), value) for name, value in fields if value.strip() and not name.startswith("_")]
    page = UnsentPage(
        action_url=found["url"],
        fields=fields,
        shown=shown[:_MOST_SHOWN],
        left_out=bool(found["left_out"]),
        leave_url=request.urls.home,
    )
    return Page("unsent.html", page)
