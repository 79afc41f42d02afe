"""The commands."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import json
import logging
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Engine

from webadmin._version import __version__
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.identity import Identity, LocalUser, TokenLogin
from webadmin.cli.export import export
from webadmin.cli.importing import import_
from webadmin.cli.plain import Commands, Failed, plain_errors
from webadmin.cli.targets import load, opened, reflected, url_of
from webadmin.cli.users import users
from webadmin.database.own_tables import accounts
from webadmin.database.own_tables.base import is_current
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.dialects import for_engine
from webadmin.doctor import examine, lines, plain
from webadmin.serving import reserve, serve_app, stopping

logger = logging.getLogger("webadmin")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
@click.option(
    "--replica", "with_replica", is_flag=True, help="Read pages from a streaming replica, made for it."
)
def demo(
    port: int, host: str, rows: int, database_url: str | None, with_replica: bool, no_login: bool
) -> None:
    """Start the shop demo, by default on an embedded PostgreSQL."""
    if with_replica and database_url is not None:
        raise Failed(
            "--replica makes a replica of the embedded server, so it does not go with --database-url"
        )
    from webadmin.demo import app as demo_app  # other commands start faster without it
    from webadmin.demo import run as demo_run
    from webadmin.demo.progress import TerminalProgress

    identity = _identity(host, no_login)
    with (
        plain_errors(demo_run.EmbeddedServerError, demo_run.SeedError),
        stopping(),
        reserve(host, port) as reserved,
        demo_run.database(database_url, rows, TerminalProgress()) as engine,
        demo_run.replica(engine) if with_replica else contextlib.nullcontext() as replica,
    ):
        identity = with_accounts(identity, engine)
        _run(demo_app.build(engine, login=identity, replica=replica), reserved, host, "/admin/", identity)


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
@click.option("--replica", default=None, metavar="URL", help="A streaming replica to read pages from.")
@_server_options
def serve(
    url: str | None,
    app_name: str | None,
    schemas: Sequence[str],
    include: Sequence[str],
    exclude: Sequence[str],
    read_only: bool,
    replica: str | None,
    port: int,
    host: str,
    no_login: bool,
) -> None:
    """Serve an admin over the database at URL, with no code at all, or an Admin object of your own."""
    if (url is None) == (app_name is None):
        raise Failed("give either a database URL or --app module:admin")
    if replica is not None and app_name is not None:
        raise Failed("--replica goes with a database URL; an Admin object names its own")
    identity = _identity(host, no_login)
    with (
        _without_collector(),
        plain_errors(),
        stopping(),
        reserve(host, port) as reserved,
        contextlib.ExitStack() as stack,
    ):
        if app_name is not None:
            admin = load(app_name)
            if isinstance(admin.identity, LocalUser):
                identity = with_accounts(identity, admin.runtime.database.engine)
                admin.identify_by(identity)
            else:
                identity = admin.identity
            admin.check()
        else:
            database = Database.of(url_of(str(url)))
            stack.callback(database.dispose)
            admin = reflected(database, schemas, include, exclude, read_only, identity, replica)
            stack.callback(admin.runtime.database.dispose)
            identity = with_accounts(identity, database.engine)
            admin.identify_by(identity)
        _run(admin, reserved, host, "/", identity)


@main.command()
@click.argument("url")
def migrate(url: str) -> None:
    """Create or upgrade webadmin's own tables in the database at URL."""
    from webadmin.database.own_tables.migrate import upgrade  # takes a while, and only this command needs it

    with plain_errors():
        database = Database.of(url_of(url))
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
@click.option("--json", "as_json", is_flag=True, help="For programs: an object with a list of findings.")
def doctor(target: str, small: bool, as_json: bool) -> None:
    """Name what lists ask that no index serves, with the statements that make the indexes. Exit status 1 when there is
    anything to make."""
    with plain_errors(), opened(target) as admin:
        report = examine(admin, small=small)
    if as_json:
        click.echo(json.dumps(plain(report), ensure_ascii=False, indent=2))
    else:
        for line in lines(report):
            click.echo(line)
    count = len(report.findings)
    click.echo(f"{count} found" if count else "nothing found", err=True)
    sys.exit(1 if count else 0)


def _identity(host: str, no_login: bool) -> Identity:
    if not no_login:
        return TokenLogin()
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Failed(
            "--no-login is for a loopback host only, such as 127.0.0.1: others could reach the data without it"
        )
    return LocalUser()


def with_accounts(identity: Identity, engine: Engine) -> Identity:
    """People log in with their accounts as well where the database has webadmin's own tables, and lets a login be written."""
    if not isinstance(identity, TokenLogin):
        return identity
    try:
        with engine.begin() as connection:
            if is_current(connection) and There(accounts.TABLES).ask(for_engine(engine), connection):
                # A copy that only reads, or a file that does, has the tables and says no to this alone.
                connection.execute(sa.delete(accounts.session).where(accounts.session.c.token_hash == ""))
                return Accounts(terminal=identity)
    except exc.SQLAlchemyError as error:
        logger.warning("People with accounts cannot log in here: %s", type(error).__name__)
    return identity


def _run(app: Any, reserved: socket.socket, host: str, path: str, identity: Identity) -> None:
    def announce(base: str) -> None:
        terminal = identity.terminal if isinstance(identity, Accounts) else identity
        if isinstance(terminal, TokenLogin):
            address = f"{base}{path}login/?token="
            terminal.announce = lambda token: click.echo(f"For another browser: {address}{token}")
            click.echo(f"webadmin is running. Open {address}{terminal.token}")
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


main.add_command(users)
main.add_command(export)
main.add_command(import_)
