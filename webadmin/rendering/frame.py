"""Builds the frame of a page from what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import Identity
from webadmin.auth.stored import StoredIdentity
from webadmin.auth.user import ACCOUNTS, DATABASE, User
from webadmin.options.registry import Registry
from webadmin.options.settings import Settings
from webadmin.options.view import View
from webadmin.rendering.shell import Link, LinkGroup, Message, Shell
from webadmin.rendering.urls import Urls, full_path
from webadmin.text import gettext as _
from webadmin.text import text_direction


@dataclass(frozen=True, slots=True)
class Frame:
    registry: Registry
    settings: Settings
    urls: Urls
    identity: Identity

    def shell(
        self,
        user: User | None,
        cookie: SessionData,
        csrf_token: str,
        request_id: str,
        connection: HTTPConnection,
        *,
        whole: bool = True,
    ) -> Shell:
        """The frame for this person. ``whole`` False leaves out what only a whole page shows, and keeps messages
        for it."""
        preferences = cookie.preferences
        return Shell(
            title=self.settings.title,
            home_url=self.urls.home,
            navigation=self.navigation(user, connection) if whole and user is not None else (),
            messages=tuple(_message(item) for item in cookie.take_messages()) if whole else (),
            csrf_token=csrf_token,
            user_name=(user.full_name or user.name) if user is not None else "",
            logout_url=self.urls.page("logout") if user is not None and self.identity.has_login else None,
            account_url=self.urls.page("account") if user is not None else None,
            static_url=self.urls.static,
            language=self.settings.language,
            direction=text_direction(),
            theme=preferences.get("theme", "system"),
            density=preferences.get("density", "comfortable"),
            shortcuts=preferences.get("shortcuts", "on") != "off",
            read_only=self.settings.read_only,
            request_id=request_id,
            changes_url=self.urls.page("changes") if user is not None else None,
            people=self._people(user),
            database_url=self.urls.page("database") if user is not None and user.may(DATABASE, "") else None,
        )

    def _people(self, user: User | None) -> Link | None:
        """The pages about people, for those who manage them; about roles alone where nobody logs in with an account."""
        if user is None or not user.may(ACCOUNTS, ""):
            return None
        if isinstance(self.identity, StoredIdentity):
            return Link(_("People and roles"), self.urls.page("account/people"))
        return Link(_("Roles"), self.urls.page("account/roles"))

    def visible(self, user: User, connection: HTTPConnection) -> Iterable[View]:
        """The views that stand in the person's navigation."""
        for view in self.registry:
            if (
                view.allows(user, "view")
                and view.options.is_visible(connection)
                and view.options.is_accessible(connection)
            ):
                yield view

    def navigation(self, user: User, connection: HTTPConnection) -> tuple[LinkGroup, ...]:
        path = full_path(connection.scope)
        groups: dict[str, list[Link]] = {}
        for view in self.visible(user, connection):
            url = self.urls.list(view)
            link = Link(
                view.name_plural,
                url,
                current=path.startswith(url),
                add_url=self.urls.below(view, "add") if view.allows(user, "add") else None,
            )
            groups.setdefault(view.category or _("Tables"), []).append(link)
        return tuple(LinkGroup(label, tuple(links)) for label, links in groups.items())


def _message(item: dict[str, Any]) -> Message:
    return Message(
        text=str(item.get("text", "")),
        tone=str(item.get("tone", "ok")),
        url=item.get("url") or None,
        url_label=item.get("url_label") or None,
        post=bool(item.get("post")),
    )
