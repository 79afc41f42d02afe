"""Everything that a view receives, and what it may answer with."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, Headers
from starlette.requests import HTTPConnection

from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import Identity
from webadmin.auth.keys import Keys
from webadmin.auth.user import SITE_PERMISSIONS, User
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.replica import Mark
from webadmin.database.session import Servers
from webadmin.database.stop import Stop
from webadmin.database.watched import Watched
from webadmin.dialects import Dialect
from webadmin.errors import Forbidden, NotFound
from webadmin.listing.pagemap.store import PageMaps
from webadmin.options.context import Context
from webadmin.options.registry import Registry
from webadmin.options.settings import Settings
from webadmin.options.view import View
from webadmin.rendering.urls import Urls
from webadmin.saved.shelf import Shelf
from webadmin.saved.store import Store
from webadmin.text import gettext as _
from webadmin.transfer.imports.runner import Desk, JobRunner


@dataclass(slots=True)
class AdminRequest:
    """One request, inside its transaction.

    It is also what hooks get as ``request``: they find the transaction's ``session`` here.
    """

    method: str
    connection: HTTPConnection
    """Starlette's view of the request: headers, client, cookies."""
    query: Sequence[tuple[str, str]]
    form: FormData
    params: Mapping[str, str]
    """The parts of the address: ``key``, ``id``, ``name``, ``field``."""
    user: User
    session: Session
    dialect: Dialect
    registry: Registry
    """The views as they are for the person."""
    settings: Settings
    urls: Urls
    cookie: SessionData
    identity: Identity
    secret: Keys
    request_id: str
    htmx: bool
    """htmx asks for a part of the page."""
    shelf: Shelf = field(default_factory=Shelf)
    maps: PageMaps | None = None
    history: There = field(default_factory=lambda: There(TABLES))
    long_reading: Callable[[Stop], AbstractContextManager[Session]] | None = None
    """Opens a session that reads beyond the request's own transaction, for files that are made while they are sent."""
    watched: Watched | None = None
    """What the connections of this process have been doing."""
    servers: Callable[[Connection], Servers] | None = None
    """What there is besides the server that is written to."""
    mark: Callable[[], Mark | None] = lambda: None
    """What the cookie keeps of somebody for whom was written; not within the transaction."""
    stopped: Callable[[], bool] = lambda: False
    """Whether nobody waits for the answer any more."""
    desk: Desk = field(default_factory=Desk)
    """The jobs that this process knows of."""
    jobs: JobRunner | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """Called once the transaction has been committed."""

    def __post_init__(self) -> None:
        """Let the person's rights to fields, which may need the request, decide what of the views there is for them."""
        self.user = replace(self.user, request=self)
        self.registry = self.registry.for_user(self.user)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What hooks expect of Starlette's request besides: ``state``, ``client``, ``url``, ``cookies``, ``app``."""
            if name.startswith("__") or name == "connection":
                raise AttributeError(name)
            return getattr(self.connection, name)

    @property
    def headers(self) -> Headers:
        return self.connection.headers

    @property
    def view(self) -> View:
        """The view that the address names. Raises NotFound."""
        view = self.registry.views.get(self.params.get("key", ""))
        if view is None:
            raise NotFound(_("There is no such list."))
        return view

    @property
    def key(self) -> tuple[Any, ...]:
        """The primary key that the address names. Raises NotFound."""
        if self.view.keyless:
            raise NotFound(_("These rows have no address: the table has no primary key."))
        return self.view.key_from(self.params["id"])

    @property
    def context(self) -> Context:
        return Context(
            self.session,
            self.dialect,
            self.user,
            self.registry,
            hook_request=self,
            secret=self.secret,
            maps=self.maps,
        )

    @property
    def store(self) -> Store:
        """What the person keeps of the list that the address names."""
        return self.shelf.open(
            self.context,
            self.cookie,
            self.view.key,
            writes=self.method == "POST",
            read_only=self.settings.read_only,
        )

    @property
    def has_history(self) -> bool:
        """Whether changes are written down and can be read."""
        return self.history.ask(self.dialect, self.session.connection())

    def may(self, permission: str, view: View | None = None) -> bool:
        """Whether the person may do ``permission``: the question that templates' contexts ask."""
        return (view or self.view).allows(self.user, permission)

    def permit(self, permission: str) -> None:
        """Raise Forbidden unless the person may do ``permission`` in the list that the address names, and see its rows; or with
        the whole site, where it is one of ``SITE_PERMISSIONS``."""
        if permission in SITE_PERMISSIONS:
            if not self.user.may(permission, ""):
                raise Forbidden(_("You may not see this page."))
            return
        view = self.view
        if not self.may("view") or not view.options.is_accessible(self.connection):
            raise Forbidden(_("You may not see these rows."))
        if not self.may(permission):
            message = _("You may not do this with {rows}.").format(rows=view.name_plural.lower())
            raise Forbidden(message, link="./", link_label=view.name_plural)

    def run_afterwards(self) -> None:
        """What was to come once the transaction has been committed."""
        for call in self.afterwards:
            call()

    def value(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), default)

    def posted(self, name: str, default: str = "") -> str:
        """The last text value of a form field."""
        found = [value for value in self.form.getlist(name) if isinstance(value, str)]
        return found[-1] if found else default

    def flash(
        self, text: str, tone: str = "ok", *, url: str = "", url_label: str = "", post: bool = False
    ) -> None:
        """Show a line on the next page."""
        self.cookie.add_message(
            {"text": text, "tone": tone, "url": url, "url_label": url_label, "post": post}
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A template with its content: plain data, rendered after the transaction has ended."""

    template: str
    content: Any
    block: str | None = None
    """Only this block of the template."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fragment: bool = False
    """The template is a part of another page: nothing stands around it, and messages wait for a whole one."""
    density: str = ""
    """The density of this page, where it is not what the person has for all pages."""
    commits: bool = False
    """What was written stays, whatever the status: a failed login is counted."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on elsewhere by GET."""

    url: str
    status: int = 303


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be kept, sent piece by piece after the transaction; no browser shows it as a page."""

    chunks: Generator[bytes, Any, None]
    filename: str
    media_type: str
    """A picture's, a table's, or ``application/octet-stream``."""
    status: int = 200
    stop: Callable[[], None] | None = None
    """Called when the client goes away while a piece is being made."""


Answer = Page | Redirect | Download
