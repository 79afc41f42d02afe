"""``webadmin``: the demo, and an admin over any database."""

from __future__ import annotations

import contextlib
import gc
import importlib
import ipaddress
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import exc
from sqlalchemy.engine import URL, make_url

from webadmin._version import __version__
from webadmin.auth.identity import Identity, LocalUser, TokenLogin
from webadmin.database.reflection import reflect
from webadmin.database.session import Database
from webadmin.doctor import examine, report
from webadmin.errors import DatabaseUnreachable, OptionsError
from webadmin.serving import PortInUse, reserve, serve_app, stopping
from webadmin.site import Admin

_PLAIN = (DatabaseUnreachable, OptionsError, PortInUse)


class _Failed(click.ClickException):
    """A plain line and exit status 2."""

    exit_code = 2


class _Commands(click.Group):
    """Says what is wrong with the arguments in one line, without the usage before it."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        with _one_line():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _one_line():
            return super().invoke(ctx)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "webadmin"
        raise _Failed(f"{error.format_message()} See {where} --help.") from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="webadmin")
def main() -> None:
    """A server-rendered admin for SQLAlchemy models and for any PostgreSQL or SQLite database."""


def _server_options(command: Any) -> Any:
    for option in (
        click.option("--no-login", is_flag=True, help="Ask nobody to log in; only on a loopback host."),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
        click.option(
            "--port",
            default=8000,
            show_default=True,
            type=click.IntRange(0, 65535),
            help="0 picks a free one.",
        ),
    ):
        command = option(command)
    return command


@main.command()
@_server_options
@click.option(
    "--rows", default=20_000, show_default=True, type=click.IntRange(1, 50_000_000), help="Number of orders."
)
@click.option("--database-url", default=None, help="PostgreSQL or SQLite instead of the embedded server.")
def demo(port: int, host: str, rows: int, database_url: str | None, no_login: bool) -> None:
    """Start the shop demo, by default on an embedded PostgreSQL."""
    from webadmin.demo import app as demo_app  # other commands start faster without it
    from webadmin.demo import run as demo_run
    from webadmin.demo.progress import TerminalProgress

    identity = _identity(host, no_login)
    with (
        _plain_errors(demo_run.EmbeddedServerError, demo_run.SeedError),
        stopping(),
        reserve(host, port) as reserved,
        demo_run.database(database_url, rows, TerminalProgress()) as engine,
    ):
        _run(demo_app.build(engine, login=identity), reserved, host, "/admin/", identity)


@main.command()
@click.argument("url", required=False)
@click.option(
    "--app",
    "app_name",
    default=None,
    metavar="MODULE:ADMIN",
    help="Serve an Admin object of a module instead of a URL.",
)
@click.option("--schema", "schemas", multiple=True, help="Schema to show; may be given several times.")
@click.option(
    "--include", multiple=True, metavar="PATTERN", help="Tables to show, such as 'order*'; may be repeated."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Tables to leave out; may be repeated.")
@click.option("--read-only", is_flag=True, help="Nothing can be changed.")
@_server_options
def serve(
    url: str | None,
    app_name: str | None,
    schemas: Sequence[str],
    include: Sequence[str],
    exclude: Sequence[str],
    read_only: bool,
    port: int,
    host: str,
    no_login: bool,
) -> None:
    """Serve an admin over the database at URL, with no code at all, or an Admin object of your own."""
    if (url is None) == (app_name is None):
        raise _Failed("give either a database URL or --app module:admin")
    identity = _identity(host, no_login)
    with (
        _without_collector(),
        _plain_errors(),
        stopping(),
        reserve(host, port) as reserved,
        contextlib.ExitStack() as stack,
    ):
        if app_name is not None:
            admin = _load(app_name)
            if isinstance(admin.identity, LocalUser):
                admin.identify_by(identity)
            else:
                identity = admin.identity
            admin.check()
        else:
            database = Database.of(_url(str(url)))
            stack.callback(database.dispose)
            admin = _reflected(database, schemas, include, exclude, read_only, identity)
        _run(admin, reserved, host, "/", identity)


@main.command()
@click.argument("url")
def migrate(url: str) -> None:
    """Create or upgrade webadmin's own tables in the database at URL."""
    from webadmin.database.own_tables.migrate import upgrade  # takes a while, and only this command needs it

    with _plain_errors():
        database = Database.of(_url(url))
        try:
            before, after = upgrade(database.engine)
        finally:
            database.dispose()
    click.echo(
        f"webadmin's tables are at version {after}"
        + ("" if before == after else f" (before: {before or 'none'})")
    )


@main.command()
@click.argument("target", metavar="URL|MODULE:ADMIN")
@click.option("--all", "small", is_flag=True, help="Small tables too: those may grow.")
def doctor(target: str, small: bool) -> None:
    """Name the sorts of lists that no index serves, with the statements that make the indexes. Exit status 1 when there
    are any."""
    with _plain_errors(), contextlib.ExitStack() as stack:
        if "://" in target or ":" not in target:
            database = Database.of(_url(target))
            stack.callback(database.dispose)
            admin = _reflected(database, (), (), (), True, LocalUser())
        else:
            admin = _load(target)
        findings = examine(admin, small=small)
    for line in report(findings):
        click.echo(line)
    click.echo(f"{len(findings)} found" if findings else "nothing found", err=True)
    sys.exit(1 if findings else 0)


def _reflected(
    database: Database,
    schemas: Sequence[str],
    include: Sequence[str],
    exclude: Sequence[str],
    read_only: bool,
    identity: Identity,
) -> Admin:
    found = reflect(database.engine, schemas=schemas, include=include, exclude=exclude)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    name = database.engine.url.database
    title = Path(name).stem if name else "Database"
    admin = Admin(database.engine, title=title, identify=identity, read_only=read_only)
    admin.add_models(found.models)
    admin.check()
    click.echo(f"{len(found.models)} tables and views", err=True)
    return admin


def _url(text: str) -> URL:
    try:
        url = make_url(text)
        Database.of(url)
    except (exc.ArgumentError, exc.NoSuchModuleError, ModuleNotFoundError, TypeError, ValueError):
        raise _Failed(
            "this is not the address of a database that webadmin can open; "
            "write postgresql://user:password@host/name or sqlite:///file.db"
        ) from None
    return url


def _load(name: str) -> Admin:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise _Failed(f"an app is named as module:admin, not {name!r}")
    sys.path.insert(0, "")
    try:
        admin: Any = importlib.import_module(module)
        for part in attribute.split("."):
            admin = getattr(admin, part)
    except ModuleNotFoundError as error:
        raise _Failed(f"there is no module {error.name!r}") from None
    except AttributeError:
        raise _Failed(f"module {module!r} has no {attribute!r}") from None
    except Exception as error:
        # Whatever a module does while it is imported.
        reason = (str(error).strip().splitlines() or [""])[0]
        raise _Failed(f"module {module!r} cannot be imported: {type(error).__name__}: {reason}") from None
    if not isinstance(admin, Admin):
        raise _Failed(f"{name} is no webadmin.Admin")
    return admin


def _identity(host: str, no_login: bool) -> Identity:
    if not no_login:
        return TokenLogin()
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise _Failed(
            "--no-login is for a loopback host only, such as 127.0.0.1: others could reach the data without it"
        )
    return LocalUser()


def _run(app: Any, reserved: socket.socket, host: str, path: str, identity: Identity) -> None:
    def announce(base: str) -> None:
        if isinstance(identity, TokenLogin):
            address = f"{base}{path}login/?token="
            identity.announce = lambda token: click.echo(f"For another browser: {address}{token}")
            click.echo(f"webadmin is running. Open {address}{identity.token}")
        else:
            click.echo(f"webadmin is running. Open {base}{path}")

    gc.enable()
    serve_app(app, reserved, host=host, started=announce)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Until the server runs: models are made of very many objects, hardly any of them is garbage, and looking for it
    takes long."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def _plain_errors(*more: type[Exception]) -> Iterator[None]:
    """Whatever stops the start, errors of the kinds ``more`` too, is one clear line and exit status 2."""
    try:
        yield
    except _PLAIN as error:
        raise _Failed(str(error)) from None
    except more as error:
        raise _Failed(str(error)) from None
    except exc.SQLAlchemyError as error:
        original = getattr(error, "orig", None)
        reason = str(original or error).strip().splitlines()[0]
        raise _Failed(f"the database cannot be used: {reason}") from None
