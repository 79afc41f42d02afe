"""``webadmin users``: accounts, from a terminal of whoever may open the database."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import click
from sqlalchemy.orm import Session

from webadmin.auth.accounts import elsewhere, people, roles, sessions, store, totp
from webadmin.auth.accounts.events import note
from webadmin.auth.accounts.grants import parts
from webadmin.auth.accounts.oidc import subject_of
from webadmin.auth.accounts.passwords import Policy
from webadmin.auth.accounts.store import Account
from webadmin.auth.user import PERMISSIONS, SITE_PERMISSIONS, User
from webadmin.cli.plain import Commands, Failed, plain_errors
from webadmin.cli.targets import url_of
from webadmin.database.own_tables.accounts import SUBJECT
from webadmin.database.own_tables.base import is_current
from webadmin.database.session import Database

_WHO = User("command line", grants=())
_ACTION = re.compile(r"action:\w+")


@click.group(cls=Commands)
def users() -> None:
    """Accounts in webadmin's own tables."""
    # What is done is said by the command itself; the log's lines are for who watches a server.
    logging.getLogger("webadmin.security").addHandler(logging.NullHandler())


def _password_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--generate",
            is_flag=True,
            help="Make one that has to be changed at the first login, and print it.",
        ),
        click.option(
            "--password-stdin", "from_stdin", is_flag=True, help="Read it from the first line of the input."
        ),
    ):
        command = option(command)
    return command


@users.command()
@click.argument("url")
@click.argument("name")
@click.option("--full-name", default="", help="The name that pages show.")
@click.option("--email", default="", help="Address for mail.")
@click.option(
    "--grant",
    "grants",
    multiple=True,
    help="What they may do, such as 'orders.change' or '*'; may be repeated.",
)
@click.option("--role", "role_names", multiple=True, help="A role of theirs, by its name; may be repeated.")
@_password_options
def create(
    url: str,
    name: str,
    full_name: str,
    email: str,
    grants: Sequence[str],
    role_names: Sequence[str],
    from_stdin: bool,
    generate: bool,
) -> None:
    """Make an account with NAME, which is typed to log in, in the database at URL."""
    for grant in grants:
        _check_grant(grant)
    with _opened(url) as session:
        fault = store.name_fault(name)
        if fault is not None:
            raise Failed(fault)
        if store.by_name(session, name) is not None:
            raise store.NameTaken(name)
        ids = _role_ids(session, role_names)
        password = _password(from_stdin, generate, (name, full_name, email))
        id = store.create(
            session,
            name,
            password=password,
            must_change=generate,
            full_name=full_name,
            email=email,
            grants=grants,
            roles=ids,
        )
        detail = {"grants": {"added": sorted(grants)}, "roles": {"added": sorted(role_names)}}
        note(session, _WHO, "added", "person", id, store.plain_name(name), detail)
    _say(password, generate)
    click.echo(f"{store.plain_name(name)} can log in now", err=True)


@users.command("list")
@click.argument("url")
def list_(url: str) -> None:
    """Name the accounts: name, state, roles and grants of their own, last login; with tabs between."""
    with _opened(url) as session:
        skip, total = 0, 1
        while skip < total:
            found, total = people.find(session, skip=skip, limit=500)
            for person in found:
                rights = roles.rights_of(session, person.id)
                state = "disabled" if person.disabled_at else "enabled"
                last = f"{person.last_login_at:%Y-%m-%d %H:%M}" if person.last_login_at else "never"
                click.echo(
                    "\t".join(
                        (person.name, state, ",".join(rights.roles), ",".join(sorted(rights.own)), last)
                    )
                )
            skip += len(found) or total


@users.command()
@click.argument("url")
@click.argument("name")
@_password_options
def password(url: str, name: str, from_stdin: bool, generate: bool) -> None:
    """Give the account NAME another password. Its sessions end."""
    with _opened(url) as session:
        account = _account(session, name)
        new = _password(from_stdin, generate, account.known_words)
        store.set_password(session, account.id, new, must_change=generate)
        sessions.revoke(session, account.id)
        note(session, _WHO, "password", "person", account.id, account.name)
    _say(new, generate)
    click.echo(f"{account.name} has another password", err=True)


@users.command()
@click.argument("url")
@click.argument("name")
def disable(url: str, name: str) -> None:
    """Let nobody in with the account NAME any more. Its sessions end at once."""
    with _opened(url) as session:
        account = _account(session, name)
        people.disable(session, account.id)
        note(session, _WHO, "disabled", "person", account.id, account.name)
    click.echo(f"{account.name} cannot log in any more", err=True)


@users.command()
@click.argument("url")
@click.argument("name")
def enable(url: str, name: str) -> None:
    """Let somebody in again with the account NAME."""
    with _opened(url) as session:
        account = _account(session, name)
        store.enable(session, account.id)
        note(session, _WHO, "enabled", "person", account.id, account.name)
    click.echo(f"{account.name} can log in again", err=True)


@users.command()
@click.argument("url")
@click.argument("name")
def second(url: str, name: str) -> None:
    """Take the second factor off the account NAME, whose owner has lost it. Its sessions end."""
    with _opened(url) as session:
        account = _account(session, name)
        if not totp.reset(session, account.id):
            raise Failed(f"{account.name} has no second factor")
        note(session, _WHO, "second", "person", account.id, account.name)
    click.echo(f"{account.name} logs in without a second factor now", err=True)


@users.command()
@click.argument("url")
@click.argument("name")
@click.argument("issuer")
@click.argument("subject")
def link(url: str, name: str, issuer: str, subject: str) -> None:
    """Have the account NAME log in at the OpenID provider ISSUER, which calls the person SUBJECT. Its password and its sessions end."""
    with _opened(url) as session:
        account = _account(session, name)
        whole = subject_of(issuer, subject)
        if " " in issuer or not subject.isprintable() or len(whole) > SUBJECT:
            raise Failed(f"{whole!r} names nobody: give the provider's issuer and the person's sub")
        if not elsewhere.link(session, account.id, whole):
            raise Failed(f"another account is {subject} at {issuer} already")
        note(session, _WHO, "linked", "person", account.id, account.name, {"place": issuer})
    click.echo(f"{account.name} logs in at {issuer} now", err=True)


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Session]:
    """A session that commits at the end, on a database that has the tables."""
    database = Database.of(url_of(url))
    try:
        with plain_errors(), Session(database.engine) as session, session.begin():
            if not is_current(session.connection()):
                raise Failed(
                    "webadmin's own tables are missing or old here; make them with: webadmin migrate URL"
                )
            yield session
    finally:
        database.dispose()


def _account(session: Session, name: str) -> Account:
    found = store.by_name(session, name)
    if found is None:
        raise Failed(f"there is no account with the name {name!r}")
    return found


def _password(from_stdin: bool, generate: bool, about: Sequence[str]) -> str:
    if generate:
        if from_stdin:
            raise Failed("give either --generate or --password-stdin")
        return people.temporary_password()
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        raise Failed("there is no terminal to ask for a password at; give --generate or --password-stdin")
    fault = Policy().fault(given, about)
    if fault is not None:
        raise Failed(fault)
    return given


def _say(password: str, generated: bool) -> None:
    if generated:
        click.echo(password)


def _role_ids(session: Session, names: Sequence[str]) -> list[UUID]:
    known = {role.name: role.id for role in roles.all_roles(session)}
    for name in names:
        if name not in known:
            raise Failed(f"there is no role {name!r}" + (f"; there are: {', '.join(known)}" if known else ""))
    return [known[name] for name in names]


def _check_grant(grant: str) -> None:
    key, permission = parts(grant)
    known = permission in {*PERMISSIONS, "*"} or _ACTION.fullmatch(permission)
    if grant not in {"*", *SITE_PERMISSIONS} and not (key and known):
        raise Failed(f"{grant!r} grants nothing; write it as 'orders.change', 'orders.*', '*.view' or '*'")
