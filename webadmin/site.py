"""``Admin``: register views, check them, and answer requests as an ASGI app."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from webadmin import logs
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.cookie import CookieSigner
from webadmin.auth.identity import HostIdentity, Identity, LocalUser
from webadmin.auth.keys import Keys
from webadmin.auth.sqladmin_backends import AuthenticationBackend, BackendIdentity
from webadmin.auth.sqladmin_grants import AuthorizationBackend, authorized
from webadmin.database.session import MOST_BEHIND, Database
from webadmin.dialects import Timeouts
from webadmin.endpoint import respond
from webadmin.errors import Fault, OptionsError
from webadmin.headers import guarded
from webadmin.jobs import attach, detach, run
from webadmin.listing.pagemap.store import PageMaps
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry
from webadmin.options.settings import IMPORTED, IMPORTED_ROWS, Limits, Settings
from webadmin.options.sqladmin_views import sqladmin_lists
from webadmin.rendering.assets import Assets
from webadmin.rendering.environment import Renderer
from webadmin.rendering.mount import locate
from webadmin.rendering.urls import full_path
from webadmin.responder import Responder
from webadmin.routes import match
from webadmin.runtime import Runtime
from webadmin.transfer.imports.runner import JobRunner

_View = TypeVar("_View", bound=type[Any])


class Admin:
    """An admin over one database, as an ASGI app: mount it, or serve it by itself.

    :param engine: an ``Engine``, an ``AsyncEngine`` (a sync twin is made for the same address), a URL or a ``sessionmaker``.
    :param replica: a streaming replica of the same database, given like ``engine``: pages that only show are read from it
        while it is near enough, and people see there what they have written themselves.
    :param replica_max_lag: seconds that the replica may be behind.
    :param pooler: whether a pooler that shares sessions, such as PgBouncer, stands before the database; by default it is
        found out. Nothing is prepared then, and an engine made for a URL keeps no connections.
    :param without: names of what the database can do and webadmin is not to use, such as ``"copy"``: for servers that only say
        that they can. What a server lacks is found out by itself. ``/database/`` names them all.
    :param title: the name in the page's corner.
    :param identify: ``identify(request) -> webadmin.User | None``, plain or a coroutine: who makes a request. Without it
        the admin answers only to the machine that it runs on.
    :param authentication_backend: in place of ``identify``, an ``AuthenticationBackend`` that was written for sqladmin.
    :param authorization_backend: an ``AuthorizationBackend`` that was written for sqladmin, which says what people may do.
    :param secret_key: signs cookies and forms. Several with the newest first: that one signs, all are accepted. Without it,
        that of the environment, ``WEBADMIN_SECRET_KEY``; without that, one made anew at every start, which several
        processes of one admin cannot share.
    :param read_only: nothing can be changed.
    :param make_indexes: whether people with the right ``@indexes`` may have the indexes made that the query panel proposes.
    :param make_indexes: whether people with the right ``@indexes`` may have the indexes made that the query panel proposes.
    :param time_zone: IANA name; times are shown and read in it unless a person chooses another.
    :param language: of the texts; English is the only one so far.
    :param templates_dir: a folder whose templates win over webadmin's own; ``KEY/list.html`` for one model.
    :param statement_timeout: seconds that one statement may take.
    :param lock_timeout: seconds that one statement may wait for a lock.
    :param max_body_size: bytes that a form may have.
    :param import_max_bytes: how large the file of an import may be.
    :param import_max_rows: how many rows it may have.
    :param jobs: has imports checked and applied elsewhere, by a queue of the host's: ``webadmin.JobRunner``. Without it a
        thread of this process does.
    :param strict_loading: whether a page fails whose formatter, label or property reads what is not loaded with the rows;
        else it has a placeholder there. By default it fails under pytest, in Python's development mode, and where the host
        app is in debug mode.
    """

    def __init__(
        self,
        engine: Any,
        *,
        replica: Any = None,
        replica_max_lag: float = MOST_BEHIND,
        pooler: bool | None = None,
        without: Collection[str] = (),
        title: str = "Admin",
        identify: Callable[[Any], Any] | Identity | AuthenticationBackend | None = None,
        authentication_backend: AuthenticationBackend | None = None,
        authorization_backend: AuthorizationBackend | None = None,
        secret_key: str | Sequence[str | None] | None = None,
        read_only: bool = False,
        make_indexes: bool = False,
        time_zone: str = "UTC",
        language: str = "en",
        templates_dir: str | Path | None = None,
        statement_timeout: float = 10.0,
        lock_timeout: float = 3.0,
        max_body_size: int = 10 * 1024 * 1024,
        import_max_bytes: int = IMPORTED,
        import_max_rows: int = IMPORTED_ROWS,
        jobs: JobRunner | None = None,
        strict_loading: bool | None = None,
    ) -> None:
        logs.protect()
        if identify is not None and authentication_backend is not None:
            raise TypeError("identify and authentication_backend both tell who somebody is; give one of them")
        settings = Settings(
            title=title,
            language=language,
            time_zone=time_zone,
            read_only=read_only,
            make_indexes=make_indexes,
            templates_dir=Path(templates_dir) if templates_dir is not None else None,
            timeouts=Timeouts(statement_ms=int(statement_timeout * 1000), lock_ms=int(lock_timeout * 1000)),
            limits=Limits(body=max_body_size, imported=import_max_bytes, imported_rows=import_max_rows),
            strict_loading=strict_loading,
        )
        secret = Keys.of(secret_key)
        assets = Assets()
        self.registry = Registry(read_only=read_only)
        self._authorization = authorization_backend
        responder = Responder(
            registry=self.registry,
            settings=settings,
            renderer=Renderer(assets, settings.templates_dir),
            identity=self._authorized(
                _identity(identify if identify is not None else authentication_backend)
            ),
            secret=secret,
            signer=CookieSigner(secret),
        )
        database = Database.of(engine, pooler=pooler, without=without)
        if replica is not None:
            database.read_from(replica, most_behind=replica_max_lag)
        self.runtime = Runtime(database, responder, assets, PageMaps(database))
        attach(self.runtime, jobs)
        self._checked = False

    # -- registering ---------------------------------------------------------------------------------------

    def add_view(self, view: _View) -> _View:
        """Register a ``ModelView`` class, webadmin's or sqladmin's. Also a decorator."""
        self.registry.add(view)
        self._checked = False
        return view

    def add_model(self, model: type[Any], **options: Any) -> None:
        """Register a mapped class; ``options`` are those of ``ModelView``, all may be left out."""
        self.add_view(type(f"{model.__name__}View", (ModelView,), {"model": model, **options}))

    def add_models(self, models: Any) -> None:
        """Register everything mapped on a declarative base, or every class of an iterable."""
        found: Iterable[Any] = models
        registry = getattr(models, "registry", None)
        if registry is not None:
            registry.configure()
            found = sorted((mapper.class_ for mapper in registry.mappers), key=lambda cls: cls.__name__)
        for model in found:
            if self.registry.class_is_new(model):
                self.add_model(model)

    def check(self) -> None:
        """Resolve every option of every view now. Raises ``webadmin.OptionsError`` with all faults in one.

        It runs by itself when the server starts, or before the first request where the admin is mounted in an app that
        passes on no start-up event.
        """
        if not self._checked:
            self._check_keys()
            self.registry.build()
            self._checked = True

    def _check_keys(self) -> None:
        identity = self.identity
        # With the terminal's token an admin was started by somebody at hand; sessions of others end with it as well.
        if isinstance(identity, Accounts) and identity.terminal is None and (fault := self.keys.fault()):
            raise OptionsError((Fault("Admin", "secret_key", "(not shown)", fault),))

    @property
    def identity(self) -> Identity:
        """Where the person of a request comes from."""
        return self.runtime.responder.identity

    @property
    def keys(self) -> Keys:
        """What signs cookies and forms; ``keys.fault()`` says what is wrong with them where people log in."""
        return self.runtime.responder.secret

    def identify_by(self, identity: Identity) -> None:
        """Have ``identity`` tell who makes a request, from now on."""
        self.runtime.responder = replace(self.runtime.responder, identity=self._authorized(identity))

    def _authorized(self, identity: Identity) -> Identity:
        if self._authorization is None:
            return identity
        return authorized(identity, self._authorization, partial(sqladmin_lists, self.registry))

    def run_job(self, job_id: str) -> None:
        """Do the job that was handed to ``jobs``: for the workers of a host's own queue. It takes as long as it takes; what is to be
        known of it, the people who wait for it read on their page. Nothing happens for a job that is done, or that another worker has.
        """
        self.check()
        run(self.runtime, job_id)

    # -- answering -----------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        self.check()
        send = guarded(send)
        root, path = locate(scope)
        # From here on as the specification has it, so that the host's functions read right addresses from a request.
        scope = {**scope, "root_path": root, "path": root + path}
        if path.startswith("/static/"):
            await self._static(path.removeprefix("/static/").rstrip("/"), scope, receive, send)
            return
        route, params = match(path)
        needs_slash = not path.endswith("/") and not path.endswith("/rows")
        if route is not None and needs_slash and scope["method"] in {"GET", "HEAD"}:
            query = scope.get("query_string", b"").decode("latin-1")
            target = full_path(scope) + "/" + (f"?{query}" if query else "")
            await RedirectResponse(target, status_code=308)(scope, receive, send)
            return

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await respond(self.runtime, route, params, scope, receive, send)

        identity = self.identity
        app = identity.around(answer) if isinstance(identity, BackendIdentity) else answer
        await app(scope, receive, send)

    async def _static(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        await self.runtime.assets.response(name, scope)(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self.check()
                except Exception as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    raise
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                detach(self.runtime)
                self.runtime.maps.close()
                self.runtime.database.dispose()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _identity(identify: Callable[[Any], Any] | Identity | AuthenticationBackend | None) -> Identity:
    if identify is None:
        return LocalUser()
    if isinstance(identify, Identity):
        return identify
    if isinstance(identify, AuthenticationBackend):
        return BackendIdentity(identify)
    return HostIdentity(identify)
