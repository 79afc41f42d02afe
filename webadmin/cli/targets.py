"""What a command is about: the database at an address, or an admin in a module."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import exc
from sqlalchemy.engine import URL, make_url

from webadmin.auth.identity import Identity, LocalUser
from webadmin.cli.plain import Failed
from webadmin.database.reflection import reflect
from webadmin.database.session import Database
from webadmin.options.view import View
from webadmin.site import Admin


def reflected(
    database: Database,
    schemas: Sequence[str],
    include: Sequence[str],
    exclude: Sequence[str],
    read_only: bool,
    identity: Identity,
    replica: str | None = None,
) -> Admin:
    found = reflect(database.engine, schemas=schemas, include=include, exclude=exclude)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    name = database.engine.url.database
    title = Path(name).stem if name else "Database"
    # The first connection has told, and the engine is not the admin's own to give another pool.
    database.pooler.settle()
    admin = Admin(
        database.engine, pooler=database.pooler.there, title=title, identify=identity, read_only=read_only
    )
    if replica is not None:
        own = admin.runtime.database
        try:
            own.read_from(url_of(replica))
        except TypeError as error:
            raise Failed(str(error)) from None
        assert own.replica is not None
        own.dialect.read_all_values(own.replica.engine)
    admin.add_models(found.models)
    admin.check()
    click.echo(f"{len(found.models)} tables and views", err=True)
    return admin


def url_of(text: str) -> URL:
    try:
        url = make_url(text)
        Database.of(url)
    except (exc.ArgumentError, exc.NoSuchModuleError, ModuleNotFoundError, TypeError, ValueError):
        raise Failed(
            "this is not the address of a database that webadmin can open; "
            "write postgresql://user:password@host/name or sqlite:///file.db"
        ) from None
    return url


@contextlib.contextmanager
def opened(target: str, *, read_only: bool = True) -> Iterator[Admin]:
    """The admin over the database at an address, by reflection and to be read alone unless something is to be written, or that
    of a module."""
    if "://" not in target and ":" in target:
        admin = load(target)
        admin.check()
        yield admin
        return
    database = Database.of(url_of(target))
    try:
        yield reflected(database, (), (), (), read_only, LocalUser())
    finally:
        database.dispose()


def load(name: str) -> Admin:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise Failed(f"an app is named as module:admin, not {name!r}")
    sys.path.insert(0, "")
    try:
        admin: Any = importlib.import_module(module)
        for part in attribute.split("."):
            admin = getattr(admin, part)
    except ModuleNotFoundError as error:
        raise Failed(f"there is no module {error.name!r}") from None
    except AttributeError:
        raise Failed(f"module {module!r} has no {attribute!r}") from None
    except Exception as error:
        # Whatever a module does while it is imported.
        reason = (str(error).strip().splitlines() or [""])[0]
        raise Failed(f"module {module!r} cannot be imported: {type(error).__name__}: {reason}") from None
    if not isinstance(admin, Admin):
        raise Failed(f"{name} is no webadmin.Admin")
    return admin


def view_of(admin: Admin, key: str) -> View:
    """The list of that key. Raises Failed, which names those that there are."""
    view = admin.registry.views.get(key)
    if view is None:
        known = ", ".join(sorted(admin.registry.views))
        raise Failed(f"there is no list {key!r}; there are {known}")
    return view
